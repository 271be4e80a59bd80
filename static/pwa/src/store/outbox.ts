/** What is unsent, and what the server has acknowledged. Nothing leaves this place but by `cleaning`. */

import { isFree } from "../domain/observation";
import type { Ack, Audit, Operation, PushAnswer, Sha256, StoredOp, StoredPhoto, Uuid } from "../domain/types";
import type { DeviceDb } from "./device";
import { each } from "./issue";
import { statesOf, takeNumber } from "./operations";
import { type MetaValues, NEVER_SYNCED, type ReadTransaction, type SyncMeta, type WriteTransaction } from "./schema";
import type { Outbox } from "./sync_store";

/** The core needs only the next operations, six full batches of them; after 72 hours without a network there may be thousands. */
const NEXT_OPS = 1_200;

/** Read what is unsent, without bytes. */
export async function readOutbox(db: DeviceDb): Promise<Outbox> {
  return db.read(["ops", "photos", "meta"], async (tx) => {
    const byState = tx.objectStore("ops").index("by_state");
    const photos = tx.objectStore("photos").index("by_state");
    const [next, ready, open, named, photos_kept, sync] = await Promise.all([
      byState.getAll(statesOf("ready"), NEXT_OPS),
      byState.count(statesOf("ready")),
      byState.getAll(statesOf("open")),
      photos.getAll("named"),
      photos.count("waiting"),
      readSync(tx),
    ]);
    const times = [...next, ...open].map((op) => op.saved_at);
    const releases = open.map((op) => op.hold_until ?? 0);
    return {
      epoch: sync.epoch,
      cursor: sync.cursor,
      ops: next.map(({ id, size, op }) => ({ id, size, is_free: isFree(op) })),
      unsent: ready + open.length,
      oldest: times.length > 0 ? Math.min(...times) : null,
      next_release_at: releases.length > 0 ? Math.min(...releases) : null,
      photos: named.sort((a, b) => a.saved_at - b.saved_at).map(({ sha256, size }) => ({ sha256, size })),
      photos_kept,
      synced_at: sync.synced_at,
    };
  });
}

/** Those of the operations that are still to be sent, in the order of `n`. */
export async function readOperations(db: DeviceDb, ids: readonly Uuid[]): Promise<readonly Operation[]> {
  const found = await db.read(["ops"], (tx) => Promise.all(ids.map((id) => tx.objectStore("ops").get(id))));
  return found
    .filter((stored) => stored?.state === "ready")
    .flatMap((stored) => (stored === undefined ? [] : [stored.op]))
    .sort((a, b) => a.n - b.n);
}

/**
 * Mark what the server has made durable, by id, in one strict transaction.
 *
 * An answer of another epoch than the one here first puts everything back into the outbox.
 */
export async function storeAcks(db: DeviceDb, answer: PushAnswer): Promise<void> {
  const change = await db.write(["ops", "photos", "meta"], "strict", async (tx) => {
    const sync = await readSync(tx);
    const isNewServer = sync.epoch !== null && sync.epoch !== answer.epoch;
    if (isNewServer) await putBack(tx);
    const ops = await each(answer.acks, (ack) => storeAck(tx, ack, answer.server_time));
    const stored = ops.filter((op) => op !== null);
    const photos = await markNamed(tx, stored);
    await putSync(tx, { ...(isNewServer ? reset(sync) : sync), ...agreed(answer), synced_at: db.deps.clock.wall() });
    const anew = answer.acks.some((ack) => ack.st === "mismatch");
    return { ops: stored, photos, isAll: isNewServer || anew };
  });
  db.changes.tell({ topics: ["picture"], ...change });
}

async function storeAck(tx: WriteTransaction, ack: Ack, at: number): Promise<StoredOp | null> {
  const ops = tx.objectStore("ops");
  const known = await ops.get(ack.id);
  if (known === undefined || known.state === "acked") return null;
  if (ack.st === "mismatch") return sendAnew(tx, known);
  const acked: StoredOp = {
    ...known,
    state: "acked",
    hold_until: null,
    acked_at: at,
    seq: ack.seq ?? null,
    rev: ack.rev ?? null,
    st: ack.st,
    why: ack.why ?? null,
    refused: null,
  };
  await ops.put(acked);
  return acked;
}

/**
 * The server knows other content under this id, which only a fault can bring about: the same act goes again under a new one.
 *
 * Once: an act that meets this twice stays as it is and shows its trouble.
 */
async function sendAnew(tx: WriteTransaction, known: StoredOp): Promise<StoredOp | null> {
  if (known.refused === "mismatch") return null;
  const id = successorOf(known.id);
  const op = { ...known.op, id, n: await takeNumber(tx) };
  const anew: StoredOp = { ...known, id, n: op.n, op, state: "ready", hold_until: null, refused: "mismatch" };
  await tx.objectStore("ops").delete(known.id);
  await tx.objectStore("ops").put(anew);
  return anew;
}

/** The next identifier of the same millisecond: no chance is at hand inside a transaction that may be done again. */
function successorOf(id: Uuid): Uuid {
  const tail = (Number.parseInt(id.slice(24), 16) + 1) % 2 ** 48;
  return id.slice(0, 24) + tail.toString(16).padStart(12, "0");
}

