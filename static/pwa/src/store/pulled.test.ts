import { beforeEach, describe, expect, test } from "vitest";
import { contentsOf, emptyBrowser, errorNamed, failWrite, makeDeps, reopened } from "../../test/sync/browser";
import { acked, makeEntry, makeStored, observationRow, placeRow, record, T0, uuid } from "../../test/sync/made";
import type { PullAnswer, StoredOp } from "../domain/types";
import type { DeviceDb } from "./device";
import { readSource } from "./memory";
import { dropCursor, isGreater, parseCursor, storeRows } from "./pulled";

let db: DeviceDb;

beforeEach(() => {
  emptyBrowser();
  db = reopened(makeEntry(), makeDeps());
});

const page = (rows: PullAnswer["rows"], cursor: string, change: Partial<PullAnswer> = {}): PullAnswer => ({
  proto: 1,
  epoch: "e1",
  server_time: T0,
  safe_seq: null,
  retain_days: 14,
  rows,
  cursor,
  more: false,
  ...change,
});
const put = (op: StoredOp) => db.write(["ops"], "strict", (tx) => tx.objectStore("ops").put(op));
const places = async () => [...(await readSource(db)).rows.place.keys()];

describe("a cursor", () => {
  test("is epoch and scope, then seq; dots before the last belong to the server", () => {
    expect(parseCursor("e.1.abc.17")).toEqual({ server: "e.1.abc", seq: 17 });
    expect(parseCursor("17")).toBeNull();
    expect(parseCursor("e1.s.x")).toBeNull();
  });

  test.each([
    ["e1.s.5", null, true],
    ["e1.s.6", "e1.s.5", true],
    ["e1.s.5", "e1.s.5", false],
    ["e1.s.4", "e1.s.5", false],
    ["e2.s.6", "e1.s.5", false],
    ["e1.t.6", "e1.s.5", false],
    ["nonsense", null, false],
  ])("%s after %s leads on: %s", (next, known, leads) => {
    expect(isGreater(next, known)).toBe(leads);
  });
});

describe("storeRows", () => {
  test("applies rows and cursor together, or neither", async () => {
    const before = await contentsOf(db);
    for (let write = 1; ; write++) {
      const fault = failWrite(write, errorNamed("DataError"));
      const outcome = await storeRows(db, null, page([placeRow(1), placeRow(2)], "e1.s.2")).catch((e: Error) => e.name);
      fault.stop();
      if (fault.tried() < write) break;
      expect(outcome, `write ${write}`).toBe("DataError");
      expect(await contentsOf(db), `write ${write}`).toEqual(before);
    }
    expect(await places()).toEqual([uuid(1), uuid(2)]);
  });

  test("ignores an answer that does not lead on", async () => {
    await storeRows(db, null, page([placeRow(1)], "e1.s.9"));
    expect(await storeRows(db, "e1.s.9", page([{ ...placeRow(1), gone: true }], "e1.s.9"))).toBe(false);
    expect(await storeRows(db, null, page([{ ...placeRow(1), gone: true }], "e1.s.10"))).toBe(false);
    expect(await storeRows(db, "e1.s.9", page([{ ...placeRow(1), gone: true }], "e2.s.10", { epoch: "e2" }))).toBe(
      false,
    );
    expect(await places()).toEqual([uuid(1)]);
  });

  test("takes away what is gone", async () => {
    await storeRows(db, null, page([placeRow(1), placeRow(2)], "e1.s.2"));
    await storeRows(db, "e1.s.2", page([{ seq: 3, kind: "place", id: uuid(1), gone: true }], "e1.s.3"));
    expect(await places()).toEqual([uuid(2)]);
  });

  test("a pull that begins anew sweeps, at its last page, what did not come again", async () => {
    await storeRows(db, null, page([placeRow(1), placeRow(2), placeRow(3)], "e1.s.3"));
    await dropCursor(db);
    await storeRows(db, null, page([placeRow(2)], "e1.t.2", { more: true }));
    expect(await places()).toEqual([uuid(1), uuid(2), uuid(3)]);
    await storeRows(db, "e1.t.2", page([placeRow(4)], "e1.t.4"));
    expect(await places()).toEqual([uuid(2), uuid(4)]);
  });

  test("an operation that was released is applied from then on", async () => {
    await put(makeStored(1, record(7), acked(5, { st: "held", why: "waits_for" })));
    const body = { op: uuid(0x1001), state: "released" as const, why: null, reason: null };
    await storeRows(db, null, page([{ seq: 9, kind: "op", id: uuid(0x1001), body }], "e1.s.9"));
    expect((await readSource(db)).ops).toMatchObject([{ st: "ok", seq: 9, why: null }]);
  });

  test("what left the scope shows no more, and shows again if it comes back", async () => {
    await put(makeStored(1, record(7), acked(5)));
    await storeRows(db, null, page([{ seq: 6, kind: "observation", id: uuid(7), gone: true }], "e1.s.6"));
    expect((await readSource(db)).ops).toMatchObject([{ is_gone: true }]);
    await storeRows(db, "e1.s.6", page([observationRow(7, 7)], "e1.s.7"));
    expect((await readSource(db)).ops).toMatchObject([{ is_gone: false }]);
  });

  test("what left the scope is still sent when it was not", async () => {
    await put(makeStored(1, record(7)));
    await storeRows(db, null, page([{ seq: 6, kind: "observation", id: uuid(7), gone: true }], "e1.s.6"));
    expect((await readSource(db)).ops).toMatchObject([{ is_gone: false, state: "ready" }]);
  });

  test("keeps rows of a kind it does not know from harming the picture", async () => {
    const strange = { seq: 1, kind: "weather", id: uuid(1), body: {} } as never;
    await storeRows(db, null, page([strange, placeRow(2)], "e1.s.2"));
    expect(await places()).toEqual([uuid(2)]);
  });
});
