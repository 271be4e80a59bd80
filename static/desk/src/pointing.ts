/** Pointing at what a map draws: how near means it, and what shows that it can be clicked. */

import type { Map as MapLibreMap, Point } from "maplibre-gl";

const NEAR_PX = 8;

/** A line is a few pixels wide: a finger that is near it means it. */
export function around({ x, y }: Point): [[number, number], [number, number]] {
  return [
    [x - NEAR_PX, y - NEAR_PX],
    [x + NEAR_PX, y + NEAR_PX],
  ];
}

export function pointAtLayers(map: MapLibreMap, layers: readonly string[]): void {
  for (const layer of layers) {
    map.on("mouseenter", layer, () => {
      map.getCanvas().style.cursor = "pointer";
    });
    map.on("mouseleave", layer, () => {
      map.getCanvas().style.cursor = "";
    });
  }
}
