/** Both languages say the same things, and times are said as people say them. */

import { beforeEach, describe, expect, it } from "vitest";
import { speak, t } from ".";
import type { Message } from "./catalogue";
import { en } from "./en";
import { enLabels } from "./en_labels";
import { enNames } from "./en_names";
import { enRound } from "./en_round";
import { sv } from "./sv";
import { svLabels } from "./sv_labels";
import { svNames } from "./sv_names";
import { svRound } from "./sv_round";
import { ago, clockTime, dayAndTime, distance, duration, isoDay, storageSize } from "./time";

const NOON = new Date(2026, 10, 23, 12, 0).getTime();

beforeEach(() => speak("sv"));

/** Intl separates number and unit by a no-break space. */
const plain = (text: string) => text.replace(/\u00a0/g, " ");
const placeholders = (message: Message) =>
  (typeof message === "string" ? [message] : [message.one, message.other]).map((text) =>
    [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(),
  );

describe("the catalogues", () => {
  it("have the same keys", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(sv).sort());
  });

  it("say each thing once: no part of a catalogue overwrites another's words", () => {
    const svParts = [svLabels, svNames, svRound];
    const enParts = [enLabels, enNames, enRound];
    for (const part of svParts) expect(sv).toMatchObject(part);
    for (const part of enParts) expect(en).toMatchObject(part);
  });

  it.each(Object.keys(sv) as (keyof typeof sv)[])("take the same values for %s", (key) => {
    expect(placeholders(en[key])).toEqual(placeholders(sv[key]));
  });
});

describe("a message", () => {
  it("takes the form of its count", () => {
    expect(t("chip.unsent", { count: 1 })).toBe("1 osänd");
    expect(t("chip.unsent", { count: 3 })).toBe("3 osända");
  });

  it("follows the language that is spoken", async () => {
    await speak("en");
    expect(t("round.records", { count: 2 })).toBe("2 records");
    expect(document.documentElement.lang).toBe("en");
  });
});

describe("times", () => {
  it("have 24 hours in both languages", async () => {
    expect(clockTime(NOON + 8 * 3_600_000)).toBe("20:00");
    await speak("en");
    expect(clockTime(NOON + 8 * 3_600_000)).toBe("20:00");
  });

  it("of another day carry the day", () => {
    expect(dayAndTime(NOON, NOON + 60_000)).toBe("12:00");
    expect(dayAndTime(NOON - 86_400_000, NOON)).toBe("sön 22 nov. 12:00");
    expect(isoDay("2026-11-22")).toBe("sön 22 nov.");
  });

  it("ago are in the largest unit that fits", () => {
    expect(ago(NOON - 20_000, NOON)).toBe("nyss");
    expect(plain(ago(NOON - 5 * 60_000, NOON))).toBe("för 5 minuter sedan");
    expect(plain(ago(NOON - 2 * 3_600_000, NOON))).toBe("för 2 timmar sedan");
    expect(ago(NOON - 86_400_000, NOON)).toBe("i går");
    expect(plain(ago(NOON - 6 * 86_400_000, NOON))).toBe("för 6 dagar sedan");
  });

  it("of length are said in one or two units", () => {
    expect(plain(duration(40_000))).toBe("40 s");
    expect(plain(duration(180_000))).toBe("3 min");
    expect(plain(duration(72 * 60_000))).toBe("1 tim 12 min");
  });
});

describe("room on the phone", () => {
  it("is told in the unit that is short", () => {
    expect(plain(storageSize(840_900_000))).toBe("840 MB");
    expect(plain(storageSize(10_737_000_000))).toBe("10,7 GB");
  });
});

describe("a distance", () => {
  it("is rounded to what a phone can know", () => {
    expect(plain(distance(3))).toBe("5 m");
    expect(plain(distance(83))).toBe("85 m");
    expect(plain(distance(1320))).toBe("1,3 km");
  });
});
