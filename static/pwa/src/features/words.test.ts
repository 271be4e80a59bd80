/** Places and floors are written one way, in the language that is spoken. */

import { beforeEach, describe, expect, it } from "vitest";
import type { PictureSource, Row } from "../domain/types";
import { speak } from "../i18n";
import { floorWords, placeLine, unbroken } from "./words";

const BUILDING = "00000000-0000-7000-8000-000000000001";
const body = {
  zone: null,
  parent: null,
  kind: "Building",
  name: "Skifferbogatan 2–8",
  lat: null,
  lon: null,
  ended: false,
};
const row: Row<"place"> = { seq: 1, kind: "place", id: BUILDING, body };
const rows: Pick<PictureSource["rows"], "place"> = { place: new Map([[BUILDING, row]]) };

beforeEach(() => speak("sv"));

const JOINED = "Skifferbogatan 2\u2060–\u20608";

describe("a place", () => {
  it("keeps its house numbers together on a line", () => {
    expect(unbroken("Skifferbogatan 2–8 – gården")).toBe(`${JOINED} – gården`);
  });

  it("with a floor says that it is one, and no house number", async () => {
    expect(placeLine(rows, BUILDING, "1")).toBe(`${JOINED}, våning 1`);
    expect(placeLine(rows, BUILDING, "källare")).toBe(`${JOINED}, källare`);
    await speak("en");
    expect(placeLine(rows, BUILDING, "1")).toBe(`${JOINED}, floor 1`);
    expect(placeLine(rows, BUILDING, "källare")).toBe(`${JOINED}, cellar`);
  });

  it("without a floor is its name, and none at all is said so", () => {
    expect(placeLine(rows, BUILDING, null)).toBe(JOINED);
    expect(placeLine(rows, null, "")).toBe("Ingen plats vald");
  });
});

describe("a floor", () => {
  it.each([
    ["-1", "våning -1"],
    ["Entré", "entré"],
    ["Cellar", "källare"],
    ["attic", "vind"],
    ["plan 2, vänster", "plan 2, vänster"],
  ])("kept as %s is written %s", (kept, written) => {
    expect(floorWords(kept)).toBe(written);
  });
});
