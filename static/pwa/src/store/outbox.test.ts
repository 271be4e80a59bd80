import { beforeEach, describe, expect, test } from "vitest";
import { contentsOf, emptyBrowser, errorNamed, failWrite, makeDeps, reopened } from "../../test/sync/browser";
import { makeEntry, makePhoto, placeRow, record, T0, uuid } from "../../test/sync/made";
import type { Ack, DeviceEntry, Draft, PushAnswer, Uuid } from "../domain/types";
import { clean } from "./cleaning";
import type { DeviceDb } from "./device";
import { readSource } from "./memory";
import { saveRecord } from "./operations";
import { storeAcks, storeAudit } from "./outbox";
import { openStore } from "./phone";
import { readPhoto } from "./photos";
import { openSyncStore, type SyncStore } from "./sync_store";

const DAY = 24 * 3600 * 1000;
let entry: DeviceEntry;
let db: DeviceDb;
let store: SyncStore;
let deps: ReturnType<typeof makeDeps>;

beforeEach(() => {
  emptyBrowser();
  entry = makeEntry();
  deps = makeDeps();
  db = reopened(entry, deps);
  store = openSyncStore(entry, deps);
});

const answer = (acks: readonly Ack[], change: Partial<PushAnswer> = {}): PushAnswer => ({
  proto: 1,
  epoch: "e1",
  server_time: T0,
  safe_seq: null,
  retain_days: 14,
  acks,
  want: [],
  ...change,
});
const ok = (id: Uuid, seq = 1): Ack => ({ id, st: "ok", seq, rev: 1 });
const photo = makePhoto(1);
const saveWithPhoto = (entity: number) => {
  const photos = [{ id: uuid(0xf1), slot: 1 as const, sha256: photo.sha256 }];
  return saveRecord(db, record(entity, { photos }), [photo]);
};
const states = async () => (await readSource(db)).ops.map((op) => op.state);

describe("the outbox", () => {
  test("counts everything unsent and shows the next of it", async () => {
    for (let i = 1; i <= 3; i++) await saveRecord(db, record(i));
    await saveRecord(db, record(4), [], { isOpen: true });
    expect(await store.outbox()).toMatchObject({ unsent: 4, oldest: T0, next_release_at: T0 + 120_000 });
    expect((await store.outbox()).ops).toHaveLength(3);
  });

  test("does not count a draft's photos", async () => {
    const { sha256, size, mime } = photo;
    const ref = { id: uuid(0xf1), slot: 1 as const, sha256, size, mime };
    const draft = {
      id: uuid(9),
      entity: uuid(1),
      kind: "damage",
      round: null,
      step: "x",
      set: {},
      photos: [ref],
      saved_at: T0,
    };
    const screens = await openStore(entry, deps);
    await screens.saveDraft(draft as Draft, [photo]);
    expect((await store.outbox()).photos_kept).toBe(0);
    await saveRecord(db, record(1, { photos: [{ id: uuid(0xf1), slot: 1, sha256 }] }));
    expect((await store.outbox()).photos_kept).toBe(1);
  });
});

