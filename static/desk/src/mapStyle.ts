/** The style of the desk's maps: ground first, then the route and its gaps, then places and records. */

import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { coverageLayers } from "./coverageStyle.ts";
import { ink } from "./ink.ts";
import { type Colour, FONT, haloed, widths } from "./paint.ts";

export type MapSources = Record<SourceName, GeoJSON.FeatureCollection>;
type SourceName = "ground" | "network" | "plan" | "coverage" | "route" | "records" | "seen" | "drawn";

export function mapStyle(place: HTMLElement, sources: MapSources): StyleSpecification {
  const colour = ink(place);
  return {
    version: 8,
    sources: Object.fromEntries(Object.entries(sources).map(([name, data]) => [name, { type: "geojson", data }])),
    layers: [
      ...groundLayers(colour),
      ...networkLayers(colour),
      ...planLayers(colour),
      ...coverageLayers(colour),
      ...routeLayers(colour),
      ...pointLayers(colour),
      zoneNames(colour),
      ...drawnLayers(colour),
    ],
  };
}

function groundLayers(colour: Colour): LayerSpecification[] {
  return [
    { id: "background", type: "background", paint: { "background-color": colour("map-ground") } },
    {
      id: "yards",
      type: "fill",
      source: "ground",
      filter: ["==", ["get", "layer"], "yard"],
      paint: { "fill-color": colour("map-yard") },
    },
    {
      id: "paths-edge",
      type: "line",
      source: "ground",
      filter: ["==", ["get", "layer"], "path"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colour("map-path-line"), "line-width": widths(1.5, 8) },
    },
    {
      id: "paths",
      type: "line",
      source: "ground",
      filter: ["==", ["get", "layer"], "path"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colour("map-path"), "line-width": widths(0.8, 6) },
    },
    {
      id: "buildings",
      type: "fill",
      source: "ground",
      filter: ["==", ["get", "layer"], "building"],
      paint: { "fill-color": colour("map-building"), "fill-outline-color": colour("map-building-line") },
    },
    {
      id: "zones",
      type: "line",
      source: "ground",
      filter: ["==", ["get", "layer"], "zone"],
      paint: { "line-color": colour("map-zone"), "line-width": 2, "line-dasharray": [6, 2] },
    },
    {
      id: "building-names",
      type: "symbol",
      source: "ground",
      minzoom: 16,
      filter: ["==", ["get", "layer"], "building"],
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 11, "text-max-width": 7 },
      paint: haloed(colour, "map-ink"),
    },
  ];
}

/** The names of zones lie over all lines, in the map's ink: among the paths nobody could read them. */
function zoneNames(colour: Colour): LayerSpecification {
  return {
    id: "zone-names",
    type: "symbol",
    source: "ground",
    filter: ["==", ["get", "layer"], "zone"],
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 16, "text-letter-spacing": 0.05 },
    paint: { ...haloed(colour, "map-ink"), "text-halo-width": 3 },
  };
}

/** The pieces of the path network: those that count whole, those left out dotted, those chosen with a broad edge. */
function networkLayers(colour: Colour): LayerSpecification[] {
  const round = { "line-cap": "round", "line-join": "round" } as const;
  return [
    {
      id: "pieces-chosen",
      type: "line",
      source: "network",
      filter: ["in", ["get", "id"], ["literal", []]],
      layout: round,
      paint: { "line-color": colour("map-gap"), "line-width": widths(7, 18) },
    },
    {
      id: "pieces",
      type: "line",
      source: "network",
      filter: ["==", ["get", "state"], "counted"],
      layout: round,
      paint: { "line-color": colour("map-route"), "line-width": widths(1.5, 6) },
    },
    {
      id: "pieces-out",
      type: "line",
      source: "network",
      filter: ["==", ["get", "state"], "excluded"],
      paint: { "line-color": colour("map-ink"), "line-width": widths(1.5, 5), "line-dasharray": [0.5, 1.5] },
    },
  ];
}

