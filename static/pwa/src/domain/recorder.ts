/**
 * Record the way walked: a pure state machine from what the phone tells to what is to be kept.
 *
 * Every fix is kept as it came. A time without usable fixes becomes a gap with its reason: a browser gives no position while the
 * screen is locked or another app is in front, and a gap must never look like a place that was walked past, nor like one that was missed.
 */

import { GAP_MS_MIN } from "./gap";
import { SEGMENT_FIXES } from "./track";
import type { Fix, GapReason, Ms } from "./types";

/** Without a fix for so long, a gap is open. */
export const SILENCE_MS = 30_000;
/** Some browsers' watch dies without a word: begin it again. */
export const WATCH_MS_MAX = 15_000;
/** A fix worse than this does not tell which path one is on. */
export const POOR_ACCURACY_M = 50;
/** A fix that is so much older than now, and from before a gap, was measured then. */
const STALE_MS = 20_000;
export const SEGMENT_MS_MAX = 300_000;
export const HEARTBEAT_MS = 10_000;

export interface RecorderState {
  readonly mode: "off" | "recording" | "paused";
  readonly is_visible: boolean;
  readonly is_denied: boolean;
  /** Wall clock of the last usable fix, or of when one could first have come. */
  readonly good_at: Ms;
  readonly last_fix: Fix | null;
  /** Monotonic times: of the last fix, the watch's start, the last sign of life, the first loose fix. */
  readonly fix_mono: Ms;
  readonly watch_mono: Ms;
  readonly alive_mono: Ms;
  readonly segment_mono: Ms;
  /** Loose fixes since the last segment, the carried one included. */
  readonly count: number;
  readonly gap: { readonly from: Ms; readonly reason: GapReason } | null;
}

export type RecorderEvent =
  | {
      /** `alive_at`: the last sign of life of an earlier page that recorded this round, else null. */
      readonly type: "start";
      readonly alive_at: Ms | null;
      readonly is_paused: boolean;
      readonly is_visible: boolean;
    }
  | { readonly type: "fix"; readonly fix: Fix }
  | { readonly type: "permission"; readonly is_denied: boolean }
  | { readonly type: "hidden" | "visible" | "tick" | "pause" | "resume" | "end" | "leave" };

export type RecorderEffect =
  | { readonly do: "store_fix"; readonly fix: Fix }
  | { readonly do: "close_segment"; readonly carry: boolean }
  | { readonly do: "record_gap"; readonly from: Ms; readonly to: Ms; readonly reason: GapReason }
  | { readonly do: "set_paused"; readonly is_paused: boolean }
  | { readonly do: "watch" | "unwatch" | "heartbeat" | "end_recording" };

export interface RecorderNow {
  readonly wall: Ms;
  readonly mono: Ms;
}

export interface RecorderStep {
  readonly state: RecorderState;
  readonly effects: readonly RecorderEffect[];
}

export const RECORDER_OFF: RecorderState = {
  mode: "off",
  is_visible: true,
  is_denied: false,
  good_at: 0,
  last_fix: null,
  fix_mono: 0,
  watch_mono: 0,
  alive_mono: 0,
  segment_mono: 0,
  count: 0,
  gap: null,
};

/** Decide what an event means for the recording. */
export function stepRecorder(state: RecorderState, event: RecorderEvent, now: RecorderNow): RecorderStep {
  if (event.type === "start") return start(event, now);
  if (state.mode === "off") return { state, effects: [] };
  switch (event.type) {
    case "fix":
      return onFix(state, event.fix, now);
    case "tick":
      return onTick(state, now);
    case "hidden":
      return onHidden(state, now);
    case "visible":
      return onVisible(state, now);
    case "permission":
      return onPermission(state, event.is_denied, now);
    case "pause":
      return onPause(state, now);
    case "resume":
      return onResume(state, now);
    case "end":
    case "leave":
      return onEnd(state, event.type, now);
  }
}

/** Whether the watch has been silent so long that it must be begun again. */
export function isWatchDead(state: RecorderState, now: RecorderNow): boolean {
  return now.mono - Math.max(state.fix_mono, state.watch_mono) > WATCH_MS_MAX;
}

