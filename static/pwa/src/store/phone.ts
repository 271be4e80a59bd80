/** The stores on this phone: one per user, listed in a small database of their own. */

import type { DBSchema, IDBPObjectStore, StoreNames } from "idb";
import { UUID_RANDOM_BYTES, uuidv7 } from "../domain/ids";
import type { DeviceEntry, Profile, Uuid } from "../domain/types";
import { Connection } from "./connection";
import { DeviceDb, type DeviceDeps, databaseName, deviceDb } from "./device";
import { readMirror, removeMirror, writeMirror } from "./mirror";
import { systemClock, systemRandom } from "./system";
import { StorageTrouble } from "./trouble";

export { openStore } from "./open";

export interface Phone {
  /** Every user's store on this phone, last used first. */
  devices(): Promise<readonly DeviceEntry[]>;
  /** The one in use, or null before anyone has signed in. */
  current(): Promise<DeviceEntry | null>;
  setCurrent(device: Uuid | null): Promise<void>;
  /** The entry a login will sign in with: its own, or a new one that is not listed before `adopt`. */
  entryFor(login: string): Promise<DeviceEntry>;
  /** An entry that nobody has used. */
  newEntry(login: string): DeviceEntry;
  /** List an entry with who signed in to it, and make it the one in use. */
  adopt(entry: DeviceEntry, profile: Profile): Promise<DeviceEntry>;
  /** The sign-in of a device has ended; its store stays. */
  markSignedOut(device: Uuid): Promise<void>;
  /** Delete a user's store and its listing. Only what the server has ordered, or what was handed over otherwise. */
  wipe(entry: DeviceEntry): Promise<void>;
  /** Stores that were on this phone and are gone although nobody removed them, of which the host has not been told. */
  vanished(): Promise<readonly DeviceEntry[]>;
  /** A store was found to be lost: remember it, so that host and office are told, and list it no more. */
  markVanished(entry: DeviceEntry): Promise<void>;
  /** The host has been told. */
  forgetVanished(device: Uuid): Promise<void>;
  /** Vanished stores of which the server has not been told. */
  unreported(): Promise<readonly DeviceEntry[]>;
  /** The server has been told. */
  markReported(devices: readonly Uuid[]): Promise<void>;
}

/** A store that is gone; it is forgotten when host and server have both been told. */
type VanishedEntry = DeviceEntry & { readonly is_seen?: boolean; readonly is_reported?: boolean };

interface PhoneSchema extends DBSchema {
  devices: { key: Uuid; value: DeviceEntry };
  vanished: { key: Uuid; value: VanishedEntry };
  settings: { key: string; value: Uuid | null };
}

const PHONE_DB_VERSION = 1;

let opened: Promise<Phone> | null = null;

