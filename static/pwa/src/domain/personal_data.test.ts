import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import rules from "../../../../fieldapp/kernel/personal_data/rules.json";
// As text: the build reads JSON more strictly than JavaScript does, and half a surrogate pair is among the cases.
import fixturesText from "../../../../tests/contract/personal_data_fixtures.json?raw";
import { type Finding, MAX_LENGTH, mask, scan } from "./personal_data";

/** For MAX_LENGTH code points; the best of five runs, since the machine does other things too. */
const SCAN_MS_MAX = 50;
/** The rules' share of the 8 KiB that the whole module may weigh when it is first loaded. */
const RULES_GZIP_BYTES_MAX = 5_500;

interface Fixtures {
  readonly max_length: number;
  readonly cases: readonly {
    readonly group: string;
    readonly text: string;
    readonly findings: readonly (readonly [kind: string, start: number, end: number, severity: string])[];
  }[];
  readonly adversarial: readonly { readonly unit: string; readonly found: Readonly<Record<string, number>> }[];
}

const fixtures = JSON.parse(fixturesText) as Fixtures;
const groups = [...new Set(fixtures.cases.map((one) => one.group))];

function asLists(findings: readonly Finding[]): unknown[] {
  return findings.map(({ kind, start, end, severity }) => [kind, start, end, severity]);
}

function found(text: string): [kind: string, text: string][] {
  return scan(text).map(({ kind, start, end }) => [kind, [...text].slice(start, end).join("")]);
}

function bestScanMs(text: string): number {
  const times = Array.from({ length: 5 }, () => {
    const before = performance.now();
    scan(text);
    return performance.now() - before;
  });
  return Math.min(...times);
}

describe("both runtimes", () => {
  it("read the same number of characters", () => {
    expect(MAX_LENGTH).toBe(fixtures.max_length);
  });

  it.each(groups)("find the same in every fixture: %s", (group) => {
    const cases = fixtures.cases.filter((one) => one.group === group);
    const different = cases.filter((one) => JSON.stringify(asLists(scan(one.text))) !== JSON.stringify(one.findings));
    expect(different.map((one) => ({ ...one, got: asLists(scan(one.text)) }))).toEqual([]);
  });

  it.each(fixtures.adversarial)("count the same in a text made to be slow: $unit", ({ unit, found: counts }) => {
    const counted: Record<string, number> = {};
    for (const { kind } of scan(repeated(unit))) counted[kind] = (counted[kind] ?? 0) + 1;
    expect(counted).toEqual(counts);
  });
});

describe("scan", () => {
  it.each(fixtures.adversarial)("takes its time with nothing: $unit", ({ unit }) => {
    expect(bestScanMs(repeated(unit))).toBeLessThanOrEqual(SCAN_MS_MAX);
  });

  it("takes no longer for a text that is far too long", () => {
    expect(bestScanMs("0701234567 ".repeat(36_000))).toBeLessThanOrEqual(SCAN_MS_MAX);
  });

  it("warns about at most one ordinary note in fifty", () => {
    const ordinary = fixtures.cases.filter((one) => one.group === "ordinary");
    expect(ordinary.length).toBeGreaterThanOrEqual(100);
    expect(ordinary.filter((one) => scan(one.text).length > 0).length).toBeLessThanOrEqual(ordinary.length / 50);
  });

  it("counts code points, not UTF-16 units", () => {
    expect(found("🧹🧹 ring 070\u200b-123 45 67 nu")).toEqual([["phone", "070\u200b-123 45 67"]]);
    expect(scan("🧹🧹 ring 070-123 45 67")[0]?.start).toBe(8);
  });

  it("reports what it did not read", () => {
    const text = "lugnt ".repeat(MAX_LENGTH);
    expect(scan(text)).toEqual([
      { kind: "unscanned", start: MAX_LENGTH - rules.tail_overlap, end: text.length, severity: "confirm" },
    ]);
  });

  it("asks for nothing where nothing is", () => {
    for (const text of ["", " ", "\u200b", "\ud800", "█"]) expect(scan(text)).toEqual([]);
  });
});

describe("mask", () => {
  it("hides kind and length", () => {
    const text = "Ring 070-123 45 67 eller Anna Andersson, lgh 1203. 🧹";
    expect(mask(text, scan(text))).toBe("Ring ███ eller ███, ███. 🧹");
  });

  it("takes overlapping findings together", () => {
    const text = "070123-9816!";
    expect(scan(text)).toHaveLength(2);
    expect(mask(text, scan(text))).toBe("███!");
  });

  it("leaves a note without findings as it is", () => {
    expect(mask("Klotter på port 14", [])).toBe("Klotter på port 14");
  });

  it("refuses findings of another text", () => {
    const finding: Finding = { kind: "phone", start: 2, end: 9, severity: "confirm" };
    expect(() => mask("lugnt", [finding])).toThrow(RangeError);
  });
});

describe("the rules", () => {
  it("stay light enough for a phone", () => {
    expect(gzipSync(JSON.stringify(rules), { level: 9 }).length).toBeLessThanOrEqual(RULES_GZIP_BYTES_MAX);
  });
});

function repeated(unit: string): string {
  return [...unit.repeat(MAX_LENGTH)].slice(0, MAX_LENGTH).join("");
}
