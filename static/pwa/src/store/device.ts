/** One user's database on this phone, opened once per page and shared by the screens and the sync driver. */

import type { IDBPDatabase } from "idb";
import { deleteDB } from "idb";
import type { Clock, Random } from "../domain/clock";
import { UUID_RANDOM_BYTES, uuidv7 } from "../domain/ids";
import type { DeviceEntry, Uuid } from "../domain/types";
import { Changes } from "./changes";
import { Connection } from "./connection";
import { hasMirror, removeMirror, writeMirror } from "./mirror";
import {
  DEVICE_DB_VERSION,
  type DeviceSchema,
  type MetaValues,
  type ReadTransaction,
  type StoreName,
  upgradeDevice,
  type WriteTransaction,
} from "./schema";
import { systemClock, systemRandom } from "./system";
import { StorageTrouble } from "./trouble";

export interface DeviceDeps {
  readonly clock: Clock;
  readonly random: Random;
}

const SYSTEM: DeviceDeps = { clock: systemClock, random: systemRandom };

export class DeviceDb {
  readonly changes: Changes;
  readonly connection: Connection<DeviceSchema>;
  /** True once the identity was seen in the database: from then on an empty one is a lost one. */
  #isKnown: boolean;

  constructor(
    readonly entry: DeviceEntry,
    readonly deps: DeviceDeps = SYSTEM,
  ) {
    this.#isKnown = hasMirror(entry);
    this.changes = new Changes(entry.device);
    this.connection = new Connection({
      name: databaseName(entry.device),
      version: DEVICE_DB_VERSION,
      upgrade: upgradeDevice,
      check: (db) => this.#checkIdentity(db),
    });
  }

  get device(): Uuid {
    return this.entry.device;
  }

  newId(): Uuid {
    return uuidv7(this.deps.clock.wall(), this.deps.random.bytes(UUID_RANDOM_BYTES));
  }

  /** Read in one transaction. `work` awaits nothing but the database. */
  read<T>(stores: readonly StoreName[], work: (tx: ReadTransaction) => Promise<T>): Promise<T> {
    return this.connection.withDb(async (db) => {
      const tx = db.transaction([...stores], "readonly");
      tx.done.catch(() => {});
      return await work(tx);
    });
  }

  /** Write in one transaction, all or nothing; resolves when it is complete. May be done again: key by what was made before. */
  write<T>(
    stores: readonly StoreName[],
    durability: "strict" | "relaxed",
    work: (tx: WriteTransaction) => Promise<T>,
  ): Promise<T> {
    let commits = 0;
    let isAnswered = false;
    const answer = this.connection.withDb(async (db) => {
      const tx = db.transaction([...stores], "readwrite", { durability });
      tx.done.catch(() => {});
      let result: T;
      try {
        result = await work(tx);
      } catch (error) {
        abort(tx);
        throw tx.error ?? error;
      }
      await tx.done;
      commits += 1;
      // A try that was given up for silent has committed all the same: nobody told of what it wrote.
      if (isAnswered || commits > 1) this.changes.tell({ topics: ["picture", "recording"], isAll: true });
      return result;
    });
    const answered = () => {
      isAnswered = true;
    };
    answer.then(answered, answered);
    return answer;
  }

  close(): void {
    this.connection.close();
    this.changes.close();
    opened.delete(this.device);
  }

  /** Delete everything of this user from this phone. */
  async wipe(): Promise<void> {
    this.close();
    removeMirror(this.device);
    await deleteDB(databaseName(this.device));
  }

  async #checkIdentity(db: IDBPDatabase<DeviceSchema>): Promise<void> {
    const reading = db.transaction("meta");
    reading.done.catch(() => {});
    const identity = (await reading.store.get("identity")) as MetaValues["identity"] | undefined;
    const { device, db_id } = this.entry;
    if (identity === undefined) {
      if (this.#isKnown) {
        // Opening has made a new, empty database in its place: away with it, so that the loss stays plain to see.
        void deleteDB(db.name).catch(() => {});
        throw new StorageTrouble("lost");
      }
      const tx = db.transaction("meta", "readwrite", { durability: "strict" });
      await Promise.all([tx.store.put({ device, db_id }, "identity"), tx.done]);
    } else if (identity.db_id !== db_id) {
      throw new StorageTrouble("lost");
    }
    this.#isKnown = true;
    writeMirror(this.entry);
  }
}

const opened = new Map<Uuid, DeviceDb>();

/** The database of a device, one per page. */
export function deviceDb(entry: DeviceEntry, deps?: DeviceDeps): DeviceDb {
  const known = opened.get(entry.device);
  if (known !== undefined) return known;
  const db = new DeviceDb(entry, deps);
  opened.set(entry.device, db);
  return db;
}

export function databaseName(device: Uuid): string {
  return `rond-${device}`;
}

function abort(tx: WriteTransaction): void {
  try {
    tx.abort();
  } catch {
    // It has come to its end by itself, with the error that is being passed on.
  }
}
