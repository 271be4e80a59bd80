/** What of the round the map shows as points: places with their clocks, and tonight's records. */

import type { PathPiece } from "../../domain/pack";
import type { LatLon } from "../../domain/position";
import { whereIs } from "../../domain/suggest";
import { suggestedItems, suggestedLine } from "../../domain/suggested";
import type { Ms, RecordView, Uuid } from "../../domain/types";
import { t } from "../../i18n";
import { daysBetween } from "../../i18n/time";
import type { DrawnPlace, DrawnRecord, PlaceAge } from "../../map/picture";
import type { Session } from "../context";
import { lastSeenAt } from "../places/place_clock";
import { chosenOf } from "../tonight/suggested_card";
import { CALM_CODE } from "../words";

/** What was seen so long ago is seen this evening. */
const EVENING_MS = 8 * 3_600_000;
const LATELY_DAYS_MAX = 3;

/** The places of a zone that tonight's document lists; all of them while there is none. */
export function drawnPlaces(session: Session, zone: Uuid | null, now: Ms): DrawnPlace[] {
  const places = session.source.value.rows.place;
  const tonight = session.tonight.value?.body;
  const listed = tonight?.zone === zone ? tonight?.places.map(({ place }) => place) : undefined;
  const ids =
    listed ?? [...places.values()].filter(({ body }) => body.zone === zone && !body.ended).map(({ id }) => id);
  return ids.flatMap((id) => {
    const at = whereIs(places, id);
    if (at === null) return [];
    const seen_at = lastSeenAt(session, id);
    return [{ id, at, age: ageOf(seen_at, now), word: clockWord(seen_at, now) }];
  });
}

/** The round that is suggested for this zone tonight: its lines, and its stops in the order in which they are come to. */
export function drawnRoute(
  session: Session,
  zone: Uuid | null,
  pieces: ReadonlyMap<Uuid, PathPiece>,
): { lines: ReturnType<typeof suggestedLine>; stops: (LatLon & { number: number })[] } {
  const tonight = session.tonight.value?.body;
  const legs = tonight?.zone === zone ? chosenOf(tonight?.suggested ?? [])?.legs : undefined;
  if (legs === undefined) return { lines: [], stops: [] };
  const places = session.source.value.rows.place;
  const stops = suggestedItems(legs).flatMap((item) => (item.kind === "stop" ? [item.place] : []));
  return {
    lines: suggestedLine(legs, pieces),
    stops: stops.flatMap((place, index) => {
      const at = whereIs(places, place);
      return at === null ? [] : [{ ...at, number: index + 1 }];
    }),
  };
}

/** This round's records, at their own position or at their place. */
export function drawnRecords(session: Session): DrawnRecord[] {
  const { current_round, records } = session.picture.value;
  if (current_round === null) return [];
  const places = session.source.value.rows.place;
  return records
    .filter((record) => record.round === current_round.id && !record.is_withdrawn)
    .flatMap((record) => {
      const at = record.position ?? (record.place === null ? null : whereIs(places, record.place));
      return at === null ? [] : [{ id: record.id, at, ...faceOf(record) }];
    });
}

function faceOf(record: RecordView): Pick<DrawnRecord, "kind" | "letter"> {
  const kind = record.category === CALM_CODE ? "calm" : record.kind === "D" ? "damage" : "observation";
  return { kind, letter: t(`map.letter_${kind}`) };
}

function ageOf(seen_at: Ms | null | undefined, now: Ms): PlaceAge {
  if (seen_at === null || seen_at === undefined) return "overdue";
  if (now - seen_at < EVENING_MS) return "tonight";
  return daysBetween(seen_at, now) <= LATELY_DAYS_MAX ? "lately" : "overdue";
}

function clockWord(seen_at: Ms | null | undefined, now: Ms): string {
  if (seen_at === undefined) return "";
  if (seen_at === null) return t("map.never");
  if (now - seen_at < EVENING_MS) return t("map.tonight");
  return t("map.days", { count: daysBetween(seen_at, now) });
}
