import { describe, expect, test } from "vitest";
import { directionFrom, gapChoices } from "./gap_choices";
import { endsOf, piecesBetween } from "./gap_reach";
import type { PathPiece } from "./pack";
import { gapsOf, tellWalk, toldOf, untellWalk } from "./told";
import type { Command, Fix, OpSummary } from "./types";

const ROUND = "round";
const T0 = 1_790_000_000_000;
const MINUTE_MS = 60_000;
const LAT = 57.75;
const LON = 11.98;
const M_LAT = 1 / 111_195;
const M_LON = M_LAT / Math.cos((LAT * Math.PI) / 180);

const at = (x: number, y: number) => ({ lon: LON + x * M_LON, lat: LAT + y * M_LAT });
const corner = (x: number, y: number): [number, number] => [at(x, y).lon, at(x, y).lat];
const piece = (id: string, x: number, y: number): PathPiece => ({
  id,
  is_lit: true,
  lines: [[corner(x, y), corner(x + 40, y)]],
});
const fix = (x: number, y: number, time: number): Fix => ({ ...at(x, y), accuracy_m: 8, at: time });
const stored = (...commands: Command[]): { ops: OpSummary[] } => ({
  ops: commands.map((op) => ({ op, is_gone: false }) as unknown as OpSummary),
});
const gap = (id: string, from: number, to: number, round = ROUND): Command => ({
  type: "gap.record",
  entity: id,
  base: null,
  data: { round, from, to, reason: "hidden" },
});
const GAP = { id: "gap", from: T0, to: T0 + 10 * MINUTE_MS };
const SAID = { paths: ["a"], places: ["yard"] };

describe("what is told of a gap", () => {
  const told = tellWalk("told", ROUND, GAP, SAID);

  test("belongs to it until it is taken back", () => {
    const own = gap("gap", GAP.from, GAP.to);
    expect(gapsOf(stored(own), ROUND)[0]?.told).toBeNull();
    expect(gapsOf(stored(own, told), ROUND)[0]?.told).toEqual({ id: "told", ...SAID });
    expect(gapsOf(stored(own, told, untellWalk("told")), ROUND)[0]?.told).toBeNull();
  });

  test("is what was told last", () => {
    const again = tellWalk("told", ROUND, GAP, { paths: [], places: ["cellar"] });
    const [known] = gapsOf(stored(gap("gap", GAP.from, GAP.to), told, again), ROUND);
    expect(known?.told?.places).toEqual(["cellar"]);
    expect(toldOf(known === undefined ? [] : [known]).paths.size).toBe(0);
  });

  test("is of this round's gaps alone, oldest first", () => {
    const source = stored(gap("late", T0 + 5, T0 + 9), gap("early", T0, T0 + 3), gap("other", T0, T0 + 1, "another"));
    expect(gapsOf(source, ROUND).map(({ id }) => id)).toEqual(["early", "late"]);
  });

  test.each([
    ["nothing", { paths: [], places: [] }, GAP],
    ["201 pieces", { paths: Array.from({ length: 201 }, String), places: [] }, GAP],
    ["a gap of two days", SAID, { ...GAP, to: T0 + 48 * 60 * MINUTE_MS }],
    ["a gap that ends before it begins", SAID, { ...GAP, to: T0 - 1 }],
  ])("is refused of %s", (_what, said, of) => {
    expect(() => tellWalk("told", ROUND, of, said)).toThrow(RangeError);
  });
});

describe("what may have been passed in a gap", () => {
  const pieces = [piece("far", 0, 900), piece("aside", 60, 80), piece("between", 60, 0), piece("behind", -400, 0)];
  const ends = (length_ms: number) => ({ before: fix(0, 0, T0), after: fix(200, 0, T0 + length_ms), length_ms });
  const ids = (length_ms: number) => piecesBetween(pieces, ends(length_ms)).map(({ id }) => id);

  test("lies between its ends, the straight way first", () => {
    expect(ids(4 * MINUTE_MS)).toEqual(["between", "aside"]);
  });

  test("lies no farther off than there was time to walk", () => {
    expect(ids(2 * MINUTE_MS)).toEqual(["between"]);
    expect(ids(12 * MINUTE_MS)).toEqual(["between", "aside", "behind"]);
    expect(ids(90 * MINUTE_MS)).toEqual(["between", "aside", "behind"]);
  });

  test("is nothing where no end is known, and about the one end where one is", () => {
    expect(piecesBetween(pieces, { before: null, after: null, length_ms: MINUTE_MS })).toEqual([]);
    expect(piecesBetween(pieces, { ...ends(4 * MINUTE_MS), after: null }).map(({ id }) => id)).toEqual([
      "between",
      "aside",
    ]);
  });

  test("is bounded by fixes near in time to the gap's ends", () => {
    const way = [fix(0, 0, T0 - 5_000), fix(200, 0, GAP.to + 1_000), fix(210, 0, GAP.to + 3_000)];
    expect(endsOf(way, GAP)).toEqual({ before: way[0], after: way[1], length_ms: 10 * MINUTE_MS });
    expect(endsOf([fix(0, 0, T0 - 10 * MINUTE_MS)], GAP).before).toBeNull();
  });

  test("is named by the nearest place and the side of it", () => {
    const places = [{ id: "yard", at: at(80, -50) }];
    const choices = gapChoices(pieces, places, ends(4 * MINUTE_MS));
    expect(choices.pieces[0]).toMatchObject({ near: "yard", direction: "north" });
    expect(choices.pieces[0]?.length_m).toBeCloseTo(40, 0);
    expect(choices.pieces[0]?.away_m).toBeCloseTo(80, 0);
    expect(choices.places).toEqual(["yard"]);
    expect(gapChoices([], places, { before: null, after: null, length_ms: 1 }).places).toEqual(["yard"]);
  });

  test.each([
    ["north", 1, 9],
    ["east", 9, 1],
    ["south", 1, -9],
    ["west", -9, 1],
  ])("lies %s of a place", (direction, x, y) => expect(directionFrom(at(0, 0), at(x, y))).toBe(direction));
});
