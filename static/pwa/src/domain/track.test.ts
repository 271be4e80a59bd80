// @vitest-environment node
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../test/seeded_random";
import { T0, uuid } from "../../test/sync/made";
import { decodeSegment, encodeSegment, lastHalfMinute, SEGMENT_FIXES, splitFixes } from "./track";
import type { Fix } from "./types";

function walk(seed: number, count: number): Fix[] {
  const random = new SeededRandom(seed);
  let at = T0;
  let lat = 57.7441;
  let lon = 11.9861;
  return Array.from({ length: count }, () => {
    // Phones' clocks are set back now and then, and some fixes come without accuracy.
    at += random.is(0.02) ? -random.below(5_000) : random.below(4_000);
    lat += (random.next() - 0.5) * 1e-4;
    lon += (random.next() - 0.5) * 1e-4;
    return { at, lat, lon, accuracy_m: random.is(0.1) ? null : random.next() * 60 };
  });
}

describe("encodeSegment", () => {
  test("gives back every fix to a microdegree, a millisecond and a decimetre, wherever in the segment it lies", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const fixes = walk(seed, 1 + ((seed * 17) % 400));
      const back = decodeSegment(encodeSegment(uuid(1), 0, fixes));
      expect(back).toHaveLength(fixes.length);
      back.forEach((fix, i) => {
        const was = fixes[i];
        if (was === undefined) throw new Error("lengths differ");
        expect(fix.at).toBe(was.at);
        expect(Math.abs(fix.lat - was.lat)).toBeLessThanOrEqual(0.5e-6 + 1e-12);
        expect(Math.abs(fix.lon - was.lon)).toBeLessThanOrEqual(0.5e-6 + 1e-12);
        if (was.accuracy_m === null) expect(fix.accuracy_m).toBeNull();
        else expect(Math.abs((fix.accuracy_m ?? -1) - was.accuracy_m)).toBeLessThanOrEqual(0.05 + 1e-9);
      });
    }
  });

  test("begins each column at the first fix", () => {
    const segment = encodeSegment(uuid(1), 3, walk(1, 10), 1);
    expect([segment.dt[0], segment.dlat[0], segment.dlon[0]]).toEqual([0, 0, 0]);
    expect(segment).toMatchObject({ round: uuid(1), part: 3, carried: 1 });
  });

  test("writes whole numbers only", () => {
    const { t0, lat0, lon0, dt, dlat, dlon, acc } = encodeSegment(uuid(1), 0, walk(2, 50));
    const all = [t0, lat0, lon0, ...dt, ...dlat, ...dlon, ...acc.filter((value) => value !== null)];
    expect(all.every(Number.isInteger)).toBe(true);
  });

  test.each([
    ["no fix", 0, 0],
    ["more than 400", 401, 0],
    ["none that is new", 2, 2],
  ])("refuses a segment with %s", (_what, count, carried) => {
    expect(() => encodeSegment(uuid(1), 0, walk(1, count), carried)).toThrow(RangeError);
  });
});

describe("splitFixes", () => {
  test.each([
    [0, 0],
    [1, 0],
    [299, 1],
    [300, 0],
    [300, 1],
    [1_000, 1],
  ])("cuts %i fixes after %i carried into segments of at most 300, losing none", (count, carried) => {
    const fixes = walk(3, count);
    const groups = splitFixes(fixes, walk(4, carried));
    expect(groups.flatMap((group) => group.fixes)).toEqual(fixes);
    groups.forEach((group, i) => {
      expect(group.carried.length + group.fixes.length).toBeLessThanOrEqual(SEGMENT_FIXES);
      const before = groups.slice(0, i).flatMap((one) => one.fixes);
      expect(group.carried).toEqual(i === 0 ? walk(4, carried) : lastHalfMinute([...walk(4, carried), ...before]));
    });
  });

  test("a clock set by a day begins a segment that carries nothing", () => {
    const [one, two] = [walk(1, 3), walk(2, 3).map((fix) => ({ ...fix, at: fix.at - 86_400_000 }))];
    expect(splitFixes([...one, ...two], [])).toEqual([
      { carried: [], fixes: one },
      { carried: [], fixes: two },
    ]);
    expect(splitFixes(two, one)).toEqual([{ carried: [], fixes: two }]);
  });
});

describe("lastHalfMinute", () => {
  const every = (ms: number, count: number) => walk(1, count).map((fix, i) => ({ ...fix, at: 1_000_000 + i * ms }));

  test.each([
    [1_000, 100, 31],
    [2_000, 100, 16],
    [40_000, 5, 1],
    [100, 400, 60],
    [2_000, 3, 3],
    [2_000, 0, 0],
  ])("of a fix every %i ms, %i of them, are the last %i", (ms, count, expected) => {
    const fixes = every(ms, count);
    expect(lastHalfMinute(fixes)).toEqual(fixes.slice(count - expected));
  });

  test("ends where the clock was set", () => {
    const [first, ...rest] = every(1_000, 10);
    const set = [{ ...(first as (typeof rest)[0]), at: 9_000_000 }, ...rest];
    expect(lastHalfMinute(set)).toEqual(rest);
  });
});
