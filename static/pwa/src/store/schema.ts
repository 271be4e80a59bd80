/**
 * The shape of one user's database on this phone. Upgrades only add: an older page may still be open, and a newer phone may have to go back.
 */

import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb";
import type {
  DeviceEntry,
  Draft,
  Fix,
  Ms,
  OpState,
  Profile,
  Recording,
  Row,
  RowKind,
  Sha256,
  StoredOp,
  StoredPhoto,
  Uuid,
} from "../domain/types";

export const DEVICE_DB_VERSION = 1;

/** How far this store and the server agree. */
export interface SyncMeta {
  readonly epoch: string | null;
  readonly cursor: string | null;
  /** Counts full pulls; rows of an earlier one are swept when the next is complete. */
  readonly generation: number;
  readonly safe_seq: number | null;
  readonly retain_days: number | null;
  /** The server's time in the newest answer. */
  readonly server_time: Ms | null;
  readonly synced_at: Ms | null;
}

/** A pulled row with what the phone needs to keep it tidy. */
export type StoredRow = Row & { readonly generation: number; readonly received_at: Ms };

export interface MetaValues {
  identity: Pick<DeviceEntry, "device" | "db_id">;
  next_n: number;
  sync: SyncMeta;
  profile: Profile;
  probe: Ms;
}

export interface DeviceSchema extends DBSchema {
  meta: { key: string; value: MetaValues[keyof MetaValues] };
  ops: {
    key: Uuid;
    value: StoredOp;
    indexes: { by_state: [OpState, number]; by_entity: Uuid; by_round: Uuid };
  };
  /** Photo bytes in pieces of CHUNK_BYTES. Never a Blob: WebKit loses those. */
  chunks: { key: [Sha256, number]; value: ArrayBuffer };
  photos: { key: Sha256; value: StoredPhoto; indexes: { by_state: StoredPhoto["state"] } };
  rows: { key: [RowKind, Uuid]; value: StoredRow };
  drafts: { key: Uuid; value: Draft };
  fixes: { key: [Uuid, number]; value: Fix };
  recordings: { key: Uuid; value: Recording };
  docs: { key: string; value: { readonly etag: string; readonly body: unknown; readonly fetched_at: Ms } };
  remembered: { key: string; value: unknown };
}

export type StoreName = StoreNames<DeviceSchema>;
export type DeviceDatabase = IDBPDatabase<DeviceSchema>;
export type ReadTransaction = IDBPTransaction<DeviceSchema, StoreName[], "readonly">;
export type WriteTransaction = IDBPTransaction<DeviceSchema, StoreName[], "readwrite">;

/** Create what is not there yet. */
export function upgradeDevice(db: DeviceDatabase, oldVersion: number): void {
  if (oldVersion < 1) {
    db.createObjectStore("meta");
    const ops = db.createObjectStore("ops", { keyPath: "id" });
    ops.createIndex("by_state", ["state", "n"]);
    ops.createIndex("by_entity", "entity");
    ops.createIndex("by_round", "round");
    db.createObjectStore("chunks");
    db.createObjectStore("photos", { keyPath: "sha256" }).createIndex("by_state", "state");
    db.createObjectStore("rows", { keyPath: ["kind", "id"] });
    db.createObjectStore("drafts", { keyPath: "id" });
    db.createObjectStore("fixes");
    db.createObjectStore("recordings", { keyPath: "round" });
    db.createObjectStore("docs");
    db.createObjectStore("remembered");
  }
}

export const NEVER_SYNCED: SyncMeta = {
  epoch: null,
  cursor: null,
  generation: 0,
  safe_seq: null,
  retain_days: null,
  server_time: null,
  synced_at: null,
};
