import { beforeEach, describe, expect, test } from "vitest";
import { contentsOf, emptyBrowser, errorNamed, failWrite, makeDeps, reopened } from "../../test/sync/browser";
import { makeEntry, makePhoto, observationRow, record, T0, USER, uuid } from "../../test/sync/made";
import { checkPlace } from "../domain/observation";
import { CHUNK_BYTES } from "../domain/photo";
import type { DeviceEntry, NewPhoto, PhotoRef } from "../domain/types";
import type { DeviceDb } from "./device";
import { amendRecord, HOLD_MS, PhotoMissing, release, releaseDue, saveRecord } from "./operations";
import { openStore } from "./phone";
import { readPhoto } from "./photos";
import { openSyncStore } from "./sync_store";

let entry: DeviceEntry;
let deps: ReturnType<typeof makeDeps>;
let db: DeviceDb;

beforeEach(() => {
  emptyBrowser();
  entry = makeEntry();
  deps = makeDeps();
  db = reopened(entry, deps);
});

const ref = (photo: NewPhoto, slot: 1 | 2 | 3 = 1): PhotoRef => ({ id: uuid(0xf0 + slot), slot, sha256: photo.sha256 });
const ops = async () => (await db.read(["ops"], (tx) => tx.objectStore("ops").getAll())).sort((a, b) => a.n - b.n);

