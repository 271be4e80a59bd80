/**
 * Operations as both languages must understand them: tests/contract/operations.json is made of these.
 *
 * The good ones come from the phone's own builders; the bad ones are good ones with one fault.
 */

import { checkPlace, correctObservation, recordObservation, withdrawObservation } from "../../src/domain/observation";
import { endRound, joinRound, leaveWalk, pauseRound, resumeRound, startRound } from "../../src/domain/round";
import { tellWalk, untellWalk } from "../../src/domain/told";
import { encodeSegment } from "../../src/domain/track";
import type { BlobRef, Command, Fix, HeldWhy, Operation } from "../../src/domain/types";
import { toOperation } from "../../src/store/operations";
import { T0, USER, uuid } from "./made";

export interface GoodExample {
  readonly what: string;
  readonly operation: Operation;
}
export interface BadExample {
  readonly what: string;
  /** `held`: kept, not applied, for this reason. `refused`: the batch is refused whole with this status. */
  readonly answer: { readonly held: HeldWhy } | { readonly refused: number };
  readonly operation: Readonly<Record<string, unknown>>;
}

const ROUND = uuid(0x100);
const PLACE = uuid(0x200);
const ZONE = uuid(0x300);
const RECORD = uuid(0x400);
const PHOTO = { id: uuid(0x500), slot: 1, sha256: "ab".repeat(32) } as const;
const BLOB: BlobRef = { sha256: PHOTO.sha256, size: 250_123, mime: "image/jpeg" };
const POSITION = { lat: 57.744123, lon: 11.986054, accuracy_m: 8.5, at: T0 };
const FIXES: readonly Fix[] = [
  { lat: 57.744123, lon: 11.986054, accuracy_m: 8.5, at: T0 },
  { lat: 57.744131, lon: 11.98606, accuracy_m: null, at: T0 + 2_013 },
  { lat: 57.74412, lon: 11.986071, accuracy_m: 12, at: T0 + 3_999 },
];

const GAP = { id: uuid(0x602), from: T0, to: T0 + 62_000 };
const TOLD = { paths: [uuid(0x700), uuid(0x701)], places: [PLACE] };
const OPEN_GAP_TOLD = {
  type: "walk.tell",
  entity: uuid(0x606),
  base: null,
  data: { round: ROUND, gap: null, from: T0, to: T0 + 600_000, paths: [], places: [PLACE] },
} as const;

let number = 0;

function operation(command: Command, blobs: readonly BlobRef[] = []): Operation {
  number++;
  const made = { id: uuid(0x1000 + number), n: number, by: USER, at: T0 + number, mono: 1_000 + number, tz: 120 };
  return toOperation(command, made, blobs);
}

const observation = (values: object = {}) => recordObservation(RECORD, { category: "SK01", severity: 3, ...values });

/** At least one of each type, and what lies on a limit. */
export function goodExamples(): GoodExample[] {
  number = 0;
  const good = (what: string, command: Command, blobs?: readonly BlobRef[]) => ({
    what,
    operation: operation(command, blobs),
  });
  const segment = {
    type: "track.segment",
    entity: uuid(0x600),
    base: null,
    data: encodeSegment(ROUND, 0, FIXES),
  } as const;
  const carried = { ...segment, entity: uuid(0x601), data: encodeSegment(ROUND, 1, FIXES, 1) };
  const gap = { round: ROUND, from: T0, to: T0 + 62_000, reason: "hidden" as const };
  return [
    good("a round of three starts in a zone", startRound(ROUND, ZONE, 3)),
    good("it pauses", pauseRound(ROUND)),
    good("it goes on", resumeRound(ROUND)),
    good("a segment of its track", segment),
    good("a segment that repeats a fix", carried),
    good("a gap in it", { type: "gap.record", entity: uuid(0x602), base: null, data: gap }),
    good(
      "a calm check by tap",
      checkPlace(uuid(0x401), { round: ROUND, place: PLACE, position: POSITION, how: "tap" }),
    ),
    good(
      "a calm check without position",
      checkPlace(uuid(0x402), { round: null, place: PLACE, position: null, how: "qr" }),
    ),
    good("an observation with the least", observation()),
    good(
      "a damage with everything",
      recordObservation(uuid(0x403), {
        round: ROUND,
        category: "SK02",
        place: PLACE,
        place_source: "suggested",
        floor: "källare, plan -1",
        position: { ...POSITION, accuracy_m: null },
        severity: 4,
        note: "Krossat fönster i entrén.\nGlas på golvet – å, ä, ö, é, 🙂.",
        note_confirmed: true,
        photos: [PHOTO],
      }),
      [BLOB],
    ),
    good(
      "a note of 500 characters",
      recordObservation(uuid(0x404), { category: "OV01", note: "å".repeat(499).concat("🙂") }),
    ),
    good("a correction of one field", correctObservation(RECORD, 1, { severity: 2 })),
    good("a correction of several, with a photo, before a revision is known", correction(), [BLOB]),
    good("a place taken away", correctObservation(RECORD, 3, { place: null })),
    good("a record withdrawn", withdrawObservation(uuid(0x404), 1, "mistake")),
    good("what was walked in the gap all the same", tellWalk(uuid(0x605), ROUND, GAP, TOLD)),
    good("what was walked in a gap that is open", { ...OPEN_GAP_TOLD }),
    good("what was told, taken back", untellWalk(uuid(0x605))),
    good("the round ends", endRound(ROUND, "weather")),
    good("it was walked with a phone that was scanned", joinRound(ROUND, { with: uuid(0x101) })),
    good("and with one whose code was typed", joinRound(ROUND, { code: "K7QF3M" })),
    good("the wrong one, and left again", leaveWalk(ROUND)),
  ];
}

