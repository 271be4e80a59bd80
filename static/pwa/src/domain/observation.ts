/** What a host records, as commands. Pure: identifiers come from the caller. */

import type {
  CategoryBody,
  CheckHow,
  Command,
  ObservationRecord,
  ObservationSet,
  Operation,
  PlaceSource,
  Position,
  Uuid,
  WithdrawReason,
} from "./types";

export const NOTE_LENGTH_MAX = 500;
export const FLOOR_LENGTH_MAX = 20;
export const PHOTOS_MAX = 3;
/** What a calm check is recorded as. */
export const CALM_CATEGORY = "PO06";

const EMPTY: Omit<ObservationRecord, "category"> = {
  round: null,
  place: null,
  place_source: "none",
  floor: null,
  position: null,
  severity: 1,
  note: null,
  note_confirmed: false,
  photos: [],
};

/** Persons are in these: OR*, NA* and contacts with children take no photos, whatever the category's row says. */
export function isPhotoAllowed(category: Pick<CategoryBody, "code" | "photos_allowed"> | string): boolean {
  const code = typeof category === "string" ? category : category.code;
  if (code.startsWith("OR") || code.startsWith("NA") || code === "PO02") return false;
  return typeof category === "string" || category.photos_allowed;
}

/** A calm check of a place. */
export function checkPlace(
  entity: Uuid,
  values: { round: Uuid | null; place: Uuid; position: Position | null; how: CheckHow },
): Command<"visit.check"> {
  return { type: "visit.check", entity, base: null, data: { ...values } };
}

/** Record an observation or a damage. Missing fields get their defaults (no place, severity 1, no note, no photos). */
export function recordObservation(
  entity: Uuid,
  values: Partial<ObservationRecord> & Pick<ObservationRecord, "category">,
): Command<"observation.record"> {
  return { type: "observation.record", entity, base: null, data: tidy({ ...EMPTY, ...values }) };
}

/** Change fields of a record; `base` is the revision the host saw. */
export function correctObservation(
  entity: Uuid,
  base: number | null,
  set: ObservationSet,
): Command<"observation.correct"> {
  return { type: "observation.correct", entity, base, data: { set: tidy(set) } };
}

/** Take a record back. */
export function withdrawObservation(
  entity: Uuid,
  base: number | null,
  reason: WithdrawReason,
): Command<"observation.withdraw"> {
  return { type: "observation.withdraw", entity, base, data: { reason } };
}

/** A record with a change laid over it; photos are added, never removed. */
export function mergeSet(record: ObservationRecord, set: ObservationSet): ObservationRecord {
  const known = new Set(record.photos.map((photo) => photo.id));
  const added = (set.photos ?? []).filter((photo) => !known.has(photo.id));
  return tidy({ ...record, ...set, photos: [...record.photos, ...added] });
}

export type RecordFault =
  | "note_too_long"
  | "floor_too_long"
  | "too_many_photos"
  | "photos_not_allowed"
  | "same_slot"
  | "calm_category";

/** Everything that would make the server hold the record, so that the screen can say it first. */
export function faultsOf(values: ObservationRecord): RecordFault[] {
  const faults: RecordFault[] = [];
  if (lengthOf(values.note) > NOTE_LENGTH_MAX) faults.push("note_too_long");
  if (lengthOf(values.floor) > FLOOR_LENGTH_MAX) faults.push("floor_too_long");
  if (values.photos.length > PHOTOS_MAX) faults.push("too_many_photos");
  if (values.photos.length > 0 && !isPhotoAllowed(values.category)) faults.push("photos_not_allowed");
  if (new Set(values.photos.map((photo) => photo.slot)).size < values.photos.length) faults.push("same_slot");
  // A calm place is a check of its own kind, not an observation that found nothing.
  if (values.category === CALM_CATEGORY) faults.push("calm_category");
  return faults;
}

/** Text as it can be stored, empty text as null; a place with its source. Only fields that are there. */
function tidy<T extends ObservationSet>(values: T): T {
  const tidied: T = { ...values };
  if (typeof values.note === "string") Object.assign(tidied, { note: cleanText(values.note, true) || null });
  if (typeof values.floor === "string") Object.assign(tidied, { floor: cleanText(values.floor, false) || null });
  if (values.place !== undefined) Object.assign(tidied, { place_source: sourceOf(values.place, values.place_source) });
  else if (values.place_source !== undefined) Reflect.deleteProperty(tidied, "place_source");
  return tidied;
}

/** No place has no source, and a place that nobody suggested was chosen. */
function sourceOf(place: Uuid | null, source: PlaceSource | undefined): PlaceSource {
  if (place === null) return "none";
  return source === undefined || source === "none" ? "chosen" : source;
}

/** Text in one form, without what no database stores: halves of characters, and control characters but line breaks. */
function cleanText(text: string, hasLines: boolean): string {
  const whole = text.replace(/[\uD800-\uDFFF]/gu, "\uFFFD").normalize("NFC");
  const control = hasLines ? /[^\P{Cc}\n\r\t]/gu : /\p{Cc}/gu;
  return whole.replace(control, " ").trim();
}

/** Characters as a person and Python count them, not UTF-16 units. */
function lengthOf(text: string | null): number {
  return text === null ? 0 : [...text].length;
}

/** Whether an operation takes effect in the same way whatever of its kind comes before it: it makes a record of its own. */
export function isFree({ type, base }: Pick<Operation, "type" | "base">): boolean {
  return base === null && (type === "observation.record" || type === "visit.check");
}