function start(event: Extract<RecorderEvent, { type: "start" }>, now: RecorderNow): RecorderStep {
  const { alive_at, is_paused, is_visible } = event;
  const began: RecorderState = {
    ...RECORDER_OFF,
    mode: is_paused ? "paused" : "recording",
    is_visible,
    good_at: now.wall,
    ...clocksAt(now),
  };
  const left: RecorderEffect[] = alive_at === null ? [] : [{ do: "close_segment", carry: false }];
  if (is_paused) {
    return { state: { ...began, gap: { from: alive_at ?? now.wall, reason: "user_pause" } }, effects: left };
  }
  const state: RecorderState = {
    ...began,
    good_at: alive_at ?? now.wall,
    gap: alive_at === null ? null : { from: alive_at, reason: "locked_or_killed" },
  };
  return { state, effects: [...left, { do: "watch" }, { do: "heartbeat" }] };
}

function onFix(before: RecorderState, fix: Fix, now: RecorderNow): RecorderStep {
  if (before.mode !== "recording") return { state: before, effects: [] };
  if (isStale(before, fix, now)) return { state: before, effects: [{ do: "store_fix", fix }] };
  const isGood = fix.accuracy_m === null || fix.accuracy_m <= POOR_ACCURACY_M;
  const { state, effects } = isGood ? closeGap(before, fix.at) : openLowAccuracy(before, fix.at);
  const count = state.count + 1;
  const kept: RecorderState = {
    ...state,
    count,
    is_denied: false,
    last_fix: fix,
    fix_mono: now.mono,
    alive_mono: now.mono,
    good_at: isGood ? fix.at : state.good_at,
    segment_mono: state.count === 0 ? now.mono : state.segment_mono,
  };
  const stored: RecorderEffect[] = [...effects, { do: "store_fix", fix }];
  return count >= SEGMENT_FIXES ? closeSegment(kept, stored, now) : { state: kept, effects: stored };
}

/** Some phones begin a new watch with where they last were: such a fix says nothing of the time since, and ends no gap. */
function isStale({ gap }: RecorderState, fix: Fix, now: RecorderNow): boolean {
  return gap !== null && fix.at <= gap.from && now.wall - fix.at > STALE_MS;
}

function onTick(before: RecorderState, now: RecorderNow): RecorderStep {
  // Paused, the last sign of life stays where the pause began: a page that dies in it must tell all of it as the pause it is.
  if (before.mode !== "recording") return { state: before, effects: [] };
  const effects: RecorderEffect[] = [];
  let state = before;
  if (now.mono - state.alive_mono >= HEARTBEAT_MS) {
    state = { ...state, alive_mono: now.mono };
    effects.push({ do: "heartbeat" });
  }
  if (state.is_visible && isWatchDead(state, now)) {
    state = { ...state, watch_mono: now.mono };
    effects.push({ do: "watch" });
  }
  if (now.mono - state.fix_mono > SILENCE_MS) {
    const silent = openGap(state, silenceReason(state), state.good_at);
    state = silent.state;
    effects.push(...silent.effects);
  }
  if (state.count > 1 && now.mono - state.segment_mono >= SEGMENT_MS_MAX) return closeSegment(state, effects, now);
  return { state, effects };
}

function silenceReason(state: RecorderState): GapReason {
  if (state.is_denied) return "permission";
  return state.is_visible ? "no_fix" : "hidden";
}

function onHidden(before: RecorderState, now: RecorderNow): RecorderStep {
  const away: RecorderState = { ...before, is_visible: false };
  if (before.mode !== "recording") return { state: away, effects: [] };
  const gap = openGap(away, "hidden", away.gap === null ? away.good_at : now.wall);
  // The page may never be heard of again: what is loose is made durable now.
  return { state: { ...gap.state, count: 0 }, effects: [...gap.effects, { do: "close_segment", carry: true }] };
}

function onVisible(before: RecorderState, now: RecorderNow): RecorderStep {
  const back: RecorderState = { ...before, is_visible: true };
  if (before.mode !== "recording") return { state: back, effects: [] };
  const state: RecorderState = { ...back, fix_mono: now.mono, watch_mono: now.mono, alive_mono: now.mono };
  return { state, effects: [{ do: "watch" }, { do: "heartbeat" }] };
}