describe("acknowledgements", () => {
  test("count by id, whatever their order; what is not named stays", async () => {
    const ops = [await saveRecord(db, record(1)), await saveRecord(db, record(2)), await saveRecord(db, record(3))];
    await storeAcks(db, answer([ok(ops[2]?.id ?? "", 5), ok(ops[0]?.id ?? "", 4)]));
    expect(await states()).toEqual(["acked", "ready", "acked"]);
    expect((await store.outbox()).ops.map((op) => op.id)).toEqual([ops[1]?.id]);
  });

  test("are all durable or none is", async () => {
    const ops = [await saveRecord(db, record(1)), await saveWithPhoto(2)];
    const before = await contentsOf(db);
    const acks = answer(ops.map((op) => ok(op.id)));
    for (let write = 1; ; write++) {
      const fault = failWrite(write, errorNamed("DataError"));
      const outcome = await storeAcks(db, acks).catch((error: Error) => error.name);
      fault.stop();
      if (fault.tried() < write) break;
      expect(outcome, `write ${write}`).toBe("DataError");
      expect(await contentsOf(db), `write ${write}`).toEqual(before);
    }
    expect(await states()).toEqual(["acked", "acked"]);
  });

  test("of what is not here, or twice, change nothing", async () => {
    const op = await saveRecord(db, record(1));
    await storeAcks(db, answer([ok(op.id, 4), ok(uuid(0x999), 5)]));
    await storeAcks(db, answer([{ id: op.id, st: "held", seq: 9, why: "forbidden" }]));
    expect((await readSource(db)).ops).toMatchObject([{ st: "ok", seq: 4 }]);
  });

  test("let the photos of an operation go, and not before", async () => {
    const op = await saveWithPhoto(1);
    expect(await store.outbox()).toMatchObject({ photos: [], photos_kept: 1 });
    await storeAcks(db, answer([{ id: op.id, st: "held", seq: 4, why: "waits_for" }]));
    expect(await store.outbox()).toMatchObject({ photos: [{ sha256: photo.sha256 }], photos_kept: 0 });
    await store.storePhotoDone(photo.sha256);
    expect((await store.outbox()).photos).toEqual([]);
  });

  test("of another epoch than the one here put everything back first", async () => {
    const [one, two] = [await saveRecord(db, record(1)), await saveRecord(db, record(2))];
    await storeAcks(db, answer([ok(one.id, 4)]));
    await storeAcks(db, answer([ok(two.id, 2)], { epoch: "e2" }));
    expect(await states()).toEqual(["ready", "acked"]);
    expect(await store.outbox()).toMatchObject({ epoch: "e2", cursor: null });
  });

  test("that call an id another's send the act again under a new one, once", async () => {
    const op = await saveRecord(db, record(1));
    await storeAcks(db, answer([{ id: op.id, st: "mismatch" }]));
    const [anew] = await store.operations((await store.outbox()).ops.map(({ id }) => id));
    expect(anew).toMatchObject({ entity: op.entity, data: op.data, n: 2 });
    expect(anew?.id).not.toBe(op.id);
    await storeAcks(db, answer([{ id: anew?.id ?? "", st: "mismatch" }]));
    expect((await store.outbox()).ops).toEqual([{ id: anew?.id, size: expect.any(Number), is_free: true }]);
    expect((await readSource(db)).ops).toMatchObject([{ refused: "mismatch" }]);
  });
});

test("a restart puts everything back, once for each epoch", async () => {
  const op = await saveWithPhoto(1);
  await storeAcks(db, answer([ok(op.id, 4)]));
  await store.storePhotoDone(photo.sha256);
  await store.storeRows(null, { ...answer([]), rows: [placeRow(1)], cursor: "e1.s.4", more: false });
  await store.restart("e2");
  expect(await store.outbox()).toMatchObject({
    epoch: "e2",
    cursor: null,
    unsent: 1,
    photos: [{ sha256: photo.sha256 }],
  });
  await storeAcks(db, answer([ok(op.id, 2)], { epoch: "e2" }));
  await store.restart("e2");
  expect((await store.outbox()).unsent).toBe(0);
});

describe("the audit", () => {
  test("puts back what the server lacks although it was acknowledged", async () => {
    const ops = [await saveRecord(db, record(1)), await saveWithPhoto(2), await saveRecord(db, record(3))];
    await storeAcks(db, answer(ops.map((op, i) => ok(op.id, i + 1))));
    await store.storePhotoDone(photo.sha256);
    expect(await storeAudit(db, { max_n: 2, missing: [1], photos_missing: [photo.sha256] })).toBe(3);
    expect(await states()).toEqual(["ready", "acked", "ready"]);
    expect((await store.outbox()).photos).toHaveLength(1);
  });

  test("changes nothing when all is there, nor what has never been sent", async () => {
    const op = await saveRecord(db, record(1));
    await saveRecord(db, record(2), [], { isOpen: true });
    await storeAcks(db, answer([ok(op.id)]));
    expect(await storeAudit(db, { max_n: 1, missing: [2], photos_missing: [] })).toBe(0);
    expect(await states()).toEqual(["acked", "open"]);
  });
});

