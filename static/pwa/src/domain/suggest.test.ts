// @vitest-environment node
import { describe, expect, test } from "vitest";
import { categoryRow, placeRow, T0, uuid } from "../../test/sync/made";
import { placePath, suggestCategories, suggestPlaces } from "./suggest";
import type { RecordView } from "./types";

const CATEGORIES = [
  categoryRow("SK01", { sort: 1 }),
  categoryRow("SK06", { sort: 2 }),
  categoryRow("BE02", { sort: 3 }),
  categoryRow("OR01", { sort: 4 }),
  categoryRow("PO01", { sort: 5 }),
  categoryRow("PO06", { sort: 6 }),
  categoryRow("RE01", { sort: 7, ended: true }),
];
const used = (...codes: string[]) => codes.map((category) => ({ category }) as RecordView);
const codes = (want: "damage" | "observation", place_kind: string | null, records: RecordView[] = []) =>
  suggestCategories(CATEGORIES, { want, place_kind, records }).map((row) => row.body.code);

describe("suggestCategories", () => {
  test("damage and observations are apart; calm checks and ended ones are in neither", () => {
    expect(codes("damage", null)).toEqual(["SK01", "SK06", "BE02"]);
    expect(codes("observation", null)).toEqual(["OR01", "PO01"]);
  });

  test("what fits the place comes first", () => {
    expect(codes("damage", "LaundryRoom")[0]).toBe("SK06");
  });

  test("what was used lately comes first, the newest before the older", () => {
    expect(codes("damage", null, used("BE02", "SK06"))).toEqual(["BE02", "SK06", "SK01"]);
  });

  test("several uses pass a single newer one", () => {
    expect(codes("damage", null, used("BE02", "SK06", "SK06"))[0]).toBe("SK06");
  });
});

describe("suggestPlaces", () => {
  const places = new Map(
    [
      placeRow(1, { name: "Backa 14", lat: 57.7441, lon: 11.9861 }),
      placeRow(2, { name: "Källare B", parent: uuid(1) }),
      placeRow(3, { name: "Backa 16", lat: 57.75, lon: 11.9861 }),
      placeRow(4, { name: "Arkivet" }),
      placeRow(5, { name: "Bastun" }),
      placeRow(6, { name: "Riven", ended: true }),
    ].map((row) => [row.id, row]),
  );
  const at = { lat: 57.7441, lon: 11.9861, accuracy_m: 5, at: T0 };

  test("nearest first; a cellar is where its building is; the rest by use, then by name", () => {
    const names = suggestPlaces(places, at, [uuid(5)]).map(({ path }) => path);
    expect(names).toEqual(["Backa 14", "Backa 14 › Källare B", "Backa 16", "Bastun", "Arkivet"]);
  });

  test("without a position by use, then by name", () => {
    const names = suggestPlaces(places, null, [uuid(3)]).map(({ path }) => path);
    expect(names).toEqual(["Backa 16", "Arkivet", "Backa 14", "Backa 14 › Källare B", "Bastun"]);
  });

  test("a parent that its child names already is left out, and is found all the same", () => {
    const named = new Map(
      [
        placeRow(1, { name: "Backagatan 2–8" }),
        placeRow(2, { name: "Backagatan 6", parent: uuid(1) }),
        placeRow(3, { name: "Källare B, Backagatan 6", parent: uuid(1) }),
        placeRow(4, { name: "Tvättstuga, Backagatan 6", parent: uuid(3) }),
        placeRow(5, { name: "Trapphus A", parent: uuid(1) }),
        placeRow(6, { name: "Gården" }),
        placeRow(7, { name: "Lekplatsen, Gården", parent: uuid(6) }),
      ].map((row) => [row.id, row]),
    );
    const paths = [2, 3, 4, 5, 7].map((number) => placePath(named, uuid(number)));
    expect(paths).toEqual([
      "Backagatan 6",
      "Källare B, Backagatan 6",
      "Tvättstuga, Backagatan 6",
      "Backagatan 2–8 › Trapphus A",
      "Lekplatsen, Gården",
    ]);
    const laundry = suggestPlaces(named, null, []).find(({ place }) => place.id === uuid(4));
    expect(laundry?.names).toContain("Källare B");
  });

  test("a ring of parents has an end", () => {
    const ring = new Map(
      [placeRow(1, { name: "A", parent: uuid(2) }), placeRow(2, { name: "B", parent: uuid(1) })].map((r) => [r.id, r]),
    );
    expect(placePath(ring, uuid(1))).toBe("B › A");
  });
});