function onPermission(before: RecorderState, isDenied: boolean, now: RecorderNow): RecorderStep {
  const state: RecorderState = { ...before, is_denied: isDenied };
  if (before.mode !== "recording" || isDenied === before.is_denied) return { state, effects: [] };
  if (isDenied) return openGap(state, "permission", state.gap === null ? state.good_at : now.wall);
  return { state: { ...state, watch_mono: now.mono }, effects: [{ do: "watch" }] };
}

function onPause(before: RecorderState, now: RecorderNow): RecorderStep {
  if (before.mode !== "recording") return { state: before, effects: [] };
  const closed = closeGap(before, now.wall);
  return {
    state: {
      ...closed.state,
      mode: "paused",
      count: 0,
      alive_mono: now.mono,
      gap: { from: now.wall, reason: "user_pause" },
    },
    effects: [
      ...closed.effects,
      { do: "close_segment", carry: false },
      { do: "unwatch" },
      { do: "set_paused", is_paused: true },
    ],
  };
}

function onResume(before: RecorderState, now: RecorderNow): RecorderStep {
  if (before.mode !== "paused") return { state: before, effects: [] };
  const closed = closeGap(before, now.wall);
  return {
    state: { ...closed.state, mode: "recording", good_at: now.wall, ...clocksAt(now) },
    effects: [...closed.effects, { do: "set_paused", is_paused: false }, { do: "watch" }],
  };
}

function onEnd(before: RecorderState, how: "end" | "leave", now: RecorderNow): RecorderStep {
  const closed = closeGap(before, now.wall);
  const effects: RecorderEffect[] = [...closed.effects, { do: "close_segment", carry: false }, { do: "unwatch" }];
  effects.push({ do: how === "end" ? "end_recording" : "heartbeat" });
  return { state: RECORDER_OFF, effects };
}

function openLowAccuracy(state: RecorderState, at: Ms): RecorderStep {
  if (state.gap?.reason === "low_accuracy" || at - state.good_at <= SILENCE_MS) return { state, effects: [] };
  return openGap(state, "low_accuracy", state.gap === null ? state.good_at : at);
}

/** Begin a gap at `from`; one that is open for another reason ends there. */
function openGap(state: RecorderState, reason: GapReason, from: Ms): RecorderStep {
  const open = state.gap;
  if (open === null) return { state: { ...state, gap: { from, reason } }, effects: [] };
  if (open.reason === reason || outlasts(open.reason, reason)) return { state, effects: [] };
  const begins = Math.max(open.from, from);
  return { state: { ...state, gap: { from: begins, reason } }, effects: gapEffects(open, begins) };
}

/** After a lock or a hiding, silence is still its consequence until a fix comes. */
function outlasts(open: GapReason, next: GapReason): boolean {
  return next === "no_fix" && open !== "low_accuracy";
}

/** End the open gap at `to`. The segment before it and the one after do not touch. */
function closeGap(state: RecorderState, to: Ms): RecorderStep {
  const open = state.gap;
  if (open === null) {
    const hole = state.mode === "recording" && to - state.good_at > SILENCE_MS;
    const found: RecorderEffect[] = hole ? gapEffects({ from: state.good_at, reason: "no_fix" }, to) : [];
    return { state: hole ? { ...state, count: 0 } : state, effects: found };
  }
  const effects = gapEffects(open, to);
  const isSplit = effects.length > 0;
  return { state: { ...state, gap: null, count: isSplit ? 0 : state.count }, effects };
}

function gapEffects(gap: { from: Ms; reason: GapReason }, to: Ms): RecorderEffect[] {
  if (to - gap.from < GAP_MS_MIN) return [];
  return [
    { do: "close_segment", carry: false },
    { do: "record_gap", from: gap.from, to, reason: gap.reason },
  ];
}

function closeSegment(state: RecorderState, before: readonly RecorderEffect[], now: RecorderNow): RecorderStep {
  return {
    state: { ...state, count: 1, segment_mono: now.mono },
    effects: [...before, { do: "close_segment", carry: true }],
  };
}

function clocksAt(now: RecorderNow): Pick<RecorderState, "fix_mono" | "watch_mono" | "alive_mono" | "segment_mono"> {
  return { fix_mono: now.mono, watch_mono: now.mono, alive_mono: now.mono, segment_mono: now.mono };
}
