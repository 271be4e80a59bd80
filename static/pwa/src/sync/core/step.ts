/** The sync core: `step(state, event, now) → {state, effects}`. Pure; the same inputs give the same outputs. */

import type { Uuid } from "../../domain/types";
import { judge, type Verdict } from "./answers";
import { changeDevice, currentDevice, hasToPush, hasToUpload, mergeOutboxes } from "./devices";
import type { Effect, Event, Now, RequestEffect, StoreEffect, SyncState, Work } from "./model";
import { onHad, onPart, onPartUnreadable, onPhotoStored, planPhotos } from "./photos";
import { isAuditDue, onAudited, onPulled, onRowsStored, planAudit, planPull } from "./pull";
import { onAcksNotStored, onAcksStored, onPushed, planPush, putBack } from "./push";
import { arrive, isOnItsWay, store } from "./requests";
import { hurry, isProbing, isWaiting, laneFailed, storageFailed } from "./trouble";
import { nextWake, POLL_MS } from "./wake";

/** One run holds the lock at most so long, so that another page of this phone comes to its turn. */
const RUN_MS_MAX = 25_000;
const LOCK_RETRY_MS = 3_000;
/** While nothing gets through, a record saved does not try oftener than this. */
const SAVED_TRY_MS = 5_000;
/** A server that changes its epoch so often in one run is not one server. */
const RESTARTS_MAX = 3;

/** Decide what an event means. */
export function step(state: SyncState, event: Event, now: Now): { state: SyncState; effects: readonly Effect[] } {
  const work: Work = { state, effects: [], now };
  take(work, event);
  advance(work);
  work.effects.push({ do: "timer", delay_ms: nextWake(work.state, now) });
  return { state: work.state, effects: work.effects };
}

function take(work: Work, event: Event): void {
  switch (event.type) {
    case "kick":
      return onKick(work, event.reason);
    case "timer":
      return onTimer(work);
    case "visibility":
      return onVisibility(work, event.is_visible);
    case "connection":
      work.state = { ...work.state, is_online: event.is_online };
      return;
    case "locked":
      return onLocked(work, event.got);
    case "loaded":
      return onLoaded(work, event.devices);
    case "answered":
      return onAnswered(work, event.to, event.answer);
    case "stored":
      return onStored(work, event.what, event.result);
    case "storage_failed":
      return onStorageFailed(work, event.what);
  }
}

/* ---------------------------------------------------------------- what makes it move */

function onKick(work: Work, reason: Extract<Event, { type: "kick" }>["reason"]): void {
  const { state, now } = work;
  if (reason === "saved" || reason === "timer") {
    const isResting = now.mono - (state.tried_at ?? -Infinity) < SAVED_TRY_MS;
    work.state = { ...(isResting ? state : hurry(state, false)), wants_load: true };
    return;
  }
  const isFresh = reason === "button" || reason === "signed_in" || reason === "start";
  // Somebody may have signed in or updated since: every call of the host's asks anew.
  work.state = { ...hurry(state, isFresh), stopped: null, wants_load: true, wants_pull: true };
}

function onTimer(work: Work): void {
  const { state, now } = work;
  const isDue = nextWake({ ...state, run: null }, now);
  if (isDue === null || isDue > 0) return;
  const pollDue = state.pulled_at !== null && state.is_visible && now.mono - state.pulled_at >= POLL_MS;
  work.state = { ...state, wants_load: true, wants_pull: state.wants_pull || pollDue };
}

function onVisibility(work: Work, isVisible: boolean): void {
  const { run } = work.state;
  // A page that is frozen while it holds the lock would keep the others from sending.
  if (!isVisible && run?.lock === "held") work.effects.push({ do: "unlock" });
  const freed = !isVisible && run !== null ? { ...run, lock: "none" as const } : run;
  work.state = { ...work.state, is_visible: isVisible, run: freed };
}

function onLocked(work: Work, got: boolean): void {
  const { state, now } = work;
  if (state.run?.lock !== "asked") {
    // Hidden meanwhile, or never asked: give it back.
    if (got) work.effects.push({ do: "unlock" });
    return;
  }
  if (got) work.state = { ...state, run: { began: now.mono, lock: "held" }, lock_retry_at: null };
  else work.state = { ...state, run: null, lock_retry_at: now.mono + LOCK_RETRY_MS };
}

