/** The sync core: `step(state, event, now) → {state, effects}`. Pure; the same inputs give the same outputs. */

import { judge, type Verdict } from "./answers";
import { anyToUpload, changeDevice, changePhoto, findDevice, hasToPush, mergeOutboxes, unskipped } from "./devices";
import {
  type Effect,
  type Event,
  NO_TROUBLE,
  type Now,
  type RequestEffect,
  type StoreEffect,
  type SyncState,
  type Work,
} from "./model";
import { onHad, onPart, onPartUnreadable, onPhotoStored, onWholes, onWholesUnreadable, planPhotos } from "./photos";
import { isAuditDue, onAudited, onPulled, onRowsStored, planAudit, planPull } from "./pull";
import { onAcksNotStored, onAcksStored, onPushed, planPush, putBack } from "./push";
import { arrive, isOnItsWay, store } from "./requests";
import { noteEpoch, onEpochChanged, onRestarted, onScopeChanged } from "./restart";
import { hurry, isProbing, isWaiting, patienceAfter, storageFailed } from "./trouble";
import { isPullDue, NEWS_WAIT_MS, nextWake } from "./wake";

/** One run holds the lock at most so long, so that another page of this phone comes to its turn. */
const RUN_MS_MAX = 25_000;
const LOCK_RETRY_MS = 3_000;
/** While nothing gets through, a record saved does not try oftener than this. */
const SAVED_TRY_MS = 5_000;
/** A reading of the outboxes this young is good enough to begin with. */
const FRESH_MS = 1_000;

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
      onKick(work, event.reason);
      return;
    case "timer":
      onTimer(work);
      return;
    case "visibility":
      onVisibility(work, event.is_visible);
      return;
    case "connection":
      work.state = { ...work.state, is_online: event.is_online };
      return;
    case "locked":
      onLocked(work, event.got);
      return;
    case "loaded":
      onLoaded(work, event.devices);
      return;
    case "answered":
      onAnswered(work, event.to, event.answer);
      return;
    case "moot":
      onMoot(work, event.what);
      return;
    case "stored":
      onStored(work, event.what, event.result);
      return;
    case "storage_failed":
      onStorageFailed(work, event.what);
      return;
  }
}

/* ---------------------------------------------------------------- what makes it move */

function onKick(work: Work, reason: Extract<Event, { type: "kick" }>["reason"]): void {
  const { state, now } = work;
  if (reason === "saved") {
    const isResting = now.mono - (state.tried_at ?? -Infinity) < SAVED_TRY_MS;
    work.state = { ...(isResting ? state : hurry(state, false)), wants_load: true };
    return;
  }
  const isAsked = reason === "button" || reason === "signed_in" || reason === "start";
  // Somebody may have signed in or updated since: every return of the host's asks anew.
  const news_from = isAsked ? now.mono : state.wants_pull ? state.news_from : now.mono + NEWS_WAIT_MS;
  const wants = { wants_load: true, wants_pull: true, news_from };
  const eager = { ...hurry(state, isAsked), stopped: null, is_signed_out: false, ...wants };
  work.state = isAsked ? { ...eager, devices: eager.devices.map(unskipped) } : eager;
}

function onTimer(work: Work): void {
  const { state, now } = work;
  const wait = nextWake({ ...state, run: null }, now);
  if (wait === null || wait > 0) return;
  work.state = { ...state, wants_load: true };
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
  work.state = { ...work.state, devices, is_loading: false, loaded_at: work.now.mono };
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
    case "wholes":
      onWholes(work, to, answer, took_ms);
      break;
    case "audit":
      onAudited(work, to, answer);
      break;
  }
  if (answer.kind === "http") work.state = { ...work.state, patience_ms: patienceAfter(took_ms) };
  const isSync = to.do === "push" || to.do === "pull";
  onGeneral(work, to, judge(answer, isSync));
  noteEpoch(work, to.device, answer);
  noteClock(work, answer);
}

