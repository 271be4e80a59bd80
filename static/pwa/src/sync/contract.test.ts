// @vitest-environment node
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { badExamples, examplesText, goodExamples } from "../../test/sync/examples";
import { faultsOf } from "../domain/observation";
import type { ObservationRecord, OperationType } from "../domain/types";

const FILE = fileURLToPath(new URL("../../../../tests/contract/operations.json", import.meta.url));
const TYPES: readonly OperationType[] = [
  "gap.record",
  "observation.correct",
  "observation.record",
  "observation.withdraw",
  "round.end",
  "round.join",
  "round.pause",
  "round.resume",
  "round.start",
  "track.segment",
  "visit.check",
  "walk.tell",
  "walk.untell",
];

describe("the examples that both languages read", () => {
  test("are what the phone's builders make today", () => {
    const { ROND_WRITE_EXAMPLES } = process.env as { ROND_WRITE_EXAMPLES?: string };
    if (ROND_WRITE_EXAMPLES === "1") writeFileSync(FILE, examplesText());
    expect(readFileSync(FILE, "utf8")).toBe(examplesText());
  });

  test("hold one of every type", () => {
    const types = new Set(goodExamples().map(({ operation }) => operation.type));
    expect([...types].sort()).toEqual(TYPES);
  });

  test("have numbers and identifiers of their own", () => {
    const ids = [...goodExamples(), ...badExamples()].map(({ operation }) => operation.n);
    expect(new Set(ids.filter((n) => typeof n === "number" && n > 0)).size).toBeGreaterThan(60);
  });

  test("that are good have no fault the screen would name; each bad one says what is wrong", () => {
    for (const { what, operation } of goodExamples()) {
      if (operation.type === "observation.record") expect(faultsOf(operation.data), what).toEqual([]);
    }
    expect(new Set(badExamples().map(({ what }) => what)).size).toBe(badExamples().length);
  });

  test.each([
    "a note of 501 characters",
    "a floor of 21 characters",
    "two photos in one slot",
    "a photo of a brawl",
    "a photo of a contact with children",
    "a calm check called an observation",
  ])("%s is named by the screen before it is saved", (what) => {
    const example = badExamples().find((bad) => bad.what === what);
    expect(faultsOf(example?.operation.data as ObservationRecord).length).toBeGreaterThan(0);
  });
});
