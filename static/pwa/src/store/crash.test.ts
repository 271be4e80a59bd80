/**
 * Every step in IndexedDB of what must not be lost: at each the page dies, or the browser drops the connection.
 *
 * A page that died: what it did is wholly there or not at all, numbers have no gap, what was told as saved is there. A dropped
 * connection: it is done all the same, once.
 */
import { beforeEach, describe, expect, test } from "vitest";
import { contentsOf, emptyBrowser, makeDeps, reopened } from "../../test/sync/browser";
import { Crash, type Mode, PageDied } from "../../test/sync/crash";
import { makeEntry, makePhoto, observationRow, placeRow, record, T0, uuid } from "../../test/sync/made";
import { CHUNK_BYTES } from "../domain/photo";
import type { Ack, PulledRow, StoredOp } from "../domain/types";
import { clean } from "./cleaning";
import type { DeviceDb } from "./device";
import { amendRecord, release, saveRecord } from "./operations";
import { restart, storeAcks, storeAudit, storePhotoDone } from "./outbox";
import { putPhotos } from "./photos";
import { dropCursor, storeRows } from "./pulled";
import { closeSegment, endRecording, putFix, startRecording } from "./track";

const DAY = 24 * 3600 * 1000;
const ROUND = uuid(1);
const photo = makePhoto(1, CHUNK_BYTES + 5);
const other = makePhoto(2, 20);
const entry = makeEntry();
const ref = { id: uuid(0xf1), slot: 1 as const, sha256: photo.sha256 };
const head = { proto: 1 as const, epoch: "e1", server_time: T0, safe_seq: null, retain_days: 14 };
let acks: Ack[];

interface Act {
  /** What is on the phone before. */
  readonly prepare?: (db: DeviceDb) => Promise<unknown>;
  readonly act: (db: DeviceDb) => Promise<unknown>;
  /** What may be done any number of times afterwards, until nothing is left to do. */
  readonly settle?: (db: DeviceDb) => Promise<unknown>;
}

const saveWithPhoto = (db: DeviceDb) => saveRecord(db, record(7, { photos: [ref] }), [photo]);
const rows = (seq: number): PulledRow[] => [
  { seq, kind: "place", id: uuid(1), body: placeRow(1).body } as PulledRow,
  { seq: seq + 1, kind: "place", id: uuid(2), gone: true },
  observationRow(7, seq + 2),
];
const photoRow = {
  seq: 5,
  kind: "photo" as const,
  id: ref.id,
  body: { observation: uuid(7), slot: 1 as const, sha256: photo.sha256, state: "clean" as const },
};
const pull = (db: DeviceDb, asked: string | null, cursor: string, change: object = {}) =>
  storeRows(db, asked, { ...head, rows: rows(5), cursor, more: false, ...change });
const walk = async (db: DeviceDb, count: number) => {
  await startRecording(db, ROUND);
  for (let i = 0; i < count; i++) {
    await putFix(db, ROUND, { lat: 57.7 + i / 1e5, lon: 11.9, accuracy_m: 5, at: T0 + i * 2_000 });
  }
};
const sendTwo = async (db: DeviceDb) => {
  const ops = [await saveWithPhoto(db), await saveRecord(db, record(8)), await saveRecord(db, record(9))];
  acks = ops.map(({ id }, i) => ({ id, st: "ok", seq: i + 1, rev: 1 }));
  acks[2] = { id: ops[2]?.id ?? "", st: "mismatch" };
};
const sendAll = async (db: DeviceDb) => {
  await sendTwo(db);
  await storeAcks(db, { ...head, acks: acks.slice(0, 2), want: [] });
  await storePhotoDone(db, photo.sha256);
};

