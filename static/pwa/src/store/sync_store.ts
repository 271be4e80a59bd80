/** What the sync driver may ask of one user's store: the outbox, and making the server's answers durable. */

import type { Audit, DeviceEntry, Ms, Operation, PullAnswer, PushAnswer, Sha256, Uuid } from "../domain/types";
import { clean } from "./cleaning";
import { type DeviceDeps, deviceDb } from "./device";
import { releaseDue } from "./operations";
import * as outbox from "./outbox";
import { readPart } from "./photos";
import * as pulled from "./pulled";

/** What lies in a store and is not on the server, without the bytes. */
export interface Outbox {
  readonly epoch: string | null;
  readonly cursor: string | null;
  /** The next operations to send, in the order of `n`. */
  readonly ops: readonly { readonly id: Uuid; readonly size: number; readonly is_free: boolean }[];
  /** All that is unsent: also what is kept back. */
  readonly unsent: number;
  readonly oldest: Ms | null;
  /** When the next operation that is kept back may go. */
  readonly next_release_at: Ms | null;
  /** Photos that the server has been told of and lacks. */
  readonly photos: readonly { readonly sha256: Sha256; readonly size: number }[];
  /** Photos that are named only by what is unsent. */
  readonly photos_kept: number;
  readonly synced_at: Ms | null;
}

export interface SyncStore {
  readonly entry: DeviceEntry;
  releaseDue(now: Ms): Promise<boolean>;
  outbox(): Promise<Outbox>;
  /** Those of the operations that are still to be sent, in the order of `n`. */
  operations(ids: readonly Uuid[]): Promise<readonly Operation[]>;
  photoPart(sha256: Sha256, off: number, size: number): Promise<ArrayBuffer | null>;
  /** Mark what the server has; nothing that is not in the answer changes. */
  storeAcks(answer: PushAnswer): Promise<void>;
  storePhotoDone(sha256: Sha256): Promise<void>;
  /** Apply rows and cursor in one transaction; false when the cursor is not greater than the one here (nothing is applied). */
  storeRows(askedWith: string | null, answer: PullAnswer): Promise<boolean>;
  /** The server is another one than before: all that is here goes back into the outbox, the cursor to null. */
  restart(epoch: string): Promise<void>;
  dropCursor(): Promise<void>;
  /** The server would not take an operation even alone: remember why, and keep it. */
  refuse(id: Uuid, code: string): Promise<void>;
  /** Put back into the outbox what the server says it lacks. Returns how many operations and photos that were. */
  storeAudit(audit: Audit): Promise<number>;
  /** Remove what may leave the phone. Returns how many things. */
  clean(): Promise<number>;
}

/** The sync side of a device's store; shares its connection with the screens' side. */
export function openSyncStore(entry: DeviceEntry, deps?: DeviceDeps): SyncStore {
  const db = deviceDb(entry, deps);
  return {
    entry,
    releaseDue: (now) => releaseDue(db, now),
    outbox: () => outbox.readOutbox(db),
    operations: (ids) => outbox.readOperations(db, ids),
    photoPart: (sha256, off, size) => readPart(db, sha256, off, size),
    storeAcks: (answer) => outbox.storeAcks(db, answer),
    storePhotoDone: (sha256) => outbox.storePhotoDone(db, sha256),
    storeRows: (askedWith, answer) => pulled.storeRows(db, askedWith, answer),
    restart: (epoch) => outbox.restart(db, epoch),
    dropCursor: () => pulled.dropCursor(db),
    refuse: (id, code) => outbox.refuse(db, id, code),
    storeAudit: (audit) => outbox.storeAudit(db, audit),
    clean: () => clean(db),
  };
}