function onLoaded(work: Work, outboxes: Extract<Event, { type: "loaded" }>["devices"]): void {
  const devices = mergeOutboxes(work.state, outboxes);
  work.state = { ...work.state, devices, is_loading: false, has_loaded: true };
  if (work.state.storage.failures > 0)
    work.state = { ...work.state, storage: { ...work.state.storage, failures: 0, retry_at: null } };
}

/* ---------------------------------------------------------------- what comes back */

function onAnswered(work: Work, to: RequestEffect, answer: Extract<Event, { type: "answered" }>["answer"]): void {
  const took_ms = arrive(work, to);
  if (took_ms === null) return;
  switch (to.do) {
    case "push":
      onPushed(work, to, answer, took_ms);
      break;
    case "pull":
      onPulled(work, to, answer);
      break;
    case "have":
      onHad(work, to, answer);
      break;
    case "part":
      onPart(work, to, answer, took_ms);
      break;
    case "audit":
      onAudited(work, to, answer);
      break;
  }
  const isSync = to.do === "push" || to.do === "pull";
  onGeneral(work, to.device, judge(answer, isSync));
  noteClock(work, answer);
}

/** What an answer says about more than its own lane. */
function onGeneral(work: Work, device: Uuid, verdict: Verdict): void {
  switch (verdict.is) {
    case "signed_out":
    case "needs_update":
      work.state = { ...work.state, stopped: verdict.is, last_error: verdict.is };
      return;
    case "epoch_changed":
      return onEpochChanged(work, device, verdict.epoch);
    case "revoked":
      return onRevoked(work, device, verdict.wipe);
  }
}

function onEpochChanged(work: Work, device: Uuid, epoch: string): void {
  const restarts = work.state.restarts + 1;
  work.state = { ...work.state, restarts };
  if (restarts > RESTARTS_MAX) return laneFailed(work, "push", "epoch_changed");
  store(work, { do: "restart", device, epoch });
}

/** Revoked: told to wipe now, everything of the device goes; else what is unsent is still sent, and goes after that. */
function onRevoked(work: Work, device: Uuid, wipe: "after_sync" | "now"): void {
  work.state = { ...work.state, last_error: "device_revoked" };
  changeDevice(work, device, (known) => ({ ...known, is_revoked: true }));
  if (wipe === "now") store(work, { do: "wipe", device });
}

function noteClock(work: Work, answer: Extract<Event, { type: "answered" }>["answer"]): void {
  const body = answer.kind === "http" && answer.status === 200 ? answer.body : null;
  const time = typeof body === "object" && body !== null ? (body as { server_time?: unknown }).server_time : null;
  if (typeof time === "number") work.state = { ...work.state, clock_offset_ms: time - work.now.wall };
}

function onStored(work: Work, what: StoreEffect, result: boolean | number | undefined): void {
  work.state = { ...work.state, storing: Math.max(0, work.state.storing - 1) };
  switch (what.do) {
    case "store_acks":
      return onAcksStored(work, what.device, what.ids, what.answer);
    case "store_rows":
      return onRowsStored(work, what.device, what.answer, result === true);
    case "store_photo":
      return onPhotoStored(work, what.device, what.sha256);
    case "restart":
    case "drop_cursor":
      return onRestarted(work, what.device, what.do === "restart" ? what.epoch : null);
    case "wipe":
      work.state = { ...work.state, devices: work.state.devices.filter((known) => known.device !== what.device) };
      return;
    case "store_audit":
      if (result !== 0) work.state = { ...work.state, wants_load: true };
      return;
    case "refuse":
    case "clean":
      return;
  }
}

/** Everything is to be sent and fetched again; offsets the old server named count no more. */
function onRestarted(work: Work, device: Uuid, epoch: string | null): void {
  changeDevice(work, device, (known) => ({
    ...known,
    cursor: null,
    ...(epoch === null ? {} : { epoch, photos: new Map(), wanted: new Map(), skipped: new Set<Uuid>() }),
  }));
  work.state = { ...work.state, wants_load: true, wants_pull: true };
}

