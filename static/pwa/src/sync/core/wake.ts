/** When the core wants to be woken. Pure. */

import type { Ms } from "../../domain/types";
import { anyToUpload, currentDevice, hasToPush } from "./devices";
import type { Now, SyncState, Work } from "./model";

/** How often a page that is looked at asks for news. */
export const POLL_MS = 300_000;

/** So long news that nobody asked for waits for photos: over a good link they are there before, and a poor one has it beside them then. */
export const NEWS_WAIT_MS = 5_000;

/** So long after the last acknowledgement news that nobody asked for waits still: more is often coming, and phones that find the network together would all ask together. */
export const CALM_MS = 1_500;

/** Whether news should be asked for: somebody wants it, it is time, or what was sent should come back; photos go first for a while. */
export function isPullDue(state: SyncState, now: Now): boolean {
  if (!mayRead(state)) return false;
  const from = newsFrom(state);
  if (from !== null && from <= now.mono) return true;
  return state.is_visible && state.pulled_at !== null && now.mono - state.pulled_at >= POLL_MS;
}

/** From when on news may be asked for, null when nothing is wanted: at once where nothing is known here yet or photos are at rest. */
function newsFrom(state: SyncState): Ms | null {
  const isUploading = anyToUpload(state);
  if (!state.wants_pull) return state.wants_echo && !isUploading ? state.calm_from : null;
  const isFirst = (currentDevice(state)?.cursor ?? null) === null;
  if (isFirst || state.lanes.photo.retry_at !== null) return 0;
  return isUploading ? state.news_from : Math.min(state.news_from, state.calm_from);
}

/** What was acknowledged should come back as the server has it, when it is calm. */
export function wantEcho(work: Work): void {
  work.state = { ...work.state, wants_echo: true, calm_from: work.now.mono + CALM_MS };
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
  const from = newsFrom(state);
  if (from !== null && mayRead(state)) times.push(Math.max(from, pull.retry_at ?? now.mono));
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