/** Open the list of stores, once per page. */
export function openPhone(): Promise<Phone> {
  opened ??= listPhone({ clock: systemClock, random: systemRandom }).catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

/** Open the list of stores anew, with another clock and chance. */
export async function listPhone(deps: DeviceDeps): Promise<Phone> {
  const db = new Connection<PhoneSchema>({
    name: "rond-phone",
    version: PHONE_DB_VERSION,
    upgrade: (handle, oldVersion) => {
      if (oldVersion < 1) {
        handle.createObjectStore("devices", { keyPath: "device" });
        handle.createObjectStore("vanished", { keyPath: "device" });
        handle.createObjectStore("settings");
      }
    },
  });
  const listing = listingOf(db);
  await noticeVanished(db);
  return { ...listing, ...entriesOf(db, deps, listing) };
}

type Listing = Pick<Phone, "devices" | "current" | "setCurrent"> & Vanished;
type Vanished = Pick<Phone, "vanished" | "markVanished" | "forgetVanished" | "unreported" | "markReported">;

function listingOf(db: Connection<PhoneSchema>): Listing {
  const devices = async () => {
    const all = await db.withDb((handle) => handle.getAll("devices"));
    return all.sort((a, b) => b.used_at - a.used_at);
  };
  const setCurrent = (device: Uuid | null) => put(db, "settings", (store) => store.put(device, "current"));
  return {
    devices,
    setCurrent,
    current: async () => {
      const id = await db.withDb((handle) => handle.get("settings", "current"));
      return (await devices()).find((entry) => entry.device === id) ?? null;
    },
    ...vanishedOf(db),
  };
}

function vanishedOf(db: Connection<PhoneSchema>): Vanished {
  const all = () => db.withDb((handle) => handle.getAll("vanished"));
  const mark = (device: Uuid, told: Pick<VanishedEntry, "is_seen" | "is_reported">) =>
    put(db, "vanished", async (store) => {
      const known = await store.get(device);
      if (known === undefined) return;
      const marked = { ...known, ...told };
      await (marked.is_seen && marked.is_reported ? store.delete(device) : store.put(marked));
    });
  return {
    vanished: async () => (await all()).filter((entry) => !entry.is_seen),
    markVanished: (entry) => moveToVanished(db, entry),
    forgetVanished: (device) => mark(device, { is_seen: true }),
    unreported: async () => (await all()).filter((entry) => !entry.is_reported),
    markReported: async (devices) => {
      for (const device of devices) await mark(device, { is_reported: true });
    },
  };
}

function entriesOf(db: Connection<PhoneSchema>, deps: DeviceDeps, listing: Listing): Omit<Phone, keyof Listing> {
  const newId = () => uuidv7(deps.clock.wall(), deps.random.bytes(UUID_RANDOM_BYTES));
  const newEntry = (login: string): DeviceEntry => ({
    device: newId(),
    db_id: newId(),
    user_id: null,
    login: normalised(login),
    name: "",
    is_signed_in: false,
    used_at: deps.clock.wall(),
  });
  return {
    newEntry,
    entryFor: async (login) => {
      const known = (await listing.devices()).find((entry) => entry.login === normalised(login));
      return known ?? newEntry(login);
    },
    adopt: async (entry, profile) => {
      const { id, login, name } = profile.user;
      const used_at = deps.clock.wall();
      const adopted = { ...entry, user_id: id, login: normalised(login), name, is_signed_in: true, used_at };
      await put(db, "devices", (store) => store.put(adopted));
      await listing.setCurrent(adopted.device);
      if (readMirror().some((note) => note.device === adopted.device)) writeMirror(adopted);
      return adopted;
    },
    markSignedOut: async (device) => {
      const known = (await listing.devices()).find((entry) => entry.device === device);
      if (known !== undefined) await put(db, "devices", (store) => store.put({ ...known, is_signed_in: false }));
      if ((await listing.current())?.device === device) await listing.setCurrent(null);
    },
    wipe: async (entry) => {
      await deviceDb(entry).wipe();
      await put(db, "devices", (store) => store.delete(entry.device));
      const current = await listing.current();
      if (current === null) await listing.setCurrent(null);
    },
  };
}

/**
 * Compare the note beside the databases with what is there.
 *
 * A store that the note tells of and that is gone has vanished. One that is there and not listed (the list itself was lost) is listed
 * again, with whoever last signed in to it. What cannot be looked at now is looked at another time.
 */
async function noticeVanished(db: Connection<PhoneSchema>): Promise<void> {
  const devices = await db.withDb((handle) => handle.getAll("devices"));
  const names = await databaseNames();
  for (const note of readMirror()) {
    const listed = devices.find((entry) => entry.device === note.device);
    if (listed !== undefined && names?.has(databaseName(note.device))) continue;
    const entry = listed ?? { ...note, user_id: null, is_signed_in: false, used_at: 0 };
    const found = await lookAt(entry);
    if (found === "gone") await moveToVanished(db, entry);
    else if (listed === undefined && found !== "unknown") {
      await put(db, "devices", (store) => store.put({ ...entry, user_id: found.user }));
    }
  }
}

async function moveToVanished(db: Connection<PhoneSchema>, entry: DeviceEntry): Promise<void> {
  await put(db, "vanished", (store) => store.put(entry));
  await put(db, "devices", (store) => store.delete(entry.device));
  removeMirror(entry.device);
}

/** The names of all databases, or null where the browser does not tell. */
async function databaseNames(): Promise<ReadonlySet<string> | null> {
  try {
    return new Set((await indexedDB.databases()).flatMap(({ name }) => name ?? []));
  } catch {
    return null;
  }
}

/** Who signed in to a store last; whether it is gone; or that nobody can tell now. */
async function lookAt(entry: DeviceEntry): Promise<{ readonly user: Uuid } | "gone" | "unknown"> {
  const store = new DeviceDb(entry);
  try {
    const profile = await store.read(["meta"], (tx) => tx.objectStore("meta").get("profile"));
    return profile === undefined ? "unknown" : { user: (profile as Profile).user.id };
  } catch (error) {
    return error instanceof StorageTrouble && error.code === "lost" ? "gone" : "unknown";
  } finally {
    store.close();
  }
}

function normalised(login: string): string {
  return login.trim().toLowerCase();
}

type Name = StoreNames<PhoneSchema>;

async function put<N extends Name>(
  db: Connection<PhoneSchema>,
  name: N,
  work: (store: IDBPObjectStore<PhoneSchema, [N], N, "readwrite">) => Promise<unknown>,
): Promise<void> {
  await db.withDb(async (handle) => {
    const tx = handle.transaction(name, "readwrite", { durability: "strict" });
    tx.done.catch(() => {});
    await work(tx.store);
    await tx.done;
  });
}
