/**
 * Which pieces of the path network were walked, as far as this phone's own fixes tell. Pure.
 *
 * For the eye while one walks, and called preliminary on the screen: the server weighs the same fixes with more care, and its word
 * stands.
 */

import type { PathPiece } from "./pack";
import { metresBetween, type Plane, type Point, planeAt, sampled } from "./plane";
import type { LatLon } from "./position";
import { GOOD_M, startTrail, VAGUE_M } from "./trail";
import type { Fix, Uuid } from "./values";

/**
 * - `walked` at least half of it was walked past, as this phone's fixes tell
 * - `told` the hosts say that they walked it while nothing was recorded
 * - `unknown` it lies where a gap may have covered it, or beside fixes too vague to tell
 * - `left` none of these
 */
export type PieceState = "walked" | "told" | "unknown" | "left";

const STEP_M = 5;
const CELL_M = 40;
const HALF = 0.5;
/** Of paths side by side only the nearest is walked, and what is so little farther away. */
const BESIDE_M = 3;

interface Sample extends Point {
  readonly piece: number;
  grade: 0 | 1 | 2;
}

/** What is known of a network while fixes come in, oldest first. */
export interface Walk {
  /** Take in fixes. Returns the pieces whose state is another one now. */
  add(fixes: readonly Fix[]): ReadonlyMap<Uuid, PieceState>;
  /** Say which pieces the hosts tell of and which a gap may have covered. Returns the pieces whose state is another one now. */
  mark(told: ReadonlySet<Uuid>, unknown: ReadonlySet<Uuid>): ReadonlyMap<Uuid, PieceState>;
  state(piece: Uuid): PieceState;
}

/** Begin with a network of which nothing was walked. */
export function startWalk(pieces: readonly PathPiece[]): Walk {
  const plane = planeAt(pieces[0]?.lines[0]?.[0]?.[1] ?? 0);
  const net = new Network(pieces, plane);
  const trail = startTrail(plane);
  const states = new Map<Uuid, PieceState>();
  let [told, unknown]: ReadonlySet<Uuid>[] = [new Set(), new Set()];
  const stateOf = (index: number, id: Uuid): PieceState => {
    if (net.isHalf(index, "good")) return "walked";
    if (told?.has(id)) return "told";
    return unknown?.has(id) || net.isHalf(index, "vague") ? "unknown" : "left";
  };
  const changedOf = (indices: Iterable<number>) => {
    const changed = new Map<Uuid, PieceState>();
    for (const index of indices) {
      const id = pieces[index]?.id;
      if (id === undefined) continue;
      const state = stateOf(index, id);
      if (state === (states.get(id) ?? "left")) continue;
      states.set(id, state);
      changed.set(id, state);
    }
    return changed;
  };
  return {
    add(fixes) {
      const touched = new Set<number>();
      for (const fix of fixes) {
        const accuracy = fix.accuracy_m;
        if (accuracy === null || accuracy <= GOOD_M) {
          for (const point of trail.take(fix)) net.walkPast(point, point.reach_m, touched);
        } else if (accuracy <= VAGUE_M) {
          net.passVaguely(plane(fix.lon, fix.lat), accuracy, touched);
        }
      }
      return changedOf(touched);
    },
    mark(nowTold, nowUnknown) {
      [told, unknown] = [nowTold, nowUnknown];
      return changedOf(pieces.keys());
    },
    state: (piece) => states.get(piece) ?? "left",
  };
}

/** The pieces as samples on a grid, each with the best that is known of it. */
class Network {
  readonly #grid = new Map<string, Sample[]>();
  readonly #counts: { all: number; vague: number; good: number }[];

  constructor(pieces: readonly PathPiece[], plane: Plane) {
    this.#counts = pieces.map(() => ({ all: 0, vague: 0, good: 0 }));
    for (const [index, piece] of pieces.entries()) {
      for (const at of piece.lines.flatMap((line) => sampled(line, plane, STEP_M))) this.#put(index, at);
    }
  }

  /** Whether at least half of a piece was walked (`good`), or passed at all (`vague`). */
  isHalf(index: number, how: "good" | "vague"): boolean {
    const count = this.#counts[index];
    return count !== undefined && count.all > 0 && count[how] >= count.all * HALF;
  }

  walkPast(at: Point, reach_m: number, touched: Set<number>): void {
    const near = this.#near(at, reach_m);
    const nearest_m = Math.min(...near.map((sample) => metresBetween(sample, at)));
    for (const sample of near) if (metresBetween(sample, at) <= nearest_m + BESIDE_M) this.#grade(sample, 2, touched);
  }

  passVaguely(at: Point, reach_m: number, touched: Set<number>): void {
    for (const sample of this.#near(at, reach_m)) this.#grade(sample, 1, touched);
  }

  #put(piece: number, at: Point): void {
    const cell = cellOf(at.x, at.y);
    const known = this.#grid.get(cell);
    const sample: Sample = { ...at, piece, grade: 0 };
    if (known === undefined) this.#grid.set(cell, [sample]);
    else known.push(sample);
    (this.#counts[piece] as { all: number }).all += 1;
  }

  #grade(sample: Sample, grade: 1 | 2, touched: Set<number>): void {
    const count = this.#counts[sample.piece];
    if (count === undefined || sample.grade >= grade) return;
    if (sample.grade === 0) count.vague += 1;
    if (grade === 2) count.good += 1;
    sample.grade = grade;
    touched.add(sample.piece);
  }

  #near(at: Point, reach_m: number): Sample[] {
    const found: Sample[] = [];
    for (let x = at.x - reach_m; x < at.x + reach_m + CELL_M; x += CELL_M) {
      for (let y = at.y - reach_m; y < at.y + reach_m + CELL_M; y += CELL_M) {
        found.push(...(this.#grid.get(cellOf(x, y)) ?? []));
      }
    }
    return found.filter((sample) => metresBetween(sample, at) <= reach_m);
  }
}

const cellOf = (x: number, y: number) => `${Math.floor(x / CELL_M)} ${Math.floor(y / CELL_M)}`;

/** How far back the way is looked at to tell where somebody is heading. */
const COURSE_M = 12;

/** The direction of walking in degrees from north, from the last fixes; null while it cannot be told. */
export function courseOf(fixes: readonly Fix[]): number | null {
  const last = fixes.at(-1);
  if (last === undefined) return null;
  const plane = planeAt(last.lat);
  const to = plane(last.lon, last.lat);
  for (let index = fixes.length - 2; index >= 0; index -= 1) {
    const fix = fixes[index];
    if (fix === undefined) break;
    const from = plane(fix.lon, fix.lat);
    if (Math.hypot(to.x - from.x, to.y - from.y) < COURSE_M) continue;
    return ((Math.atan2(to.x - from.x, to.y - from.y) * 180) / Math.PI + 360) % 360;
  }
  return null;
}

/** Whether a ring of `[lon, lat]` holds a position (even-odd rule). */
export function ringHolds(ring: readonly (readonly [number, number])[], { lat, lon }: LatLon): boolean {
  let isInside = false;
  let [x0, y0] = ring.at(-1) ?? [0, 0];
  for (const [x1, y1] of ring) {
    if (y1 > lat !== y0 > lat && lon < ((x0 - x1) * (lat - y1)) / (y0 - y1) + x1) isInside = !isInside;
    [x0, y0] = [x1, y1];
  }
  return isInside;
}
