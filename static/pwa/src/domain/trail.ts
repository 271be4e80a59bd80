/**
 * From fixes to the points that somebody walked past: nothing across a gap, nothing of a ride, and standing still is one point. Pure.
 */

import { metresBetween, type Plane, type Point, stepsBetween } from "./plane";
import type { Fix, Ms } from "./values";

/** A vaguer fix than this does not tell which path one is on … */
export const GOOD_M = 25;
/** … and a vaguer one than this tells nothing at all. */
export const VAGUE_M = 100;
/** Fixes further apart in time are not joined: nobody knows the way between. */
const JOIN_MS = 20_000;
/** Faster than this for so long is a ride, not a run for the bus; and nobody runs faster than the other. */
const ON_FOOT_MPS = 4;
const RUN_MPS = 7;
const RIDE_MS = 30_000;
/** A speed is measured over so long where the fixes allow it: between two of them it is mostly their noise. */
const SPEED_MS = 8_000;
/** Moves within this, or within the accuracy, are the noise of one who stands still. */
const STANDING_M = 8;
const REACH_M_MIN = 8;
const REACH_M_MAX = 20;
const STEP_M = 5;

/** A point that was walked past, and within how many metres of it. */
export interface Walked extends Point {
  readonly reach_m: number;
}

interface Held {
  readonly since: Ms;
  readonly walked: Walked[];
  is_ride: boolean;
}

/** What is known of a way while its fixes come in, oldest first. */
export interface Trail {
  /** Take in a fix that is good enough. Returns the points that are certain to have been walked past by now. */
  take(fix: Fix): readonly Walked[];
}

export function startTrail(plane: Plane): Trail {
  return new PlaneTrail(plane);
}

class PlaneTrail implements Trail {
  readonly #plane: Plane;
  #recent: Fix[] = [];
  /** Where somebody was last that was more than noise away from where they were before. */
  #anchor: Point | null = null;
  /** What was gone faster than on foot, until it is known whether it was a ride. */
  #held: Held | null = null;

  constructor(plane: Plane) {
    this.#plane = plane;
  }

  take(fix: Fix): readonly Walked[] {
    const last = this.#recent.at(-1);
    const ms = last === undefined ? Number.POSITIVE_INFINITY : fix.at - last.at;
    if (ms < 0 || ms > JOIN_MS) return this.#beginAnew(fix);
    const speed = speedOf(this.#recent, fix, this.#plane);
    this.#remember(fix);
    if (speed <= ON_FOOT_MPS) return [...this.#settle(this.#pointOf(fix)), ...this.#walkTo(fix)];
    const held = this.#held ?? { since: last?.at ?? fix.at, walked: [], is_ride: false };
    held.walked.push(...this.#walkTo(fix));
    held.is_ride ||= speed > RUN_MPS || fix.at - held.since >= RIDE_MS;
    this.#held = held;
    return [];
  }

  #beginAnew(fix: Fix): readonly Walked[] {
    const settled = this.#settle(null);
    this.#anchor = null;
    this.#recent = [fix];
    return [...settled, ...this.#walkTo(fix)];
  }

  /** What was held was a run, or a ride that leads to `end` and was walked nowhere. */
  #settle(end: Point | null): readonly Walked[] {
    const held = this.#held;
    this.#held = null;
    if (held?.is_ride !== true) return held?.walked ?? [];
    this.#anchor = end;
    return [];
  }

  #walkTo(fix: Fix): Walked[] {
    const at = this.#pointOf(fix);
    const accuracy = fix.accuracy_m ?? STANDING_M;
    const from = this.#anchor;
    if (from !== null && metresBetween(from, at) < Math.max(STANDING_M, accuracy)) return [];
    this.#anchor = at;
    const reach_m = Math.min(Math.max(accuracy, REACH_M_MIN), REACH_M_MAX);
    const points = from === null ? [] : stepsBetween(from, at, STEP_M);
    return [...points, at].map((point) => ({ ...point, reach_m }));
  }

  #remember(fix: Fix): void {
    this.#recent.push(fix);
    while (this.#recent.length > 2 && fix.at - (this.#recent[1] as Fix).at >= SPEED_MS) this.#recent.shift();
  }

  #pointOf(fix: Fix): Point {
    return this.#plane(fix.lon, fix.lat);
  }
}

/** How fast somebody came to a fix, from the newest one that is long enough before it, else from the oldest there is. */
function speedOf(recent: readonly Fix[], fix: Fix, plane: Plane): number {
  const before = recent.findLast((known) => fix.at - known.at >= SPEED_MS) ?? recent[0];
  if (before === undefined || fix.at <= before.at) return 0;
  const metres = metresBetween(plane(before.lon, before.lat), plane(fix.lon, fix.lat));
  return (metres / (fix.at - before.at)) * 1000;
}
