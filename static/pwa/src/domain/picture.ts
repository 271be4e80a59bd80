/** What the host sees: a pure function of the server's rows and everything the phone still holds. */

import { CALM_CATEGORY, mergeSet } from "./observation";
import { roundsOf } from "./picture_rounds";
import type {
  BodyByKind,
  CategoryKind,
  HostPicture,
  ObservationBody,
  ObservationRecord,
  OpSummary,
  PictureSource,
  RecordPhoto,
  RecordState,
  RecordView,
  Row,
  Sha256,
  Uuid,
} from "./types";

/** The fields of a record that operations write, and what they say about it. */
interface Draft {
  fields: ObservationRecord;
  occurredAt: number;
  isWithdrawn: boolean;
}

/** Lay what the server's rows do not cover yet over them. `sending`: operations in a request right now. */
export function makePicture(source: PictureSource, sending: ReadonlySet<Uuid>): HostPicture {
  const opsOf = opsByEntity(source);
  const records = recordsOf(source, sending, opsOf);
  const rounds = roundsOf(source, opsOf, records);
  return {
    records,
    rounds,
    current_round: rounds.find((round) => round.state !== "ended") ?? null,
    unsent: source.ops.filter((op) => op.state !== "acked").length,
  };
}

/** Operations by the entity they are about, in the order of `n`; those that no longer show are left out. */
function opsByEntity(source: PictureSource): Map<Uuid, OpSummary[]> {
  const byEntity = new Map<Uuid, OpSummary[]>();
  for (const op of source.ops) {
    if (op.is_gone) continue;
    const known = byEntity.get(op.entity);
    if (known === undefined) byEntity.set(op.entity, [op]);
    else known.push(op);
  }
  return byEntity;
}

function recordsOf(
  source: PictureSource,
  sending: ReadonlySet<Uuid>,
  opsOf: ReadonlyMap<Uuid, readonly OpSummary[]>,
): RecordView[] {
  const views: RecordView[] = [];
  for (const row of source.rows.observation.values()) {
    views.push(viewOf(source, sending, row.id, row, opsOf.get(row.id) ?? []));
  }
  for (const [id, ops] of opsOf) {
    if (source.rows.observation.has(id) || !ops.some(isCreate)) continue;
    views.push(viewOf(source, sending, id, null, ops));
  }
  return views.sort((a, b) => b.occurred_at - a.occurred_at || (a.id < b.id ? 1 : -1));
}

function viewOf(
  source: PictureSource,
  sending: ReadonlySet<Uuid>,
  id: Uuid,
  row: Row<"observation"> | null,
  ops: readonly OpSummary[],
): RecordView {
  const draft = ops.filter((op) => shows(op, row)).reduce(applyOp, draftOf(row));
  const photos = draft.fields.photos.map((photo) => photoOf(source, row, photo));
  const journey = journeyOf(source, sending, ops);
  const received = photos.filter((photo) => photo.state !== "on_phone" && photo.state !== "named").length;
  const state = journey.state === "received" && received < photos.length ? "photos_partial" : journey.state;
  return {
    ...draft.fields,
    ...verdictOf(row),
    ...journey,
    id,
    kind: kindOf(source, draft.fields.category, row),
    rev: revOf(row, ops),
    occurred_at: draft.occurredAt,
    is_withdrawn: draft.isWithdrawn,
    photos,
    photos_received: received,
    state,
  };
}

/** Whether an operation says something the row does not: it has not arrived, is held, or is newer than the row. */
function shows(op: OpSummary, row: Row<"observation"> | null): boolean {
  if (row === null || op.state !== "acked" || op.seq === null) return true;
  return op.st === "held" || op.seq > row.seq;
}

const BLANK: ObservationRecord = {
  round: null,
  category: CALM_CATEGORY,
  place: null,
  place_source: "none",
  floor: null,
  position: null,
  severity: 1,
  note: null,
  note_confirmed: false,
  photos: [],
};

function draftOf(row: Row<"observation"> | null): Draft {
  if (row === null) return { fields: BLANK, occurredAt: 0, isWithdrawn: false };
  const { round, category, place, place_source, floor, position, severity, note, photos } = row.body;
  return {
    // The server has judged the note already; only a new one needs the host's word.
    fields: { round, category, place, place_source, floor, position, severity, note, note_confirmed: true, photos },
    occurredAt: row.body.occurred_at,
    isWithdrawn: row.body.state === "withdrawn",
  };
}

