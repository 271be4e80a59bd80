import { describe, expect, test } from "vitest";
import type { PathPiece } from "./pack";
import type { Fix } from "./types";
import { courseOf, ringHolds, startWalk } from "./walked";

const LAT = 57.75;
const LON = 11.98;
const M_LAT = 1 / 111_195;
const M_LON = M_LAT / Math.cos((LAT * Math.PI) / 180);

/** Metres east and north of a corner of the district. */
const at = (x: number, y: number): [number, number] => [LON + x * M_LON, LAT + y * M_LAT];
const piece = (id: string, ...points: [number, number][]): PathPiece => ({
  id,
  is_lit: true,
  lines: [points.map(([x, y]) => at(x, y))],
});
/** A walk at 1.25 m/s: a fix every four seconds. */
const walk = (points: readonly [number, number][], accuracy_m: number | null = 5, step_ms = 4_000): Fix[] =>
  points.map(([x, y], index) => {
    const [lon, lat] = at(x, y);
    return { lat, lon, accuracy_m, at: 1_000_000 + index * step_ms };
  });
const along = (from: number, to: number, y = 0): [number, number][] =>
  Array.from({ length: Math.floor((to - from) / 5) + 1 }, (_, index) => [from + index * 5, y]);

/** Positions that swing about one point. */
const jitter = (x: number, y: number, radius_m: number, count: number): [number, number][] =>
  Array.from({ length: count }, (_, index) => [
    x + radius_m * Math.sin(index * 2.4),
    y + radius_m * Math.cos(index * 1.7),
  ]);

const STREET = [piece("a", [0, 0], [50, 0]), piece("b", [50, 0], [100, 0]), piece("far", [0, 60], [50, 60])];

describe("pieces of the network", () => {
  test("are left until somebody has walked half of them", () => {
    const walked = startWalk(STREET);
    expect(walked.add(walk(along(0, 8)))).toEqual(new Map());
    expect(walked.add(walk(along(0, 40)))).toEqual(new Map([["a", "walked"]]));
    expect(["a", "b", "far"].map(walked.state)).toEqual(["walked", "left", "left"]);
  });

  test("are told once when they change", () => {
    const walked = startWalk(STREET);
    walked.add(walk(along(0, 50)));
    expect(walked.add(walk(along(0, 50)))).toEqual(new Map());
  });

  test("are not known beside fixes that are too vague, and walked when better ones come", () => {
    const walked = startWalk(STREET);
    expect(walked.add(walk(along(0, 50), 40)).get("a")).toBe("unknown");
    expect(walked.add(walk(along(0, 50), 5)).get("a")).toBe("walked");
  });

  test.each([
    ["fixes that tell nothing", walk(along(0, 100), 150)],
    ["a position of unknown accuracy in the next street only", walk([[0, 200]], null)],
    ["a tram", walk(along(5, 100), 5, 500)],
    ["a bicycle that takes half a minute", walk(along(-200, 100), 5, 1_000)],
    ["a single position thrown forty metres aside", walk([[0, 0], [3, 0], [75, 0], [6, 0], [9, 0]], 5, 2_000)], // biome-ignore format: a few steps
    ["one who stands at the corner", walk(jitter(45, 0, 7, 60), 8, 2_000)],
  ])("are left by %s", (_what, fixes) => {
    expect(startWalk(STREET).add(fixes).get("b")).toBeUndefined();
  });

  test("that lie side by side are told apart: the nearer one is walked", () => {
    const walked = startWalk([...STREET, piece("beside", [0, 12], [50, 12])]);
    walked.add(walk(along(0, 50, 3), 12));
    expect(["a", "beside"].map(walked.state)).toEqual(["walked", "left"]);
  });

  test("that one runs along for a few seconds are walked", () => {
    const walked = startWalk(STREET);
    walked.add(walk([...along(0, 60), [61, 0], [62, 0], [63, 0]], 5, 1_000));
    expect(walked.state("a")).toBe("walked");
  });

  test("that the hosts tell of are told, not walked, and those that a gap may have covered are unknown", () => {
    const walked = startWalk(STREET);
    walked.add(walk(along(0, 50)));
    const changed = walked.mark(new Set(["a", "b"]), new Set(["b", "far"]));
    expect(changed).toEqual(new Map([["b", "told"], ["far", "unknown"]])); // biome-ignore format: two pairs
    expect(walked.mark(new Set(), new Set())).toEqual(new Map([["b", "left"], ["far", "left"]])); // biome-ignore format: two pairs
  });

  test("between two fixes a minute apart are left", () => {
    const walked = startWalk(STREET);
    walked.add(walk([[0, 0], [100, 0]], 5, 60_000)); // biome-ignore format: two ends
    expect(["a", "b"].map(walked.state)).toEqual(["left", "left"]);
  });

  test("between a fix and an older one that comes after it are left", () => {
    const walked = startWalk(STREET);
    const [first, last] = walk([[0, 0], [100, 0]], 5, 60_000) as [Fix, Fix]; // biome-ignore format: two ends
    walked.add([last]);
    walked.add([first]);
    expect(["a", "b"].map(walked.state)).toEqual(["left", "left"]);
  });

  test("have the same state however the fixes are dealt out", () => {
    const whole = startWalk(STREET);
    const dealt = startWalk(STREET);
    const fixes = walk(along(0, 100));
    whole.add(fixes);
    for (const fix of fixes) dealt.add([fix]);
    expect(STREET.map(({ id }) => dealt.state(id))).toEqual(STREET.map(({ id }) => whole.state(id)));
  });
});

describe("the course", () => {
  test.each([
    ["north", walk([[0, 0], [0, 20]]), 0], // biome-ignore format: two ends
    ["east", walk([[0, 0], [20, 0]]), 90], // biome-ignore format: two ends
    ["south-west", walk([[0, 0], [-20, -20]]), 225], // biome-ignore format: two ends
  ])("is %s", (_word, fixes, degrees) => {
    expect(courseOf(fixes)).toBeCloseTo(degrees, 0);
  });

  test("cannot be told while one stands", () => {
    expect(courseOf(walk([[0, 0], [3, 0], [0, 3]]))).toBeNull(); // biome-ignore format: a few steps
    expect(courseOf([])).toBeNull();
  });
});

test("a ring holds what is inside it", () => {
  const ring = [at(0, 0), at(10, 0), at(10, 10), at(0, 10)];
  const position = ([lon, lat]: [number, number]) => ({ lon, lat });
  expect(ringHolds(ring, position(at(5, 5)))).toBe(true);
  expect(ringHolds(ring, position(at(15, 5)))).toBe(false);
  expect(ringHolds([], position(at(5, 5)))).toBe(false);
});
