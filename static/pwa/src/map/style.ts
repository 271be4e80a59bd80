/** The style of the phone's map: the pack's ground, then the path network, places, records, and where the host is. No glyphs, no sprites. */

import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { type MapTheme, PALETTES, type Palette } from "./palette";

/** Drawn by the phone's own font. */
const FONT = ["system-ui", "sans-serif"];
/** Letters above this zoom only: below they would hide the map. */
const NAMES_FROM = 16;
/** The suggested round runs beside the pieces that it takes, so that what they are is still seen. */
const ROUTE_BESIDE = 6;
/** From farther away a district's places would be a cloud. */
const PLACES_FROM = 14.25;

export type Overlay = "zone" | "network" | "track" | "route" | "places" | "records" | "me";
export type OverlayContent = Readonly<Record<Overlay, GeoJSON.FeatureCollection>>;

export interface Tiles {
  /** An address with `{z}/{x}/{y}`. */
  readonly address: string;
  readonly zoom_min: number;
  readonly zoom_max: number;
  readonly box: readonly [number, number, number, number];
}

/** Put the style together. Without tiles the overlays lie on plain ground. */
export function mapStyle(theme: MapTheme, tiles: Tiles | null, content: OverlayContent): StyleSpecification {
  const palette = PALETTES[theme];
  const overlays = Object.entries(content).map(([name, data]) => [
    name,
    { type: "geojson" as const, data, ...(name === "network" ? { promoteId: "id" } : {}) },
  ]);
  return {
    version: 8,
    sources: { ...(tiles === null ? {} : { pack: sourceOf(tiles) }), ...Object.fromEntries(overlays) },
    transition: { duration: 0, delay: 0 },
    layers: [
      { id: "background", type: "background", paint: { "background-color": palette.ground } },
      ...(tiles === null ? [] : groundLayers(palette)),
      ...networkLayers(palette),
      ...(tiles === null ? [] : nameLayers(palette)),
      ...pointLayers(palette),
    ],
  };
}

function sourceOf({ address, zoom_min, zoom_max, box }: Tiles) {
  const bounds: [number, number, number, number] = [...box];
  return { type: "vector" as const, tiles: [address], minzoom: zoom_min, maxzoom: zoom_max, bounds };
}

function fill(id: string, layer: string, colour: string | ExpressionSpecification): LayerSpecification {
  return { id, type: "fill", source: "pack", "source-layer": layer, paint: { "fill-color": colour } };
}

function line(
  id: string,
  layer: string,
  colour: string,
  width: ExpressionSpecification,
  filter: ExpressionSpecification | null = null,
): LayerSpecification {
  return {
    id,
    type: "line",
    source: "pack",
    "source-layer": layer,
    ...(filter === null ? {} : { filter }),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour, "line-width": width },
  };
}

function groundLayers(p: Palette): LayerSpecification[] {
  const isRail: ExpressionSpecification = ["==", ["get", "kind"], "rail"];
  const isRoad: ExpressionSpecification = ["!=", ["get", "kind"], "rail"];
  return [
    fill("green", "green", ["match", ["get", "kind"], "square", p.parking, p.green]),
    fill("yards", "yards", ["match", ["get", "kind"], "playground", p.playground, "parking", p.parking, p.yard]),
    fill("water", "water", p.water),
    line("rails", "roads", p.rail, widths(0.8, 3), isRail),
    line("footways", "footways", p.footway, widths(0.6, 3)),
    line("streets-edge", "streets", p.street_edge, widths(1.6, 15)),
    line("roads-edge", "roads", p.street_edge, widths(3, 21), isRoad),
    line("streets", "streets", p.street, widths(1, 12)),
    line("roads", "roads", p.street, widths(2.2, 18), isRoad),
    fill("sheds", "sheds", p.building),
    fill("buildings", "buildings", p.building),
    line("buildings-edge", "buildings", p.building_line, widths(0.3, 1.6)),
  ];
}

