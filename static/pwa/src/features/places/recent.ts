/** Places the host has just logged something at. */

import type { RecordView, Uuid } from "../../domain/types";

/** Each place once, last used first. */
export function recentPlaces(records: readonly RecordView[]): Uuid[] {
  const places = records.flatMap((record) => (record.place === null ? [] : [record.place]));
  return [...new Set(places)];
}
