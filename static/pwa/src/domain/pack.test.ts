import { describe, expect, test } from "vitest";
import { manifestOf, type PackManifest, partsOf, piecesOf, requestsFor, spansOf, zonesOf } from "./pack";

const MANIFEST: PackManifest = {
  format: 1,
  zone: "z",
  version: "v1",
  box: [11.9, 57.7, 12, 57.8],
  attribution: "",
  bytes: 100,
  files: [
    { name: "places.json", parts: [["a", 10]] },
    { name: "map.pmtiles", parts: [["b", 20], ["c", 30], ["d", 40]] }, // biome-ignore format: three parts
  ],
};
const numbers = (groups: ReturnType<typeof requestsFor>) => groups.map((group) => group.map(({ number }) => number));

describe("what is fetched of a pack", () => {
  test("is all of it, the parts in their order, when nothing is here", () => {
    expect(numbers(requestsFor(MANIFEST, new Set(), 1000))).toEqual([[0, 1, 2, 3]]);
  });

  test("is what is not here", () => {
    expect(numbers(requestsFor(MANIFEST, new Set(["a", "c"]), 1000))).toEqual([[1, 3]]);
    expect(requestsFor(MANIFEST, new Set(["a", "b", "c", "d"]), 1000)).toEqual([]);
  });

  test("comes in requests of a bounded size, a larger part alone", () => {
    expect(numbers(requestsFor(MANIFEST, new Set(), 50))).toEqual([[0, 1], [2], [3]]);
    expect(numbers(requestsFor(MANIFEST, new Set(), 5))).toEqual([[0], [1], [2], [3]]);
  });

  test("is fetched once where two files have a part in common", () => {
    const twice = { ...MANIFEST, files: [...MANIFEST.files, { name: "again", parts: [["b", 20] as const] }] };
    expect(numbers(requestsFor(twice, new Set(), 1000))).toEqual([[0, 1, 2, 3]]);
  });

  test.each([
    [[0, 1, 2, 3], "0-3"],
    [[1, 3], "1,3"],
    [[0, 1, 3], "0-1,3"],
  ])("is asked for as the server reads it: %j", (wanted, written) => {
    const parts = partsOf(MANIFEST).filter(({ number }) => wanted.includes(number));
    expect(spansOf(parts)).toBe(written);
  });
});

test.each([null, "text", {}, { ...MANIFEST, format: 2 }, { ...MANIFEST, files: "none" }, { ...MANIFEST, box: [1] }])(
  "%j is no manifest",
  (body) => expect(manifestOf(body)).toBeNull(),
);

test("lines are read from their first position and the steps after it", () => {
  const body = { paths: [["p", 1, [[11_980_000, 57_750_000, 100, -200]]]] };
  expect(piecesOf(body)).toEqual([{ id: "p", is_lit: true, lines: [[[11.98, 57.75], [11.9801, 57.7498]]] }]); // biome-ignore format: a line
  expect(zonesOf({ zones: [["z", "Norra", [1_000_000, 2_000_000]]] })).toEqual([
    { id: "z", name: "Norra", outline: [[1, 2]] },
  ]);
});
