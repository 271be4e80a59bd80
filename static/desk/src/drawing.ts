/**
 * A path or a place is drawn by clicks, or by moving the map with the arrow keys under the cross in its middle. What is drawn
 * stands in the form's own fields, where it may be written by hand too: the form alone is sent.
 */

import type { GeoJSONSource, LngLat, Map as MapLibreMap } from "maplibre-gl";

type At = [lon: number, lat: number];

const DECIMALS = 6;

export function draws(map: MapLibreMap, place: HTMLElement): void {
  const fields = place.dataset.draws === "line" ? lineFields() : placeFields(place.dataset.comma ?? ".");
  if (fields === null) return;
  const show = (): void => {
    map.getSource<GeoJSONSource>("drawn")?.setData(drawn(fields.read()));
  };
  const add = ({ lng, lat }: LngLat): void => {
    fields.add([lng, lat]);
    show();
  };
  map.on("click", (event) => add(event.lngLat));
  map.getCanvas().style.cursor = "crosshair";
  const tools = document.querySelector<HTMLElement>(`[data-map-tools="${place.dataset.map}"]`);
  if (tools !== null) tools.hidden = false;
  tools?.querySelector("[data-tool=add]")?.addEventListener("click", () => add(map.getCenter()));
  tools?.querySelector("[data-tool=undo]")?.addEventListener("click", () => {
    fields.undo();
    show();
  });
  for (const input of fields.inputs) input.addEventListener("input", show);
  // A change of theme draws the map anew.
  map.on("style.load", show);
  const [first] = fields.read();
  if (first !== undefined) map.jumpTo({ center: first, zoom: Math.max(map.getZoom(), 17) });
}

interface Fields {
  inputs: readonly (HTMLInputElement | HTMLTextAreaElement)[];
  read(): At[];
  add(at: At): void;
  undo(): void;
}

function lineFields(): Fields | null {
  const text = document.querySelector<HTMLTextAreaElement>("textarea[name=line]");
  if (text === null) return null;
  const rows = (): string[] => text.value.split("\n").filter((row) => row.trim() !== "");
  return {
    inputs: [text],
    read: () => rows().flatMap(position),
    add: ([lon, lat]) => {
      text.value = [...rows(), `${lat.toFixed(DECIMALS)}, ${lon.toFixed(DECIMALS)}`].join("\n");
    },
    undo: () => {
      text.value = rows().slice(0, -1).join("\n");
    },
  };
}

function position(row: string): At[] {
  const [lat, lon] = row.replace(",", " ").trim().split(/\s+/).map(Number);
  return isPosition(lat, lon) ? [[lon as number, lat as number]] : [];
}

function placeFields(comma: string): Fields | null {
  const lat = document.querySelector<HTMLInputElement>("input[name=lat]");
  const lon = document.querySelector<HTMLInputElement>("input[name=lon]");
  if (lat === null || lon === null) return null;
  const number = (input: HTMLInputElement): number =>
    input.value.trim() === "" ? Number.NaN : Number(input.value.replace(",", "."));
  return {
    inputs: [lat, lon],
    read: () => (isPosition(number(lat), number(lon)) ? [[number(lon), number(lat)]] : []),
    add: (at) => {
      lon.value = at[0].toFixed(DECIMALS).replace(".", comma);
      lat.value = at[1].toFixed(DECIMALS).replace(".", comma);
    },
    undo: () => {
      lat.value = "";
      lon.value = "";
    },
  };
}

function isPosition(lat: number | undefined, lon: number | undefined): boolean {
  return lat !== undefined && lon !== undefined && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
}

function drawn(points: readonly At[]): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = points.map((at) => feature({ type: "Point", coordinates: at }));
  if (points.length > 1) features.unshift(feature({ type: "LineString", coordinates: [...points] }));
  return { type: "FeatureCollection", features };
}

function feature(geometry: GeoJSON.Geometry): GeoJSON.Feature {
  return { type: "Feature", properties: {}, geometry };
}
