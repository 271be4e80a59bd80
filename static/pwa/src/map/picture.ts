/** What lies on the map besides the pack's own ground, as GeoJSON. Pure. */

import type { PathPiece } from "../domain/pack";
import { type LatLon, METRES_PER_DEGREE } from "../domain/position";
import { ringHolds } from "../domain/walked";

type Collection = GeoJSON.FeatureCollection;
type Line = readonly (readonly [number, number])[];

const CIRCLE_CORNERS = 48;

/** How long ago a place was seen: this evening, within three days, longer ago or never. */
export type PlaceAge = "tonight" | "lately" | "overdue";

export interface DrawnPlace {
  readonly id: string;
  readonly at: LatLon;
  readonly age: PlaceAge;
  /** "3 d", "ikväll". */
  readonly word: string;
}

export interface DrawnRecord {
  readonly id: string;
  readonly at: LatLon;
  readonly kind: "calm" | "observation" | "damage";
  readonly letter: string;
}

/** The pieces of a network. Those of the zone are told apart from the rest: only they are to be walked tonight. */
export function networkOf(pieces: readonly PathPiece[], zone: Line | null): Collection {
  return collection(
    pieces.map((piece) => ({
      type: "Feature",
      properties: { id: piece.id, own: zone === null || isIn(piece, zone) },
      geometry: { type: "MultiLineString", coordinates: piece.lines.map(positions) },
    })),
  );
}

/** Whether the middle of a piece lies in a zone. */
export function isIn(piece: PathPiece, zone: Line): boolean {
  const line = piece.lines[0] ?? [];
  const middle = line[Math.floor(line.length / 2)];
  return middle !== undefined && ringHolds(zone, { lon: middle[0], lat: middle[1] });
}

export function outlineOf(zone: Line | null): Collection {
  return collection(zone === null ? [] : [feature({ type: "LineString", coordinates: positions(zone) })]);
}

/** The way walked, in stretches without a gap. */
export function trackOf(stretches: readonly (readonly LatLon[])[]): Collection {
  const drawn = stretches.filter((stretch) => stretch.length > 1);
  return collection(
    drawn.map((stretch) => feature({ type: "LineString", coordinates: stretch.map(({ lon, lat }) => [lon, lat]) })),
  );
}

/** A round that is suggested: its lines in their order, and its stops by number. */
export function routeOf(lines: readonly Line[], stops: readonly (LatLon & { readonly number: number })[]): Collection {
  const drawn = lines.filter((line) => line.length > 1);
  return collection([
    ...drawn.map((line) => feature({ type: "LineString", coordinates: positions(line) })),
    ...stops.map((stop) => feature(pointAt(stop), { number: String(stop.number) })),
  ]);
}

export function placesOf(places: readonly DrawnPlace[]): Collection {
  return collection(places.map(({ id, at, age, word }) => feature(pointAt(at), { id, age, word })));
}

export function recordsOf(records: readonly DrawnRecord[]): Collection {
  return collection(records.map(({ id, at, kind, letter }) => feature(pointAt(at), { id, kind, letter })));
}

/** Where the host is: a dot, and the circle that the phone says to be in with two chances of three. */
export function meOf(at: (LatLon & { readonly accuracy_m: number | null }) | null): Collection {
  if (at === null) return collection([]);
  const dot = feature(pointAt(at));
  return collection(at.accuracy_m === null ? [dot] : [feature(circleAround(at, at.accuracy_m)), dot]);
}

function circleAround({ lat, lon }: LatLon, radius_m: number): GeoJSON.Polygon {
  const up = radius_m / METRES_PER_DEGREE;
  const right = up / Math.cos((lat * Math.PI) / 180);
  const ring = Array.from({ length: CIRCLE_CORNERS + 1 }, (_, index) => {
    const angle = (2 * Math.PI * index) / CIRCLE_CORNERS;
    return [lon + right * Math.sin(angle), lat + up * Math.cos(angle)];
  });
  return { type: "Polygon", coordinates: [ring] };
}

function pointAt({ lat, lon }: LatLon): GeoJSON.Point {
  return { type: "Point", coordinates: [lon, lat] };
}

function feature(geometry: GeoJSON.Geometry, properties: GeoJSON.GeoJsonProperties = {}): GeoJSON.Feature {
  return { type: "Feature", properties, geometry };
}

function collection(features: GeoJSON.Feature[]): Collection {
  return { type: "FeatureCollection", features };
}

const positions = (line: Line): number[][] => line.map(([lon, lat]) => [lon, lat]);
