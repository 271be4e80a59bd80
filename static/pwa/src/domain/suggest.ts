/** Which category and which place a host most likely means now. Pure. */

import type { Position, RecordView, Row, Uuid } from "./types";

export interface CategoryContext {
  readonly want: "damage" | "observation";
  /** The kind of the place at hand (`Stairwell`, `Yard`, …), if known. */
  readonly place_kind: string | null;
  /** Own records, newest first. */
  readonly records: readonly RecordView[];
}

/** Categories that fit, recent and likely first, then by their own order; ended ones left out. */
export function suggestCategories(_categories: Iterable<Row<"category">>, _context: CategoryContext): Row<"category">[] {
  throw new Error("being written");
}

export interface PlaceChoice {
  readonly place: Row<"place">;
  /** "Backa 14 › Källare B": the names of its parents first. */
  readonly path: string;
  readonly distance_m: number | null;
}

/** Places to choose from: nearest first, then the recently used, then by name. */
export function suggestPlaces(
  _places: ReadonlyMap<Uuid, Row<"place">>,
  _position: Position | null,
  _recent: readonly Uuid[],
): PlaceChoice[] {
  throw new Error("being written");
}

/** The names of a place's parents and its own, outermost first. */
export function placePath(_places: ReadonlyMap<Uuid, Row<"place">>, _id: Uuid): string {
  throw new Error("being written");
}