test("a refused operation stays in the outbox with the reason", async () => {
  const op = await saveRecord(db, record(1));
  await store.refuse(op.id, "http_500");
  expect((await readSource(db)).ops).toMatchObject([{ state: "ready", refused: "http_500" }]);
  expect((await store.outbox()).ops).toHaveLength(1);
});

describe("cleaning", () => {
  const photoRow = (seq: number) => ({
    seq,
    kind: "photo" as const,
    id: uuid(0xf1),
    body: { observation: uuid(1), slot: 1 as const, sha256: photo.sha256, state: "clean" as const },
  });
  const pulled = (cursor: string | null, next: string, server_time: number, safe_seq: number) =>
    store.storeRows(cursor, {
      ...answer([], { server_time, safe_seq }),
      rows: [photoRow(6)],
      cursor: next,
      more: false,
    });

  test("removes record, row and photo when their own seqs are covered and a day has passed", async () => {
    const op = await saveWithPhoto(1);
    await storeAcks(db, answer([ok(op.id, 4)]));
    await store.storePhotoDone(photo.sha256);
    await pulled(null, "e1.s.6", T0, 4);
    expect(await clean(db)).toBe(0);
    await pulled("e1.s.6", "e1.s.7", T0 + DAY, 4);
    expect(await clean(db)).toBe(1);
    expect(await readPhoto(db, photo.sha256)).not.toBeNull();
    await pulled("e1.s.7", "e1.s.8", T0 + DAY, 6);
    expect(await clean(db)).toBe(1);
    expect(await readPhoto(db, photo.sha256)).toBeNull();
    expect((await contentsOf(db)).chunks).toEqual([]);
  });

  test("after a restore removes nothing by what the store before had said", async () => {
    const op = await saveWithPhoto(1);
    await storeAcks(db, answer([ok(op.id, 4)]));
    await store.storePhotoDone(photo.sha256);
    await pulled(null, "e1.s.6", T0, 4);
    await store.restart("e2");
    expect(await store.outbox()).toMatchObject({ epoch: "e2", cursor: null, unsent: 1 });
    expect((await store.outbox()).photos).toHaveLength(1);
    // Push works and pull does not: the row says "clean" with a seq of the other epoch.
    const anew = { epoch: "e2", safe_seq: 9 };
    await storeAcks(db, answer([ok(op.id, 7)], { ...anew, server_time: T0 }));
    await store.storePhotoDone(photo.sha256);
    await storeAcks(db, answer([], { ...anew, server_time: T0 + 2 * DAY }));
    expect(await clean(db)).toBe(1);
    expect(await readPhoto(db, photo.sha256)).not.toBeNull();
    const page = { ...answer([], { ...anew, server_time: T0 + 2 * DAY }), cursor: "e2.s.8", more: false };
    await store.storeRows(null, { ...page, rows: [photoRow(8)] });
    expect(await clean(db)).toBe(1);
    expect(await readPhoto(db, photo.sha256)).toBeNull();
  });

  test("is not fooled by a phone's clock", async () => {
    const op = await saveRecord(db, record(1));
    await storeAcks(db, answer([ok(op.id, 4)], { safe_seq: 9 }));
    deps.clock.advance(400 * DAY);
    expect(await clean(db)).toBe(0);
  });

  test("before the first answer removes nothing", async () => {
    await saveWithPhoto(1);
    expect(await clean(db)).toBe(0);
  });
});