/** The network as the host has walked it; what a piece is comes from its feature state, so that a fix redraws no geometry. */
function networkLayers(p: Palette): LayerSpecification[] {
  const layout = { "line-cap": "butt", "line-join": "round" } as const;
  const opacity = (state: string): ExpressionSpecification => [
    "case",
    ["==", ["coalesce", ["feature-state", "state"], "left"], state],
    1,
    0,
  ];
  const isOwn: ExpressionSpecification = ["==", ["get", "own"], true];
  const piece = (id: string, state: string, paint: object): LayerSpecification => ({
    id,
    type: "line",
    source: "network",
    filter: isOwn,
    layout: state === "walked" ? { "line-cap": "round", "line-join": "round" } : layout,
    paint: { "line-opacity": opacity(state), ...paint },
  });
  return [
    {
      id: "zone",
      type: "line",
      source: "zone",
      layout: { "line-join": "round" },
      paint: { "line-color": p.zone, "line-width": 2, "line-dasharray": [6, 2], "line-opacity": 0.8 },
    },
    {
      id: "elsewhere",
      type: "line",
      source: "network",
      filter: ["!", isOwn],
      layout,
      paint: { "line-color": p.footway, "line-width": widths(0.6, 3) },
    },
    piece("left", "left", { "line-color": p.left, "line-width": widths(1, 4), "line-dasharray": [2, 1.4] }),
    piece("unknown", "unknown", {
      "line-color": p.unknown,
      "line-width": widths(1.6, 5),
      "line-dasharray": [0.6, 0.9],
    }),
    // The hosts' own word: as wide as what was recorded, and broken, so that it is never taken for that.
    piece("told", "told", { "line-color": p.walked, "line-width": widths(2.2, 7), "line-dasharray": [1.6, 0.5] }),
    {
      id: "track",
      type: "line",
      source: "track",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": p.me, "line-width": 2.5, "line-opacity": 0.75 },
    },
    {
      id: "route-edge",
      type: "line",
      source: "route",
      layout: { "line-join": "round" },
      paint: { "line-color": p.halo, "line-width": 6, "line-offset": ROUTE_BESIDE },
    },
    {
      id: "route",
      type: "line",
      source: "route",
      layout: { "line-join": "round" },
      paint: { "line-color": p.ink, "line-width": 3, "line-dasharray": [3, 1.6], "line-offset": ROUTE_BESIDE },
    },
    piece("walked-edge", "walked", { "line-color": p.halo, "line-width": widths(3.4, 10) }),
    piece("walked", "walked", { "line-color": p.walked, "line-width": widths(2.2, 7) }),
  ];
}

function nameLayers(p: Palette): LayerSpecification[] {
  const named = (id: string, layer: string, minzoom: number, layout: object): LayerSpecification => ({
    id,
    type: "symbol",
    source: "pack",
    "source-layer": layer,
    minzoom,
    filter: ["has", "name"],
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 13, ...layout },
    paint: { "text-color": p.ink, "text-halo-color": p.halo, "text-halo-width": 1.8 },
  });
  const along = { "symbol-placement": "line", "text-letter-spacing": 0.02 };
  return [
    named("yard-names", "yards", NAMES_FROM, { "text-size": 12, "text-max-width": 8 }),
    named("water-names", "water", 14, { "text-max-width": 8 }),
    named("street-names", "streets", 14.5, along),
    named("road-names", "roads", 13.5, { ...along, "text-size": 14 }),
    named("building-names", "buildings", 17, { "text-size": 12, "text-max-width": 7 }),
  ];
}

/** A place is told by its ring and its word, a record by its letter: never by colour alone. */
function pointLayers(p: Palette): LayerSpecification[] {
  const age: ExpressionSpecification = ["match", ["get", "age"], "tonight", p.seen, "lately", p.lately, p.overdue];
  const words = { "text-font": FONT, "text-size": 13 };
  const inked = { "text-color": p.ink, "text-halo-color": p.halo, "text-halo-width": 1.8 };
  return [
    {
      id: "places",
      type: "circle",
      source: "places",
      minzoom: PLACES_FROM,
      paint: {
        "circle-color": ["match", ["get", "age"], "tonight", p.seen, p.ground],
        "circle-radius": widths(2, 8),
        "circle-stroke-color": age,
        "circle-stroke-width": widths(1, 3),
      },
    },
    {
      id: "place-clocks",
      type: "symbol",
      source: "places",
      minzoom: NAMES_FROM,
      layout: { ...words, "text-field": ["get", "word"], "text-anchor": "left", "text-offset": [0.9, 0] },
      paint: inked,
    },
    {
      id: "stops",
      type: "circle",
      source: "route",
      filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-color": p.ink, "circle-radius": 11, "circle-stroke-color": p.halo, "circle-stroke-width": 2 },
    },
    {
      id: "stop-numbers",
      type: "symbol",
      source: "route",
      filter: ["==", ["geometry-type"], "Point"],
      layout: { ...words, "text-field": ["get", "number"], "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": p.halo },
    },
    {
      id: "accuracy",
      type: "fill",
      source: "me",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": p.me, "fill-opacity": 0.18, "fill-outline-color": p.me },
    },
    {
      id: "records",
      type: "circle",
      source: "records",
      paint: {
        "circle-color": ["match", ["get", "kind"], "calm", p.calm, "damage", p.damage, p.watch],
        "circle-radius": 11,
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 2,
      },
    },
    {
      id: "record-letters",
      type: "symbol",
      source: "records",
      layout: { ...words, "text-field": ["get", "letter"], "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": "#ffffff" },
    },
    {
      id: "me",
      type: "circle",
      source: "me",
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-color": p.me,
        "circle-radius": 9,
        "circle-stroke-color": p.me_ring,
        "circle-stroke-width": 4,
      },
    },
  ];
}

function widths(far: number, near: number): ExpressionSpecification {
  return ["interpolate", ["exponential", 1.6], ["zoom"], 13, far, 18, near];
}
