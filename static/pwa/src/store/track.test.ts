import { beforeEach, describe, expect, test } from "vitest";
import { contentsOf, emptyBrowser, errorNamed, failWrite, makeDeps, reopened } from "../../test/sync/browser";
import { makeEntry, T0, uuid } from "../../test/sync/made";
import { decodeSegment } from "../domain/track";
import type { DeviceEntry, Fix, Operation } from "../domain/types";
import type { DeviceDb } from "./device";
import { closeSegment, endRecording, heartbeat, putFix, recording, setPaused, startRecording, trackOf } from "./track";

const ROUND = uuid(1);
let entry: DeviceEntry;
let deps: ReturnType<typeof makeDeps>;
let db: DeviceDb;

beforeEach(async () => {
  emptyBrowser();
  entry = makeEntry();
  deps = makeDeps();
  db = reopened(entry, deps);
  await startRecording(db, ROUND);
});

const fix = (i: number): Fix => ({ lat: 57.7 + i / 1e5, lon: 11.9, accuracy_m: 5, at: T0 + i * 2_000 });
const walk = async (from: number, count: number) => {
  for (let i = from; i < from + count; i++) await putFix(db, ROUND, fix(i));
};
const segmentOf = (op: Operation | undefined) => {
  if (op?.type !== "track.segment") throw new Error("no segment");
  return op.data;
};

describe("closeSegment", () => {
  test("packs what is loose, numbers it and leaves nothing loose behind", async () => {
    await walk(0, 5);
    const [op] = await closeSegment(db, ROUND, { carry: true });
    expect(op).toMatchObject({ n: 1, type: "track.segment" });
    expect(decodeSegment(segmentOf(op)).map(({ at }) => at)).toEqual([0, 1, 2, 3, 4].map((i) => fix(i).at));
    expect((await contentsOf(db)).fixes).toEqual([]);
  });

  test("the next one repeats the last half minute and says so, whatever segments that lay in", async () => {
    await walk(0, 20);
    await closeSegment(db, ROUND, { carry: true });
    await walk(20, 2);
    await closeSegment(db, ROUND, { carry: true });
    await walk(22, 2);
    const [op] = await closeSegment(db, ROUND, { carry: true });
    expect(segmentOf(op)).toMatchObject({ part: 2, carried: 16 });
    const repeated = Array.from({ length: 18 }, (_, i) => fix(6 + i).at);
    expect(decodeSegment(segmentOf(op)).map(({ at }) => at)).toEqual(repeated);
  });

  test("after a gap the next one begins afresh, even when nothing was loose at the gap", async () => {
    await walk(0, 3);
    await closeSegment(db, ROUND, { carry: true });
    expect(await closeSegment(db, ROUND, { carry: false })).toEqual([]);
    await walk(3, 2);
    const [op] = await closeSegment(db, ROUND, { carry: true });
    expect(segmentOf(op)).toMatchObject({ part: 1, carried: 0 });
  });

  test("more than a segment holds becomes several, in order and complete", async () => {
    await walk(0, 610);
    const ops = await closeSegment(db, ROUND, { carry: true });
    expect(ops.map((op) => segmentOf(op).part)).toEqual([0, 1, 2]);
    expect(await trackOf(db, ROUND)).toHaveLength(610);
  });

  test("a fix that was written twice is packed once", async () => {
    await walk(0, 2);
    await putFix(db, ROUND, fix(1));
    const [op] = await closeSegment(db, ROUND, { carry: true });
    expect(decodeSegment(segmentOf(op))).toHaveLength(2);
  });

  test("nothing loose makes no segment", async () => {
    expect(await closeSegment(db, ROUND, { carry: true })).toEqual([]);
  });

  test("fails whole at every single write: every fix is still loose", async () => {
    await walk(0, 4);
    const before = await contentsOf(db);
    for (let write = 1; ; write++) {
      const fault = failWrite(write, errorNamed("DataError"));
      const outcome = await closeSegment(db, ROUND, { carry: true }).catch((error: Error) => error.name);
      fault.stop();
      if (fault.tried() < write) break;
      expect(outcome, `write ${write}`).toBe("DataError");
      expect(await contentsOf(db), `write ${write}`).toEqual(before);
    }
    expect(await trackOf(db, ROUND)).toHaveLength(4);
  });
});

describe("a recording", () => {
  test("outlives the page with its last sign of life and what was loose", async () => {
    await walk(0, 3);
    deps.clock.advance(30_000);
    await heartbeat(db, ROUND);
    await setPaused(db, ROUND, true);
    db = reopened(entry, deps);
    expect(await recording(db)).toMatchObject({ round: ROUND, alive_at: T0 + 30_000, is_paused: true, next_fix: 3 });
    expect(await startRecording(db, ROUND)).toMatchObject({ next_fix: 3 });
    await walk(3, 1);
    expect(await trackOf(db, ROUND)).toHaveLength(4);
  });

  test("ends with everything packed", async () => {
    await walk(0, 3);
    await endRecording(db, ROUND);
    expect(await trackOf(db, ROUND)).toHaveLength(3);
    expect((await contentsOf(db)).fixes).toEqual([]);
  });

  test("that has ended takes no more fixes", async () => {
    await endRecording(db, ROUND);
    await walk(0, 1);
    expect(await recording(db)).toBeNull();
    expect(await trackOf(db, ROUND)).toEqual([]);
  });
});
