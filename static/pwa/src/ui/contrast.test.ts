/** Every pair of colours that meets on a screen holds WCAG 2.2 AA, in every theme. */

import { describe, expect, it } from "vitest";

type Theme = Readonly<Record<string, string>>;

const TEXT_MIN = 4.5;
const LINE_MIN = 3;

/** Text on its ground. */
const TEXTS: readonly (readonly [string, string])[] = [
  ...["ground", "raised", "sunken"].flatMap((ground) => [
    ["ink", ground] as const,
    ["ink-soft", ground] as const,
    ["link", ground] as const,
  ]),
  ...["ok", "warn", "bad"].flatMap((tone) => [
    [`${tone}-ink`, "raised"] as const,
    [`${tone}-ink`, "ground"] as const,
    [`${tone}-ink`, `${tone}-ground`] as const,
    ["ink", `${tone}-ground`] as const,
    ["ink-soft", `${tone}-ground`] as const,
  ]),
  ["ink", "field"],
  ["on-primary", "primary"],
  ["on-calm", "calm"],
  ["on-watch", "watch"],
  ["on-damage", "damage"],
  ["on-danger", "danger"],
];

/** Lines that show where a control is, and the focus. */
const LINES: readonly (readonly [string, string])[] = [
  ["line", "ground"],
  ["line", "raised"],
  ["line", "field"],
  ["focus", "ground"],
  ["focus", "raised"],
];

// The screens' types know no Node: what is needed of it is said here.
const files: { readFileSync(path: string, encoding: "utf8"): string } = await import("node:fs" as string);
const SHEETS = ["static/shared/style/tokens.css", "static/pwa/src/ui/tokens.css"];
const themes = readThemes(SHEETS.map((path) => files.readFileSync(path, "utf8")).join("\n"));

describe.each(Object.entries(themes))("the %s theme", (_, theme) => {
  it.each(TEXTS)("shows %s on %s readably", (text, ground) => {
    expect(contrast(theme[text], theme[ground])).toBeGreaterThanOrEqual(TEXT_MIN);
  });

  it.each(LINES)("shows the line %s on %s", (line, ground) => {
    expect(contrast(theme[line], theme[ground])).toBeGreaterThanOrEqual(LINE_MIN);
  });
});

function readThemes(css: string): Record<string, Theme> {
  const light = colours(css, ":root", 0);
  return { dark: colours(css, ":root", 1), light, sun: { ...light, ...colours(css, ':root[data-theme="sun"]', 0) } };
}

/** Return the colours of a selector's blocks: of a pair (light, dark) the one asked for. */
function colours(css: string, selector: string, side: 0 | 1): Theme {
  const blocks = css.split("}").filter((block) => block.includes(`\n${selector} {`));
  const lines = blocks.flatMap((block) => [
    ...block.matchAll(/--([\w-]+): (?:light-dark\()?(#.{6})(?:, (#.{6})\))?;/g),
  ]);
  return Object.fromEntries(lines.map(([, name, light, dark]) => [name, side === 1 ? (dark ?? light) : light]));
}

/** Contrast ratio after WCAG 2.2. */
function contrast(a: string | undefined, b: string | undefined): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string | undefined): number {
  if (hex === undefined) throw new Error("a colour is missing");
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