/** What an answer says about more than its own lane. */
function onGeneral(work: Work, to: RequestEffect, verdict: Verdict): void {
  switch (verdict.is) {
    case "signed_out":
      onSignedOut(work, to);
      break;
    case "needs_update":
      work.state = { ...work.state, stopped: verdict.is, last_error: verdict.is };
      break;
    case "epoch_changed":
      onEpochChanged(work, to.device, verdict.epoch);
      break;
    case "scope_changed":
      onScopeChanged(work, to.device);
      break;
    case "revoked":
      onRevoked(work, to, verdict.wipe);
      break;
  }
}

/**
 * Who reads must be signed in; sending needs only the phone's token. Nothing is deleted either way. That the server does not
 * know another user's device here (the browser lost its cookie) keeps that device waiting, and nobody else.
 */
function onSignedOut(work: Work, to: RequestEffect): void {
  if (findDevice(work.state, to.device)?.is_current === false) {
    changeDevice(work, to.device, (known) => ({ ...known, is_shut: true }));
    return;
  }
  const isReading = to.do === "pull" || to.do === "audit";
  const stopped = isReading ? work.state.stopped : "signed_out";
  work.state = { ...work.state, stopped, is_signed_out: true, last_error: "signed_out" };
}

/** Revoked: told to wipe now, everything of the device goes; else what is unsent is still sent, and the rest goes after that. */
function onRevoked(work: Work, to: RequestEffect, wipe: "after_sync" | "now"): void {
  const revoked = to.do === "pull" || to.do === "audit" ? "reads" : "all";
  // Whether it is empty is read anew: photos that were left for later are not known here.
  work.state = { ...work.state, last_error: "device_revoked", wants_load: true };
  changeDevice(work, to.device, (known) => ({ ...known, revoked: known.revoked === "all" ? "all" : revoked }));
  if (wipe === "now") store(work, { do: "wipe", device: to.device });
}

function noteClock(work: Work, answer: Extract<Event, { type: "answered" }>["answer"]): void {
  const body = answer.kind === "http" && answer.status === 200 ? answer.body : null;
  const time = typeof body === "object" && body !== null ? (body as { server_time?: unknown }).server_time : null;
  if (typeof time === "number") work.state = { ...work.state, clock_offset_ms: time - work.now.wall };
}

