/**
 * The desk's maps: the tenant's own ground, and on it a route with its gaps, records and places. No tiles, no glyph server:
 * text is drawn from the system's font. A map is never the only way to what it shows; the list or table beside it says the same.
 */

import * as maplibre from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { choose } from "./choosing.ts";
import { tellCoverage } from "./coverage.ts";
import { draws } from "./drawing.ts";
import { ink } from "./ink.ts";
import { mapStyle } from "./mapStyle.ts";
import { around, pointAtLayers } from "./pointing.ts";
import { showRow } from "./rows.ts";
import { drawSymbols } from "./symbols.ts";
import "./style/map.css";

type Layers = Record<string, GeoJSON.FeatureCollection>;
type Bounds = maplibre.LngLatBounds;

maplibre.setWorkerUrl(workerUrl);

const PADDING_PX = 40;
const ZOOM_MAX = 17;
const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const NOTHING = {
  network: EMPTY,
  plan: EMPTY,
  coverage: EMPTY,
  route: EMPTY,
  records: EMPTY,
  seen: EMPTY,
  drawn: EMPTY,
};

/** Draw a map in every `[data-map]` below `root` that has none yet. */
export function drawMaps(root: ParentNode): void {
  for (const place of root.querySelectorAll<HTMLElement>("[data-map]:not([data-drawn])")) {
    place.dataset.drawn = "";
    draw(place).catch(() => giveUp(place));
  }
}

async function draw(place: HTMLElement): Promise<void> {
  const layers = readLayers(place);
  if (place.dataset.pieces !== undefined) layers.network = await fetchGround(place.dataset.pieces);
  if (place.dataset.coverage !== undefined) layers.coverage = await fetchGround(place.dataset.coverage);
  const ground = await fetchGround(place.dataset.ground ?? "");
  const bounds = boundsOf(fitted(layers, place.dataset.fit === "rows")) ?? boundsOf(layers) ?? boundsOf({ ground });
  const canvas = document.createElement("div");
  place.replaceChildren(canvas);
  const sources = { ...NOTHING, ground, ...layers };
  const style = () => mapStyle(place, sources);
  const words = JSON.parse(place.dataset.words ?? "{}") as Record<string, string>;
  const map = new maplibre.Map({
    container: canvas,
    style: style(),
    ...(bounds === null ? {} : { bounds, fitBoundsOptions: { padding: PADDING_PX, maxZoom: ZOOM_MAX } }),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    cooperativeGestures: matchMedia("(pointer: coarse)").matches,
    locale: words,
    canvasContextAttributes: { powerPreference: "default" },
  });
  map.touchZoomRotate.disableRotation();
  place.append(bar(map));
  map.on("style.load", () => drawSymbols(map, ink(place)));
  map.on("idle", () => {
    place.dataset.ready = "";
  });
  linkToRows(map);
  if (place.dataset.coverage !== undefined) tellCoverage(map, place);
  if (place.dataset.pieces !== undefined && place.dataset.fit !== "rows") remember(map);
  if (place.dataset.draws !== undefined) draws(map, place);
  else if (place.dataset.pieces !== undefined) choose(map, layers.network ?? EMPTY);
  followTheme(map, place, style);
}

/** Scale and zoom buttons in a bar of their own: over the map they would hide what is drawn below them. */
function bar(map: maplibre.Map): HTMLElement {
  const found = document.createElement("div");
  found.className = "map-bar";
  const controls = [
    new maplibre.ScaleControl({ unit: "metric" }),
    new maplibre.NavigationControl({ showCompass: false }),
  ];
  found.append(...controls.map((control) => control.onAdd(map)));
  return found;
}

function readLayers(place: HTMLElement): Layers {
  const script = document.getElementById(`${place.dataset.map}-layers`);
  return JSON.parse(script?.textContent ?? "{}") as Layers;
}

async function fetchGround(address: string): Promise<GeoJSON.FeatureCollection> {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
  return answer.ok ? ((await answer.json()) as GeoJSON.FeatureCollection) : EMPTY;
}

/** Return what a map begins with: what is in the list beside it, where that is a choice of it. */
function fitted(layers: Layers, isChoice: boolean): Layers {
  if (!isChoice || layers.network === undefined) return layers;
  const features = layers.network.features.filter(({ properties }) => document.getElementById(`r-${properties?.id}`));
  return { network: { ...layers.network, features } };
}

function boundsOf(layers: Layers): Bounds | null {
  const bounds = new maplibre.LngLatBounds();
  for (const layer of Object.values(layers)) {
    for (const feature of layer.features) extend(bounds, feature.geometry);
  }
  return bounds.isEmpty() ? null : bounds;
}

function extend(bounds: Bounds, geometry: GeoJSON.Geometry): void {
  if (geometry.type === "Point") bounds.extend(geometry.coordinates as [number, number]);
  if (geometry.type === "MultiLineString")
    for (const line of geometry.coordinates) for (const at of line) bounds.extend(at as [number, number]);
  if (geometry.type === "LineString") for (const at of geometry.coordinates) bounds.extend(at as [number, number]);
  if (geometry.type === "Polygon")
    for (const at of geometry.coordinates[0] ?? []) bounds.extend(at as [number, number]);
}

/** A click on a record or a gap brings its line on the page into view and marks it: there everything is read. */
function linkToRows(map: maplibre.Map): void {
  map.on("click", (event) => {
    const [record] = map.queryRenderedFeatures(event.point, { layers: ["records"] });
    const [gap] = map.queryRenderedFeatures(around(event.point), { layers: ["gaps"] });
    showRow((record ?? gap)?.properties.id as string | undefined);
  });
  pointAtLayers(map, ["records", "gaps"]);
}

/** The map of a page that is posted and comes back stands where it stood. */
function remember(map: maplibre.Map): void {
  const name = "map-of-pieces";
  try {
    const [lng, lat, zoom] = JSON.parse(sessionStorage.getItem(name) ?? "[]") as number[];
    if (lng !== undefined && lat !== undefined && zoom !== undefined) map.jumpTo({ center: [lng, lat], zoom });
  } catch {
    sessionStorage.removeItem(name);
  }
  map.on("moveend", () => {
    const { lng, lat } = map.getCenter();
    sessionStorage.setItem(name, JSON.stringify([lng, lat, map.getZoom()]));
  });
}

/** Light and dark follow the machine while the page is open; a map that is gone from the page is thrown away. */
function followTheme(map: maplibre.Map, place: HTMLElement, style: () => maplibre.StyleSpecification): void {
  const wish = matchMedia("(prefers-color-scheme: dark)");
  const restyle = (): void => {
    if (place.isConnected) {
      map.setStyle(style(), { diff: false });
    } else {
      wish.removeEventListener("change", restyle);
      map.remove();
    }
  };
  wish.addEventListener("change", restyle);
}

function giveUp(place: HTMLElement): void {
  place.replaceChildren();
  const words = document.createElement("p");
  words.className = "map-wait";
  words.textContent = place.dataset.failed ?? "";
  place.append(words);
}
