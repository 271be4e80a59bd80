/** What the picture is made from, kept in memory and brought up to date by every change. */

import type {
  Operation,
  OpSummary,
  PictureSource,
  PulledRow,
  Row,
  RowKind,
  StoredOp,
  StoredPhoto,
  Uuid,
} from "../domain/types";
import type { Change } from "./changes";
import type { DeviceDb } from "./device";
import type { StoredRow } from "./schema";

const KINDS: readonly RowKind[] = [
  "organisation",
  "zone",
  "place",
  "anchor",
  "category",
  "round",
  "observation",
  "photo",
  "op",
];

type Rows = { [K in RowKind]: ReadonlyMap<Uuid, Row<K>> };

/** Read everything the picture is made from. */
export async function readSource(db: DeviceDb): Promise<PictureSource> {
  const [ops, rows, photos] = await db.read(["ops", "rows", "photos"], (tx) =>
    Promise.all([tx.objectStore("ops").getAll(), tx.objectStore("rows").getAll(), tx.objectStore("photos").getAll()]),
  );
  return sourceOf(ops, rows, photos);
}

/** The same from values. */
export function sourceOf(
  ops: readonly StoredOp[],
  rows: readonly StoredRow[],
  photos: readonly StoredPhoto[],
): PictureSource {
  return {
    rows: changedRows(emptyRows(), rows),
    ops: ops.map(summaryOf).sort((a, b) => a.n - b.n),
    photos: new Map(photos.map((photo) => [photo.sha256, photo])),
  };
}

/** A source with a change applied: a new object, sharing what did not change. */
export function applyChange(source: PictureSource, change: Change): PictureSource {
  return {
    rows: change.rows === undefined ? source.rows : changedRows(source.rows, change.rows),
    ops: changedOps(source.ops, change),
    photos: changedPhotos(source.photos, change),
  };
}

function changedRows(before: Rows, rows: readonly (PulledRow | StoredRow)[]): Rows {
  const after: Record<RowKind, Map<Uuid, Row>> = { ...before } as never;
  const copied = new Set<RowKind>();
  for (const row of rows) {
    if (after[row.kind] === undefined) continue;
    if (!copied.has(row.kind)) {
      copied.add(row.kind);
      after[row.kind] = new Map(after[row.kind]);
    }
    if ("gone" in row) after[row.kind].delete(row.id);
    else after[row.kind].set(row.id, { seq: row.seq, kind: row.kind, id: row.id, body: row.body } as Row);
  }
  return after as unknown as Rows;
}

function changedOps(before: readonly OpSummary[], change: Change): readonly OpSummary[] {
  if (!change.ops?.length && !change.opsGone?.length) return before;
  const byId = new Map(before.map((op) => [op.id, op]));
  for (const id of change.opsGone ?? []) byId.delete(id);
  for (const op of change.ops ?? []) byId.set(op.id, summaryOf(op));
  return [...byId.values()].sort((a, b) => a.n - b.n);
}

function changedPhotos(before: PictureSource["photos"], change: Change): PictureSource["photos"] {
  if (!change.photos?.length && !change.photosGone?.length) return before;
  const after = new Map(before);
  for (const sha256 of change.photosGone ?? []) after.delete(sha256);
  for (const photo of change.photos ?? []) after.set(photo.sha256, photo);
  return after;
}

function summaryOf(stored: StoredOp): OpSummary {
  return { ...stored, op: withoutColumns(stored.op) };
}

function withoutColumns(op: Operation): OpSummary["op"] {
  return op.type === "track.segment" ? { ...op, data: null } : op;
}

function emptyRows(): Rows {
  return Object.fromEntries(KINDS.map((kind) => [kind, new Map()])) as unknown as Rows;
}
