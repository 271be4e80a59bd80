/** The places of a zone with where they are, to name what lies near them. */

import type { PlaceAt } from "../../domain/gap_choices";
import { whereIs } from "../../domain/suggest";
import type { Uuid } from "../../domain/types";
import type { Session } from "../context";

export function placesAt(session: Session, zone: Uuid | null): PlaceAt[] {
  const { place: places } = session.source.peek().rows;
  return [...places.values()].flatMap(({ id, body }) => {
    const at = body.ended || (zone !== null && body.zone !== zone) ? null : whereIs(places, id);
    return at === null ? [] : [{ id, at }];
  });
}