function correction(): Command {
  return correctObservation(RECORD, null, {
    category: "SK03",
    place: PLACE,
    note: "dörren mot gården",
    photos: [{ ...PHOTO, id: uuid(0x502) }],
  });
}

/** Good ones with one fault each. */
export function badExamples(): BadExample[] {
  number = 0x100;
  return [...badEnvelopes(), ...badRounds(), ...badTracks(), ...badTold(), ...badRecords(), ...badCorrections()];
}

type Change = Readonly<Record<string, unknown>>;

/** A good operation with its envelope (`envelope`) or its data (`data`) changed; undefined takes a key away. */
function spoiled(command: Command, envelope: Change, data: Change = {}, blobs: readonly BlobRef[] = []): Change {
  const good = operation(command, blobs);
  const all = { ...good, data: { ...good.data, ...data }, ...envelope };
  return JSON.parse(JSON.stringify(all)) as Change;
}
const held = (what: string, op: Change, why: HeldWhy = "invalid"): BadExample => ({
  what,
  answer: { held: why },
  operation: op,
});
const refused = (what: string, op: Change): BadExample => ({ what, answer: { refused: 422 }, operation: op });

function badEnvelopes(): BadExample[] {
  const of = (change: Change) => spoiled(observation(), change);
  return [
    held("a type nobody knows", of({ type: "observation.dream" }), "unknown_type"),
    held("a version nobody knows", of({ v: 2 }), "unknown_version"),
    held("another user's operation", of({ by: uuid(0xbad) }), "not_signed_in_here"),
    held("a key too many", of({ colour: "red" })),
    held("no time", of({ at: undefined })),
    held("a time as text", of({ at: "2026-11-22T18:00:00Z" })),
    held("a revision of none", of({ base: 0 })),
    held("a time zone of twenty hours", of({ tz: 1_200 })),
    held("data that is a list", of({ data: [] })),
    held(
      "four photos' bytes",
      of({ blobs: Array.from({ length: 4 }, (_, i) => ({ ...BLOB, sha256: `${i}`.repeat(64) })) }),
    ),
    held("a photo of 16 MiB", of({ blobs: [{ ...BLOB, size: 16 * 1024 * 1024 }] })),
    held("a photo without bytes", of({ blobs: [{ ...BLOB, size: 0 }] })),
    refused("no id", of({ id: undefined })),
    refused("an id that is none", of({ id: "1" })),
    refused("an id in capitals", of({ id: "00000000-0000-7000-8000-0000000000AB" })),
    refused("number nought", of({ n: 0 })),
    refused("a number as text", of({ n: "7" })),
    refused("no entity", of({ entity: undefined })),
  ];
}

function badRounds(): BadExample[] {
  const start = (data: Change) => spoiled(startRound(uuid(0x101), ZONE, 2), {}, data);
  return [
    held("a round of nobody", start({ party_size: 0 })),
    held("a round of twenty-one", start({ party_size: 21 })),
    held("a round of one and a half", start({ party_size: 1.5 })),
    held("a round of true", start({ party_size: true })),
    held("a round without a word on its zone", start({ zone: undefined })),
    held("a pause with a reason", spoiled(pauseRound(ROUND), {}, { reason: "coffee" })),
    held("an end for no known reason", spoiled(endRound(ROUND, "done"), {}, { reason: "bored" })),
  ];
}

function badTracks(): BadExample[] {
  const segment = (data: Change) =>
    spoiled({ type: "track.segment", entity: uuid(0x603), base: null, data: encodeSegment(ROUND, 0, FIXES) }, {}, data);
  const gap = (data: Change) => {
    const good = { round: ROUND, from: T0, to: T0 + 1, reason: "hidden" as const };
    return spoiled({ type: "gap.record", entity: uuid(0x604), base: null, data: good }, {}, data);
  };
  const many = Array.from({ length: 401 }, () => 0);
  return [
    held("a segment of no fixes", segment({ dt: [], dlat: [], dlon: [], acc: [] })),
    held("a segment of 401", segment({ dt: many, dlat: many, dlon: many, acc: many })),
    held("columns of unequal length", segment({ acc: [85] })),
    held("a fraction of a microdegree", segment({ dlat: [0, 8.5, -11] })),
    held("a fix beyond the pole", segment({ lat0: 90_000_000, dlat: [0, 1, 0] })),
    held("more carried than there are", segment({ carried: 4 })),
    held("an accuracy below nothing", segment({ acc: [85, null, -1] })),
    held("a gap that ends before it begins", gap({ to: T0 - 1 })),
    held("a gap for no known reason", gap({ reason: "forgot" })),
  ];
}

