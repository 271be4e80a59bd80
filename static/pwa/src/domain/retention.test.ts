// @vitest-environment node
import { describe, expect, test } from "vitest";
import { acked, makeStored, observationRow, record, T0, uuid } from "../../test/sync/made";
import { sourceOf } from "../store/memory";
import type { StoredRow } from "../store/schema";
import { type RetentionRule, removable } from "./retention";
import { startRound } from "./round";
import type { PhotoState, RoundBody, Row, StoredOp, StoredPhoto } from "./types";

const DAY = 24 * 3600 * 1000;
const SHA = "a".repeat(64);
const rule = (change: Partial<RetentionRule> = {}): RetentionRule => ({
  now: T0 + DAY,
  safe_seq: 100,
  retain_days: 14,
  ...change,
});

const photoOf = (state: StoredPhoto["state"], change: Partial<StoredPhoto> = {}): StoredPhoto => ({
  sha256: SHA,
  size: 10,
  mime: "image/jpeg",
  saved_at: T0,
  state,
  done_at: state === "done" ? T0 : null,
  ...change,
});
const photoRow = (seq: number, state: PhotoState): Row<"photo"> => ({
  seq,
  kind: "photo",
  id: uuid(0xf1),
  body: { observation: uuid(7), slot: 1, sha256: SHA, state },
});
const withPhoto = { photos: [{ id: uuid(0xf1), slot: 1 as const, sha256: SHA }] };

function choose(
  ops: readonly StoredOp[],
  rows: readonly Row[],
  photos: readonly StoredPhoto[],
  given: RetentionRule,
  kept: readonly string[] = [],
) {
  const stored = rows.map((row) => ({ ...row, generation: 0, received_at: T0 }) as StoredRow);
  const receivedAt = new Map(stored.map((row) => [`${row.kind}:${row.id}`, row.received_at]));
  return removable(sourceOf(ops, stored, photos), receivedAt, new Set(kept), given);
}
const opsOf = (op: StoredOp, given: RetentionRule) => choose([op], [], [], given).ops;

describe("operations", () => {
  const done = makeStored(1, record(7), acked(50));

  test.each([
    ["covered by a backup and a day old", done, rule(), true],
    ["covered but young", done, rule({ now: T0 + DAY - 1 }), false],
    ["not covered", done, rule({ safe_seq: 49 }), false],
    ["without any backup, after its days", done, rule({ safe_seq: null, now: T0 + 14 * DAY }), true],
    ["without any backup, before them", done, rule({ safe_seq: null, now: T0 + 14 * DAY - 1 }), false],
    ["held", makeStored(1, record(7), acked(50, { st: "held" })), rule(), false],
    ["unsent", makeStored(1, record(7)), rule({ now: T0 + 1000 * DAY }), false],
    ["open", makeStored(1, record(7), { state: "open" }), rule({ now: T0 + 1000 * DAY }), false],
  ])("one that is %s", (_what, op, given, leaves) => {
    expect(opsOf(op, given)).toEqual(leaves ? [op.id] : []);
  });

  test("stay while another of the same record has to", () => {
    const later = makeStored(2, { ...record(7) });
    expect(choose([done, later], [], [], rule()).ops).toEqual([]);
  });

  test("of a round stay while it is open", () => {
    const round = (state: RoundBody["state"]): Row<"round"> => ({
      seq: 5,
      kind: "round",
      id: uuid(1),
      body: { zone: null, state, party_size: 2, started_at: T0, ended_at: null, viewings: [] },
    });
    const ops = [
      makeStored(1, startRound(uuid(1), null, 2), acked(5)),
      makeStored(2, record(7, { round: uuid(1) }), acked(6)),
    ];
    expect(choose(ops, [round("open")], [], rule()).ops).toEqual([]);
    expect(choose(ops, [round("ended")], [], rule()).ops).toHaveLength(2);
  });
});

describe("rows of records", () => {
  test("leave when they are covered and a day old, by their own seq", () => {
    expect(choose([], [observationRow(7, 50), observationRow(8, 101)], [], rule()).rows).toEqual([
      ["observation", uuid(7)],
    ]);
  });

  test("stay while something of the record is unsent", () => {
    expect(choose([makeStored(1, record(7))], [observationRow(7, 50)], [], rule()).rows).toEqual([]);
  });
});

