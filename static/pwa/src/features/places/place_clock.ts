/** When a place was last seen, from tonight's document and what this host has logged since. */

import type { Ms, Uuid } from "../../domain/types";
import { t } from "../../i18n";
import { ago } from "../../i18n/time";
import { type Session, useApp, useSession } from "../context";

/** Null: never seen. Undefined: the phone does not know. */
export function lastSeenAt(session: Session, place: Uuid): Ms | null | undefined {
  const listed = session.tonight.value?.body.places.find((entry) => entry.place === place);
  const own = session.picture.value.records.find((record) => record.place === place && !record.is_withdrawn);
  if (own === undefined) return listed?.last_seen_at;
  return Math.max(own.occurred_at, listed?.last_seen_at ?? 0);
}

/** "sedd för 2 dagar sedan", or nothing when the phone does not know. */
export function usePlaceClock(place: Uuid): string {
  const { now } = useApp();
  const seen_at = lastSeenAt(useSession(), place);
  if (seen_at === undefined) return "";
  return seen_at === null ? t("place.never_seen") : t("place.seen", { when: ago(seen_at, now.value) });
}
