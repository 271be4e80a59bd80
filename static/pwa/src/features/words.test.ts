/** Places and floors are written one way, in the language that is spoken. */

import { beforeEach, describe, expect, it } from "vitest";
import { placeRow, uuid } from "../../test/sync/made";
import type { PictureSource } from "../domain/types";
import { speak } from "../i18n";
import { floorWords, placeLine } from "./words";

const rows = { place: new Map([[uuid(1), placeRow(1, { name: "Skifferbogatan 2–8" })]]) } as PictureSource["rows"];

beforeEach(() => speak("sv"));

describe("a place", () => {
  it("with a floor says that it is one, and no house number", async () => {
    expect(placeLine(rows, uuid(1), "1")).toBe("Skifferbogatan 2–8, våning 1");
    expect(placeLine(rows, uuid(1), "källare")).toBe("Skifferbogatan 2–8, källare");
    await speak("en");
    expect(placeLine(rows, uuid(1), "1")).toBe("Skifferbogatan 2–8, floor 1");
    expect(placeLine(rows, uuid(1), "källare")).toBe("Skifferbogatan 2–8, cellar");
  });

  it("without a floor is its name, and none at all is said so", () => {
    expect(placeLine(rows, uuid(1), null)).toBe("Skifferbogatan 2–8");
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
