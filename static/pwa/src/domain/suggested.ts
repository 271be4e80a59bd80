/**
 * A suggested round on the phone: drawn, listed, and cut anew by what has been seen since it was made. Pure.
 *
 * The phone has no search of its own. It knows where the legs meet: a part of the round that leaves a point and comes back to
 * it can be left out whole. What has nothing left to be seen is left out, and then what gives least for its time.
 */

import type { PathPiece } from "./pack";
import type { SuggestedLeg, SuggestedStop } from "./plan_types";
import type { Uuid } from "./values";

type Line = readonly (readonly [number, number])[];

/** The lines of a round as `[lon, lat]`, in the order in which they are walked; pieces that the pack does not have are passed over. */
export function suggestedLine(legs: readonly SuggestedLeg[], pieces: ReadonlyMap<Uuid, PathPiece>): Line[] {
  const drawn = new Set<Uuid>();
  return legs.flatMap(([id]) => {
    const piece = pieces.get(id);
    if (piece === undefined || drawn.has(id)) return [];
    drawn.add(id);
    return piece.lines;
  });
}

/** A line of the list: a walk with what is seen on it, or a stop. Seconds from now. */
export type SuggestedItem =
  | { readonly kind: "walk"; readonly seconds: number; readonly waiting: number; readonly begins_s: number }
  | { readonly kind: "stop"; readonly place: Uuid; readonly seconds: number; readonly begins_s: number };

/** The round as a list in its order: what is walked between two stops is one line. */
export function suggestedItems(legs: readonly SuggestedLeg[]): SuggestedItem[] {
  const items: SuggestedItem[] = [];
  let at_s = 0;
  let walk = { seconds: 0, pieces: new Set<Uuid>() };
  const endWalk = () => {
    if (walk.seconds > 0) {
      const { seconds, pieces } = walk;
      items.push({ kind: "walk", seconds, waiting: pieces.size, begins_s: at_s - seconds });
    }
    walk = { seconds: 0, pieces: new Set() };
  };
  for (const [piece, , , seconds, value, stops] of legs) {
    at_s += seconds;
    walk.seconds += seconds;
    if (value > 0) walk.pieces.add(piece);
    for (const [place, stop_s] of stops) {
      endWalk();
      items.push({ kind: "stop", place, seconds: stop_s, begins_s: at_s });
      at_s += stop_s;
    }
  }
  endWalk();
  return items;
}

export interface SeenSince {
  readonly pieces: ReadonlySet<Uuid>;
  readonly places: ReadonlySet<Uuid>;
  /** The piece of the round that was walked last; null before any was. */
  readonly last_piece: Uuid | null;
  /** What is left of the time. */
  readonly seconds_left: number;
}

/**
 * What is left of a round: from where the host is, without what has been seen, and home in the time that is left.
 *
 * Three ways are looked at: on as suggested; back the way that was skipped and home; or back first and then on.
 */
export function recut(legs: readonly SuggestedLeg[], since: SeenSince): SuggestedLeg[] {
  const left = legs.map((leg) => withoutSeen(leg, since));
  const here = hereOn(legs, since.last_piece);
  const on = left.slice(here);
  const skipped = left.slice(0, here);
  const first = skipped.findIndex((leg) => worthOf([leg]) > 0);
  const ways = first === -1 ? [on] : [on, turned(skipped), [...turned(skipped.slice(first)), ...left.slice(first)]];
  let best: SuggestedLeg[] = [];
  for (const [index, way] of ways.entries()) {
    const cut = inTime(withoutEmptyLoops(onceEach(way)), since.seconds_left);
    if (index === 0 || isBetter(cut, best, since.seconds_left)) best = cut;
  }
  return best;
}

/** What is worth going for on the legs. */
export function worthOf(legs: readonly SuggestedLeg[]): number {
  return legs.reduce((sum, [, , , , value, stops]) => sum + stops.reduce((of, stop) => of + stop[2], value), 0);
}

/** How long the legs take with their stops. */
export function secondsOf(legs: readonly SuggestedLeg[]): number {
  return legs.reduce((sum, [, , , seconds, , stops]) => sum + stops.reduce((of, stop) => of + stop[1], seconds), 0);
}