function onStored(work: Work, what: StoreEffect, result: boolean | number | undefined): void {
  work.state = { ...work.state, storing: Math.max(0, work.state.storing - 1), storage: NO_TROUBLE };
  switch (what.do) {
    case "store_acks":
      onAcksStored(work, what.device, what.ids, what.answer);
      return;
    case "store_rows":
      onRowsStored(work, what.device, what.answer, result === true);
      return;
    case "store_photo":
      onPhotoStored(work, what.device, what.sha256);
      return;
    case "restart":
    case "drop_cursor":
      onRestarted(work, what.device, what.do === "restart" ? what.epoch : null);
      return;
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

function onMoot(work: Work, what: RequestEffect): void {
  if (arrive(work, what) === null) return;
  if (what.do === "part") onPartUnreadable(work, what);
  if (what.do === "wholes") onWholesUnreadable(work, what);
  work.state = { ...work.state, wants_load: true };
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
      if (arrive(work, what) !== null) changePhoto(work, what.device, what.sha256, { is_busy: false });
      return;
    case "wholes":
      if (arrive(work, what) !== null) onWholesUnreadable(work, what);
      return;
    case "pull":
    case "have":
    case "audit":
      // These carry nothing from the store: only the device itself can be gone, and reading anew will tell.
      arrive(work, what);
      work.state = { ...work.state, wants_load: true };
      return;
    case "store_acks":
      onAcksNotStored(work, what.device, what.ids);
      break;
    case "store_photo":
      changePhoto(work, what.device, what.sha256, { is_busy: false, off: null });
      break;
  }
  work.state = { ...work.state, storing: Math.max(0, work.state.storing - 1), wants_load: true };
}

/* ---------------------------------------------------------------- what is done next */

function advance(work: Work): void {
  planLoad(work);
  if (work.state.run === null && !startRun(work)) return;
  const { run } = work.state;
  if (run === null || run.lock === "asked") return;
  const isTired = work.now.mono - run.began >= RUN_MS_MAX;
  if (!isTired && work.state.stopped === null) plan(work);
  planLoad(work);
  if (isIdle(work.state)) endRun(work, isTired);
}

/** Reading the outboxes needs neither lock nor network: the counts on the screen come from it. */
function planLoad(work: Work): void {
  const { wants_load, is_loading, storing, storage } = work.state;
  const isBroken = storage.retry_at !== null && storage.retry_at > work.now.mono;
  if (!wants_load || is_loading || storing > 0 || isBroken) return;
  work.state = { ...work.state, wants_load: false, is_loading: true };
  work.effects.push({ do: "load" });
}

function startRun(work: Work): boolean {
  const { state, now } = work;
  const isLockedOut = state.lock_retry_at !== null && state.lock_retry_at > now.mono;
  if (state.stopped !== null || isLockedOut || !hasReason(state, now)) return false;
  // Another page of this phone may have sent some of it meanwhile.
  const isStale = now.mono - (state.loaded_at ?? -Infinity) > FRESH_MS;
  const lock = state.is_visible ? "asked" : "none";
  work.state = { ...state, run: { began: now.mono, lock }, wants_load: state.wants_load || isStale, restarts: 0 };
  if (lock === "asked") work.effects.push({ do: "lock" });
  else planLoad(work);
  return true;
}

/** Whether a run would do anything now. */
function hasReason(state: SyncState, now: Now): boolean {
  if (state.loaded_at === null) return false;
  const push = state.devices.some(hasToPush) && !isWaiting(state, "push", now);
  const photo = anyToUpload(state) && !isWaiting(state, "photo", now);
  return push || photo || (isPullDue(state, now) && !isWaiting(state, "pull", now));
}

function plan(work: Work): void {
  const { state, now } = work;
  if (state.loaded_at === null) return;
  const isPushing = isOnItsWay(state, "push");
  const mayPush = state.devices.some(hasToPush) && !isWaiting(state, "push", now);
  const isSettled = state.storing === 0 && !state.is_loading && !state.wants_load;
  if (mayPush && isSettled && !isProbing(state)) planPush(work);
  // Records first: no part and no page is begun while an operation can be sent.
  if (mayPush || isPushing || state.is_loading) return;
  if (isSettled) planQuiet(work);
  if (anyToUpload(work.state) && !isWaiting(work.state, "photo", now)) planPhotos(work);
}

/** What is done when no answer is being made durable: fetch, compare, leave. */
function planQuiet(work: Work): void {
  wipeEmptied(work);
  const { state, now } = work;
  if (isWaiting(state, "pull", now) || isProbing(state)) return;
  if (isPullDue(state, now)) {
    work.state = { ...state, wants_pull: true, wants_echo: false };
    if (!isOnItsWay(state, "pull")) planPull(work);
  } else if (isAuditDue(work) && !isOnItsWay(state, "audit")) {
    planAudit(work);
  }
}

/** A device revoked with "after sync" goes when nothing of it is left to send. */
function wipeEmptied(work: Work): void {
  for (const { device, revoked, unsent, photos, photos_kept } of work.state.devices) {
    if (revoked !== null && unsent === 0 && photos.size === 0 && photos_kept === 0) store(work, { do: "wipe", device });
  }
}

function isIdle(state: SyncState): boolean {
  return state.in_flight.size === 0 && state.storing === 0 && !state.is_loading;
}

function endRun(work: Work, isTired: boolean): void {
  if (work.state.run?.lock === "held") work.effects.push({ do: "unlock" });
  work.state = { ...work.state, run: null };
  if (isTired) startRun(work);
}
