/**
 * Changing a record that is saved already.
 *
 * While its first editor is open the record has not been sent, and every answer goes straight into it. Afterwards the answers
 * are kept in a draft on the phone and become one correction when the host is done.
 */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { mergeSet } from "../../domain/observation";
import type {
  BlobRef,
  Draft,
  NewPhoto,
  ObservationSet,
  PhotoRef,
  PhotoSlot,
  RecordPhoto,
  RecordView,
  Uuid,
} from "../../domain/types";
import type { Session } from "../context";

export interface Editor {
  readonly record: Uuid;
  /** The record with what is not yet in it, or null when the phone does not know it. */
  readonly view: ReadonlySignal<RecordView | null>;
  /** Answers that wait for the host to be done. */
  readonly isDirty: ReadonlySignal<boolean>;
  /** What is being written, before it counts as an answer. */
  readonly note: Signal<NoteInHand | null>;
  change(set: ObservationSet): Promise<void>;
  addPhoto(photo: NewPhoto): Promise<void>;
  /** Keep the work durably before the camera opens. */
  beforeCamera(): Promise<void>;
  /** The camera is closed: it is not opened again after a restart. */
  afterCamera(): Promise<void>;
  /** The host is done: what waits is saved, and the record may be sent. */
  finish(): Promise<void>;
  /** Forget what waits; the record stays as it is. */
  abandon(): Promise<void>;
}

export interface NoteInHand {
  readonly text: string;
  readonly isConfirmed: boolean;
}

export function createEditor(session: Session, record: Uuid): Editor {
  const draft = signal<Draft | null>(null);
  const recordNow = () => session.picture.value.records.find((view) => view.id === record) ?? null;
  const view = computed(() => {
    const saved = recordNow();
    return saved === null || draft.value === null ? saved : withSet(saved, draft.value.set);
  });

  const keep = async (next: Draft, photos: readonly NewPhoto[] = []) => {
    await session.store.saveDraft(next, photos);
    draft.value = next;
  };
  const drop = async () => {
    const kept = draft.value;
    draft.value = null;
    if (kept !== null) await session.store.discardDraft(kept.id);
  };
  const change = async (set: ObservationSet, photos: readonly (NewPhoto & PhotoRef)[] = []) => {
    if (recordNow()?.is_open) await session.store.amendRecord(record, set, photos);
    else await keep(withAnswer(draft.value ?? newDraft(session, record), set, photos), photos);
  };

  // One answer after the other: who is done before the last one is saved waits for it.
  let last: Promise<void> = takeUp(session, record).then(
    (found) => {
      draft.value ??= found;
    },
    // A store in trouble is told of by the shell; the record is edited as it stands.
    () => undefined,
  );
  const inOrder = (work: () => Promise<void>): Promise<void> => {
    last = last.catch(() => undefined).then(work);
    return last;
  };
  return {
    record,
    view,
    isDirty: computed(() => draft.value !== null && !isEmpty(draft.value.set)),
    note: signal(null),
    change: (set) => inOrder(() => change(set)),
    addPhoto: (photo) =>
      inOrder(() => {
        const ref = { id: session.store.newId(), slot: freeSlot(view.value), sha256: photo.sha256 };
        return change({ photos: [ref] }, [{ ...photo, ...ref }]);
      }),
    beforeCamera: () => inOrder(() => keep({ ...(draft.value ?? newDraft(session, record)), step: "camera" })),
    afterCamera: () =>
      inOrder(async () => {
        if (draft.value === null) return;
        if (isEmpty(draft.value.set)) await drop();
        else await keep({ ...draft.value, step: "refine" });
      }),
    finish: () =>
      inOrder(async () => {
        const set = draft.value?.set ?? {};
        if (!isEmpty(set)) await session.store.amendRecord(record, set);
        await drop();
        await session.store.release(record);
      }),
    abandon: () => inOrder(drop),
  };
}

function isEmpty(set: ObservationSet): boolean {
  return Object.keys(set).length === 0;
}

/** The correction of a record that was begun and not finished. */
async function takeUp(session: Session, record: Uuid): Promise<Draft | null> {
  const drafts = await session.store.drafts();
  return drafts.find((draft) => draft.kind === "correction" && draft.entity === record) ?? null;
}

function newDraft(session: Session, record: Uuid): Draft {
  const id = session.store.newId();
  return {
    id,
    entity: record,
    kind: "correction",
    round: null,
    step: "refine",
    set: {},
    photos: [],
    saved_at: Date.now(),
  };
}

function withAnswer(draft: Draft, set: ObservationSet, photos: readonly (NewPhoto & PhotoRef)[]): Draft {
  const added: (PhotoRef & BlobRef)[] = photos.map(({ id, slot, sha256, size, mime }) => ({
    id,
    slot,
    sha256,
    size,
    mime,
  }));
  const refs = [...(draft.set.photos ?? []), ...(set.photos ?? [])];
  return {
    ...draft,
    step: "refine",
    set: { ...draft.set, ...set, ...(refs.length > 0 ? { photos: refs } : {}) },
    photos: [...draft.photos, ...added],
    saved_at: Date.now(),
  };
}

function withSet(record: RecordView, set: ObservationSet): RecordView {
  const merged = mergeSet(record, set);
  const states = new Map(record.photos.map((photo) => [photo.id, photo.state]));
  const photos: RecordPhoto[] = merged.photos.map((photo) => ({ ...photo, state: states.get(photo.id) ?? "on_phone" }));
  return { ...record, ...merged, photos };
}

function freeSlot(record: RecordView | null): PhotoSlot {
  const taken = new Set(record?.photos.map((photo) => photo.slot));
  return ([1, 2, 3] as const).find((slot) => !taken.has(slot)) ?? 3;
}