const ACTS: Record<string, Act> = {
  "opening for the first time": { act: (db) => db.read(["meta"], async () => {}) },
  "saving a record with a photo": { act: saveWithPhoto },
  "saving a record in place of a draft": {
    prepare: (db) =>
      db.write(["drafts"], "strict", (tx) => tx.objectStore("drafts").put({ id: uuid(9), photos: [] } as never)),
    act: (db) => saveRecord(db, record(7), [], { draft: uuid(9) }),
  },
  "amending a record that is open": {
    prepare: (db) => saveRecord(db, record(7), [], { isOpen: true }),
    act: (db) => amendRecord(db, uuid(7), { severity: 1, photos: [ref] }, [photo]),
  },
  "correcting a record that was let go": {
    prepare: (db) => saveRecord(db, record(7)),
    act: (db) => amendRecord(db, uuid(7), { severity: 1, photos: [ref] }, [photo]),
  },
  "letting a record go": {
    prepare: (db) => saveRecord(db, record(7), [], { isOpen: true }),
    act: (db) => release(db, uuid(7)),
  },
  "applying acknowledgements": {
    prepare: sendTwo,
    act: (db) => storeAcks(db, { ...head, acks, want: [] }),
  },
  "applying acknowledgements of another epoch": {
    prepare: sendAll,
    act: (db) => storeAcks(db, { ...head, epoch: "e2", acks: acks.slice(0, 1), want: [] }),
  },
  "putting back what a new server lacks": { prepare: sendAll, act: (db) => restart(db, "e2") },
  "putting back what an audit names": {
    prepare: sendAll,
    act: (db) => storeAudit(db, { max_n: 2, missing: [1], photos_missing: [photo.sha256] }),
  },
  "noting a photo as received": { prepare: sendTwo, act: (db) => storePhotoDone(db, photo.sha256) },
  "applying a pull": {
    prepare: async (db) => {
      await sendAll(db);
      await storeRows(db, null, { ...head, rows: [placeRow(2)], cursor: "e1.s.2", more: false });
    },
    act: (db) => pull(db, "e1.s.2", "e1.s.8"),
  },
  "applying the last page of a pull from nothing": {
    prepare: async (db) => {
      await storeRows(db, null, { ...head, rows: [placeRow(3)], cursor: "e1.s.3", more: false });
      await dropCursor(db);
    },
    act: (db) => pull(db, null, "e1.s.8"),
  },
  "freeing a photo and its record": {
    prepare: async (db) => {
      await sendAll(db);
      await storeRows(db, null, { ...head, rows: [photoRow], cursor: "e1.s.5", more: false });
      const later = { server_time: T0 + 2 * DAY, safe_seq: 9 };
      await storeRows(db, "e1.s.5", { ...head, ...later, rows: [], cursor: "e1.s.6", more: false });
    },
    act: clean,
    settle: clean,
  },
  "closing a segment": { prepare: (db) => walk(db, 160), act: (db) => closeSegment(db, ROUND, { carry: true }) },
  "ending a recording": { prepare: (db) => walk(db, 4), act: (db) => endRecording(db, ROUND) },
};

let db: DeviceDb;

/** A phone with this on it, in a page that has just been opened. */
async function begin({ prepare }: Act): Promise<void> {
  emptyBrowser();
  const deps = makeDeps();
  db = reopened(entry, deps);
  if (prepare === undefined) return;
  await prepare(db);
  db = reopened(entry, deps);
  await db.read(["meta"], async () => {});
}

/** The page is opened again: everything that is on the phone. */
async function afterwards(settle?: Act["settle"]): Promise<Awaited<ReturnType<typeof contentsOf>>> {
  db = reopened(entry, db.deps);
  await settle?.(db);
  return contentsOf(db);
}

/** The numbers given out, and what the next would be. */
async function numbers(): Promise<{ readonly given: number[]; readonly next: number }> {
  const [ops, next] = await db.read(["ops", "meta"], (tx) =>
    Promise.all([tx.objectStore("ops").getAll(), tx.objectStore("meta").get("next_n")]),
  );
  return { given: ops.map((op) => op.n).sort((a, b) => a - b), next: (next as number | undefined) ?? 1 };
}

/** Without the identifiers that a repeated try draws anew. */
function undrawn(contents: Awaited<ReturnType<typeof contentsOf>>) {
  const ops = (contents.ops as StoredOp[]).map((stored) => {
    const isDrawn = stored.op.type === "track.segment";
    return isDrawn ? { ...stored, id: "", entity: "", op: { ...stored.op, id: "", entity: "" } } : stored;
  });
  return { ...contents, ops: ops.sort((a, b) => a.n - b.n) };
}

