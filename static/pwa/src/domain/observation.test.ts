// @vitest-environment node
import { describe, expect, test } from "vitest";
import { uuid } from "../../test/sync/made";
import { correctObservation, faultsOf, isFree, isPhotoAllowed, mergeSet, recordObservation } from "./observation";
import type { ObservationRecord, PhotoRef } from "./types";

const photo = (id: number, slot: 1 | 2 | 3): PhotoRef => ({ id: uuid(id), slot, sha256: String(id).repeat(64) });
const made = (values: Partial<ObservationRecord> = {}) =>
  recordObservation(uuid(1), { category: "SK01", ...values }).data;

describe("isPhotoAllowed", () => {
  test.each([
    ["SK01", true],
    ["OR03", false],
    ["NA02", false],
    ["PO02", false],
    ["PO01", true],
  ])("%s: %s", (code, allowed) => {
    expect(isPhotoAllowed(code)).toBe(allowed);
  });

  test("a category's row may forbid, never permit what its code forbids", () => {
    expect(isPhotoAllowed({ code: "SK01", photos_allowed: false })).toBe(false);
    expect(isPhotoAllowed({ code: "OR01", photos_allowed: true })).toBe(false);
  });
});

describe("recordObservation", () => {
  test("fills in what was not said", () => {
    expect(made()).toEqual({
      round: null,
      category: "SK01",
      place: null,
      place_source: "none",
      floor: null,
      position: null,
      severity: 1,
      note: null,
      note_confirmed: false,
      photos: [],
    });
  });

  test("trims text and turns empty text into none", () => {
    expect(made({ note: "  glas \n", floor: "  " })).toMatchObject({ note: "glas", floor: null });
  });
});

describe("what could not be stored", () => {
  test("is cleaned: half characters, control characters, two ways to write å", () => {
    expect(made({ note: "a\u0000b\ud800c\nd", floor: "1\n2" })).toMatchObject({ note: "a b\ufffdc\nd", floor: "1 2" });
    expect(made({ note: "a\u030a" }).note).toBe("å");
    expect(made({ note: "🙂" }).note).toBe("🙂");
  });
});

describe("a place and its source", () => {
  const place = uuid(3);
  test.each([
    [{ place }, "chosen"],
    [{ place, place_source: "suggested" }, "suggested"],
    [{ place, place_source: "none" }, "chosen"],
    [{ place: null, place_source: "chosen" }, "none"],
  ] as const)("%o: %s", (values, source) => {
    expect(made(values).place_source).toBe(source);
    expect(correctObservation(uuid(1), 1, values).data.set.place_source).toBe(source);
  });

  test("a source without a place corrects nothing", () => {
    expect(correctObservation(uuid(1), 1, { severity: 2, place_source: "chosen" }).data.set).toEqual({ severity: 2 });
  });
});

test("a correction names only what it sets", () => {
  expect(correctObservation(uuid(1), 2, { note: " ny " }).data).toEqual({ set: { note: "ny" } });
});

test("merging adds photos and never takes one away", () => {
  const record = made({ photos: [photo(1, 1)] });
  const merged = mergeSet(record, { severity: 4, photos: [photo(1, 1), photo(2, 2)] });
  expect(merged.photos).toEqual([photo(1, 1), photo(2, 2)]);
  expect(merged.severity).toBe(4);
  expect(mergeSet(record, { photos: [] }).photos).toEqual([photo(1, 1)]);
});

describe("faultsOf", () => {
  test.each([
    ["nothing", {}, []],
    ["a note of 500 characters counted as people count", { note: `${"å".repeat(499)}🙂` }, []],
    ["a note of 501", { note: "a".repeat(501) }, ["note_too_long"]],
    ["a floor of 21", { floor: "a".repeat(21) }, ["floor_too_long"]],
    ["photos where none are allowed", { category: "OR01", photos: [photo(1, 1)] }, ["photos_not_allowed"]],
    ["a calm check called an observation", { category: "PO06" }, ["calm_category"]],
    ["two photos in one slot", { photos: [photo(1, 1), photo(2, 1)] }, ["same_slot"]],
    ["four photos", { photos: [photo(1, 1), photo(2, 2), photo(3, 3), photo(4, 3)] }, ["too_many_photos", "same_slot"]],
  ] as const)("%s", (_what, values, faults) => {
    expect(faultsOf({ ...made(), ...values } as ObservationRecord)).toEqual(faults);
  });
});

test.each([
  ["observation.record", null, true],
  ["visit.check", null, true],
  ["observation.record", 2, false],
  ["observation.correct", 1, false],
  ["round.end", null, false],
  ["track.segment", null, false],
] as const)("%s with base %s may be overtaken: %s", (type, base, is_free) => {
  expect(isFree({ type, base })).toBe(is_free);
});
