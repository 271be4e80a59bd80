/** What a host can say was passed in a gap, named by what is near, so that it can be told from a list as from a map. Pure. */

import { type GapEnds, lengthOf, middleOf, piecesBetween, placesBetween } from "./gap_reach";
import type { PathPiece } from "./pack";
import { distanceM, type LatLon } from "./position";
import type { Uuid } from "./values";

export type Direction = "north" | "east" | "south" | "west";

export interface PieceChoice {
  readonly piece: PathPiece;
  readonly length_m: number;
  /** The nearest place, or null when there is none near. */
  readonly near: Uuid | null;
  /** Where from that place the piece lies, null: right at it; without a place near, where from where the way was lost. */
  readonly direction: Direction | null;
  /** How far its middle is from where the way was lost; null when that is not known. */
  readonly away_m: number | null;
}

export interface PlaceAt {
  readonly id: Uuid;
  readonly at: LatLon;
}

export interface GapChoices {
  readonly pieces: readonly PieceChoice[];
  readonly places: readonly Uuid[];
}

const NEAR_M_MAX = 120;
const AT_M_MAX = 12;
/** More of them would be no list to mark from. */
const CHOICES_MAX = 200;

/** Choices between the ends of a gap, the likeliest first. Without ends there are no pieces, and all places. */
export function gapChoices(pieces: readonly PathPiece[], places: readonly PlaceAt[], ends: GapEnds): GapChoices {
  const lost = ends.before ?? ends.after;
  if (lost === null) return { pieces: [], places: places.map(({ id }) => id) };
  return {
    pieces: piecesBetween(pieces, ends)
      .slice(0, CHOICES_MAX)
      .map((piece) => pieceChoice(piece, places, lost)),
    places: placesBetween(places, ends).map(({ id }) => id),
  };
}

/** Name a piece by the place that is near, and measure how far it is from `lost`. */
export function pieceChoice(piece: PathPiece, places: readonly PlaceAt[], lost: LatLon | null): PieceChoice {
  const middle = middleOf(piece);
  const near = nearestOf(places, middle);
  const base = { piece, length_m: lengthOf(piece), away_m: lost === null ? null : distanceM(lost, middle) };
  if (near === null || near.away_m > NEAR_M_MAX) {
    return { ...base, near: null, direction: lost === null ? null : directionFrom(lost, middle) };
  }
  return {
    ...base,
    near: near.place.id,
    direction: near.away_m <= AT_M_MAX ? null : directionFrom(near.place.at, middle),
  };
}

function nearestOf(places: readonly PlaceAt[], at: LatLon): { place: PlaceAt; away_m: number } | null {
  let nearest: { place: PlaceAt; away_m: number } | null = null;
  for (const place of places) {
    const away_m = distanceM(place.at, at);
    if (nearest === null || away_m < nearest.away_m) nearest = { place, away_m };
  }
  return nearest;
}

/** In which quarter of the sky one thing lies from another. */
export function directionFrom(from: LatLon, to: LatLon): Direction {
  const north = to.lat - from.lat;
  const east = (to.lon - from.lon) * Math.cos((from.lat * Math.PI) / 180);
  if (Math.abs(north) >= Math.abs(east)) return north >= 0 ? "north" : "south";
  return east >= 0 ? "east" : "west";
}
