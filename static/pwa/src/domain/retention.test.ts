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
  const bytes = (state: StoredPhoto["state"], change: Partial<StoredPhoto> = {}): StoredPhoto => ({
    sha256: SHA,
    size: 10,
    mime: "image/jpeg",
    saved_at: T0,
    state,
    done_at: state === "done" ? T0 : null,
    ...change,
  });
  const row = (seq: number, state: PhotoState): Row<"photo"> => ({
    seq,
    kind: "photo",
    id: uuid(0xf1),
    body: { observation: uuid(7), slot: 1, sha256: SHA, state },
  });

  test.each([
    ["received, its row covered", bytes("done"), row(90, "received"), rule(), true],
    ["received, its row not covered though its record is", bytes("done"), row(110, "received"), rule(), false],
    ["said to be only named", bytes("done"), row(90, "named"), rule(), false],
    ["not all sent", bytes("named"), row(90, "received"), rule(), false],
    ["received without a backup, too early", bytes("done"), row(90, "clean"), rule({ safe_seq: null }), false],
    [
      "received without a backup, after its days",
      bytes("done"),
      row(90, "clean"),
      rule({ safe_seq: null, now: T0 + 14 * DAY }),
      true,
    ],
  ])("one that is %s", (_what, photo, its, given, leaves) => {
    expect(choose([], [its], [photo], given).photos).toEqual(leaves ? [SHA] : []);
  });

  test("stay without a row of their own, however old", () => {
    expect(choose([], [observationRow(7, 5)], [bytes("done")], rule({ now: T0 + 999 * DAY })).photos).toEqual([]);
  });

  test("stay while an unsent operation names them", () => {
    const photos = [{ id: uuid(0xf1), slot: 1 as const, sha256: SHA }];
    const op = makeStored(1, record(8, { photos }));
    expect(choose([op], [row(90, "received")], [bytes("done")], rule()).photos).toEqual([]);
  });

  test("that nothing names leave after a day, unless a draft holds them", () => {
    expect(choose([], [], [bytes("kept")], rule()).photos).toEqual([SHA]);
    expect(choose([], [], [bytes("kept")], rule(), [SHA]).photos).toEqual([]);
    expect(choose([], [], [bytes("kept")], rule({ now: T0 + DAY - 1 })).photos).toEqual([]);
  });
});