function applyOp(draft: Draft, { op }: OpSummary): Draft {
  switch (op.type) {
    case "observation.record":
      return { ...draft, fields: mergeSet({ ...op.data, photos: draft.fields.photos }, op.data), occurredAt: op.at };
    case "visit.check": {
      const { round, place, position } = op.data;
      return { ...draft, fields: { ...BLANK, round, place, position, place_source: "chosen" }, occurredAt: op.at };
    }
    case "observation.correct":
      return { ...draft, fields: mergeSet(draft.fields, op.data.set) };
    case "observation.withdraw":
      return { ...draft, isWithdrawn: true };
    default:
      return draft;
  }
}

/** How far the record's operations have come. The least finished one decides. */
function journeyOf(
  source: PictureSource,
  sending: ReadonlySet<Uuid>,
  ops: readonly OpSummary[],
): Pick<RecordView, "state" | "is_open" | "held_why" | "returned_reason" | "refused"> {
  const unsent = ops.filter((op) => op.state !== "acked");
  const verdicts = ops.map((op) => verdictOn(source, op));
  const returned = verdicts.find((verdict) => verdict?.state === "returned");
  const held = ops.find((op, index) => op.st === "held" && verdicts[index]?.state !== "released");
  return {
    state: stateOf(unsent, sending, returned !== undefined, held !== undefined),
    is_open: unsent.some((op) => op.state === "open"),
    held_why: held?.why ?? null,
    returned_reason: returned?.reason ?? null,
    refused: unsent.find((op) => op.refused !== null)?.refused ?? null,
  };
}

function stateOf(
  unsent: readonly OpSummary[],
  sending: ReadonlySet<Uuid>,
  isReturned: boolean,
  isHeld: boolean,
): RecordState {
  if (unsent.some((op) => sending.has(op.id))) return "sending";
  if (unsent.length > 0) return "on_phone";
  if (isReturned) return "returned";
  return isHeld ? "held" : "received";
}

/** What a supervisor, or the server later, has said of a held operation. */
function verdictOn(source: PictureSource, op: OpSummary): BodyByKind["op"] | null {
  return source.rows.op.get(op.id)?.body ?? null;
}

function verdictOf(
  row: Row<"observation"> | null,
): Pick<RecordView, "has_conflict" | "is_category_corrected" | "comments" | "case"> {
  return {
    has_conflict: row?.body.conflict ?? false,
    is_category_corrected: row?.body.category_corrected ?? false,
    comments: row?.body.comments ?? [],
    case: row?.body.case ?? null,
  };
}

function revOf(row: Row<"observation"> | null, ops: readonly OpSummary[]): number | null {
  const revs = ops.map((op) => op.rev ?? 0);
  return Math.max(row?.body.rev ?? 0, ...revs) || null;
}

function photoOf(
  source: PictureSource,
  row: Row<"observation"> | null,
  photo: ObservationRecord["photos"][number],
): RecordPhoto {
  const { id, slot, sha256 } = photo;
  const said = source.rows.photo.get(id)?.body.state ?? serverStateIn(row?.body, id) ?? "named";
  return { id, slot, sha256, state: said === "named" ? stateOnPhone(source, sha256) : said };
}

function serverStateIn(body: ObservationBody | undefined, id: Uuid): RecordPhoto["state"] | undefined {
  return body?.photos.find((photo) => photo.id === id)?.state;
}

function stateOnPhone(source: PictureSource, sha256: Sha256): RecordPhoto["state"] {
  const stored = source.photos.get(sha256);
  if (stored === undefined) return "named";
  return stored.state === "done" ? "received" : "on_phone";
}

function isCreate(op: OpSummary): boolean {
  return op.op.type === "observation.record" || op.op.type === "visit.check";
}

function kindOf(source: PictureSource, code: string, row: Row<"observation"> | null): CategoryKind {
  for (const category of source.rows.category.values()) {
    if (category.body.code === code) return category.body.kind;
  }
  return row?.body.kind ?? (code.startsWith("PO") ? "P" : "O");
}
