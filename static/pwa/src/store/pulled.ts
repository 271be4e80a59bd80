/** Rows pulled from the server, applied with their cursor in one transaction. */

import type { GoneRow, Ms, PullAnswer, PulledRow, Row, StoredOp } from "../domain/types";
import type { DeviceDb } from "./device";
import { each } from "./issue";
import { agreed, putSync, readSync } from "./outbox";
import type { StoredRow, SyncMeta, WriteTransaction } from "./schema";

/** A cursor taken apart: `"<epoch>.<scope>.<seq>"`. */
export interface Cursor {
  readonly server: string;
  readonly seq: number;
}

/** Take a cursor apart; null when it is none. */
export function parseCursor(text: string): Cursor | null {
  const dot = text.lastIndexOf(".");
  const digits = text.slice(dot + 1);
  return dot < 1 || !/^\d+$/.test(digits) ? null : { server: text.slice(0, dot), seq: Number(digits) };
}

/** Whether an answer's cursor leads on from the one here. A null one here is led on from by any. */
export function isGreater(next: string, known: string | null): boolean {
  const after = parseCursor(next);
  if (after === null) return false;
  const before = known === null ? null : parseCursor(known);
  return before === null || (before.server === after.server && after.seq > before.seq);
}

/**
 * Apply an answer's rows and its cursor in one transaction; false when its cursor leads no further (nothing is applied).
 *
 * `askedWith`: the cursor of the question. When another answer has come in between, this one is late and ignored. The last page of a
 * pull that began without a cursor sweeps the rows that did not come again.
 */
export async function storeRows(db: DeviceDb, askedWith: string | null, answer: PullAnswer): Promise<boolean> {
  const now = answer.server_time;
  const change = await db.write(["rows", "ops", "meta"], "strict", async (tx) => {
    const sync = await readSync(tx);
    if (sync.cursor !== askedWith || isOtherServer(sync, answer)) return null;
    if (!isGreater(answer.cursor, sync.cursor)) {
      await putSync(tx, { ...sync, ...agreed(answer), synced_at: db.deps.clock.wall() });
      return null;
    }
    const generation = sync.generation;
    await each(answer.rows, (row) => applyRow(tx, row, generation, now));
    const ops = await applyToOps(tx, answer.rows);
    const swept = answer.more ? [] : await sweep(tx, generation);
    await putSync(tx, { ...sync, ...agreed(answer), cursor: answer.cursor, synced_at: db.deps.clock.wall() });
    return { rows: [...answer.rows, ...swept], ops };
  });
  if (change !== null && change.rows.length > 0) db.changes.tell({ topics: ["picture"], ...change });
  return change !== null;
}

/** Start the next pull from nothing: the user's scope has changed. */
export async function dropCursor(db: DeviceDb): Promise<void> {
  await db.write(["meta"], "strict", async (tx) => {
    const sync = await readSync(tx);
    await putSync(tx, { ...sync, cursor: null, generation: sync.generation + 1 });
  });
}

function isOtherServer(sync: SyncMeta, answer: PullAnswer): boolean {
  return sync.epoch !== null && sync.epoch !== answer.epoch;
}

async function applyRow(tx: WriteTransaction, row: PulledRow, generation: number, now: Ms): Promise<void> {
  const rows = tx.objectStore("rows");
  if ("gone" in row) await rows.delete([row.kind, row.id]);
  else await rows.put(toStored(row, generation, now));
}

function toStored({ seq, kind, id, body }: Row, generation: number, now: Ms): StoredRow {
  return { seq, kind, id, body, generation, received_at: now } as StoredRow;
}

/** What rows say about operations of this phone: a held one was released; what left the scope shows no more. */
async function applyToOps(tx: WriteTransaction, rows: readonly PulledRow[]): Promise<StoredOp[]> {
  const changed = await each(rows, (row) => {
    if ("gone" in row) return hideGone(tx, row);
    if (row.kind === "op" && row.body.state === "released") return markReleased(tx, row.body.op, row.seq);
    return showAgain(tx, row);
  });
  return changed.flat();
}

async function hideGone(tx: WriteTransaction, row: GoneRow): Promise<StoredOp[]> {
  if (row.kind !== "observation" && row.kind !== "round") return [];
  return changeOps(tx, row.id, (op) => op.state === "acked" && op.st !== "held" && !op.is_gone, { is_gone: true });
}

/** An entity that left the scope and came back is seen again. */
async function showAgain(tx: WriteTransaction, row: Row): Promise<StoredOp[]> {
  if (row.kind !== "observation" && row.kind !== "round") return [];
  return changeOps(tx, row.id, (op) => op.is_gone, { is_gone: false });
}

async function changeOps(
  tx: WriteTransaction,
  entity: string,
  isMeant: (op: StoredOp) => boolean,
  change: Partial<StoredOp>,
): Promise<StoredOp[]> {
  const ops = tx.objectStore("ops");
  const known = await ops.index("by_entity").getAll(entity);
  const changed = known.filter(isMeant).map((op): StoredOp => ({ ...op, ...change }));
  await each(changed, (op) => ops.put(op));
  return changed;
}

async function markReleased(tx: WriteTransaction, id: string, seq: number): Promise<StoredOp[]> {
  const ops = tx.objectStore("ops");
  const known = await ops.get(id);
  if (known === undefined || known.st !== "held") return [];
  const released: StoredOp = { ...known, st: "ok", seq, why: null };
  await ops.put(released);
  return [released];
}

async function sweep(tx: WriteTransaction, generation: number): Promise<GoneRow[]> {
  const rows = tx.objectStore("rows");
  const old = (await rows.getAll()).filter((row) => row.generation < generation);
  await each(old, (row) => rows.delete([row.kind, row.id]));
  return old.map(({ seq, kind, id }): GoneRow => ({ seq, kind, id, gone: true }));
}
