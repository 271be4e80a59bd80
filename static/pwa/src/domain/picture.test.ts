// @vitest-environment node
import { describe, expect, test } from "vitest";
import { acked, categoryRow, makeStored, observationRow, record, T0, USER, uuid } from "../../test/sync/made";
import { sourceOf } from "../store/memory";
import type { StoredRow } from "../store/schema";
import { checkPlace, correctObservation, withdrawObservation } from "./observation";
import { makePicture } from "./picture";
import { endRound, pauseRound, startRound } from "./round";
import type { OpBody, PhotoState, RecordView, RoundBody, Row, StoredOp, StoredPhoto } from "./types";

const SHA = ["a".repeat(64), "b".repeat(64)] as const;
const PHOTOS = [
  { id: uuid(0xf1), slot: 1, sha256: SHA[0] },
  { id: uuid(0xf2), slot: 2, sha256: SHA[1] },
] as const;

function source(ops: readonly StoredOp[], rows: readonly Row[] = [], photos: readonly StoredPhoto[] = []) {
  const stored = rows.map((row) => ({ ...row, generation: 0, received_at: T0 }) as StoredRow);
  return sourceOf(ops, [...stored], photos);
}
function see(...given: Parameters<typeof source>): RecordView {
  const [view] = makePicture(source(...given), new Set()).records;
  if (view === undefined) throw new Error("no record");
  return view;
}
const kept = (sha256: string, state: StoredPhoto["state"]): StoredPhoto => ({
  sha256,
  size: 10,
  mime: "image/jpeg",
  saved_at: T0,
  state,
  done_at: state === "done" ? T0 : null,
});
const verdict = (n: number, body: Partial<OpBody>): Row<"op"> => ({
  seq: 9,
  kind: "op",
  id: uuid(0x1000 + n),
  body: { op: uuid(0x1000 + n), state: "held", why: null, reason: null, ...body },
});

describe("a record's state", () => {
  test("is on the phone until something happens to it", () => {
    expect(see([makeStored(1, record(7))])).toMatchObject({
      id: uuid(7),
      state: "on_phone",
      is_open: false,
      rev: null,
    });
  });

  test("is open while its editor is", () => {
    expect(see([makeStored(1, record(7), { state: "open", hold_until: T0 })])).toMatchObject({ is_open: true });
  });

  test("is sending while a request carries it", () => {
    const op = makeStored(1, record(7));
    expect(makePicture(source([op]), new Set([op.id])).records[0]?.state).toBe("sending");
  });

  test("is received once acknowledged, before its row has come back", () => {
    expect(see([makeStored(1, record(7), acked(5))])).toMatchObject({ state: "received", rev: 1 });
  });

  test("is on the phone again while a correction waits", () => {
    const ops = [makeStored(1, record(7), acked(5)), makeStored(2, correctObservation(uuid(7), 1, { severity: 4 }))];
    expect(see(ops, [observationRow(7, 5)])).toMatchObject({ state: "on_phone", severity: 4 });
  });

  test("is held with its reason, and received again when released", () => {
    const held = makeStored(1, record(7), acked(5, { st: "held", why: "forbidden", rev: null }));
    expect(see([held])).toMatchObject({ state: "held", held_why: "forbidden" });
    expect(see([held], [verdict(1, { state: "released" })])).toMatchObject({ state: "received", held_why: null });
  });

  test("is returned with the supervisor's words", () => {
    const held = makeStored(1, record(7), acked(5, { st: "held", why: "invalid" }));
    const rows = [verdict(1, { state: "returned", reason: "Skriv platsen." })];
    expect(see([held], rows)).toMatchObject({ state: "returned", returned_reason: "Skriv platsen." });
  });

  test("says why the server would not take it", () => {
    expect(see([makeStored(1, record(7), { refused: "http_500" })])).toMatchObject({ refused: "http_500" });
  });
});

describe("a record's photos", () => {
  const op = (change: Partial<StoredOp>) => makeStored(1, record(7, { photos: PHOTOS }), change);

  test("one of two received is told as such", () => {
    const view = see([op(acked(5))], [], [kept(SHA[0], "done"), kept(SHA[1], "named")]);
    expect(view).toMatchObject({ state: "photos_partial", photos_received: 1 });
    expect(view.photos.map((photo) => photo.state)).toEqual(["received", "on_phone"]);
  });

  test("all of them received make the record received", () => {
    expect(see([op(acked(5))], [], [kept(SHA[0], "done"), kept(SHA[1], "done")]).state).toBe("received");
  });

  test("what the server says of a photo counts when its bytes have left the phone", () => {
    const body = { photos: PHOTOS.map((photo) => ({ ...photo, state: "clean" as PhotoState })) };
    expect(see([], [observationRow(7, 5, body)])).toMatchObject({ state: "received", photos_received: 2 });
  });

  test("a refused one has arrived all the same", () => {
    const row: Row<"photo"> = {
      seq: 6,
      kind: "photo",
      id: PHOTOS[0].id,
      body: { observation: uuid(7), slot: 1, sha256: SHA[0], state: "refused" },
    };
    const body = { photos: [{ ...PHOTOS[0], state: "named" as PhotoState }] };
    expect(see([], [observationRow(7, 5, body), row])).toMatchObject({ state: "received", photos_received: 1 });
  });
});

