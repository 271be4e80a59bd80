/**
 * One map for the whole page: it is made once and moved from screen to screen, because a browser gives a page few of them.
 *
 * Everything it draws is handed to it: the pack's tiles as a file, the rest as GeoJSON. It asks nobody for anything.
 */

import * as maplibre from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { FileSource, PMTiles } from "pmtiles";
import { distanceToLines } from "./near";
import type { MapTheme } from "./palette";
import { mapStyle, type Overlay, type OverlayContent, type Tiles } from "./style";

const SCHEME = "rond-pack";
const CLOSE_ZOOM = 16.5;
const EASE_MS = 400;
/** A finger that is so near means it. */
const NEAR_PX = 22;
const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

export interface MapPosition {
  readonly lat: number;
  readonly lon: number;
}

/** The tiles of a pack in use. */
export interface MapPack {
  readonly version: string;
  readonly tiles: Blob;
  readonly box: readonly [number, number, number, number];
}

export interface Picked {
  /** `network`: a piece of it, where no place and no record is as near. */
  readonly layer: "places" | "records" | "network";
  readonly id: string;
}

export interface MapEvents {
  /** The host moved the map by hand: it follows no more. */
  onMoved(): void;
  onPicked(picked: Picked | null): void;
}

export interface MapView {
  setPack(pack: MapPack | null): Promise<void>;
  setTheme(theme: MapTheme): void;
  show(overlay: Overlay, content: GeoJSON.FeatureCollection): void;
  /** Say what pieces of the network are, by their ids. */
  setStates(states: ReadonlyMap<string, string>): void;
  /** Where to look: `bearing` 0 is north-up; `isClose`: from so near that houses are told apart. */
  look(at: MapPosition, bearing: number, isClose: boolean): void;
  turnTo(bearing: number): void;
  fit(box: readonly [number, number, number, number]): void;
  zoomBy(steps: number): void;
  /** Leave the screen; the map itself stays for the next one. */
  leave(): void;
}

const archives = new Map<string, PMTiles>();
let only: OneMap | null = null;

/** Put the map into `host`. `words` are the library's own, in the host's language. */
export function openMap(host: HTMLElement, theme: MapTheme, words: Record<string, string>, events: MapEvents): MapView {
  only ??= new OneMap(theme, words);
  only.enter(host, events);
  only.setTheme(theme);
  return only;
}

