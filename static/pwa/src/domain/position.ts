/** Positions and distances in the world, metres from one function. */

import type { Position, Row, Uuid } from "./types";

export interface LatLon {
  readonly lat: number;
  readonly lon: number;
}

/** Metres between two points on a sphere (haversine, R = 6 371 008.8 m). */
export function distanceM(_a: LatLon, _b: LatLon): number {
  throw new Error("being written");
}

export interface NearPlace {
  readonly place: Row<"place">;
  readonly distance_m: number;
}

/** Places with known coordinates, nearest first; ended ones left out. */
export function nearestPlaces(_places: Iterable<Row<"place">>, _from: Position | LatLon, _limit: number): NearPlace[] {
  throw new Error("being written");
}

/** The place to fill in unasked: the nearest within reach of the accuracy, or null. */
export function suggestPlace(_places: Iterable<Row<"place">>, _position: Position | null): Uuid | null {
  throw new Error("being written");
}
