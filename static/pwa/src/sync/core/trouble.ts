/** When to try again: full jitter, a quarter of a second at first, five minutes at most. Pure. */

import type { Ms } from "../../domain/types";
import type { Verdict } from "./answers";
import {
  type Lane,
  NO_TROUBLE,
  type Now,
  PATIENCE_MS,
  PATIENCE_MS_MAX,
  type RequestEffect,
  type SyncState,
  type Trouble,
  type Work,
} from "./model";

const FIRST_MS = 250;
const LAST_MS = 300_000;

/** Milliseconds to wait after so many failures in a row. */
export function backoff(failures: number, random: number): Ms {
  const roof = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(failures, 30));
  return Math.max(FIRST_MS, Math.round(random * roof));
}

/** One more failure. `retry_after_s`: what the server asked for at least. */
export function worse(trouble: Trouble, now: Now, code: string, retry_after_s: number | null = null): Trouble {
  const failures = trouble.failures + 1;
  const delay = Math.max(backoff(failures, now.random), Math.min(LAST_MS, (retry_after_s ?? 0) * 1000));
  return { failures, failed_at: now.mono, retry_at: now.mono + delay, code };
}

/** Nothing got through. Parts, batches and patience adapt to a link that is slow rather than dead. */
export function linkFailed(work: Work, code: string): void {
  const { state, now } = work;
  const slow =
    code === "timeout"
      ? { patience_ms: Math.min(PATIENCE_MS_MAX, state.patience_ms * 2), batch: halved(state.batch) }
      : {};
  // Two requests that die together are one failure of the link.
  const isSame = state.link.retry_at !== null && state.link.retry_at > now.mono;
  const link = isSame ? state.link : worse(state.link, now, code);
  work.state = { ...state, ...slow, link, last_error: code };
}

/** Something got through. */
export function linkWorks(work: Work): void {
  if (work.state.link.failures === 0) return;
  work.state = { ...work.state, link: NO_TROUBLE, last_error: null };
}

export function laneFailed(work: Work, lane: Lane, code: string, retry_after_s: number | null = null): void {
  const { state, now } = work;
  const lanes = { ...state.lanes, [lane]: worse(state.lanes[lane], now, code, retry_after_s) };
  work.state = { ...state, lanes, last_error: code };
}

export function laneWorks(work: Work, lane: Lane): void {
  const { state } = work;
  if (state.lanes[lane].failures === 0) return;
  work.state = { ...state, lanes: { ...state.lanes, [lane]: NO_TROUBLE }, last_error: null };
}

/**
 * What a lane could not make use of: wait, by the fault of the link, of the server or of what was asked.
 *
 * A changed epoch or scope, a revoked device or an ended sign-in are nobody's trouble; the step deals with them.
 */
export function laneTrouble(work: Work, lane: Lane, verdict: Verdict): void {
  if (verdict.is === "link") {
    linkFailed(work, verdict.code);
    return;
  }
  linkWorks(work);
  switch (verdict.is) {
    case "server":
      laneFailed(work, lane, verdict.code, verdict.retry_after_s);
      break;
    case "bad":
      laneFailed(work, lane, verdict.code);
      break;
    case "unknown":
    case "too_large":
    case "wrong_offset":
      laneFailed(work, lane, verdict.is);
      break;
  }
}

export function storageFailed(work: Work): void {
  const { state, now } = work;
  work.state = { ...state, storage: worse(state.storage, now, "storage"), last_error: "storage" };
}

/** Whether a lane has to wait, for its own or everybody's sake. */
export function isWaiting(state: SyncState, lane: Lane, now: Now): boolean {
  return [state.link, state.storage, state.lanes[lane]].some(
    ({ retry_at }) => retry_at !== null && retry_at > now.mono,
  );
}

/** While the link is in doubt, one request at a time asks whether it is back. `beside`: requests of this kind do not count. */
export function isProbing(state: SyncState, beside?: RequestEffect["do"]): boolean {
  const { failures, failed_at } = state.link;
  if (failures === 0 || failed_at === null) return false;
  return [...state.in_flight.values()].some(({ effect, began }) => began >= failed_at && effect.do !== beside);
}

/** Try at once what waits for the link. `forget`: also what the server asked to wait for, as if nothing had failed. */
export function hurry(state: SyncState, forget: boolean): SyncState {
  const eager = (trouble: Trouble): Trouble => (forget ? NO_TROUBLE : { ...trouble, retry_at: null });
  return {
    ...state,
    link: eager(state.link),
    storage: eager(state.storage),
    lanes: forget ? { push: NO_TROUBLE, photo: NO_TROUBLE, pull: NO_TROUBLE } : state.lanes,
    patience_ms: forget ? PATIENCE_MS : state.patience_ms,
    lock_retry_at: null,
  };
}

/** How long to wait for the next answer, from how long this one took. */
export function patienceAfter(took_ms: Ms): Ms {
  return Math.min(PATIENCE_MS_MAX, Math.max(PATIENCE_MS, 3 * took_ms));
}

function halved(batch: SyncState["batch"]): SyncState["batch"] {
  return { ops: Math.max(1, Math.ceil(batch.ops / 2)), bytes: Math.max(4096, Math.ceil(batch.bytes / 2)) };
}
