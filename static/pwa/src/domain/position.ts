/** Positions and distances in the world, metres from one function. */

import type { Ms, Position, Row, Uuid } from "./types";

export interface LatLon {
  readonly lat: number;
  readonly lon: number;
}

/** Mean radius of the earth (IUGG R1). */
const EARTH_RADIUS_M = 6_371_008.8;
/** Of latitude; of longitude it is this times the cosine of the latitude. */
export const METRES_PER_DEGREE = (EARTH_RADIUS_M * Math.PI) / 180;
/** How far beyond its own accuracy a position may still mean a place. */
const SUGGEST_REACH_M = 40;
/** A position worse than this says nothing about which door one stands at. */
const SUGGEST_ACCURACY_M_MAX = 100;
/** A position older than this is where one was. */
const SUGGEST_AGE_MS_MAX = 120_000;

/** Metres between two points on a sphere (haversine). */
export function distanceM(a: LatLon, b: LatLon): number {
  const lat = radians(b.lat - a.lat);
  const lon = radians(b.lon - a.lon);
  const h = Math.sin(lat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(lon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Whether numbers make a position on earth. */
export function isLatLon(point: LatLon): boolean {
  return Math.abs(point.lat) <= 90 && Math.abs(point.lon) <= 180;
}

export interface NearPlace {
  readonly place: Row<"place">;
  readonly distance_m: number;
}

/** Places with known coordinates, nearest first; ended ones left out. */
export function nearestPlaces(places: Iterable<Row<"place">>, from: LatLon, limit: number): NearPlace[] {
  const near: NearPlace[] = [];
  for (const place of places) {
    const point = pointOf(place);
    if (point !== null && !place.body.ended) near.push({ place, distance_m: distanceM(from, point) });
  }
  return near.sort((a, b) => a.distance_m - b.distance_m || (a.place.id < b.place.id ? -1 : 1)).slice(0, limit);
}

/** The place to fill in unasked: the nearest within reach of the accuracy, or null. `now`: wall clock. */
export function suggestPlace(places: Iterable<Row<"place">>, position: Position | null, now: Ms): Uuid | null {
  if (position === null || Math.abs(now - position.at) > SUGGEST_AGE_MS_MAX) return null;
  const accuracy = position.accuracy_m ?? SUGGEST_REACH_M;
  if (accuracy > SUGGEST_ACCURACY_M_MAX) return null;
  const nearest = nearestPlaces(places, position, 1)[0];
  return nearest !== undefined && nearest.distance_m <= accuracy + SUGGEST_REACH_M ? nearest.place.id : null;
}

/** Where a place is, or null when unknown. */
export function pointOf(place: Row<"place">): LatLon | null {
  const { lat, lon } = place.body;
  return lat === null || lon === null ? null : { lat, lon };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