class OneMap implements MapView {
  readonly #canvas = document.createElement("div");
  readonly #map: maplibre.Map;
  readonly #states = new Map<string, string>();
  #content: OverlayContent = {
    zone: EMPTY,
    network: EMPTY,
    track: EMPTY,
    route: EMPTY,
    places: EMPTY,
    records: EMPTY,
    me: EMPTY,
  };
  #theme: MapTheme;
  #tiles: Tiles | null = null;
  #events: MapEvents | null = null;

  constructor(theme: MapTheme, words: Record<string, string>) {
    maplibre.setWorkerUrl(workerUrl);
    maplibre.addProtocol(SCHEME, ({ url }) => this.#tile(url));
    this.#theme = theme;
    this.#canvas.className = "map-canvas";
    this.#map = new maplibre.Map({
      container: this.#canvas,
      style: mapStyle(theme, null, this.#content),
      zoom: CLOSE_ZOOM,
      maxZoom: 19,
      minZoom: 11,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      locale: words,
      canvasContextAttributes: { powerPreference: "default" },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.on("dragstart", () => this.#events?.onMoved());
    this.#map.on("click", ({ point }) => this.#events?.onPicked(this.#at(point)));
    // What is shown before the map's first style is there has no source to lie in yet.
    this.#map.once("style.load", () => this.#fill());
    this.#map.on("style.load", () => this.#applyStates(this.#states));
    this.#map.on("idle", () => {
      const host = this.#canvas.parentElement;
      if (host !== null) host.dataset.ready = String(this.#tiles !== null);
    });
  }

  enter(host: HTMLElement, events: MapEvents): void {
    this.#events = events;
    delete host.dataset.ready;
    host.append(this.#canvas);
    this.#map.resize();
    this.#map.triggerRepaint();
  }

  leave(): void {
    this.#events = null;
    this.#canvas.remove();
  }

  async setPack(pack: MapPack | null): Promise<void> {
    const tiles = pack === null ? null : await readTiles(pack);
    if (tiles?.address === this.#tiles?.address) return;
    this.#tiles = tiles;
    for (const version of archives.keys()) if (version !== pack?.version) archives.delete(version);
    this.#restyle();
  }

  setTheme(theme: MapTheme): void {
    if (theme === this.#theme) return;
    this.#theme = theme;
    this.#restyle();
  }

  show(overlay: Overlay, content: GeoJSON.FeatureCollection): void {
    this.#content = { ...this.#content, [overlay]: content };
    const source = this.#map.getSource<maplibre.GeoJSONSource>(overlay);
    if (overlay === "network") {
      this.#states.clear();
      // The library keeps them with the source, whatever lies in it: another walk begins with nothing walked.
      if (source !== undefined) this.#map.removeFeatureState({ source: overlay });
    }
    void source?.setData(content);
  }

  setStates(states: ReadonlyMap<string, string>): void {
    for (const [id, state] of states) this.#states.set(id, state);
    this.#applyStates(states);
  }

  look(at: MapPosition, bearing: number, isClose: boolean): void {
    const zoom = this.#map.getZoom();
    this.#move({ center: [at.lon, at.lat], bearing, zoom: isClose ? Math.max(zoom, CLOSE_ZOOM) : zoom });
  }

  turnTo(bearing: number): void {
    this.#move({ bearing, zoom: this.#map.getZoom() });
  }

  fit([west, south, east, north]: readonly [number, number, number, number]): void {
    this.#map.fitBounds([west, south, east, north], { padding: 12, animate: false });
  }

  zoomBy(steps: number): void {
    this.#move({ zoom: this.#map.getZoom() + steps });
  }

  #move(to: { readonly center?: [number, number]; readonly bearing?: number; readonly zoom: number }): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.#map.jumpTo(to);
    else this.#map.easeTo({ ...to, duration: EASE_MS });
  }

  #restyle(): void {
    const host = this.#canvas.parentElement;
    if (host !== null) delete host.dataset.ready;
    this.#map.setStyle(mapStyle(this.#theme, this.#tiles, this.#content), { diff: true });
    this.#applyStates(this.#states);
  }

  #fill(): void {
    for (const [overlay, content] of Object.entries(this.#content)) {
      void this.#map.getSource<maplibre.GeoJSONSource>(overlay)?.setData(content);
    }
  }

  #applyStates(states: ReadonlyMap<string, string>): void {
    if (this.#map.getSource("network") === undefined) return;
    for (const [id, state] of states) this.#map.setFeatureState({ source: "network", id }, { state });
  }

  #at({ x, y }: maplibre.Point): Picked | null {
    const box: [[number, number], [number, number]] = [
      [x - NEAR_PX, y - NEAR_PX],
      [x + NEAR_PX, y + NEAR_PX],
    ];
    const found = this.#map.queryRenderedFeatures(box, { layers: ["records", "places"] });
    const away = (feature: maplibre.MapGeoJSONFeature) => {
      if (feature.geometry.type !== "Point") return Number.POSITIVE_INFINITY;
      const at = this.#map.project(feature.geometry.coordinates as [number, number]);
      return Math.hypot(at.x - x, at.y - y);
    };
    const nearest = found.sort((a, b) => away(a) - away(b))[0];
    if (nearest === undefined) return this.#pieceAt({ x, y }, box);
    return { layer: nearest.layer.id as Picked["layer"], id: String(nearest.properties.id) };
  }

  #pieceAt(at: { readonly x: number; readonly y: number }, box: [[number, number], [number, number]]): Picked | null {
    const found = this.#map.queryRenderedFeatures(box, { layers: ["left"] });
    const away = ({ geometry }: maplibre.MapGeoJSONFeature) => {
      if (geometry.type !== "LineString" && geometry.type !== "MultiLineString") return Number.POSITIVE_INFINITY;
      const lines = geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates;
      return distanceToLines(
        at,
        lines.map((line) => line.map((corner) => this.#map.project(corner as [number, number]))),
      );
    };
    const nearest = found.sort((a, b) => away(a) - away(b))[0];
    return nearest === undefined ? null : { layer: "network", id: String(nearest.properties.id) };
  }

  async #tile(url: string): Promise<{ data: ArrayBuffer }> {
    const [version = "", z, x, y] = url.slice(`${SCHEME}://`.length).split("/");
    const found = await archives.get(version)?.getZxy(Number(z), Number(x), Number(y));
    return { data: found?.data ?? new ArrayBuffer(0) };
  }
}

async function readTiles({ version, tiles, box }: MapPack): Promise<Tiles> {
  const archive = new PMTiles(new FileSource(new File([tiles], version)));
  const { minZoom, maxZoom } = await archive.getHeader();
  archives.set(version, archive);
  return { address: `${SCHEME}://${version}/{z}/{x}/{y}`, zoom_min: minZoom, zoom_max: maxZoom, box };
}

export * from "./picture";
