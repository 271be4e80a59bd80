import "fake-indexeddb/auto";
import { IDBOpenDBRequest as FDBOpenDBRequest, forceCloseDatabase } from "fake-indexeddb";
import { type DBSchema, deleteDB, type IDBPDatabase, openDB, unwrap } from "idb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { emptyBrowser, errorNamed } from "../../test/sync/browser";
import { Connection } from "./connection";
import { StorageTrouble } from "./trouble";

interface Words extends DBSchema {
  words: { key: string; value: string };
}

let slept: number[];
let opened: number;

function makeConnection(check?: (db: IDBPDatabase<Words>) => Promise<void>): Connection<Words> {
  return new Connection<Words>({
    name: "words",
    version: 1,
    upgrade: (db) => void db.createObjectStore("words"),
    check: async (db) => {
      opened++;
      await check?.(db);
    },
    sleep: async (ms) => void slept.push(ms),
  });
}

beforeEach(() => {
  emptyBrowser();
  slept = [];
  opened = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe("withDb", () => {
  test("opens once and keeps the handle", async () => {
    const db = makeConnection();
    await db.withDb((handle) => handle.put("words", "hej", "a"));
    expect(await db.withDb((handle) => handle.get("words", "a"))).toBe("hej");
    expect(opened).toBe(1);
  });

  test.each(["InvalidStateError", "UnknownError", "AbortError"])("reopens and tries again after %s", async (name) => {
    const db = makeConnection();
    let calls = 0;
    const result = await db.withDb(async () => {
      calls++;
      if (calls < 4) throw errorNamed(name);
      return "done";
    });
    expect(result).toBe("done");
    expect(slept).toEqual([0, 200, 1_000]);
    expect(opened).toBe(4);
  });

  test("gives up after three retries and says so to whoever listens", async () => {
    const db = makeConnection();
    const told = vi.fn();
    db.onTrouble(told);
    const work = vi.fn(async () => {
      throw errorNamed("UnknownError");
    });
    await expect(db.withDb(work)).rejects.toMatchObject({ name: "StorageTrouble", code: "unavailable" });
    expect(work).toHaveBeenCalledTimes(4);
    expect(told).toHaveBeenCalledTimes(1);
  });

  test("works again once the storage does", async () => {
    const db = makeConnection();
    await expect(db.withDb(() => Promise.reject(errorNamed("UnknownError")))).rejects.toBeInstanceOf(StorageTrouble);
    expect(await db.withDb(async () => "well")).toBe("well");
  });

  test("passes the work's own error on at once", async () => {
    const db = makeConnection();
    await expect(db.withDb(() => Promise.reject(new RangeError("mine")))).rejects.toThrow(RangeError);
    expect(slept).toEqual([]);
  });

  test("a full store is told, not retried", async () => {
    const db = makeConnection();
    const told = vi.fn();
    db.onTrouble(told);
    await expect(db.withDb(() => Promise.reject(errorNamed("QuotaExceededError")))).rejects.toMatchObject({
      code: "full",
    });
    expect(slept).toEqual([]);
    expect(told).toHaveBeenCalledOnce();
  });

  test("a connection that the browser closed is replaced at the next use", async () => {
    const db = makeConnection();
    const handles: IDBPDatabase<Words>[] = [];
    await db.withDb(async (handle) => {
      handles.push(handle);
      await handle.put("words", "kvar", "a");
    });
    const [first] = handles;
    if (first === undefined) throw new Error("no handle");
    forceCloseDatabase(unwrap(first) as never);
    await vi.waitFor(async () => expect(await db.withDb((handle) => handle.get("words", "a"))).toBe("kvar"));
    expect(opened).toBe(2);
  });

  test("a handle that died without a word is replaced too", async () => {
    const db = makeConnection();
    await db.withDb(async (handle) => {
      await handle.put("words", "kvar", "a");
      handle.close();
    });
    expect(await db.withDb((handle) => handle.get("words", "a"))).toBe("kvar");
    expect(opened).toBe(2);
  });

  test("stands in nobody's way: a newer version or a deletion goes through", async () => {
    const db = makeConnection();
    await db.withDb((handle) => handle.put("words", "x", "a"));
    const newer = await openDB("words", 2);
    expect(newer.version).toBe(2);
    newer.close();
    await deleteDB("words");
  });

  test("an open that hangs is given up after five seconds, and what comes late is closed", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const hangs = vi.spyOn(indexedDB, "open").mockImplementation(() => new FDBOpenDBRequest() as never);
    const db = makeConnection();
    const result = expect(db.withDb(async () => "never")).rejects.toMatchObject({ code: "unavailable" });
    await vi.advanceTimersByTimeAsync(4 * 5_000 + 10);
    await result;
    expect(hangs).toHaveBeenCalledTimes(4);
  });

  test("work that never ends is given up", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const db = makeConnection();
    await db.withDb(async () => "open");
    const result = expect(db.withDb(() => new Promise(() => {}))).rejects.toMatchObject({ code: "unavailable" });
    for (let i = 0; i < 200; i++) await vi.advanceTimersByTimeAsync(500);
    await result;
  });

  test("a database that is not the one that was here is refused, and that is told", async () => {
    const db = makeConnection(async () => {
      throw new StorageTrouble("lost");
    });
    const told = vi.fn();
    db.onTrouble(told);
    await expect(db.withDb(async () => "used")).rejects.toMatchObject({ code: "lost" });
    expect(told).toHaveBeenCalledOnce();
  });

  test("a closed connection stays closed", async () => {
    const db = makeConnection();
    db.close();
    await expect(db.withDb(async () => "used")).rejects.toMatchObject({ code: "unavailable" });
  });
});