describe("saveRecord", () => {
  test("stamps, signs and numbers what the host did", async () => {
    const op = await saveRecord(db, record(7, { note: "glas" }));
    expect(op).toMatchObject({
      n: 1,
      by: USER,
      at: T0,
      mono: 1_000,
      tz: 120,
      v: 1,
      entity: uuid(7),
      base: null,
      blobs: [],
    });
    expect(op.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("counts without a gap, also over a restart of the page", async () => {
    await saveRecord(db, record(1));
    await saveRecord(db, record(2));
    db = reopened(entry, deps);
    expect((await saveRecord(db, record(3))).n).toBe(3);
  });

  test("counts without a gap when many are saved at once", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => saveRecord(db, record(i + 1))));
    expect((await ops()).map((op) => op.n)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test("keeps a photo's bytes in pieces beside the record", async () => {
    const photo = makePhoto(1, CHUNK_BYTES * 2 + 17);
    const op = await saveRecord(db, record(7, { photos: [ref(photo)] }), [photo]);
    expect(op.blobs).toEqual([{ sha256: photo.sha256, size: photo.size, mime: "image/jpeg" }]);
    db = reopened(entry, deps);
    const bytes = await readPhoto(db, photo.sha256);
    expect(new Uint8Array(bytes ?? new ArrayBuffer(0))).toEqual(new Uint8Array(photo.bytes));
    expect((await contentsOf(db)).chunks).toHaveLength(3);
  });

  test("the same photo twice is one photo", async () => {
    const photo = makePhoto(1);
    await saveRecord(db, record(7, { photos: [ref(photo)] }), [photo]);
    await saveRecord(db, record(8, { photos: [ref(photo)] }), [photo]);
    expect((await contentsOf(db)).photos).toHaveLength(1);
  });

  test("refuses to name a photo whose bytes are nowhere, and then nothing is saved", async () => {
    await expect(saveRecord(db, record(7, { photos: [ref(makePhoto(1))] }))).rejects.toThrow(PhotoMissing);
    expect(await ops()).toEqual([]);
    expect((await saveRecord(db, record(8))).n).toBe(1);
  });

  test("takes the draft away in the same transaction", async () => {
    const store = await openStore(entry, deps);
    const draft = uuid(0x99);
    const values = {
      entity: uuid(7),
      kind: "damage",
      round: null,
      step: "camera",
      set: {},
      photos: [],
      saved_at: T0,
    } as const;
    await store.saveDraft({ id: draft, ...values });
    expect(await store.drafts()).toHaveLength(1);
    await store.saveRecord(record(7), [], { draft });
    expect(await store.drafts()).toEqual([]);
  });

  test("fails whole at every single write: nothing is left and no number is spent", async () => {
    const photo = makePhoto(1, CHUNK_BYTES + 5);
    const command = record(7, { photos: [ref(photo)] });
    await db.read(["ops"], async () => {});
    const before = await contentsOf(db);
    for (let write = 1; ; write++) {
      const fault = failWrite(write, errorNamed("DataError"));
      const outcome = await saveRecord(db, command, [photo]).catch((error: Error) => error.name);
      fault.stop();
      if (fault.tried() < write) break;
      expect(outcome, `write ${write}`).toBe("DataError");
      expect(await contentsOf(db), `write ${write}`).toEqual(before);
      expect(write).toBeLessThan(50);
    }
    expect((await ops()).map((op) => op.n)).toEqual([1]);
  });

  test("is done once when the browser drops the connection at any single write", async () => {
    const photo = makePhoto(1, CHUNK_BYTES + 5);
    for (let write = 1; write <= 5; write++) {
      const fault = failWrite(write, errorNamed("UnknownError"));
      await saveRecord(db, record(write, { photos: [ref(photo)] }), [photo]);
      fault.stop();
    }
    expect((await ops()).map((op) => op.n)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("what is kept back", () => {
  const sendable = async () => (await openSyncStore(entry, deps).outbox()).ops.length;

  test("is not sent before its editor closes", async () => {
    await saveRecord(db, record(7), [], { isOpen: true });
    expect(await sendable()).toBe(0);
    await release(db, uuid(7));
    expect(await sendable()).toBe(1);
  });

  test("is sent after two minutes all the same, also when the page has been away", async () => {
    await saveRecord(db, record(7), [], { isOpen: true });
    deps.clock.advance(HOLD_MS - 1);
    expect(await releaseDue(db, deps.clock.wall())).toBe(false);
    deps.clock.advance(1);
    db = reopened(entry, deps);
    expect(await releaseDue(db, deps.clock.wall())).toBe(true);
    expect(await sendable()).toBe(1);
  });

  test("is not kept for ever by a clock that is set back", async () => {
    await saveRecord(db, record(7), [], { isOpen: true });
    deps.clock.advance(-3_600_000);
    expect(await releaseDue(db, deps.clock.wall())).toBe(true);
  });

  test("is kept when it was saved while the store was slow to answer", async () => {
    const asked_at = deps.clock.wall();
    deps.clock.advance(20_000);
    await saveRecord(db, record(7), [], { isOpen: true });
    expect(await releaseDue(db, asked_at)).toBe(false);
  });

  test("another record is not let go with it", async () => {
    await saveRecord(db, record(7), [], { isOpen: true });
    await saveRecord(db, record(8), [], { isOpen: true });
    await release(db, uuid(7));
    expect(await sendable()).toBe(1);
  });
});

describe("amendRecord", () => {
  test("replaces an operation that has never been offered: new id, same number, time of the first tap", async () => {
    const first = await saveRecord(db, record(7, { note: "ett" }), [], { isOpen: true });
    deps.clock.advance(5_000);
    const second = await amendRecord(db, uuid(7), { note: "två", severity: 4 });
    expect(second).toMatchObject({ n: first.n, at: first.at, type: "observation.record" });
    expect(second.id).not.toBe(first.id);
    const [only, ...others] = await ops();
    expect(others).toEqual([]);
    expect(only?.op.data).toMatchObject({ note: "två", severity: 4, category: "SK01" });
    expect(only?.hold_until).toBe(T0 + 5_000 + HOLD_MS);
  });

  test("adds a photo to an operation that is still open, bytes and all", async () => {
    const [one, two] = [makePhoto(1), makePhoto(2)];
    await saveRecord(db, record(7, { photos: [ref(one, 1)] }), [one], { isOpen: true });
    const op = await amendRecord(db, uuid(7), { photos: [ref(two, 2)] }, [two]);
    expect(op.blobs.map((blob) => blob.sha256)).toEqual([one.sha256, two.sha256]);
  });

  test("corrects what has been let go, from the revision the host saw", async () => {
    await saveRecord(db, record(7));
    await db.write(["rows"], "strict", (tx) =>
      tx.objectStore("rows").put({ ...observationRow(7, 5, { rev: 3 }), generation: 0, received_at: T0 }),
    );
    const op = await amendRecord(db, uuid(7), { severity: 1 });
    expect(op).toMatchObject({ type: "observation.correct", n: 2, base: 3, data: { set: { severity: 1 } } });
  });

  test("a correction that is still open takes further changes in", async () => {
    await saveRecord(db, record(7));
    await amendRecord(db, uuid(7), { severity: 1, note: "a" });
    const op = await amendRecord(db, uuid(7), { note: "b" });
    expect(op).toMatchObject({ n: 2, data: { set: { severity: 1, note: "b" } } });
    expect(await ops()).toHaveLength(2);
  });

  test("a calm check is corrected, never replaced", async () => {
    const check = checkPlace(uuid(7), { round: null, place: uuid(3), position: null, how: "tap" });
    await saveRecord(db, check, [], { isOpen: true });
    expect((await amendRecord(db, uuid(7), { note: "lugnt" })).type).toBe("observation.correct");
  });

  test("fails whole at every single write: the old operation is untouched", async () => {
    const photo = makePhoto(1);
    await saveRecord(db, record(7), [], { isOpen: true });
    const before = await contentsOf(db);
    for (let write = 1; ; write++) {
      const fault = failWrite(write, errorNamed("DataError"));
      const outcome = await amendRecord(db, uuid(7), { photos: [ref(photo)] }, [photo]).catch(
        (error: Error) => error.name,
      );
      fault.stop();
      if (fault.tried() < write) break;
      expect(outcome, `write ${write}`).toBe("DataError");
      expect(await contentsOf(db), `write ${write}`).toEqual(before);
    }
    expect((await ops()).map((op) => op.n)).toEqual([1]);
  });
});
