/** Turning a tap into a saved record: where the host is, which category, which photos. */

import { checkPlace, isPhotoAllowed, recordObservation } from "../../domain/observation";
import type { CategoryBody, CheckHow, Draft, Ms, Uuid } from "../../domain/types";
import type { Session } from "../context";
import { CALM_CODE } from "../words";

/** A fix older than this says nothing about where the host is now. */
export const FIX_AGE_MS_MAX: Ms = 2 * 60_000;

/** Remember whether a record's photo could be kept: another record's photo says nothing of one that is lost. */
export function notePhoto({ lostPhotoOf }: Session, record: Uuid, isKept: boolean): void {
  if (!isKept) lostPhotoOf.value = record;
  else if (lostPhotoOf.value === record) lostPhotoOf.value = null;
}

/** The round a record belongs to: the one going on, if any. */
export function roundNow(session: Session): Uuid | null {
  return session.picture.value.current_round?.id ?? null;
}

/** Save a calm check of a place; `how` it is known to be this one. Resolves when it is durable on the phone. */
export async function saveCalm(session: Session, place: Uuid, how: CheckHow = "tap"): Promise<Uuid> {
  const entity = session.store.newId();
  const { position } = session.here.value;
  await session.store.saveRecord(checkPlace(entity, { round: roundNow(session), place, position, how }));
  session.chosenPlace.value = null;
  return entity;
}

export interface SavedObservation {
  readonly id: Uuid;
  /** Photos were taken, but this category must not have any. */
  readonly arePhotosDropped: boolean;
}

/** Save an observation or a damage at the first answer; its editor stays open. Resolves when it is durable on the phone. */
export async function saveObservation(
  session: Session,
  category: CategoryBody,
  draft: Draft | null = null,
): Promise<SavedObservation> {
  const entity = draft?.entity ?? session.store.newId();
  const photos = draft?.photos ?? [];
  const isAllowed = isPhotoAllowed(category);
  const command = recordObservation(entity, {
    ...session.here.value,
    ...(draft?.set.position ? { position: draft.set.position } : {}),
    round: roundNow(session),
    category: category.code,
    severity: category.severity,
    photos: isAllowed ? photos.map(({ id, slot, sha256 }) => ({ id, slot, sha256 })) : [],
  });
  await session.store.saveRecord(command, [], draft === null ? { isOpen: true } : { isOpen: true, draft: draft.id });
  session.chosenPlace.value = null;
  return { id: entity, arePhotosDropped: !isAllowed && photos.length > 0 };
}

/** Whether a category is offered among the tiles: the calm check has its own button. */
export function isOffered(category: CategoryBody): boolean {
  return !category.ended && category.code !== CALM_CODE;
}
