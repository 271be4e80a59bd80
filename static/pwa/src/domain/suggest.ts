/** Which category and which place a host most likely means now. Pure. */

import { CALM_CATEGORY } from "./observation";
import { distanceM, type LatLon, pointOf } from "./position";
import type { RecordView, Row, Uuid } from "./types";

/** How many of the host's latest records tell what is being met tonight. */
const RECENT_RECORDS = 20;

/** Codes that fit a kind of place; the words are looked for in the kind, in small letters. */
const LIKELY: readonly (readonly [word: string, codes: readonly string[]])[] = [
  ["stairwell", ["SK01", "BE02", "SK05", "RE01", "OR05"]],
  ["entrance", ["SK03", "SK04", "SK02", "BE02", "SK01"]],
  ["basement", ["BE05", "TI01", "SK04", "BE02", "OR05", "TI02"]],
  ["cellar", ["BE05", "TI01", "SK04", "BE02", "OR05", "TI02"]],
  ["storage", ["TI01", "BE05", "TI02", "SK04"]],
  ["laundry", ["SK06", "BE05", "RE01"]],
  ["waste", ["RE01", "RE02", "BR02"]],
  ["elevator", ["SK08", "SK01"]],
  ["garage", ["TI01", "RE04", "SK02", "BE02"]],
  ["parking", ["RE04", "SK02", "BR01", "TR02"]],
  ["outdoor", ["BE01", "RE01", "SK07", "OR01", "TR02"]],
  ["yard", ["RE01", "SK07", "BE01", "OR01", "TR02"]],
  ["play", ["SK07", "RE01", "RE03"]],
  ["path", ["BE01", "RE01", "TR02", "BE03", "TR01"]],
];

export interface CategoryContext {
  readonly want: "damage" | "observation";
  /** The kind of the place at hand, if known. */
  readonly place_kind: string | null;
  /** Own records, newest first. */
  readonly records: readonly RecordView[];
}

/**
 * Categories that fit, recent and likely first, then by their own order; ended ones left out.
 *
 * A calm check has a button of its own and is not among them.
 */
export function suggestCategories(categories: Iterable<Row<"category">>, context: CategoryContext): Row<"category">[] {
  const recent = recentScores(context.records);
  const likely = likelyCodes(context.place_kind);
  const score = (code: string): number => (recent.get(code) ?? 0) + likelyScore(likely, code);
  return [...categories]
    .filter((row) => isWanted(row, context.want))
    .sort((a, b) => score(b.body.code) - score(a.body.code) || byOrder(a, b));
}

export interface PlaceChoice {
  readonly place: Row<"place">;
  /** "Backa 14 › Källare B": the names of its parents first. */
  readonly path: string;
  /** All its names and its parents', also those that `path` leaves out: to find it by. */
  readonly names: string;
  readonly distance_m: number | null;
}

/** Places to choose from: nearest first, then the recently used, then by name; ended ones left out. */
export function suggestPlaces(
  places: ReadonlyMap<Uuid, Row<"place">>,
  from: LatLon | null,
  recent: readonly Uuid[],
): PlaceChoice[] {
  const rank = new Map(recent.map((id, index) => [id, index]));
  const choices = [...places.values()]
    .filter((place) => !place.body.ended)
    .map((place) => {
      const names = namesOf(places, place.id);
      return { place, path: pathOf(names), names: names.join(" "), distance_m: distanceTo(places, place, from) };
    });
  return choices.sort(
    (a, b) =>
      (a.distance_m ?? Infinity) - (b.distance_m ?? Infinity) ||
      (rank.get(a.place.id) ?? recent.length) - (rank.get(b.place.id) ?? recent.length) ||
      a.path.localeCompare(b.path, "sv"),
  );
}

/** The names of a place's parents and its own, outermost first; a parent that its child names already is left out. */
export function placePath(places: ReadonlyMap<Uuid, Row<"place">>, id: Uuid): string {
  return pathOf(namesOf(places, id));
}

function namesOf(places: ReadonlyMap<Uuid, Row<"place">>, id: Uuid): string[] {
  return chainOf(places, id).map((place) => place.body.name);
}

function pathOf(names: readonly string[]): string {
  const told: string[] = [];
  for (const name of names) {
    const inner = told[0];
    if (inner === undefined || !isNamedIn(inner, name)) told.unshift(name);
  }
  return told.join(" › ");
}

/** Shorter than this, a name may be found in any other. */
const TELLING_LENGTH_MIN = 4;

/** Whether a place's name tells where its parent is: "Källare B, Backagatan 14" does for "Backagatan 12–16", by the street. */
function isNamedIn(inner: string, outer: string): boolean {
  const address = outer.split(", ").at(-1) ?? outer;
  const street = address.replace(/\s+\d.*$/, "");
  const after = inner.split(street)[1];
  if (after === undefined || street.length < TELLING_LENGTH_MIN) return false;
  return street === address || /^\s+\d/.test(after);
}

/** A place and its parents, innermost first. A ring in the register ends the walk. */
function chainOf(places: ReadonlyMap<Uuid, Row<"place">>, id: Uuid): Row<"place">[] {
  const chain: Row<"place">[] = [];
  const seen = new Set<Uuid>();
  let next: Uuid | null = id;
  while (next !== null && !seen.has(next)) {
    seen.add(next);
    const place: Row<"place"> | undefined = places.get(next);
    if (place === undefined) break;
    chain.push(place);
    next = place.body.parent;
  }
  return chain;
}

/** Where a place is: its own position, or that of the nearest parent that is on the map; null when neither is known. */
export function whereIs(places: ReadonlyMap<Uuid, Row<"place">>, id: Uuid): LatLon | null {
  for (const link of chainOf(places, id)) {
    const point = pointOf(link);
    if (point !== null) return point;
  }
  return null;
}

/** Metres to a place, or to the nearest parent that is on the map. */
function distanceTo(places: ReadonlyMap<Uuid, Row<"place">>, place: Row<"place">, from: LatLon | null): number | null {
  const at = from === null ? null : whereIs(places, place.id);
  return from === null || at === null ? null : distanceM(from, at);
}

function isWanted(row: Row<"category">, want: CategoryContext["want"]): boolean {
  if (row.body.ended || row.body.code === CALM_CATEGORY) return false;
  return (row.body.kind === "D") === (want === "damage");
}

/** Newer uses weigh more; several small ones pass a single new one. */
function recentScores(records: readonly RecordView[]): Map<string, number> {
  const scores = new Map<string, number>();
  records.slice(0, RECENT_RECORDS).forEach((record, index) => {
    scores.set(record.category, (scores.get(record.category) ?? 0) + RECENT_RECORDS - index);
  });
  return scores;
}

function likelyCodes(placeKind: string | null): readonly string[] {
  if (placeKind === null) return [];
  const kind = placeKind.toLowerCase();
  return LIKELY.find(([word]) => kind.includes(word))?.[1] ?? [];
}

function likelyScore(likely: readonly string[], code: string): number {
  const index = likely.indexOf(code);
  return index < 0 ? 0 : RECENT_RECORDS - index;
}

function byOrder(a: Row<"category">, b: Row<"category">): number {
  return a.body.sort - b.body.sort || (a.body.code < b.body.code ? -1 : 1);
}
