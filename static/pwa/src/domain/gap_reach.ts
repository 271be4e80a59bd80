/** What may have been passed in a gap: where the way was lost, where it was found again, and how long that took. Pure. */

import type { PathPiece } from "./pack";
import { metresBetween, type Point, planeAt } from "./plane";
import type { LatLon } from "./position";
import type { Fix, Ms, Uuid } from "./values";

/** The ends of a gap: the last fix before it and the first one after; null where there is none on this phone. */
export interface GapEnds {
  readonly before: Fix | null;
  readonly after: Fix | null;
  readonly length_ms: Ms;
}

/** A fix that is so far in time from an end of the gap says little of where that was. */
const END_MS_MAX = 120_000;
/** Nobody walks farther than this in so long, straight as the bird flies. */
const WALK_MPS = 1.5;
const SLACK_M = 40;
/** Farther than this from both ends is not told of by hand, however long the gap. */
const FAR_M_MAX = 600;

/** Find the ends of a gap in a way; its fixes are in order of time. */
export function endsOf(fixes: readonly Fix[], { from, to }: { readonly from: Ms; readonly to: Ms }): GapEnds {
  const before = fixes.findLast((fix) => fix.at <= from) ?? null;
  const after = fixes.find((fix) => fix.at >= to) ?? null;
  return {
    before: before !== null && from - before.at <= END_MS_MAX ? before : null,
    after: after !== null && after.at - to <= END_MS_MAX ? after : null,
    length_ms: to - from,
  };
}

/** How many metres the way by a point is, over the shortest one; null when it could not be walked in the time. */
type Detour = (at: Point) => number | null;

function detourOf({ before, after, length_ms }: GapEnds, plane: (lon: number, lat: number) => Point): Detour | null {
  const ends = [before, after].filter((fix) => fix !== null).map((fix) => plane(fix.lon, fix.lat));
  const [from, to] = [ends[0], ends.at(-1)];
  if (from === undefined || to === undefined) return null;
  // With one end only, half of the time may have gone into coming back to nowhere in particular.
  const straight_m = metresBetween(from, to);
  const longest_m = Math.max(straight_m, (length_ms / 1000) * WALK_MPS) + SLACK_M;
  return (at) => {
    const away = metresBetween(from, at) + metresBetween(at, to);
    const isFar = Math.min(metresBetween(from, at), metresBetween(at, to)) > FAR_M_MAX;
    return away > longest_m || isFar ? null : away - straight_m;
  };
}

/** The pieces that lie between the ends of a gap, the likeliest first. */
export function piecesBetween(pieces: readonly PathPiece[], ends: GapEnds): PathPiece[] {
  const plane = planeAt((ends.before ?? ends.after)?.lat ?? 0);
  const detour = detourOf(ends, plane);
  if (detour === null) return [];
  return ranked(pieces, (piece) => {
    const { lon, lat } = middleOf(piece);
    return detour(plane(lon, lat));
  });
}

/** The places that lie between the ends of a gap, the likeliest first. */
export function placesBetween<P extends { readonly id: Uuid; readonly at: LatLon }>(
  places: readonly P[],
  ends: GapEnds,
): P[] {
  const plane = planeAt((ends.before ?? ends.after)?.lat ?? 0);
  const detour = detourOf(ends, plane);
  return detour === null ? [] : ranked(places, ({ at }) => detour(plane(at.lon, at.lat)));
}

function ranked<T>(things: readonly T[], detour: (thing: T) => number | null): T[] {
  return things
    .map((thing) => ({ thing, by_m: detour(thing) }))
    .filter((one): one is { thing: T; by_m: number } => one.by_m !== null)
    .sort((a, b) => a.by_m - b.by_m)
    .map(({ thing }) => thing);
}

/** The middle corner of a piece's line. */
export function middleOf(piece: PathPiece): LatLon {
  const line = piece.lines[0] ?? [];
  const [lon, lat] = line[Math.floor((line.length - 1) / 2)] ?? [0, 0];
  const [lon_after, lat_after] = line[Math.ceil((line.length - 1) / 2)] ?? [lon, lat];
  return { lon: (lon + lon_after) / 2, lat: (lat + lat_after) / 2 };
}

/** How long a piece is, in metres. */
export function lengthOf(piece: PathPiece): number {
  const plane = planeAt(middleOf(piece).lat);
  let length_m = 0;
  for (const line of piece.lines) {
    const points = line.map(([lon, lat]) => plane(lon, lat));
    for (const [index, point] of points.entries()) {
      const next = points[index + 1];
      if (next !== undefined) length_m += metresBetween(point, next);
    }
  }
  return length_m;
}