async function undisturbed(act: Act) {
  await begin(act);
  const before = await contentsOf(db);
  const numbersBefore = await numbers();
  await begin(act);
  await act.act(db);
  const after = await afterwards();
  const settled = await afterwards(act.settle);
  return { before, after, settled, numbersBefore, numbersAfter: await numbers() };
}

/** Do it once for every step, with a crash there. Calls back after each; returns the steps there are. */
async function atEveryStep(
  act: Act,
  mode: Mode,
  look: (where: string, outcome: string) => Promise<void>,
): Promise<readonly string[]> {
  for (let at = 0; ; at++) {
    await begin(act);
    const crash = new Crash(at, mode);
    const outcome = await act.act(db).then(
      () => "told as done",
      (error: Error) => error.name,
    );
    crash.disarm();
    if (!crash.hasStruck) return crash.steps;
    await look(`${mode} at step ${at}, ${crash.steps[at]}`, outcome);
    expect(at).toBeLessThan(1_000);
  }
}

beforeEach(emptyBrowser);

describe.each(Object.entries(ACTS))("%s", (_name, act) => {
  test("is wholly there or not at all when the page dies at any step", async () => {
    const { before, after, numbersBefore, numbersAfter } = await undisturbed(act);
    const left = new Set<string>();
    const steps = await atEveryStep(act, "the page dies", async (where, outcome) => {
      const found = await afterwards();
      const isThere = JSON.stringify(undrawn(found)) === JSON.stringify(undrawn(after));
      left.add(isThere ? "there" : "not there");
      expect(undrawn(found), where).toEqual(undrawn(isThere ? after : before));
      expect(await numbers(), where).toEqual(isThere ? numbersAfter : numbersBefore);
      if (outcome === "told as done") expect(isThere, `told as done, ${where}`).toBe(true);
      else expect([PageDied.name, "AbortError", "StorageTrouble"], where).toContain(outcome);
    });
    expect(steps).toContain("committed");
    expect(left).toContain("there");
    if (JSON.stringify(before) !== JSON.stringify(after)) expect(left).toContain("not there");
  });

  test("is done once when the connection is dropped at any step", async () => {
    const { settled, numbersAfter } = await undisturbed(act);
    await atEveryStep(act, "the connection is dropped", async (where, outcome) => {
      expect(outcome, where).toBe("told as done");
      expect(undrawn(await afterwards(act.settle)), where).toEqual(undrawn(settled));
      expect(await numbers(), where).toEqual(numbersAfter);
    });
  });
});

test("a photo and its record in two transactions would be found", async () => {
  const act: Act = {
    act: async (db) => {
      await db.write(["photos", "chunks"], "strict", (tx) => putPhotos(tx, [photo], T0));
      await saveRecord(db, record(7, { photos: [ref] }));
    },
  };
  const { before, after } = await undisturbed(act);
  const whole = [before, after].map((contents) => JSON.stringify(undrawn(contents)));
  let halves = 0;
  await atEveryStep(act, "the page dies", async () => {
    if (!whole.includes(JSON.stringify(undrawn(await afterwards())))) halves++;
  });
  expect(halves).toBeGreaterThan(0);
});

test("numbers have no gap whatever the page died of, over a whole evening", async () => {
  const deps = makeDeps();
  db = reopened(entry, deps);
  const told: string[] = [];
  const deeds = [
    () => saveRecord(db, record(7, { photos: [ref] }), [photo], { isOpen: true }),
    () => amendRecord(db, uuid(7), { severity: 1 }),
    () => saveRecord(db, record(8, { photos: [{ ...ref, sha256: other.sha256 }] }), [other]),
  ];
  for (let at = 0; at < 80; at++) {
    const deed = deeds[at % deeds.length] ?? (() => Promise.reject(new Error("no deed")));
    const crash = new Crash(at % 40, "the page dies");
    const saved = await deed().then(
      (op) => op,
      () => null,
    );
    crash.disarm();
    if (saved !== null) told.push(saved.id);
    db = reopened(entry, deps);
    const { given, next } = await numbers();
    expect(given).toEqual(Array.from({ length: next - 1 }, (_, i) => i + 1));
  }
  expect(told.length).toBeGreaterThan(30);
});