function isBetter(a: readonly SuggestedLeg[], b: readonly SuggestedLeg[], limit_s: number): boolean {
  const [over_a, over_b] = [secondsOf(a) > limit_s, secondsOf(b) > limit_s];
  return over_a === over_b ? worthOf(a) > worthOf(b) : over_b;
}

function withoutSeen([piece, from, to, seconds, value, stops]: SuggestedLeg, since: SeenSince): SuggestedLeg {
  const left = stops.filter(([place]) => !since.places.has(place));
  return [piece, from, to, seconds, since.pieces.has(piece) ? 0 : value, left];
}

/** Which leg comes next: the one after the last that was walked. */
function hereOn(legs: readonly SuggestedLeg[], last_piece: Uuid | null): number {
  if (last_piece === null) return 0;
  return legs.findLastIndex(([piece]) => piece === last_piece) + 1;
}

function turned(legs: readonly SuggestedLeg[]): SuggestedLeg[] {
  return legs.map(([piece, from, to, ...rest]): SuggestedLeg => [piece, to, from, ...rest]).reverse();
}

/** A leg that is walked twice is worth something the first time alone, and so are its stops. */
function onceEach(legs: readonly SuggestedLeg[]): SuggestedLeg[] {
  const seen = new Set<Uuid>();
  return legs.map(([piece, from, to, seconds, value, stops]): SuggestedLeg => {
    const left = stops.filter(([place]) => !seen.has(place));
    const worth = seen.has(piece) ? 0 : value;
    if (value > 0) seen.add(piece);
    for (const [place] of left) seen.add(place);
    return [piece, from, to, seconds, worth, left];
  });
}

/** Leave out every part that comes back to where it left and has nothing to be seen. */
function withoutEmptyLoops(legs: readonly SuggestedLeg[]): SuggestedLeg[] {
  const kept: SuggestedLeg[] = [];
  for (const leg of legs) {
    kept.push(leg);
    for (let begin = kept.length - 1; begin >= 0; begin -= 1) {
      const other = kept[begin];
      if (other === undefined || worthOf([other]) > 0) break;
      if (other[1] === leg[2]) kept.length = begin;
    }
  }
  return kept;
}

/** Leave out what gives least for its time, a stop or a part that comes back to where it left, until the rest is home in time. */
function inTime(legs: readonly SuggestedLeg[], limit_s: number): SuggestedLeg[] {
  let kept = [...legs];
  while (secondsOf(kept) > limit_s) {
    const cut = poorest(kept, secondsOf(kept) - limit_s);
    if (cut === null) break;
    kept = withoutEmptyLoops(cut);
  }
  return kept;
}

/** The legs without their poorest part: what loses least for each second that is needed; null when nothing can be left out. */
function poorest(legs: readonly SuggestedLeg[], needed_s: number): SuggestedLeg[] | null {
  let best_loss = Number.POSITIVE_INFINITY;
  let best: (() => SuggestedLeg[]) | null = null;
  const offer = (value: number, seconds: number, made: () => SuggestedLeg[]) => {
    const loss = value / Math.min(seconds, needed_s);
    if (seconds <= 0 || loss >= best_loss) return;
    best_loss = loss;
    best = made;
  };
  for (const [begin, leg] of legs.entries()) {
    for (const stop of leg[5]) offer(stop[2], stop[1], () => withoutStop(legs, begin, stop));
    let value = 0;
    let seconds = 0;
    for (let end = begin; end < legs.length; end += 1) {
      const last = legs[end];
      if (last === undefined) break;
      value += worthOf([last]);
      seconds += secondsOf([last]);
      if (last[2] === leg[1]) offer(value, seconds, () => [...legs.slice(0, begin), ...legs.slice(end + 1)]);
    }
  }
  return (best as (() => SuggestedLeg[]) | null)?.() ?? null;
}

function withoutStop(legs: readonly SuggestedLeg[], at: number, gone: SuggestedStop): SuggestedLeg[] {
  return legs.map((leg, index): SuggestedLeg => {
    if (index !== at) return leg;
    const [piece, from, to, seconds, value, stops] = leg;
    return [piece, from, to, seconds, value, stops.filter((stop) => stop !== gone)];
  });
}