describe("rows and operations together", () => {
  test("a row that is newer than an acknowledged operation hides it", () => {
    const op = makeStored(1, record(7, { severity: 2 }), acked(5));
    expect(see([op], [observationRow(7, 6, { severity: 4, category_corrected: true })])).toMatchObject({
      severity: 4,
      is_category_corrected: true,
    });
  });

  test("an acknowledged correction shows until a row as new as it has come", () => {
    const ops = [makeStored(2, correctObservation(uuid(7), 1, { note: "ny" }), acked(8, { rev: 2 }))];
    expect(see(ops, [observationRow(7, 5)])).toMatchObject({ note: "ny", rev: 2 });
    expect(see(ops, [observationRow(7, 8, { note: "som servern har den", rev: 2 })]).note).toBe("som servern har den");
  });

  test("corrections apply in the order they were made", () => {
    const ops = [
      makeStored(3, correctObservation(uuid(7), null, { note: "tre" })),
      makeStored(1, record(7, { note: "ett" })),
      makeStored(2, correctObservation(uuid(7), null, { note: "två", severity: 4 })),
    ];
    expect(see(ops)).toMatchObject({ note: "tre", severity: 4 });
  });

  test("a withdrawn record is still seen, as withdrawn", () => {
    const ops = [makeStored(1, record(7)), makeStored(2, withdrawObservation(uuid(7), null, "mistake"))];
    expect(see(ops).is_withdrawn).toBe(true);
  });

  test("what left the scope is not brought back by acknowledged operations", () => {
    const op = makeStored(1, record(7), acked(5, { is_gone: true }));
    expect(makePicture(source([op]), new Set()).records).toEqual([]);
  });

  test("a calm check is a record of PO06 at its place", () => {
    const check = checkPlace(uuid(7), { round: null, place: uuid(3), position: null, how: "tap" });
    const view = see([makeStored(1, check)], [categoryRow("PO06")]);
    expect(view).toMatchObject({ category: "PO06", kind: "P", place: uuid(3), occurred_at: T0 + 1_000 });
  });

  test("a correction whose record is not here makes no record", () => {
    const op = makeStored(1, correctObservation(uuid(7), 3, { severity: 4 }));
    expect(makePicture(source([op]), new Set())).toMatchObject({ records: [], unsent: 1 });
  });

  test("the newest record comes first", () => {
    const ops = [makeStored(1, record(7)), makeStored(2, record(8))];
    expect(makePicture(source(ops), new Set()).records.map((view) => view.id)).toEqual([uuid(8), uuid(7)]);
  });
});

describe("rounds", () => {
  const row = (body: Partial<RoundBody>): Row<"round"> => ({
    seq: 3,
    kind: "round",
    id: uuid(1),
    body: { zone: null, state: "open", party_size: 2, started_at: T0, ended_at: null, viewings: [], ...body },
  });

  test("one that is only on the phone is the current one until it ends", () => {
    const start = makeStored(1, startRound(uuid(1), uuid(9), 3));
    const picture = makePicture(source([start, makeStored(2, record(7, { round: uuid(1) }))]), new Set());
    expect(picture.current_round).toMatchObject({
      id: uuid(1),
      state: "open",
      party_size: 3,
      record_count: 1,
      unsent: 2,
    });
    const ended = makePicture(source([start, makeStored(2, endRound(uuid(1), "done"))]), new Set());
    expect(ended.current_round).toBeNull();
    expect(ended.rounds[0]).toMatchObject({ state: "ended", ended_at: T0 + 2_000 });
  });

  test("the phone's own pause shows before the server knows", () => {
    const picture = makePicture(source([makeStored(2, pauseRound(uuid(1)))], [row({})]), new Set());
    expect(picture.current_round?.state).toBe("paused");
  });

  test("viewings come from the server", () => {
    const viewings = [{ at: T0, by_role: "supervisor" as const, reason: "uppföljning" }];
    expect(makePicture(source([], [row({ state: "ended", viewings })]), new Set()).rounds[0]?.viewings).toEqual(
      viewings,
    );
  });
});

test("the picture of nothing is empty", () => {
  expect(makePicture(source([]), new Set([USER]))).toEqual({ records: [], rounds: [], current_round: null, unsent: 0 });
});