describe("photos", () => {
  test.each([
    ["received, its row covered", photoOf("done"), photoRow(90, "received"), rule(), true],
    ["received, its row not covered though its record is", photoOf("done"), photoRow(110, "received"), rule(), false],
    ["said to be only named", photoOf("done"), photoRow(90, "named"), rule(), false],
    ["not all sent", photoOf("named"), photoRow(90, "received"), rule(), false],
    ["received without a backup, too early", photoOf("done"), photoRow(90, "clean"), rule({ safe_seq: null }), false],
    [
      "received without a backup, after its days",
      photoOf("done"),
      photoRow(90, "clean"),
      rule({ safe_seq: null, now: T0 + 14 * DAY }),
      true,
    ],
  ])("one that is %s", (_what, photo, its, given, leaves) => {
    expect(choose([], [its], [photo], given).photos).toEqual(leaves ? [SHA] : []);
  });

  test("stay without a row of their own, however old", () => {
    expect(choose([], [observationRow(7, 5)], [photoOf("done")], rule({ now: T0 + 999 * DAY })).photos).toEqual([]);
  });

  test("stay while an unsent operation names them", () => {
    const op = makeStored(1, record(8, withPhoto));
    expect(choose([op], [photoRow(90, "received")], [photoOf("done")], rule()).photos).toEqual([]);
  });

  test("that nothing names leave after a day, unless a draft holds them", () => {
    expect(choose([], [], [photoOf("kept")], rule()).photos).toEqual([SHA]);
    expect(choose([], [], [photoOf("kept")], rule(), [SHA]).photos).toEqual([]);
    expect(choose([], [], [photoOf("kept")], rule({ now: T0 + DAY - 1 })).photos).toEqual([]);
  });
});

describe("at the edges", () => {
  const AGES = [-DAY, 0, DAY - 1, DAY, 14 * DAY - 1, 14 * DAY, 1000 * DAY];
  const SAFE = [null, 0, 49, 50, 51] as const;
  const rules = AGES.flatMap((age) => SAFE.map((safe_seq) => rule({ now: T0 + age, safe_seq })));
  /** Said once more, in other words: what the protocol promises of something acknowledged at T0 with seq 50. */
  const promised = ({ now, safe_seq }: RetentionRule) =>
    safe_seq === null ? now >= T0 + 14 * DAY : safe_seq >= 50 && now >= T0 + DAY;
  const states = [
    { state: "open" },
    { state: "ready" },
    { ...acked(50), acked_at: null },
    { ...acked(50), seq: null },
    acked(50, { st: "held" }),
    acked(50, { st: "mismatch" }),
    acked(50),
    acked(50, { st: "dup" }),
  ] satisfies Partial<StoredOp>[];

  test.each(states)("an operation %o leaves when the protocol says so, and only when it is acknowledged", (change) => {
    const op = makeStored(1, record(7), change);
    const isAcked =
      op.state === "acked" && op.acked_at !== null && op.seq !== null && (op.st === "ok" || op.st === "dup");
    for (const given of rules) expect(opsOf(op, given)).toEqual(isAcked && promised(given) ? [op.id] : []);
  });

  test.each(["named", "done"] as const)("the bytes of a %s photo leave by its own row's seq alone", (state) => {
    for (const [seq, given] of [49, 50].flatMap((seq) => rules.map((given) => [seq, given] as const))) {
      for (const said of ["named", "received", "clean", "refused"] as const) {
        // The record's seq is far below: it has no say.
        const op = makeStored(1, record(7, withPhoto), acked(1));
        const covered = promised({ ...given, safe_seq: given.safe_seq === null ? null : given.safe_seq + 50 - seq });
        const leaves = state === "done" && said !== "named" && covered;
        expect(choose([op], [photoRow(seq, said)], [photoOf(state)], given).photos).toEqual(leaves ? [SHA] : []);
      }
    }
  });

  test("a record stays while a photo of it is on its way, however long that takes", () => {
    const op = makeStored(1, record(7, withPhoto), acked(50));
    const late = rule({ now: T0 + 1000 * DAY });
    expect(choose([op], [observationRow(7, 50)], [photoOf("named")], late)).toEqual({ ops: [], rows: [], photos: [] });
    expect(choose([op], [observationRow(7, 50)], [photoOf("done")], late).ops).toEqual([op.id]);
  });

  test("a photo said to be received by the store before a restore is not free", () => {
    const source = sourceOf(
      [],
      [{ ...photoRow(50, "clean"), generation: 0, received_at: T0 } as StoredRow],
      [photoOf("done")],
    );
    expect(removable(source, new Map([[`photo:${uuid(0xf1)}`, T0]]), new Set(), rule()).photos).toEqual([SHA]);
    expect(removable(source, new Map(), new Set(), rule()).photos).toEqual([]);
  });
});
