/**
 * Keep one connection to a database usable although browsers drop it.
 *
 * iOS closes connections when it stops the storage process, and the handle looks well until it is used: the handle is dropped when
 * the browser says so, reopened when needed, and a failed transaction is tried again. That is safe because every write is keyed by an
 * identifier made before it.
 */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { isFull, isPassing, StorageTrouble, within } from "./trouble";

const OPEN_MS_MAX = 5_000;
const WORK_MS_MAX = 20_000;
const RETRY_AFTER_MS = [0, 200, 1_000];

export interface ConnectionOptions<S extends DBSchema> {
  readonly name: string;
  readonly version: number;
  readonly upgrade: (db: IDBPDatabase<S>, oldVersion: number) => void;
  /** Look at a freshly opened database; reject to refuse it (it is not the one that was here). */
  readonly check?: (db: IDBPDatabase<S>) => Promise<void>;
  readonly sleep?: (ms: number) => Promise<void>;
}

export class Connection<S extends DBSchema> {
  #handle: Promise<IDBPDatabase<S>> | null = null;
  #isClosed = false;
  readonly #options: ConnectionOptions<S>;
  readonly #troubled = new Set<(trouble: StorageTrouble) => void>();

  constructor(options: ConnectionOptions<S>) {
    this.#options = options;
  }

  /** Call back when the storage has given up. Returns the unsubscription. */
  onTrouble(listener: (trouble: StorageTrouble) => void): () => void {
    this.#troubled.add(listener);
    return () => this.#troubled.delete(listener);
  }

  /**
   * Do `work` with an open database; reopen and repeat it when the browser dropped the connection.
   *
   * Errors of the work itself pass through. Raises StorageTrouble when the storage has given up.
   */
  async withDb<T>(work: (db: IDBPDatabase<S>) => Promise<T>): Promise<T> {
    let last: unknown = null;
    for (const delay of [null, ...RETRY_AFTER_MS]) {
      if (delay !== null) await this.#sleep(delay);
      try {
        return await this.#attempt(work);
      } catch (error) {
        if (!isPassing(error)) throw this.#translated(error);
        last = error;
        this.drop();
      }
    }
    throw this.#report(new StorageTrouble("unavailable", last));
  }

  /** Let go of the handle; the next use opens a new one. */
  drop(): void {
    const handle = this.#handle;
    this.#handle = null;
    handle?.then((db) => db.close()).catch(() => {});
  }

  /** Let go for good. */
  close(): void {
    this.#isClosed = true;
    this.drop();
  }

  async #attempt<T>(work: (db: IDBPDatabase<S>) => Promise<T>): Promise<T> {
    const db = await this.#open();
    return await within(WORK_MS_MAX, work(db));
  }

  #open(): Promise<IDBPDatabase<S>> {
    if (this.#isClosed) return Promise.reject(new StorageTrouble("unavailable", "closed"));
    if (this.#handle === null) {
      const handle = this.#opened();
      this.#handle = handle;
      handle.catch(() => {
        if (this.#handle === handle) this.#handle = null;
      });
    }
    return this.#handle;
  }

  async #opened(): Promise<IDBPDatabase<S>> {
    const { name, version, upgrade, check } = this.#options;
    let isLate = false;
    const opening = openDB<S>(name, version, {
      upgrade: (db, oldVersion) => upgrade(db, oldVersion),
      // Another tab wants a newer version, or the store deleted: never stand in the way.
      blocking: () => this.drop(),
      terminated: () => this.drop(),
    });
    opening.then((db) => isLate && db.close()).catch(() => {});
    try {
      const db = await within(OPEN_MS_MAX, opening);
      if (check !== undefined) await within(OPEN_MS_MAX, check(db));
      return db;
    } catch (error) {
      isLate = true;
      opening.then((db) => db.close()).catch(() => {});
      throw error;
    }
  }

  #translated(error: unknown): unknown {
    if (isFull(error)) return this.#report(new StorageTrouble("full", error));
    return error instanceof StorageTrouble ? this.#report(error) : error;
  }

  #report(trouble: StorageTrouble): StorageTrouble {
    for (const listener of this.#troubled) listener(trouble);
    return trouble;
  }

  #sleep(ms: number): Promise<void> {
    return (this.#options.sleep ?? pause)(ms);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
