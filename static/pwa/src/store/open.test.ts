import { beforeEach, describe, expect, test, vi } from "vitest";
import { emptyBrowser, errorNamed, failWrite, makeDeps, reopened } from "../../test/sync/browser";
import { makeEntry, makePhoto, makeProfile, observationRow, record, T0, uuid } from "../../test/sync/made";
import { makePicture } from "../domain/picture";
import type { DeviceEntry, Draft, PullAnswer } from "../domain/types";
import { Changes } from "./changes";
import { openStore } from "./phone";
import type { Store } from "./store";
import { openSyncStore } from "./sync_store";

let entry: DeviceEntry;
let deps: ReturnType<typeof makeDeps>;
let store: Store;

beforeEach(async () => {
  emptyBrowser();
  entry = makeEntry();
  deps = makeDeps();
  store = await openStore(entry, deps);
});

const again = async (): Promise<Store> => {
  reopened(entry, deps);
  return openStore(entry, deps);
};
const page = (rows: PullAnswer["rows"], cursor: string): PullAnswer => ({
  proto: 1,
  epoch: "e1",
  server_time: T0,
  safe_seq: null,
  retain_days: 14,
  rows,
  cursor,
  more: false,
});

describe("the source of the picture", () => {
  test("is the same after a restart as it was before", async () => {
    const photo = makePhoto(1);
    const photos = [{ id: uuid(0xf1), slot: 1 as const, sha256: photo.sha256 }];
    await store.saveRecord(record(1, { photos }), [photo]);
    await store.saveRecord(record(2), [], { isOpen: true });
    await store.amendRecord(uuid(2), { note: "ny" });
    await openSyncStore(entry, deps).storeRows(null, page([observationRow(3, 5)], "e1.s.5"));
    const before = store.source();
    expect(makePicture(before, new Set()).records).toHaveLength(3);
    expect((await again()).source()).toEqual(before);
  });

  test("is a new object after a change, and only then", async () => {
    const before = store.source();
    await store.remember("tab", "round");
    expect(store.source()).toBe(before);
    await store.saveRecord(record(1));
    expect(store.source()).not.toBe(before);
    expect(store.source().rows).toBe(before.rows);
  });

  test("tells its listeners what changed, until they leave", async () => {
    const told = vi.fn();
    const leave = store.subscribe(told);
    await store.saveRecord(record(1));
    expect(told).toHaveBeenLastCalledWith(new Set(["picture"]));
    leave();
    await store.saveRecord(record(2));
    expect(told).toHaveBeenCalledTimes(1);
  });

  test("takes in what another tab has saved", async () => {
    const { saveRecord } = await import("./operations");
    const other = new Changes(entry.device);
    const silent = reopened(entry, deps);
    const mine = await openStore(entry, deps);
    const quiet = vi.spyOn(silent.changes, "tell").mockImplementation(() => {});
    await saveRecord(silent, record(9));
    expect(mine.source().ops).toHaveLength(0);
    quiet.mockRestore();
    other.tell({ topics: ["picture"] });
    await vi.waitFor(() => expect(mine.source().ops).toHaveLength(1));
    other.close();
  });

  test("leaves the columns of track segments on disk", async () => {
    await store.startRecording(uuid(1));
    await store.putFix(uuid(1), { lat: 57.7, lon: 11.9, accuracy_m: 5, at: T0 });
    await store.closeSegment(uuid(1), { carry: true });
    const [op] = (await again()).source().ops;
    expect(op).toMatchObject({ round: uuid(1), op: { type: "track.segment", data: null } });
  });
});

describe("drafts", () => {
  const draft = (change: Partial<Draft> = {}): Draft => ({
    id: uuid(0x99),
    entity: uuid(7),
    kind: "damage",
    round: null,
    step: "camera",
    set: { category: "SK02" },
    photos: [],
    saved_at: T0,
    ...change,
  });

  test("outlive the page, with their photos", async () => {
    const photo = makePhoto(1);
    const { sha256, size, mime } = photo;
    await store.saveDraft(draft({ photos: [{ id: uuid(0xf1), slot: 1, sha256, size, mime }] }), [photo]);
    const after = await again();
    expect(await after.drafts()).toMatchObject([{ step: "camera", photos: [{ sha256 }] }]);
    expect((await after.readPhoto(sha256))?.byteLength).toBe(size);
  });

  test("a record may name a photo whose bytes came with its draft", async () => {
    const photo = makePhoto(1);
    const { sha256, size, mime } = photo;
    await store.saveDraft(draft({ photos: [{ id: uuid(0xf1), slot: 1, sha256, size, mime }] }), [photo]);
    const op = await store.saveRecord(record(7, { photos: [{ id: uuid(0xf1), slot: 1, sha256 }] }), [], {
      draft: uuid(0x99),
    });
    expect(op.blobs).toEqual([{ sha256, size, mime }]);
    expect(await store.drafts()).toEqual([]);
  });

  test("a discarded one is gone", async () => {
    await store.saveDraft(draft());
    await store.discardDraft(uuid(0x99));
    expect(await store.drafts()).toEqual([]);
  });
});

describe("what is remembered", () => {
  test("the profile, documents and small things outlive the page", async () => {
    await store.saveProfile(makeProfile({ name: "Ny Namn" }));
    await store.saveDoc("tonight/z", '"1"', { zone: "z" });
    await store.remember("zone", uuid(5));
    const after = await again();
    expect(after.profile()?.user.name).toBe("Ny Namn");
    expect(await after.doc("tonight/z")).toEqual({ etag: '"1"', body: { zone: "z" }, fetched_at: T0 });
    expect(await after.remembered("zone")).toBe(uuid(5));
    expect(await after.remembered("nothing")).toBeNull();
  });
});

describe("a store in trouble", () => {
  test("says that nothing was saved", async () => {
    const told = vi.fn();
    store.onTrouble(told);
    const fault = failWrite(1, errorNamed("QuotaExceededError"));
    await expect(store.saveRecord(record(1))).rejects.toMatchObject({ code: "full" });
    fault.stop();
    expect(told).toHaveBeenCalledOnce();
    expect(store.source().ops).toEqual([]);
  });

  test("answers the probe truthfully", async () => {
    expect(await store.probe()).toBe(true);
    const fault = failWrite(1, errorNamed("QuotaExceededError"));
    expect(await store.probe()).toBe(false);
    fault.stop();
    expect(await store.probe()).toBe(true);
  });

  test("that is closed leaves the database to whoever sends", async () => {
    await store.saveRecord(record(1));
    store.close();
    expect((await openSyncStore(entry, deps).outbox()).unsent).toBe(1);
  });
});
