/**
 * How coverage is drawn. Seen is a whole line, broad when it was lately and thin when it was long ago; not seen is dotted,
 * unknown is dashed. Places have a shape for each of the three. Colour repeats what line and shape say already.
 */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { type Colour, FONT, haloed, widths } from "./paint.ts";

const AGES = [0, 1, 2, 3] as const;
export const COVERAGE_LAYERS = [
  "coverage-places",
  "coverage-not-seen",
  "coverage-unknown",
  ...AGES.map((age) => `coverage-seen-${age}`),
];

const FAR_PX = [3.5, 2.8, 2.1, 1.5];
const NEAR_PX = [11, 8, 5.5, 3.5];
const ROUND = { "line-cap": "round", "line-join": "round" } as const;

export function coverageLayers(colour: Colour): LayerSpecification[] {
  return [
    edge(colour),
    pieces("not-seen", "not_seen", {
      "line-color": colour("map-ink"),
      "line-width": widths(1.4, 4),
      "line-dasharray": [0.4, 1.8],
    }),
    pieces("unknown", "unknown", {
      "line-color": colour("map-gap"),
      "line-width": widths(2, 6),
      "line-dasharray": [3, 1.4],
    }),
    ...AGES.map((age) => seen(age, colour)),
    ages(colour),
    ...places(colour),
  ];
}

/** Below all pieces the colour of the ground: what lies there would show between the dots and dashes. */
function edge(colour: Colour): LayerSpecification {
  return {
    id: "coverage-edge",
    type: "line",
    source: "coverage",
    filter: ["==", ["get", "layer"], "piece"],
    layout: ROUND,
    paint: { "line-color": colour("map-halo"), "line-width": widths(4, 13) },
  };
}

function pieces(name: string, state: string, paint: object): LayerSpecification {
  return {
    id: `coverage-${name}`,
    type: "line",
    source: "coverage",
    filter: ["all", ["==", ["get", "layer"], "piece"], ["==", ["get", "state"], state]],
    paint,
  };
}

function seen(age: (typeof AGES)[number], colour: Colour): LayerSpecification {
  return {
    id: `coverage-seen-${age}`,
    type: "line",
    source: "coverage",
    filter: ["all", ["==", ["get", "layer"], "piece"], ["==", ["get", "state"], "seen"], ["==", ["get", "age"], age]],
    layout: ROUND,
    paint: { "line-color": colour(`map-age-${age}`), "line-width": widths(FAR_PX[age] ?? 2, NEAR_PX[age] ?? 4) },
  };
}

/** How long ago, along the piece. */
function ages(colour: Colour): LayerSpecification {
  return {
    id: "coverage-ages",
    type: "symbol",
    source: "coverage",
    minzoom: 16,
    filter: ["==", ["get", "layer"], "piece"],
    layout: {
      "symbol-placement": "line-center",
      "text-field": ["get", "label"],
      "text-font": FONT,
      "text-size": 12,
      "text-offset": [0, -0.9],
    },
    paint: haloed(colour, "map-ink"),
  };
}

function places(colour: Colour): LayerSpecification[] {
  // What is missing lies above what is seen.
  const order: ExpressionSpecification = ["match", ["get", "state"], "unknown", 1, "not_seen", 2, 0];
  return [
    {
      id: "coverage-places",
      type: "symbol",
      source: "coverage",
      filter: ["==", ["get", "layer"], "place"],
      layout: {
        "icon-image": ["concat", "place-", ["get", "state"]],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 13, 0.45, 17, 1],
        "icon-allow-overlap": true,
        "symbol-sort-key": order,
        "text-field": ["step", ["zoom"], "", 17, ["get", "label"]],
        "text-font": FONT,
        "text-size": 12,
        "text-anchor": "left",
        "text-offset": [0.9, 0],
        "text-optional": true,
      },
      paint: haloed(colour, "map-ink"),
    },
  ];
}