/** What a supervisor is drawing: a line with its corners, or one place. */
function drawnLayers(colour: Colour): LayerSpecification[] {
  return [
    {
      id: "drawn-line",
      type: "line",
      source: "drawn",
      filter: ["==", ["geometry-type"], "LineString"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colour("map-gap"), "line-width": 4 },
    },
    {
      id: "drawn-points",
      type: "circle",
      source: "drawn",
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-color": colour("map-gap"),
        "circle-radius": 6,
        "circle-stroke-color": colour("map-halo"),
        "circle-stroke-width": 2,
      },
    },
  ];
}

/** What an import would change. Ended is dashed and left out dotted: never told by colour alone. */
function planLayers(colour: Colour): LayerSpecification[] {
  const becomes: ExpressionSpecification = [
    "match",
    ["get", "what"],
    "ended",
    colour("severity-4"),
    "changed",
    colour("map-gap"),
    "left_out",
    colour("map-ink"),
    colour("map-route"),
  ];
  const line = (id: string, what: string[], dashes: number[] | null): LayerSpecification => ({
    id,
    type: "line",
    source: "plan",
    filter: ["all", ["!=", ["get", "layer"], "place"], ["in", ["get", "what"], ["literal", what]]],
    paint: { "line-color": becomes, "line-width": widths(2, 5), ...(dashes ? { "line-dasharray": dashes } : {}) },
  });
  return [
    line("plan-ended", ["ended"], [2, 1.2]),
    line("plan-new", ["added", "changed"], null),
    line("plan-left-out", ["left_out"], [0.4, 1.2]),
    {
      id: "plan-places",
      type: "circle",
      source: "plan",
      filter: ["==", ["get", "layer"], "place"],
      paint: {
        "circle-color": ["match", ["get", "what"], "ended", colour("map-halo"), becomes],
        "circle-radius": widths(2, 7),
        "circle-stroke-color": ["match", ["get", "what"], "ended", becomes, colour("map-halo")],
        "circle-stroke-width": ["match", ["get", "what"], "ended", 2, 1],
      },
    },
  ];
}

function routeLayers(colour: Colour): LayerSpecification[] {
  return [
    {
      id: "walked-edge",
      type: "line",
      source: "route",
      filter: ["==", ["get", "layer"], "walked"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colour("map-halo"), "line-width": 7 },
    },
    {
      id: "walked",
      type: "line",
      source: "route",
      filter: ["==", ["get", "layer"], "walked"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colour("map-route"), "line-width": 4 },
    },
    {
      id: "lone",
      type: "circle",
      source: "route",
      filter: ["==", ["get", "layer"], "lone"],
      paint: { "circle-color": colour("map-route"), "circle-radius": 4 },
    },
    {
      id: "gaps-edge",
      type: "line",
      source: "route",
      filter: ["==", ["get", "layer"], "gap"],
      paint: { "line-color": colour("map-halo"), "line-width": 5, "line-opacity": 0.7 },
    },
    {
      id: "gaps",
      type: "line",
      source: "route",
      filter: ["==", ["get", "layer"], "gap"],
      paint: { "line-color": colour("map-gap"), "line-width": 3, "line-dasharray": [2, 1.6] },
    },
  ];
}

function pointLayers(colour: Colour): LayerSpecification[] {
  return [
    {
      id: "seen",
      type: "circle",
      source: "seen",
      paint: {
        "circle-color": colour("map-ground"),
        "circle-radius": 9,
        "circle-stroke-color": colour("map-route"),
        "circle-stroke-width": 3,
      },
    },
    {
      id: "records",
      type: "symbol",
      source: "records",
      layout: {
        "icon-image": ["get", "symbol"],
        "icon-allow-overlap": true,
        "symbol-sort-key": [
          "match",
          ["get", "symbol"],
          "calm",
          0,
          "severity-4",
          4,
          "severity-3",
          3,
          "severity-2",
          2,
          1,
        ],
        "text-field": ["step", ["zoom"], "", 17, ["get", "label"]],
        "text-font": FONT,
        "text-size": 12,
        "text-anchor": "left",
        "text-offset": [1.2, 0],
        "text-optional": true,
      },
      paint: haloed(colour, "map-ink"),
    },
  ];
}
