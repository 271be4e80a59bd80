/** When the core wants to be woken. Pure. */

import type { Ms } from "../../domain/types";
import { anyToUpload, currentDevice, hasToPush } from "./devices";
import type { Now, SyncState } from "./model";

/** How often a page that is looked at asks for news. */
export const POLL_MS = 300_000;

/** So long news that nobody asked for waits for photos: over a good link they are there before, and a poor one has it beside them then. */
export const NEWS_WAIT_MS = 5_000;

/** Whether news should be asked for: somebody wants it, it is time, or what was sent should come back; photos go first for a while. */
export function isPullDue(state: SyncState, now: Now): boolean {
  if (!mayRead(state)) return false;
  if (state.wants_pull && (newsFrom(state) ?? now.mono) <= now.mono) return true;
  if (state.wants_echo && !anyToUpload(state)) return true;
  return state.is_visible && state.pulled_at !== null && now.mono - state.pulled_at >= POLL_MS;
}

/** Until when photos go before news, null when they do not: none are left, they are at rest, or nothing is known here yet. */
function newsFrom(state: SyncState): Ms | null {
  const isFirst = (currentDevice(state)?.cursor ?? null) === null;
  return isFirst || state.lanes.photo.retry_at !== null || !anyToUpload(state) ? null : state.news_from;
}

/** Milliseconds until something may be done, 0 for now, null for never. */
export function nextWake(state: SyncState, now: Now): Ms | null {
  if (state.stopped !== null) return null;
  const times = [...workTimes(state, now), ...releaseTimes(state, now)];
  if (state.is_visible && state.pulled_at !== null && mayRead(state)) {
    // A look that is overdue waits as long as its lane does, or the page would be woken for nothing again and again.
    times.push(Math.max(state.pulled_at + POLL_MS, state.lanes.pull.retry_at ?? 0));
  }
  const blocked = Math.max(state.link.retry_at ?? 0, state.storage.retry_at ?? 0, state.lock_retry_at ?? 0);
  const due = times.map((time) => Math.max(time, blocked));
  // What may be done now is being done while a run is on: only what comes later needs waking for.
  const awaited = state.run === null ? due : due.filter((time) => time > now.mono);
  return awaited.length === 0 ? null : Math.max(0, Math.ceil(Math.min(...awaited) - now.mono));
}

/** When each lane that has work may go on. */
function workTimes(state: SyncState, now: Now): Ms[] {
  const { push, photo, pull } = state.lanes;
  const times: Ms[] = [];
  if (state.wants_load) times.push(now.mono);
  if (state.devices.some(hasToPush)) times.push(push.retry_at ?? now.mono);
  if (anyToUpload(state)) times.push(photo.retry_at ?? now.mono);
  if (isPullDue(state, now)) times.push(pull.retry_at ?? now.mono);
  else if (state.wants_pull && mayRead(state)) times.push(newsFrom(state) ?? now.mono);
  return times;
}

function releaseTimes(state: SyncState, now: Now): Ms[] {
  const releases = state.devices.flatMap(({ next_release_at }) => (next_release_at === null ? [] : [next_release_at]));
  // By the wall clock, which may jump: never later than two minutes from now.
  return releases.map((at) => now.mono + Math.min(120_000, Math.max(0, at - now.wall)));
}

/** Whether anybody is signed in here who may be told anything. */
export function mayRead(state: SyncState): boolean {
  return !state.is_signed_out && currentDevice(state)?.revoked === null;
}
