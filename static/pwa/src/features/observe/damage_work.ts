/** A damage in the making: its draft lies on the phone before the camera opens and knows the photos as they come. */

import type { Signal } from "@preact/signals";
import { signal } from "@preact/signals";
import type { Draft, NewPhoto, PhotoSlot } from "../../domain/types";
import { preparePhoto } from "../../photo/prepare";
import type { Session } from "../context";
import { notePhoto, roundNow } from "./record";

export type DamageStep = "camera" | "category";

export interface DamageWork {
  readonly step: Signal<DamageStep>;
  readonly draft: Signal<Draft>;
  /** Go on without a photo. */
  skipPhoto(): void;
  /** Take in what the camera gave. The screen goes on at once; the photo is made ready meanwhile. */
  addPhoto(photo: Blob): void;
  /** The draft with every photo that could be kept, durable on the phone: one that is lost never costs the record. */
  settled(): Promise<Draft>;
  /** Forget the work when nothing was made yet; a photo is kept until the host says otherwise. */
  leave(): Promise<void>;
}

/** Take up the damage that was begun, or begin one. Resolves when the draft is durable: only then may the camera open. */
export async function openDamageWork(session: Session): Promise<DamageWork> {
  const found = await unfinishedDamage(session);
  const first = found ?? newDraft(session);
  if (found === null) await session.store.saveDraft(first);
  return workOn(session, first);
}

/** The damage that was begun and never finished, if any. */
export async function unfinishedDamage(session: Session): Promise<Draft | null> {
  const drafts = await session.store.drafts();
  return drafts.find((draft) => draft.kind === "damage") ?? null;
}

function newDraft(session: Session): Draft {
  return {
    id: session.store.newId(),
    entity: session.store.newId(),
    kind: "damage",
    round: roundNow(session),
    step: "camera",
    set: {},
    photos: [],
    saved_at: Date.now(),
  };
}

function workOn(session: Session, first: Draft): DamageWork {
  const draft = signal(first);
  const step = signal<DamageStep>(first.step === "category" ? "category" : "camera");
  let coming: Promise<void> = Promise.resolve();

  const keep = async (photo: Blob, position: Draft["set"]["position"]) => {
    const prepared = await preparePhoto(photo);
    const next = withPhoto(session, draft.value, prepared, position ?? null);
    await session.store.saveDraft(next, [prepared]);
    draft.value = next;
  };
  return {
    step,
    draft,
    skipPhoto() {
      step.value = "category";
      draft.value = { ...draft.value, step: "category" };
      // What is chosen next is saved without this, or says so.
      coming = coming.then(() => session.store.saveDraft(draft.value)).catch(() => undefined);
    },
    addPhoto(photo) {
      const position = session.position.value;
      step.value = "category";
      coming = coming
        .then(() => keep(photo, position))
        .then(
          () => notePhoto(session, first.entity, true),
          () => notePhoto(session, first.entity, false),
        );
    },
    async settled() {
      await coming;
      return draft.value;
    },
    async leave() {
      await coming;
      if (draft.value.photos.length === 0) await session.store.discardDraft(draft.value.id);
    },
  };
}

function withPhoto(session: Session, draft: Draft, photo: NewPhoto, position: Draft["set"]["position"] | null): Draft {
  const slot = Math.min(3, draft.photos.length + 1) as PhotoSlot;
  const { sha256, size, mime } = photo;
  return {
    ...draft,
    step: "category",
    set: position ? { ...draft.set, position } : draft.set,
    photos: [...draft.photos.slice(0, slot - 1), { id: session.store.newId(), slot, sha256, size, mime }],
    saved_at: Date.now(),
  };
}
