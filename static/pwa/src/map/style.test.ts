/** The map can be read in every theme, and asks nobody for letters or pictures. */

import { describe, expect, test } from "vitest";
import { type MapTheme, PALETTES } from "./palette";
import { meOf } from "./picture";
import { mapStyle, type OverlayContent } from "./style";

const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const CONTENT: OverlayContent = {
  zone: NOTHING,
  network: NOTHING,
  track: NOTHING,
  route: NOTHING,
  places: NOTHING,
  records: NOTHING,
  me: NOTHING,
};
const TILES = { address: "rond-pack://v1/{z}/{x}/{y}", zoom_min: 12, zoom_max: 15, box: [0, 0, 1, 1] } as const;
const THEMES = Object.keys(PALETTES) as MapTheme[];

/* WCAG 2.2: relative luminance and contrast. */

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(THEMES)("in the %s theme", (theme) => {
  const palette = PALETTES[theme];

  test.each(["walked", "left", "unknown", "me", "overdue", "lately", "seen", "zone"] as const)(
    "%s stands out from ground, streets and lawns",
    (name) => {
      for (const under of ["ground", "street", "green", "yard"] as const) {
        expect(contrast(palette[name], palette[under]), under).toBeGreaterThanOrEqual(3);
      }
    },
  );

  test.each(["ground", "street", "building", "halo", "green", "parking"] as const)("names are read on %s", (under) => {
    expect(contrast(palette.ink, palette[under])).toBeGreaterThanOrEqual(4.5);
  });

  test.each(["calm", "watch", "damage"] as const)("the letter on %s is read", (name) => {
    expect(contrast("#ffffff", palette[name])).toBeGreaterThanOrEqual(4.5);
  });

  test("letters are the phone's own", () => {
    const style = mapStyle(theme, TILES, CONTENT);
    expect([style.glyphs, style.sprite]).toEqual([undefined, undefined]);
    expect(JSON.stringify(style)).not.toMatch(/https?:/);
  });
});

test("what hosts tell of is drawn otherwise than what was recorded, in line and not in colour alone", () => {
  const { layers } = mapStyle("light", null, CONTENT);
  const dashes = (id: string) => {
    const layer = layers.find((one) => one.id === id);
    return layer?.type === "line" ? layer.paint?.["line-dasharray"] : undefined;
  };
  const states = ["walked", "told", "unknown", "left", "route"].map((id) => JSON.stringify(dashes(id)));
  expect(new Set(states).size).toBe(5);
});

test("without a pack what the phone knows is drawn on plain ground", () => {
  const style = mapStyle("dark", null, CONTENT);
  expect(Object.keys(style.sources)).toEqual(["zone", "network", "track", "route", "places", "records", "me"]);
  expect(style.layers.filter((layer) => "source" in layer && layer.source === "pack")).toEqual([]);
});

test("the circle around the host is as wide as the position is vague", () => {
  const [circle] = meOf({ lat: 57.75, lon: 11.98, accuracy_m: 30 }).features;
  const ring = circle?.geometry.type === "Polygon" ? (circle.geometry.coordinates[0] ?? []) : [];
  const north = Math.max(...ring.map((at) => at[1] ?? 0));
  const east = Math.max(...ring.map((at) => at[0] ?? 0));
  expect((north - 57.75) * 111_195).toBeCloseTo(30, 0);
  expect((east - 11.98) * 111_195 * Math.cos((57.75 * Math.PI) / 180)).toBeCloseTo(30, 0);
  expect(meOf({ lat: 57.75, lon: 11.98, accuracy_m: null }).features).toHaveLength(1);
  expect(meOf(null).features).toEqual([]);
});
