// @vitest-environment node
import { describe, expect, test } from "vitest";
import { placeRow, T0, uuid } from "../../test/sync/made";
import { distanceM, nearestPlaces, suggestPlace } from "./position";

const BACKA = { lat: 57.7441, lon: 11.9861 };
const north = (metres: number) => ({ lat: BACKA.lat + metres / 111_194.9, lon: BACKA.lon });
const here = (accuracy_m: number | null, at = T0) => ({ ...BACKA, accuracy_m, at });

describe("distanceM", () => {
  test("a degree of latitude is 111.2 km", () => {
    expect(distanceM({ lat: 57, lon: 12 }, { lat: 58, lon: 12 })).toBeCloseTo(111_195, -1);
  });

  test("is the same both ways, and nothing to oneself", () => {
    expect(distanceM(BACKA, north(50))).toBeCloseTo(distanceM(north(50), BACKA), 9);
    expect(distanceM(BACKA, BACKA)).toBe(0);
  });

  test("half way round the earth is no error", () => {
    expect(distanceM({ lat: 0, lon: 0 }, { lat: 0, lon: 180 })).toBeCloseTo(Math.PI * 6_371_008.8, 0);
  });
});

describe("nearestPlaces", () => {
  const places = [
    placeRow(1, north(90)),
    placeRow(2, north(10)),
    placeRow(3),
    placeRow(4, { ...north(1), ended: true }),
  ];

  test("nearest first, without ended ones and ones nobody knows the place of", () => {
    const near = nearestPlaces(places, BACKA, 5);
    expect(near.map(({ place }) => place.id)).toEqual([uuid(2), uuid(1)]);
    expect(near[0]?.distance_m).toBeCloseTo(10, 1);
  });

  test("no more than asked for", () => {
    expect(nearestPlaces(places, BACKA, 1)).toHaveLength(1);
  });
});

describe("suggestPlace", () => {
  const places = [placeRow(1, north(60))];

  test.each([
    ["a good fix 60 m away", here(8), null],
    ["a rough fix that may be there", here(30), uuid(1)],
    ["a fix too rough to mean any door", here(150), null],
    ["a fix of unknown accuracy", here(null), uuid(1)],
    ["a fix of three minutes ago", here(30, T0 - 180_000), null],
    ["no fix", null, null],
  ])("%s", (_what, position, expected) => {
    expect(suggestPlace(places, position, T0)).toBe(expected);
  });
});
