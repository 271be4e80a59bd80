/**
 * Pack the way walked into columns of small integers, and unpack it.
 *
 * Every value is made an integer first and only then a difference, so rounding never adds up along a segment.
 */

import type { Fix, TrackSegment, Uuid } from "./types";

/** Fixes a full segment holds, the carried ones included. */
export const SEGMENT_FIXES = 300;
/** A segment repeats so much of the one before: what is cut in two by segments is seen whole in one. */
export const CARRIED_MS = 30_000;
/** A phone that measures very often repeats no more than this, so that there is room for what is new. */
export const CARRIED_FIXES_MAX = 60;
/** The most fixes the protocol lets a segment hold. */
export const SEGMENT_FIXES_MAX = 400;

const MICRODEGREES = 1e6;
const DECIMETRES = 10;

/**
 * Encode fixes, oldest first, as one segment.
 *
 * The first `carried` of them repeat the end of the segment before. Raises RangeError unless there are 1–400 fixes, at least one of them new.
 */
export function encodeSegment(round: Uuid, part: number, fixes: readonly Fix[], carried = 0): TrackSegment {
  const first = fixes[0];
  if (first === undefined || fixes.length > SEGMENT_FIXES_MAX || carried >= fixes.length) {
    throw new RangeError(`a segment holds 1–${SEGMENT_FIXES_MAX} fixes with a new one among them`);
  }
  const t = fixes.map((fix) => Math.round(fix.at));
  const lat = fixes.map((fix) => Math.round(fix.lat * MICRODEGREES));
  const lon = fixes.map((fix) => Math.round(fix.lon * MICRODEGREES));
  return {
    round,
    part,
    carried,
    t0: t[0] ?? 0,
    lat0: lat[0] ?? 0,
    lon0: lon[0] ?? 0,
    dt: differences(t),
    dlat: differences(lat),
    dlon: differences(lon),
    acc: fixes.map((fix) => (fix.accuracy_m === null ? null : Math.round(fix.accuracy_m * DECIMETRES))),
  };
}

/** Decode a segment into its fixes, the carried ones included. */
export function decodeSegment(segment: TrackSegment): Fix[] {
  let at = segment.t0;
  let lat = segment.lat0;
  let lon = segment.lon0;
  return segment.acc.map((accuracy, index) => {
    at += segment.dt[index] ?? 0;
    lat += segment.dlat[index] ?? 0;
    lon += segment.dlon[index] ?? 0;
    return {
      at,
      lat: lat / MICRODEGREES,
      lon: lon / MICRODEGREES,
      accuracy_m: accuracy === null ? null : accuracy / DECIMETRES,
    };
  });
}

/** Fixes further apart than this do not share a segment: the phone's clock was set meanwhile. */
const APART_MS_MAX = 12 * 3600 * 1000;

/** A group of fixes that makes a segment, with what it repeats of the one before. */
export interface FixGroup {
  readonly carried: readonly Fix[];
  readonly fixes: readonly Fix[];
}

/** Return the fixes at the end, oldest first, that the next segment repeats. */
export function lastHalfMinute(fixes: readonly Fix[]): readonly Fix[] {
  const last = fixes.at(-1);
  if (last === undefined) return [];
  const first = Math.max(0, fixes.length - CARRIED_FIXES_MAX);
  const recent = fixes.slice(first);
  // A clock that was set meanwhile ends it too: what lies before is of another time.
  const apart = recent.findLastIndex((fix) => Math.abs(last.at - fix.at) > CARRIED_MS);
  return recent.slice(apart + 1);
}

/** Divide loose fixes into groups that each make a segment. `carried` leads the first one. */
export function splitFixes(fixes: readonly Fix[], carried: readonly Fix[]): FixGroup[] {
  const groups: { carried: readonly Fix[]; fixes: Fix[] }[] = [];
  let before = carried.at(-1);
  for (const fix of fixes) {
    const group = groups.at(-1);
    const isFar = before !== undefined && Math.abs(fix.at - before.at) > APART_MS_MAX;
    if (group === undefined) groups.push({ carried: isFar ? [] : carried, fixes: [fix] });
    else if (isFar) groups.push({ carried: [], fixes: [fix] });
    else if (group.carried.length + group.fixes.length < SEGMENT_FIXES) group.fixes.push(fix);
    else groups.push({ carried: lastHalfMinute([...group.carried, ...group.fixes]), fixes: [fix] });
    before = fix;
  }
  return groups;
}

function differences(values: readonly number[]): number[] {
  let before = values[0] ?? 0;
  return values.map((value) => {
    const difference = value - before;
    before = value;
    return difference;
  });
}
