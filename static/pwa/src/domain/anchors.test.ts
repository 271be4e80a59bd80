// @vitest-environment node
/** What labels and colleagues' codes say, typed or read, and which place a label stands for. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkedJustNow, findLabel, readRound, SAME_VISIT_MS, screenOf, understand } from "./anchors";
import { grouped, joinCode, readCode } from "./codes";
import type { AnchorBody, PictureSource, PlaceBody, RecordView } from "./types";

const ROUND = "00000000-0000-7000-8000-000000000aaa";
const CELLAR = "00000000-0000-7000-8000-00000000001b";

function rows(
  anchor: Partial<AnchorBody>,
  place: Partial<PlaceBody> = {},
): Pick<PictureSource["rows"], "anchor" | "place"> {
  const label = { place: CELLAR, token: "K7QF3M9X", kind: "qr", ended: false, ...anchor } as const;
  const cellar = {
    zone: null,
    parent: null,
    kind: "BasementLevel",
    name: "Källare B",
    lat: null,
    lon: null,
    ended: false,
  };
  return {
    anchor: new Map([["a", { seq: 1, kind: "anchor", id: "a", body: label }]]),
    place: new Map([[CELLAR, { seq: 2, kind: "place", id: CELLAR, body: { ...cellar, ...place } }]]),
  };
}

describe("a code", () => {
  it("is the same as the server's", () => {
    const sha256 = new Uint8Array(createHash("sha256").update(ROUND).digest());
    expect(joinCode(sha256)).toBe("H9V07R");
  });

  it.each(["K7QF 3M9X", "k7qf3m9x", " k7qf-3m9x "])("is read as %s", (typed) => {
    expect(readCode(typed, 8)).toBe("K7QF3M9X");
  });

  it("takes what looks like a digit for one", () => {
    expect(readCode("oIl2 0000", 8)).toBe("01120000");
  });

  it("is nothing else", () => {
    for (const typed of ["", "K7QF3M9", "K7QF3M9U", "K7QF3M9Å", "K7QF3M9X0"]) expect(readCode(typed, 8)).toBeNull();
  });

  it("is shown in two halves", () => {
    expect(grouped("K7QF3M")).toBe("K7Q\u00a0F3M");
  });
});

describe("what was read", () => {
  it.each([
    ["https://rond.example/pwa/#/a/K7QF3M9X", "#/a/K7QF3M9X"],
    ["http://127.0.0.1:8000/pwa/#/a/k7qf3m9x", "#/a/K7QF3M9X"],
    ["K7QF 3M9X", "#/a/K7QF3M9X"],
    [`https://rond.example/pwa/#/j/${ROUND}`, `#/j/${ROUND}`],
    ["K7Q F3M", "#/j/K7QF3M"],
  ])("%s leads to %s", (text, hash) => {
    const read = understand(text);
    expect(read && screenOf(read)).toBe(hash);
  });

  it.each([
    "https://example.com/",
    "https://rond.example/pwa/#/a/short",
    "WIFI:S:mynet;;",
    `https://rond.example/pwa/#/j/some-one`,
  ])("%s is nothing of ours", (text) => {
    expect(understand(text)).toBeNull();
  });

  it("is a round by its id or its code", () => {
    expect(readRound(ROUND.toUpperCase())).toEqual({ what: "round", round: ROUND });
    expect(readRound("k7qf3m")).toEqual({ what: "join", code: "K7QF3M" });
  });
});

describe("a label", () => {
  it("stands for its place", () => {
    expect(findLabel(rows({}), "K7QF3M9X")).toEqual({ state: "known", place: CELLAR, kind: "qr" });
  });

  it("that has ended says where it was", () => {
    expect(findLabel(rows({ ended: true }), "K7QF3M9X")).toEqual({ state: "ended", place: CELLAR });
  });

  it("at a place that has ended stands for none", () => {
    expect(findLabel(rows({}, { ended: true }), "K7QF3M9X")).toEqual({ state: "ended", place: null });
  });

  it("that the phone has not pulled is unknown", () => {
    expect(findLabel(rows({}), "00000000")).toEqual({ state: "unknown" });
  });
});

describe("a second reading", () => {
  const check = { category: "PO06", place: CELLAR, occurred_at: 1_000_000, is_withdrawn: false } as RecordView;

  it("within two minutes is of the same visit", () => {
    expect(checkedJustNow([check], CELLAR, 1_000_000 + SAME_VISIT_MS)).toBe(check);
  });

  it.each([
    ["later", check, 1_000_001 + SAME_VISIT_MS],
    ["of a check taken back", { ...check, is_withdrawn: true }, 1_000_000],
    ["after a damage", { ...check, category: "SK01" }, 1_000_000],
    ["of another place", { ...check, place: null }, 1_000_000],
  ])("%s is another visit", (_what, record, now) => {
    expect(checkedJustNow([record], CELLAR, now)).toBeNull();
  });
});
