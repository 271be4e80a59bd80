/**
 * What the screens and the sync driver may ask of one user's store on this phone.
 *
 * A promise that resolves means durable on the phone: the transaction is complete, not merely requested.
 * Where the browser's storage gives up, the promise rejects with `StorageTrouble` and `onTrouble` is called:
 * nothing may then be shown as saved.
 */

import type { StorageTrouble } from "./trouble";

export { PhotoMissing } from "./operations";
export { StorageTrouble } from "./trouble";

import type {
  Command,
  DeviceEntry,
  Draft,
  Fix,
  Ms,
  NewPhoto,
  ObservationSet,
  Operation,
  PictureSource,
  Profile,
  Recording,
  Sha256,
  Uuid,
} from "../domain/types";

/** What changed, for those who listen. `picture` is everything in `PictureSource`. */
export type Topic = "picture" | "drafts" | "recording" | "profile" | "docs";

export interface SaveOptions {
  /** Keep it back until `release` or two minutes, because its editor is open. Default false. */
  readonly isOpen?: boolean;
  /** A draft that this record replaces: removed in the same transaction. */
  readonly draft?: Uuid;
}

export interface Store {
  readonly entry: DeviceEntry;
  readonly device: Uuid;

  /** Everything the picture is made from, in memory; a new object after each change. */
  source(): PictureSource;
  /** Call back after changes, also those made in another tab. Returns the unsubscription. */
  subscribe(listener: (topics: ReadonlySet<Topic>) => void): () => void;

  /** A fresh identifier (UUIDv7) for an entity, a photo or a draft. */
  newId(): Uuid;

  /**
   * Save what the host did: operation, photo bytes and counters in ONE strict transaction.
   *
   * `photos` are the bytes the command names and that are not on the phone already.
   */
  saveRecord(command: Command, photos?: readonly NewPhoto[], options?: SaveOptions): Promise<Operation>;
  /**
   * Change a record: while it has never been offered to the network its operation is replaced (new id, same n),
   * afterwards an `observation.correct` is saved, made from the revision the host saw.
   */
  amendRecord(entity: Uuid, set: ObservationSet, photos?: readonly NewPhoto[]): Promise<Operation>;
  /** The editor has closed: what was kept back of this entity may be sent. */
  release(entity: Uuid): Promise<void>;

  /** Keep an editor's work, with its photos, durably: call before the camera opens. */
  saveDraft(draft: Draft, photos?: readonly NewPhoto[]): Promise<void>;
  drafts(): Promise<readonly Draft[]>;
  discardDraft(id: Uuid): Promise<void>;

  /** The bytes of a photo, or null when they have left the phone. */
  readPhoto(sha256: Sha256): Promise<ArrayBuffer | null>;

  /** Track. `putFix` is relaxed; `closeSegment` is strict and removes what it packed. */
  recording(): Promise<Recording | null>;
  startRecording(round: Uuid): Promise<Recording>;
  putFix(round: Uuid, fix: Fix): Promise<void>;
  heartbeat(round: Uuid): Promise<void>;
  setPaused(round: Uuid, isPaused: boolean): Promise<void>;
  /** Pack loose fixes into track segments. `carry`: the next segment begins with this one's last fix. */
  closeSegment(round: Uuid, options: { readonly carry: boolean }): Promise<readonly Operation[]>;
  /** Pack what is loose and end, in one transaction. */
  endRecording(round: Uuid): Promise<void>;
  /** Every fix of a round that is still on this phone, in order, to draw the way walked. */
  trackOf(round: Uuid): Promise<readonly Fix[]>;

  profile(): Profile | null;
  saveProfile(profile: Profile): Promise<void>;

  /** Derived documents kept for offline, by their path below `/sync/docs/`, with the wall clock of their arrival. */
  doc<T>(path: string): Promise<{ readonly etag: string; readonly body: T; readonly fetched_at: Ms } | null>;
  saveDoc(path: string, etag: string, body: unknown): Promise<void>;

  /** Small things a screen wants to remember (last categories, guide seen). Relaxed; losing one costs nothing. */
  remember(key: string, value: unknown): Promise<void>;
  remembered<T>(key: string): Promise<T | null>;

  /** Everything unsent as a file that the desk takes in, with the version of the app that wrote it. */
  unsentFile(app: string): Promise<Blob>;

  /** Write and read one key; false when the store cannot be trusted now. Call on return to the page. */
  probe(): Promise<boolean>;
  /** The browser's storage has given up; only a reload helps. Returns the unsubscription. */
  onTrouble(listener: (trouble: StorageTrouble) => void): () => void;
  /** Listen no more. The database stays open for whoever sends what is left. */
  close(): void;
}
