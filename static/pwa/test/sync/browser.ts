/** A browser's storage in a test's hand: empty at will, failing at will. */

import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import type { DeviceEntry } from "../../src/domain/types";
import { type DeviceDb, type DeviceDeps, deviceDb } from "../../src/store/device";
import { SeededRandom } from "../seeded_random";
import { SetClock } from "./made";

/** As after a first visit: no database, no note beside it. */
export function emptyBrowser(): void {
  globalThis.indexedDB = new IDBFactory();
  if (typeof localStorage !== "undefined") localStorage.clear();
}

export function makeDeps(seed = 1): DeviceDeps & { readonly clock: SetClock } {
  return { clock: new SetClock(), random: new SeededRandom(seed) };
}

/** The page is killed and opened again: nothing of the store is left in memory. */
export function reopened(entry: DeviceEntry, deps: DeviceDeps): DeviceDb {
  deviceDb(entry, deps).close();
  return deviceDb(entry, deps);
}

/**
 * Fail the `number`-th write of every kind from now on (1 is the next one). Returns how many writes were tried, and how to stop.
 */
export function failWrite(number: number, error: Error): { readonly tried: () => number; readonly stop: () => void } {
  let tried = 0;
  const proto = IDBObjectStore.prototype;
  const real = { put: proto.put, delete: proto.delete, add: proto.add };
  const guarded =
    <T extends keyof typeof real>(name: T) =>
    (...args: unknown[]): IDBRequest<IDBValidKey> & IDBRequest<undefined> => {
      tried++;
      if (tried === number) throw error;
      return Reflect.apply(real[name], args[0], args.slice(1));
    };
  const install = <T extends keyof typeof real>(name: T) => {
    const call = guarded(name);
    proto[name] = function (this: IDBObjectStore, ...args: unknown[]) {
      return call(this, ...args);
    } as never;
  };
  install("put");
  install("delete");
  install("add");
  return { tried: () => tried, stop: () => Object.assign(proto, real) };
}

export function errorNamed(name: string): Error {
  return Object.assign(new Error(name), { name });
}

const names = ["meta", "ops", "chunks", "photos", "rows", "drafts", "fixes", "recordings"] as const;

/** Everything in a store, as values. */
export async function contentsOf(db: DeviceDb): Promise<Record<(typeof names)[number], unknown[]>> {
  const all = await db.read(names, (tx) => Promise.all(names.map((name) => tx.objectStore(name).getAll())));
  return Object.fromEntries(names.map((name, i) => [name, all[i] as unknown[]])) as never;
}
