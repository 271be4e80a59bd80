/**
 * Which pieces of the path network were walked, as far as this phone's own fixes tell. Pure.
 *
 * A sketch for the eye while one walks: the server weighs the same fixes with more care, and its word stands.
 */

import type { PathPiece } from "./pack";
import { type LatLon, METRES_PER_DEGREE } from "./position";
import type { Fix, Uuid } from "./values";

/** `walked` half of it or more lies beside good fixes; `unknown` beside fixes that are too vague to tell; `left` neither. */
export type PieceState = "walked" | "unknown" | "left";

/** So far from a good fix is walked. */
const REACH_M = 15;
/** A vaguer fix than this tells nothing for certain … */
const GOOD_M = 25;
/** … and a vaguer one than this nothing at all. */
const VAGUE_M = 100;
const STEP_M = 5;
/** Faster than this is not on foot. */
const ON_FOOT_MPS = 4;
/** Fixes further apart in time are not joined: nobody knows the way between. */
const JOIN_MS = 20_000;
const CELL_M = 40;
const HALF = 0.5;

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Sample extends Point {
  readonly piece: number;
  grade: 0 | 1 | 2;
}

/** What is known of a network while fixes come in, oldest first. */
export interface Walk {
  /** Take in fixes. Returns the pieces whose state is another one now. */
  add(fixes: readonly Fix[]): ReadonlyMap<Uuid, PieceState>;
  state(piece: Uuid): PieceState;
}

/** Begin with a network of which nothing was walked. */
export function startWalk(pieces: readonly PathPiece[]): Walk {
  const origin = pieces[0]?.lines[0]?.[0] ?? [0, 0];
  const flat = planeAt(origin[1]);
  const grid = new Map<string, Sample[]>();
  const counts = pieces.map(() => ({ all: 0, vague: 0, good: 0 }));
  const states = new Map<Uuid, PieceState>();
  for (const [index, piece] of pieces.entries()) {
    for (const at of samplesOf(piece, flat)) {
      const cell = cellOf(at.x, at.y);
      const known = grid.get(cell);
      const sample: Sample = { ...at, piece: index, grade: 0 };
      if (known === undefined) grid.set(cell, [sample]);
      else known.push(sample);
      (counts[index] as { all: number }).all += 1;
    }
  }
  let before: Fix | null = null;

  const mark = (at: Point, reach: number, grade: 1 | 2, touched: Set<number>) => {
    for (const sample of near(grid, at, reach)) {
      if (sample.grade >= grade || Math.hypot(sample.x - at.x, sample.y - at.y) > reach) continue;
      const count = counts[sample.piece];
      if (count === undefined) continue;
      if (sample.grade === 0) count.vague += 1;
      if (grade === 2) count.good += 1;
      sample.grade = grade;
      touched.add(sample.piece);
    }
  };
  const take = (fix: Fix, touched: Set<number>) => {
    const accuracy = fix.accuracy_m ?? VAGUE_M;
    const last = before;
    before = fix;
    const at = flat(fix.lon, fix.lat);
    const speed = last === null ? 0 : speedBetween(flat(last.lon, last.lat), at, fix.at - last.at);
    if (accuracy > VAGUE_M || speed > ON_FOOT_MPS) return;
    if (accuracy > GOOD_M) mark(at, accuracy, 1, touched);
    else for (const point of joined(last, fix, flat)) mark(point, REACH_M, 2, touched);
  };
  return {
    add(fixes) {
      const touched = new Set<number>();
      for (const fix of fixes) take(fix, touched);
      const changed = new Map<Uuid, PieceState>();
      for (const index of touched) {
        const piece = pieces[index];
        const count = counts[index];
        if (piece === undefined || count === undefined) continue;
        const state = gradeOf(count);
        if (state === (states.get(piece.id) ?? "left")) continue;
        states.set(piece.id, state);
        changed.set(piece.id, state);
      }
      return changed;
    },
    state: (piece) => states.get(piece) ?? "left",
  };
}

function gradeOf({ all, vague, good }: { all: number; vague: number; good: number }): PieceState {
  if (good >= all * HALF) return "walked";
  return vague >= all * HALF ? "unknown" : "left";
}

type Plane = (lon: number, lat: number) => Point;

/** A flat plane in metres, good for a district. */
function planeAt(lat0: number): Plane {
  const k = Math.cos((lat0 * Math.PI) / 180) * METRES_PER_DEGREE;
  return (lon, lat) => ({ x: lon * k, y: lat * METRES_PER_DEGREE });
}

function samplesOf(piece: PathPiece, flat: Plane): Point[] {
  return piece.lines.flatMap((line) => {
    const points = line.map(([lon, lat]) => flat(lon, lat));
    return points.flatMap((point, index) => {
      const next = points[index + 1];
      return next === undefined ? [point] : between(point, next);
    });
  });
}

/** From one point on towards another, in steps, without the other. */
function between(from: Point, to: Point): Point[] {
  const count = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / STEP_M));
  return Array.from({ length: count }, (_, index) => ({
    x: from.x + ((to.x - from.x) * index) / count,
    y: from.y + ((to.y - from.y) * index) / count,
  }));
}

/** A fix, and the way to it from the one before where that is certain. */
function joined(last: Fix | null, fix: Fix, flat: Plane): Point[] {
  const at = flat(fix.lon, fix.lat);
  if (last === null) return [at];
  const ms = fix.at - last.at;
  const isSure = ms >= 0 && ms <= JOIN_MS && (last.accuracy_m ?? VAGUE_M) <= GOOD_M;
  return isSure ? [...between(flat(last.lon, last.lat), at), at] : [at];
}

function speedBetween(from: Point, to: Point, ms: number): number {
  return ms <= 0 ? 0 : (Math.hypot(to.x - from.x, to.y - from.y) / ms) * 1000;
}

const cellOf = (x: number, y: number) => `${Math.floor(x / CELL_M)} ${Math.floor(y / CELL_M)}`;

function near(grid: ReadonlyMap<string, Sample[]>, at: Point, reach: number): Sample[] {
  const found: Sample[] = [];
  for (let x = at.x - reach; x < at.x + reach + CELL_M; x += CELL_M) {
    for (let y = at.y - reach; y < at.y + reach + CELL_M; y += CELL_M) {
      found.push(...(grid.get(cellOf(x, y)) ?? []));
    }
  }
  return found;
}

/** How far back the way is looked at to tell where somebody is heading. */
const COURSE_M = 12;

/** The direction of walking in degrees from north, from the last fixes; null while it cannot be told. */
export function courseOf(fixes: readonly Fix[]): number | null {
  const last = fixes.at(-1);
  if (last === undefined) return null;
  const flat = planeAt(last.lat);
  const to = flat(last.lon, last.lat);
  for (let index = fixes.length - 2; index >= 0; index -= 1) {
    const fix = fixes[index];
    if (fix === undefined) break;
    const from = flat(fix.lon, fix.lat);
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
