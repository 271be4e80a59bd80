/** The map of coverage: what is clicked is said in words below the map, and its row, where the page has one, is brought into view. */

import type { Map as MapLibreMap } from "maplibre-gl";
import { COVERAGE_LAYERS } from "./coverageStyle.ts";
import { around, pointAtLayers } from "./pointing.ts";
import { markRow } from "./rows.ts";

export function tellCoverage(map: MapLibreMap, place: HTMLElement): void {
  const says = document.getElementById(`${place.dataset.map}-says`);
  map.on("click", (event) => {
    const [found] = map.queryRenderedFeatures(around(event.point), { layers: [...COVERAGE_LAYERS] });
    if (found === undefined) return;
    if (says !== null) says.textContent = String(found.properties.words);
    markRow(String(found.properties.id));
  });
  pointAtLayers(map, COVERAGE_LAYERS);
}