/** The store would not: nothing is taken as done, and everything is tried again after a while. */
function onStorageFailed(work: Work, what: Extract<Event, { type: "storage_failed" }>["what"]): void {
  storageFailed(work);
  switch (what.do) {
    case "load":
      work.state = { ...work.state, is_loading: false, wants_load: true };
      return;
    case "push":
      if (arrive(work, what) !== null) putBack(work, what);
      return;
    case "part":
      if (arrive(work, what) !== null) onPartUnreadable(work, what);
      return;
    case "pull":
    case "have":
    case "audit":
      arrive(work, what);
      return;
    case "store_acks":
      onAcksNotStored(work, what.device, what.ids);
      break;
    case "store_photo":
      changeDevice(work, what.device, (known) => ({ ...known, photos: new Map() }));
      break;
  }
  work.state = { ...work.state, storing: Math.max(0, work.state.storing - 1), wants_load: true };
}

/* ---------------------------------------------------------------- what is done next */

function advance(work: Work): void {
  if (work.state.run === null && !startRun(work)) return;
  const { run, now } = { run: work.state.run, now: work.now };
  if (run === null || run.lock === "asked") return;
  const isTired = now.mono - run.began >= RUN_MS_MAX;
  if (!isTired && work.state.stopped === null) plan(work);
  if (isIdle(work.state)) endRun(work, isTired);
}

function startRun(work: Work): boolean {
  const { state, now } = work;
  const isLockedOut = state.lock_retry_at !== null && state.lock_retry_at > now.mono;
  if (state.stopped !== null || isLockedOut || !hasReason(state, now)) return false;
  const needsLock = state.is_visible;
  work.state = {
    ...state,
    run: { began: now.mono, lock: needsLock ? "asked" : "none" },
    wants_load: true,
    restarts: 0,
  };
  if (needsLock) work.effects.push({ do: "lock" });
  return true;
}

/** Whether a run would do anything now. */
function hasReason(state: SyncState, now: Now): boolean {
  if (isHeldUp(state, now)) return false;
  if (state.wants_load || state.wants_pull) return true;
  const push = state.devices.some(hasToPush) && !isWaiting(state, "push", now);
  return push || (state.devices.some(hasToUpload) && !isWaiting(state, "photo", now));
}

/** Whether nothing at all can be tried yet. */
function isHeldUp(state: SyncState, now: Now): boolean {
  return [state.link, state.storage].some(({ retry_at }) => retry_at !== null && retry_at > now.mono);
}

function plan(work: Work): void {
  if (work.state.wants_load && !work.state.is_loading && work.state.storing === 0) {
    work.state = { ...work.state, wants_load: false, is_loading: true };
    work.effects.push({ do: "load" });
  }
  if (!work.state.has_loaded || work.state.storing > 0) return;
  const isPushing = isOnItsWay(work.state, "push");
  const mayPush = work.state.devices.some(hasToPush) && !isWaiting(work.state, "push", work.now);
  if (mayPush && !isPushing && !isProbing(work.state)) planPush(work);
  // Records first: no part and no page is begun while an operation can be sent.
  if (mayPush || isPushing || work.state.is_loading) return;
  planFetch(work);
  if (work.state.devices.some(hasToUpload) && !isWaiting(work.state, "photo", work.now)) planPhotos(work);
  wipeEmptied(work);
}

function planFetch(work: Work): void {
  if (isWaiting(work.state, "pull", work.now) || isProbing(work.state)) return;
  if (work.state.wants_pull && !isOnItsWay(work.state, "pull")) return planPull(work);
  if (isAuditDue(work) && !isOnItsWay(work.state, "audit")) planAudit(work);
}

/** A device revoked with "after sync" goes when nothing of it is left to send. */
function wipeEmptied(work: Work): void {
  for (const { device, is_revoked, unsent, photos, photos_kept } of work.state.devices) {
    if (is_revoked && unsent === 0 && photos.size === 0 && photos_kept === 0) store(work, { do: "wipe", device });
  }
}

function isIdle(state: SyncState): boolean {
  const wantsLoad = state.wants_load && state.stopped === null;
  return state.in_flight.size === 0 && state.storing === 0 && !state.is_loading && !wantsLoad;
}

function endRun(work: Work, isTired: boolean): void {
  if (work.state.run?.lock === "held") work.effects.push({ do: "unlock" });
  work.state = { ...work.state, run: null };
  if (isTired) startRun(work);
}
