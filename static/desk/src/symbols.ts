/** The shapes of records on a map, the same as in the lists: severity by shape and number, calm by a tick. */

import type { Map as MapLibreMap } from "maplibre-gl";

const SIZE = 26;
const RATIO = 2;

type Draw = (canvas: CanvasRenderingContext2D) => void;

/** `isHollow`: its ground is that of the map, its edge and sign have the colour. */
const SHAPES: Record<string, { shape: Draw; text: string; colour: string; isHollow?: boolean }> = {
  "place-seen": { shape: circle, text: "✓", colour: "map-age-0" },
  "place-not_seen": { shape: circle, text: "", colour: "map-ink", isHollow: true },
  "place-unknown": {
    shape: polygon([2, 2], [24, 2], [24, 24], [2, 24]),
    text: "?",
    colour: "map-gap",
    isHollow: true,
  },
  calm: { shape: circle, text: "✓", colour: "ok-ink" },
  "severity-1": { shape: circle, text: "1", colour: "severity-1" },
  "severity-2": { shape: polygon([13, 2], [25, 23], [1, 23]), text: "2", colour: "severity-2" },
  "severity-3": { shape: polygon([13, 1], [25, 13], [13, 25], [1, 13]), text: "3", colour: "severity-3" },
  "severity-4": {
    shape: polygon([8, 1], [18, 1], [25, 8], [25, 18], [18, 25], [8, 25], [1, 18], [1, 8]),
    text: "4",
    colour: "severity-4",
  },
};

export function drawSymbols(map: MapLibreMap, colour: (name: string) => string): void {
  for (const [name, { shape, text, colour: own, isHollow }] of Object.entries(SHAPES)) {
    if (map.hasImage(name)) continue;
    const [fill, edge] = isHollow ? [colour("map-halo"), colour(own)] : [colour(own), colour("map-halo")];
    const image = drawn(shape, name === "severity-2" ? 16 : 13.5, text, fill, edge);
    if (image !== null) map.addImage(name, image, { pixelRatio: RATIO });
  }
}

function drawn(shape: Draw, middle: number, text: string, fill: string, edge: string): ImageData | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE * RATIO;
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.scale(RATIO, RATIO);
  context.beginPath();
  shape(context);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = edge;
  context.stroke();
  context.fillStyle = edge;
  context.font = "bold 13px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, SIZE / 2, middle);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function circle(canvas: CanvasRenderingContext2D): void {
  canvas.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 2, 0, 2 * Math.PI);
}

function polygon(...corners: [number, number][]): Draw {
  return (canvas) => {
    for (const [x, y] of corners) canvas.lineTo(x, y);
    canvas.closePath();
  };
}
