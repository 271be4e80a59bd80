/**
 * What a page finds around it, in the scheduler's hand: its tasks, its timers, its storage. Nothing here runs by itself.
 *
 * Between two decisions of the scheduler every task has been run and nothing is on its way, so that the next decision meets the same
 * world each time a seed is played.
 */

import "fake-indexeddb/auto";
import { createHash } from "node:crypto";
import { IDBFactory } from "fake-indexeddb";

type Task = () => void;

/** A timer of a page, by the scheduler's clock. */
export interface Timer {
  readonly at: number;
  readonly owner: number;
  readonly call: () => void;
}

interface RawTransaction {
  _state: string;
  readonly _rollbackLog: (() => void)[];
}
interface RawDatabase {
  readonly name: string;
  transactions: RawTransaction[];
  connections: unknown[];
}
interface RawFactory {
  _databases: Map<string, RawDatabase>;
}

const realSetImmediate = globalThis.setImmediate;
const tasks: Task[] = [];
let timers: Timer[] = [];
/** The scheduler's time, and the phone that is acting. */
const world = { now: 0, acting: 0 };

/** Put everything in place, once per process. */
export function takeOver(): void {
  const page: Record<string, unknown> = {
    setImmediate: (task: Task) => void tasks.push(task),
    setTimeout: (call: () => void, delay = 0) => later(delay, call),
    clearTimeout: (timer: Timer | undefined) => cancel(timer),
    localStorage: memoryStorage(),
    // The transport packs by these where there are any; the network of the simulation packs by itself, at once.
    CompressionStream: undefined,
    BroadcastChannel: undefined,
  };
  for (const [name, value] of Object.entries(page)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  Object.defineProperty(globalThis.crypto.subtle, "digest", { value: digestAtOnce });
}

/** As after a first visit: no database, no note beside it, nothing to be done. */
export function emptyPages(): void {
  tasks.length = 0;
  timers = [];
  globalThis.indexedDB = new IDBFactory();
  localStorage.clear();
}

/** Whose tasks and timers come next. */
export function actAs(phone: number): void {
  world.acting = phone;
}

export function timeIs(now: number): void {
  world.now = now;
}

/** Call back after so long; by whom is who acts now. */
export function later(delay: number, call: () => void): Timer {
  const timer = { at: world.now + Math.max(0, delay), owner: world.acting, call };
  timers.push(timer);
  return timer;
}

export function cancel(timer: Timer | undefined): void {
  timers = timers.filter((known) => known !== timer);
}

/** The timer that comes next, the one set first where two come at once. */
export function nextTimer(): Timer | undefined {
  return timers.reduce<Timer | undefined>(
    (next, timer) => (next === undefined || timer.at < next.at ? timer : next),
    undefined,
  );
}

/**
 * Run what is to be run until nothing is left, or until `limit` tasks have been. Returns whether nothing is left.
 *
 * `atLimit` is called when the limit is reached, before anything that hangs on the last task can go on.
 */
export async function settle(limit = Number.POSITIVE_INFINITY, atLimit: () => void = () => {}): Promise<boolean> {
  await breathe();
  for (let count = 1; tasks.length > 0; count++) {
    tasks.shift()?.();
    if (count >= limit) {
      atLimit();
      await breathe();
      return false;
    }
    await breathe();
  }
  return true;
}

/** Let everything go on that waits for a promise. */
function breathe(): Promise<void> {
  return new Promise((resolve) => void realSetImmediate(resolve));
}

/**
 * The pages of a phone are gone at once: what they had begun is rolled back, what they were about to do is not done.
 *
 * Only one phone can have anything on its way, the one that acts.
 */
export function killPages(phone: number, databases: ReadonlySet<string>): void {
  tasks.length = 0;
  timers = timers.filter((timer) => timer.owner !== phone);
  const before = (globalThis.indexedDB as unknown as RawFactory)._databases;
  for (const database of before.values()) {
    if (databases.has(database.name)) rollBack(database);
  }
  // Whoever waited to open a database waits no more.
  const factory = new IDBFactory();
  (factory as unknown as RawFactory)._databases = before;
  globalThis.indexedDB = factory;
}

function rollBack(database: RawDatabase): void {
  for (const transaction of database.transactions) {
    if (transaction._state === "finished") continue;
    for (const undo of transaction._rollbackLog.reverse()) undo();
    transaction._state = "finished";
  }
  database.transactions = [];
  database.connections = [];
}

function memoryStorage(): Pick<Storage, "getItem" | "setItem" | "removeItem" | "clear"> {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    clear: () => values.clear(),
  };
}

/** Hash at once: a digest on another thread would come at a time of its own. */
async function digestAtOnce(_algorithm: unknown, bytes: BufferSource): Promise<ArrayBuffer> {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  return Uint8Array.from(createHash("sha256").update(view).digest()).buffer;
}
