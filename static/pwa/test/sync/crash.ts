/**
 * Stop the page, or have the browser drop the connection, at any step that goes to IndexedDB.
 *
 * Steps: opening, beginning a transaction, issuing a request, its success, the commit. What browsers do then is done here: what was not
 * committed is rolled back and pending requests fail with AbortError; a page that lives may be told so of a transaction that was
 * committed all the same; a dead page opens and begins nothing more.
 */

import "fake-indexeddb/auto";
import { forceCloseDatabase } from "fake-indexeddb";
import { wrap } from "idb";

export type Mode = "the page dies" | "the connection is dropped";

const REQUESTS = ["get", "getKey", "getAll", "getAllKeys", "count", "put", "add", "delete", "clear", "openCursor"];
// biome-ignore lint/suspicious/noExplicitAny: the simulated browser's own insides have no types
type Inside = any;

/** The page has been stopped here. */
export class PageDied extends Error {
  override readonly name = "PageDied";
}

export class Crash {
  /** What has been done so far. */
  readonly steps: string[] = [];
  hasStruck = false;
  readonly #restore: (() => void)[] = [];

  constructor(
    readonly at: number,
    readonly mode: Mode,
  ) {
    this.#wrap(IDBFactory.prototype, "open", (call) => this.#open(call));
    this.#wrap(IDBDatabase.prototype, "transaction", (call, db, mode) => this.#begin(call, db, mode));
    for (const owner of [IDBObjectStore.prototype, IDBIndex.prototype]) {
      for (const name of REQUESTS) if (name in owner) this.#wrap(owner, name, (call, on) => this.#ask(name, call, on));
    }
  }

  /** Let everything be as it was. */
  disarm(): void {
    for (const restore of this.#restore) restore();
  }

  get #isDead(): boolean {
    return this.hasStruck && this.mode === "the page dies";
  }

  #wrap(owner: Inside, name: string, around: (call: () => Inside, on: Inside, mode: unknown) => Inside): void {
    const real = owner[name];
    owner[name] = function (this: Inside, ...args: unknown[]) {
      return around(() => Reflect.apply(real, this, args), this, args[1]);
    };
    this.#restore.push(() => {
      owner[name] = real;
    });
  }

  /** Count a step; true where it strikes. */
  #strikes(step: string): boolean {
    if (this.hasStruck) return false;
    this.steps.push(step);
    this.hasStruck = this.steps.length - 1 === this.at;
    return this.hasStruck;
  }

  #open(call: () => Inside): Inside {
    const isHere = this.#strikes("open");
    if (this.#isDead) throw new PageDied();
    if (isHere) throw new DOMException("", "UnknownError");
    return call();
  }

  #begin(call: () => Inside, db: Inside, mode: unknown): Inside {
    if (mode === "versionchange") return this.#upgrade(call);
    const isHere = this.#strikes("begin");
    if (this.#isDead) throw new PageDied();
    if (isHere) forceCloseDatabase(db);
    const tx = call();
    tx.addEventListener("complete", (event: Inside) => this.#committed(tx, event));
    return tx;
  }

  /** The browser itself begins this one, between the question for a database and the answer. */
  #upgrade(call: () => Inside): Inside {
    const isHere = this.#strikes("upgrade");
    const tx = call();
    // idb keeps a promise of its end that nobody asks for.
    (wrap(tx) as Inside).done.catch(() => {});
    if (isHere) setImmediate(() => drop(tx));
    tx.addEventListener("complete", () => {
      if (this.#strikes("upgraded")) forceCloseDatabase(tx.db);
    });
    return tx;
  }

  #ask(name: string, call: () => Inside, on: Inside): Inside {
    const tx = on.transaction ?? on.objectStore.transaction;
    const isHere = this.#strikes(name);
    const request = call();
    // A browser tells of it between two tasks of the page, and before it commits.
    if (isHere) setImmediate(() => drop(tx));
    request.addEventListener("success", () => this.#strikes(`${name} done`) && setImmediate(() => drop(tx)));
    return request;
  }

  #committed(tx: Inside, event: Inside): void {
    if (!this.#strikes("committed") || this.#isDead) return;
    event.stopImmediatePropagation();
    tx.error = new DOMException("", "AbortError");
    const aborted = new event.constructor("abort", { bubbles: true });
    aborted.eventPath = [tx.db];
    tx.dispatchEvent(aborted);
    forceCloseDatabase(tx.db);
  }
}

function drop(tx: Inside): void {
  if (tx._state !== "finished") tx._abort("AbortError");
  forceCloseDatabase(tx.db);
}
