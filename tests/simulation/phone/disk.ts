/** Look at what is durable on a phone without asking the phone: the databases themselves, between two steps. */

import type { StoredOp, StoredPhoto, Uuid } from "../../../static/pwa/src/domain/types";
import { databaseName } from "../../../static/pwa/src/store/device";
import type { MetaValues, StoredRow } from "../../../static/pwa/src/store/schema";

interface Raw {
  readonly _databases: Map<string, { readonly rawObjectStores: Map<string, RawStore> }>;
}
interface RawStore {
  readonly records: { values(): Iterable<{ readonly key: unknown; readonly value: unknown }> };
}

function records(device: Uuid, store: string): { readonly key: unknown; readonly value: unknown }[] {
  const database = (globalThis.indexedDB as unknown as Raw)._databases.get(databaseName(device));
  const found = database?.rawObjectStores.get(store);
  return found === undefined ? [] : [...found.records.values()];
}

function values<T>(device: Uuid, store: string): T[] {
  return records(device, store).map(({ value }) => value as T);
}

export const opsOn = (device: Uuid): StoredOp[] => values(device, "ops");
export const rowsOn = (device: Uuid): StoredRow[] => values(device, "rows");
export const photosOn = (device: Uuid): StoredPhoto[] => values(device, "photos");

/** The bytes of a photo that are on the phone. */
export function photoBytesOn(device: Uuid, sha256: string): number {
  return records(device, "chunks")
    .filter(({ key }) => (key as [string, number])[0] === sha256)
    .reduce((total, { value }) => total + (value as ArrayBuffer).byteLength, 0);
}

/** How far a phone and the server agree. */
export function agreementOn(device: Uuid): MetaValues["sync"] | undefined {
  return records(device, "meta").find(({ key }) => key === "sync")?.value as MetaValues["sync"] | undefined;
}
