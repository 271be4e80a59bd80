import { describe, expect, it } from "vitest";
import type { SuggestedLeg } from "./plan_types";
import { recut, type SeenSince, secondsOf, suggestedItems, suggestedLine, worthOf } from "./suggested";

const leg = (piece: string, from: number, to: number, value = 1, stops: SuggestedLeg[5] = []): SuggestedLeg => [
  piece,
  from,
  to,
  40,
  value,
  stops,
];

/** Home 0 – 1, a loop 1 2 3 1 with a cellar, on to 4, a dead end to 5 and back, and home. */
const ROUND: readonly SuggestedLeg[] = [
  leg("a", 0, 1, 2),
  leg("b", 1, 2, 3),
  leg("c", 2, 3, 1, [["cellar", 120, 9]]),
  leg("d", 3, 1, 1),
  leg("e", 1, 4, 2),
  leg("f", 4, 5, 5),
  leg("f", 5, 4, 0),
  leg("g", 4, 0, 1),
];

const since = (changed: Partial<SeenSince> = {}): SeenSince => ({
  pieces: new Set(),
  places: new Set(),
  last_piece: null,
  seconds_left: 3600,
  ...changed,
});

const names = (legs: readonly SuggestedLeg[]) => legs.map(([piece]) => piece).join("");

function hangsTogether(legs: readonly SuggestedLeg[]): boolean {
  return legs.every(([, from], index) => index === 0 || legs[index - 1]?.[2] === from);
}

describe("a suggested round on the phone", () => {
  it("is walked as it was suggested while nothing has been seen", () => {
    expect(recut(ROUND, since())).toEqual(ROUND);
  });

  it("leaves out a loop of which all has been seen, and what was walked", () => {
    const seen = since({ pieces: new Set(["a", "b", "c", "d"]), places: new Set(["cellar"]) });
    expect(names(recut(ROUND, seen))).toBe("aeffg");
  });

  it("keeps a loop in which something still waits", () => {
    expect(names(recut(ROUND, since({ pieces: new Set(["a", "b", "d"]) })))).toBe("abcdeffg");
  });

  it("goes on from the piece that was walked last", () => {
    const seen = since({ pieces: new Set(["a", "b", "c", "d", "e"]), places: new Set(["cellar"]), last_piece: "e" });
    expect(names(recut(ROUND, seen))).toBe("ffg");
  });

  it("goes back for what was skipped where there is time, and leaves it where there is none", () => {
    const skipped = since({ pieces: new Set(["a", "e"]), last_piece: "e" });
    expect(worthOf(recut(ROUND, skipped))).toBe(worthOf(recut(ROUND, since({ pieces: new Set(["a", "e"]) }))));
    expect(names(recut(ROUND, { ...skipped, seconds_left: 125 }))).toBe("ffg");
  });

  it("leaves out what gives least for its time when there is too little", () => {
    const cut = recut(ROUND, since({ seconds_left: secondsOf(ROUND) - 60 }));
    expect(names(cut)).toBe("abcdeg");
    expect(hangsTogether(cut)).toBe(true);
  });

  it("is always one way that comes home, whatever has been seen and however little time is left", () => {
    for (let mask = 0; mask < 128; mask += 1) {
      const pieces = new Set([..."abcdefg"].filter((_, bit) => mask & (1 << bit)));
      for (const seconds_left of [0, 100, 250, 400]) {
        const cut = recut(ROUND, since({ pieces, seconds_left }));
        expect(hangsTogether(cut)).toBe(true);
        expect(cut.length === 0 || cut.at(-1)?.[2] === 0).toBe(true);
      }
    }
  });

  it("is listed as walks between stops, with minutes from now", () => {
    expect(suggestedItems(ROUND)).toEqual([
      { kind: "walk", seconds: 120, waiting: 3, begins_s: 0 },
      { kind: "stop", place: "cellar", seconds: 120, begins_s: 120 },
      { kind: "walk", seconds: 200, waiting: 4, begins_s: 240 },
    ]);
  });

  it("is drawn piece by piece in its order, each once", () => {
    const piece = (id: string, lon: number) => ({ id, is_lit: true, lines: [[[lon, 57] as [number, number]]] });
    const pieces = new Map(["g", "a", "f"].map((id, lon) => [id, piece(id, lon)]));
    expect(suggestedLine(ROUND, pieces)).toEqual([[[1, 57]], [[2, 57]], [[0, 57]]]);
  });
});