/** The server has been told of these operations' photos: their bytes may be sent. */
async function markNamed(tx: WriteTransaction, ops: readonly StoredOp[]): Promise<StoredPhoto[]> {
  const acked = ops.filter((op) => op.state === "acked");
  const hashes = new Set(acked.flatMap((op) => op.op.blobs.map((blob) => blob.sha256)));
  const photos = tx.objectStore("photos");
  const marked = await each([...hashes], async (sha256) => {
    const known = await photos.get(sha256);
    if (known === undefined || known.state === "named" || known.state === "done") return null;
    const named: StoredPhoto = { ...known, state: "named" };
    await photos.put(named);
    return named;
  });
  return marked.filter((photo) => photo !== null);
}

/** The server has all of a photo's bytes, as of the time in its newest answer. */
export async function storePhotoDone(db: DeviceDb, sha256: Sha256): Promise<void> {
  const done = await db.write(["photos", "meta"], "strict", async (tx) => {
    const [known, sync] = await Promise.all([tx.objectStore("photos").get(sha256), readSync(tx)]);
    if (known === undefined) return null;
    const photo: StoredPhoto = { ...known, state: "done", done_at: sync.server_time ?? db.deps.clock.wall() };
    await tx.objectStore("photos").put(photo);
    return photo;
  });
  if (done !== null) db.changes.tell({ topics: ["picture"], photos: [done] });
}

/** The server is another one than before (restored): all that is here goes back into the outbox, the cursor to null. */
export async function restart(db: DeviceDb, epoch: string): Promise<void> {
  const isNew = await db.write(["ops", "photos", "meta"], "strict", async (tx) => {
    const sync = await readSync(tx);
    if (sync.epoch === epoch) return false;
    await putBack(tx);
    await putSync(tx, { ...reset(sync), epoch });
    return true;
  });
  if (isNew) db.changes.tell({ topics: ["picture"], isAll: true });
}

async function putBack(tx: WriteTransaction): Promise<void> {
  const ops = tx.objectStore("ops");
  const photos = tx.objectStore("photos");
  const [acked, done] = await Promise.all([
    ops.index("by_state").getAll(statesOf("acked")),
    photos.index("by_state").getAll("done"),
  ]);
  await each(acked, (op) => ops.put(unsent(op)));
  await each(done, (photo) => photos.put({ ...photo, state: "named", done_at: null }));
}

function unsent(op: StoredOp): StoredOp {
  return {
    ...op,
    state: "ready",
    hold_until: null,
    acked_at: null,
    seq: null,
    rev: null,
    st: null,
    why: null,
    is_gone: false,
  };
}

/** Remember why the server would not take an operation even alone. It stays in the outbox. */
export async function refuse(db: DeviceDb, id: Uuid, code: string): Promise<void> {
  const refused = await db.write(["ops"], "relaxed", async (tx) => {
    const known = await tx.objectStore("ops").get(id);
    if (known === undefined || known.state === "acked") return null;
    const marked: StoredOp = { ...known, refused: code };
    await tx.objectStore("ops").put(marked);
    return marked;
  });
  if (refused !== null) db.changes.tell({ topics: ["picture"], ops: [refused] });
}

/** Put back into the outbox what the server says it lacks although it was acknowledged. */
export async function storeAudit(db: DeviceDb, audit: Audit): Promise<number> {
  const missing = new Set(audit.missing);
  const lacking = new Set(audit.photos_missing);
  const changed = await db.write(["ops", "photos"], "strict", async (tx) => {
    const ops = tx.objectStore("ops");
    const photos = tx.objectStore("photos");
    const acked = await ops.index("by_state").getAll(statesOf("acked"));
    const done = await photos.index("by_state").getAll("done");
    const back = acked.filter((op) => missing.has(op.n) || op.n > audit.max_n).map(unsent);
    const again = done
      .filter((photo) => lacking.has(photo.sha256))
      .map((photo): StoredPhoto => ({ ...photo, state: "named", done_at: null }));
    await each(back, (op) => ops.put(op));
    await each(again, (photo) => photos.put(photo));
    return { ops: back, photos: again };
  });
  const count = changed.ops.length + changed.photos.length;
  if (count > 0) db.changes.tell({ topics: ["picture"], ...changed });
  return count;
}

/** How far store and server agree. Needs the store `meta`. */
export async function readSync(tx: ReadTransaction | WriteTransaction): Promise<SyncMeta> {
  const known = await tx.objectStore("meta").get("sync");
  return (known as MetaValues["sync"] | undefined) ?? NEVER_SYNCED;
}

export async function putSync(tx: WriteTransaction, sync: SyncMeta): Promise<void> {
  await tx.objectStore("meta").put(sync, "sync");
}

/** What every answer says about the server. */
export function agreed(
  answer: Pick<PushAnswer, "epoch" | "safe_seq" | "retain_days" | "server_time">,
): Pick<SyncMeta, "epoch" | "safe_seq" | "retain_days" | "server_time"> {
  const { epoch, safe_seq, retain_days, server_time } = answer;
  return { epoch, safe_seq, retain_days, server_time };
}

/** The agreement with a server that is not the one before: nothing it said counts any more. */
export function reset(sync: SyncMeta): SyncMeta {
  return { ...NEVER_SYNCED, generation: sync.generation + 1, synced_at: sync.synced_at };
}