function badTold(): BadExample[] {
  const told = (data: Change) => spoiled(tellWalk(uuid(0x607), ROUND, GAP, TOLD), {}, data);
  const many = (count: number) => Array.from({ length: count }, (_, index) => uuid(0x8000 + index));
  return [
    held("201 pieces told of", told({ paths: many(201) })),
    held("51 places told of", told({ places: many(51) })),
    held("a telling that ends before it begins", told({ to: T0 - 1 })),
    held("a telling of more than a day", told({ gap: null, to: T0 + 86_400_001 })),
    held("a telling without a word on its gap", told({ gap: undefined })),
    held("a piece told of by its name", told({ paths: ["the path by the yard"] })),
    held("a telling taken back for a reason", spoiled(untellWalk(uuid(0x607)), {}, { reason: "shame" })),
  ];
}

function badRecords(): BadExample[] {
  const of = (data: Change, blobs: readonly BlobRef[] = []) =>
    spoiled(observation(), { entity: uuid(0x405) }, data, blobs);
  const check = { round: null, place: PLACE, position: null, how: "tap" as const };
  return [
    held("a note of 501 characters", of({ note: "a".repeat(501) })),
    held("a floor of 21 characters", of({ floor: "a".repeat(21) })),
    held("a severity of five", of({ severity: 5 })),
    held("a severity as text", of({ severity: "3" })),
    held("a category that is no code", of({ category: "graffiti" })),
    held("a calm check called an observation", of({ category: "PO06" })),
    held("a place without a source", of({ place: PLACE, place_source: "none" })),
    held("a source without a place", of({ place_source: "chosen" })),
    held("a latitude of 91", of({ position: { ...POSITION, lat: 91 } })),
    held("a position without a word on its accuracy", of({ position: { lat: 57.7, lon: 11.9, at: T0 } })),
    held("a photo in slot four", of({ photos: [{ ...PHOTO, slot: 4 }] }, [BLOB])),
    held("two photos in one slot", of({ photos: [PHOTO, { ...PHOTO, id: uuid(0x501) }] }, [BLOB])),
    held("a photo of a brawl", of({ category: "OR02", photos: [PHOTO] }, [BLOB])),
    held("a photo of a contact with children", of({ category: "PO02", photos: [PHOTO] }, [BLOB])),
    held("a photo whose bytes are not told of", of({ photos: [PHOTO] })),
    held("a reporter by name", of({ reporter: "Amina" })),
    held("half a character", of({ note: "\ud800" })),
    held("a calm check of no place", spoiled(checkPlace(uuid(0x406), check), {}, { place: null })),
    held("a calm check by guess", spoiled(checkPlace(uuid(0x406), check), {}, { how: "guess" })),
  ];
}

function badCorrections(): BadExample[] {
  const set = (values: Change) => spoiled(correctObservation(RECORD, 1, { severity: 2 }), {}, { set: values });
  return [
    held("a correction of nothing", set({})),
    held("a correction of the time", set({ occurred_at: T0 })),
    held("a place without its source", set({ place: PLACE })),
    held("a correction into a calm check", set({ category: "PO06" })),
    held("a join of nobody", spoiled(joinRound(ROUND, { code: "K7QF3M" }), {}, { code: null })),
    held("a join of two", spoiled(joinRound(ROUND, { code: "K7QF3M" }), {}, { with: uuid(0x101) })),
    held(
      "a join by a letter that codes have not",
      spoiled(joinRound(ROUND, { code: "K7QF3M" }), {}, { code: "K7QF3U" }),
    ),
    held("a withdrawal for no known reason", spoiled(withdrawObservation(RECORD, 1, "other"), {}, { reason: "shame" })),
  ];
}

/** A list with one item a line, so that a change shows as that. */
function lines(items: readonly object[]): string {
  return `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]`;
}

/** The file, as text. */
export function examplesText(): string {
  const about =
    "Operations that the phone app and the server must understand alike. Made by the phone's tests; see docs/sync-protocol.md, 2.1.";
  const head = `"about": ${JSON.stringify(about)},\n"user": ${JSON.stringify(USER)}`;
  return `{\n${head},\n"good": ${lines(goodExamples())},\n"bad": ${lines(badExamples())}\n}\n`;
}
