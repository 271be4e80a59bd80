/** What a host records, as commands. Pure: ids come from the caller. */

import type {
  CategoryBody,
  CheckHow,
  Command,
  ObservationRecord,
  Position,
  Uuid,
  WithdrawReason,
} from "./types";

export const NOTE_LENGTH_MAX = 500;
export const FLOOR_LENGTH_MAX = 20;
export const PHOTOS_MAX = 3;

/** Persons are in these: OR* and NA* and contacts with children take no photos, whatever the category's row says. */
export function isPhotoAllowed(_category: Pick<CategoryBody, "code" | "photos_allowed"> | string): boolean {
  throw new Error("being written");
}

/** A calm check of a place. */
export function checkPlace(
  _entity: Uuid,
  _values: { round: Uuid | null; place: Uuid; position: Position | null; how: CheckHow },
): Command<"visit.check"> {
  throw new Error("being written");
}

/** Record an observation or a damage. Missing fields get their defaults (no place, severity 1, no note, no photos). */
export function recordObservation(
  _entity: Uuid,
  _values: Partial<ObservationRecord> & Pick<ObservationRecord, "category">,
): Command<"observation.record"> {
  throw new Error("being written");
}

/** Take a record back. */
export function withdrawObservation(
  _entity: Uuid,
  _base: number | null,
  _reason: WithdrawReason,
): Command<"observation.withdraw"> {
  throw new Error("being written");
}

export type NoteFault = "note_too_long" | "floor_too_long" | "too_many_photos" | "photos_not_allowed" | "same_slot";

/** Everything that would make the server hold the record, so that the screen can say it first. */
export function faultsOf(_values: ObservationRecord): NoteFault[] {
  throw new Error("being written");
}
