/** Make operations durable: numbered without gaps, with their photo bytes, in one strict transaction. */

import type { Stamp } from "../domain/clock";
import { stamp } from "../domain/clock";
import { correctObservation, mergeSet } from "../domain/observation";
import { roundOf } from "../domain/round";
import type {
  BlobRef,
  Command,
  Ms,
  NewPhoto,
  ObservationSet,
  Operation,
  PhotoRef,
  Sha256,
  StoredOp,
  StoredPhoto,
  Uuid,
} from "../domain/types";
import type { DeviceDb } from "./device";
import { each } from "./issue";
import { putPhotos } from "./photos";
import type { StoreName, WriteTransaction } from "./schema";
import type { SaveOptions } from "./store";

/** A record whose editor was left open is sent after this time all the same. */
export const HOLD_MS = 120_000;

const SAVE_STORES: readonly StoreName[] = ["ops", "meta", "chunks", "photos", "drafts", "rows"];

/** What numbers, signs and dates an operation. */
export interface Making extends Stamp {
  readonly id: Uuid;
  readonly n: number;
  readonly by: Uuid;
}

/** A photo is named whose bytes are not on the phone. */
export class PhotoMissing extends Error {
  override readonly name = "PhotoMissing";
}

interface Saved {
  readonly stored: StoredOp;
  readonly photos: readonly StoredPhoto[];
  readonly replaced: Uuid | null;
}

/** Save a command. Raises PhotoMissing, StorageTrouble. */
export async function saveRecord(
  db: DeviceDb,
  command: Command,
  photos: readonly NewPhoto[] = [],
  options: SaveOptions = {},
): Promise<Operation> {
  const made = { id: db.newId(), by: userOf(db), ...stamp(db.deps.clock) };
  const saved = await db.write(SAVE_STORES, "strict", async (tx) => {
    const before = await tx.objectStore("ops").get(made.id);
    if (before !== undefined) return savedAs(tx, before);
    await putPhotos(tx, photos, made.at);
    const n = await takeNumber(tx);
    const blobs = await blobsOf(tx, command);
    const stored = toStored(toOperation(command, { ...made, n }, blobs), options.isOpen ? made.at + HOLD_MS : null);
    await tx.objectStore("ops").put(stored);
    if (options.draft !== undefined) await tx.objectStore("drafts").delete(options.draft);
    return savedAs(tx, stored);
  });
  return tellSaved(db, saved, options.draft !== undefined);
}

/**
 * Change a record: replace its operation while that is open (new id, same n, the time of the first tap), else save a correction.
 *
 * Raises PhotoMissing, RangeError when nothing is changed, StorageTrouble.
 *
 * An operation that is open has never been offered to the network: only `release` ends that, in a transaction of its own.
 */
export async function amendRecord(
  db: DeviceDb,
  entity: Uuid,
  set: ObservationSet,
  photos: readonly NewPhoto[] = [],
): Promise<Operation> {
  const made = { id: db.newId(), by: userOf(db), ...stamp(db.deps.clock) };
  const saved = await db.write(SAVE_STORES, "strict", async (tx) => {
    const before = await tx.objectStore("ops").get(made.id);
    if (before !== undefined) return savedAs(tx, before);
    await putPhotos(tx, photos, made.at);
    const known = await tx.objectStore("ops").index("by_entity").getAll(entity);
    const open = lastOpen(known);
    const stored =
      open === null
        ? await correction(tx, entity, set, known, made)
        : await replacement(tx, open, set, made.id, made.at + HOLD_MS);
    return savedAs(tx, stored, open?.id);
  });
  return tellSaved(db, saved, false);
}

/** Let what was kept back of an entity go. Returns whether there was anything. */
export async function release(db: DeviceDb, entity: Uuid): Promise<boolean> {
  return releaseWhere(db, (op) => op.entity === entity);
}

/**
 * Let everything go whose time is up, also when the clock has been set back. Returns whether there was anything.
 *
 * `now` was read before the store answered: what was saved meanwhile, its editor still open, is a little ahead of it.
 */
export async function releaseDue(db: DeviceDb, now: Ms): Promise<boolean> {
  const isDue = ({ hold_until }: StoredOp) =>
    hold_until === null || hold_until <= now || hold_until > now + 2 * HOLD_MS;
  return releaseWhere(db, isDue);
}

async function releaseWhere(db: DeviceDb, isDue: (op: StoredOp) => boolean): Promise<boolean> {
  const open = await db.read(["ops"], (tx) => tx.objectStore("ops").index("by_state").getAll(statesOf("open")));
  if (!open.some(isDue)) return false;
  const ready = await db.write(["ops"], "strict", async (tx) => {
    const ops = tx.objectStore("ops");
    const due = (await ops.index("by_state").getAll(statesOf("open"))).filter(isDue);
    const released = due.map((op): StoredOp => ({ ...op, state: "ready", hold_until: null }));
    await each(released, (op) => ops.put(op));
    return released;
  });
  if (ready.length > 0) db.changes.tell({ topics: ["picture"], ops: ready });
  return ready.length > 0;
}

/** Keys of `by_state` for one state. */
export function statesOf(state: StoredOp["state"]): IDBKeyRange {
  return IDBKeyRange.bound([state, 0], [state, Number.MAX_SAFE_INTEGER]);
}

/** Take the device's next number. Needs the store `meta`. */
export async function takeNumber(tx: WriteTransaction): Promise<number> {
  const meta = tx.objectStore("meta");
  const next = ((await meta.get("next_n")) as number | undefined) ?? 1;
  await meta.put(next + 1, "next_n");
  return next;
}

/** Make the operation a command travels as. */
export function toOperation(command: Command, made: Making, blobs: readonly BlobRef[] = []): Operation {
  const { id, n, by, at, mono, tz } = made;
  const { type, entity, base, data } = command;
  return { id, n, by, type, entity, base, at, mono, tz, v: 1, data, blobs } as Operation;
}

/** An operation as it lies on the phone before anything has happened to it. */
export function toStored(op: Operation, holdUntil: Ms | null = null): StoredOp {
  return {
    id: op.id,
    n: op.n,
    entity: op.entity,
    round: roundOf(op),
    state: holdUntil === null ? "ready" : "open",
    op,
    size: new TextEncoder().encode(JSON.stringify(op)).byteLength,
    saved_at: op.at,
    hold_until: holdUntil,
    acked_at: null,
    seq: null,
    rev: null,
    st: null,
    why: null,
    is_gone: false,
    refused: null,
  };
}

/** The user whose store this is. */
export function userOf(db: DeviceDb): Uuid {
  const { user_id } = db.entry;
  if (user_id === null) throw new Error("nobody has signed in to this store");
  return user_id;
}

async function replacement(
  tx: WriteTransaction,
  open: StoredOp,
  set: ObservationSet,
  id: Uuid,
  holdUntil: Ms,
): Promise<StoredOp> {
  const command = mergedCommand(open.op, set);
  const { n, by, at, mono, tz } = open.op;
  const blobs = await blobsOf(tx, command);
  const stored = toStored(toOperation(command, { id, n, by, at, mono, tz }, blobs), holdUntil);
  await tx.objectStore("ops").delete(open.id);
  await tx.objectStore("ops").put(stored);
  return stored;
}

async function correction(
  tx: WriteTransaction,
  entity: Uuid,
  set: ObservationSet,
  known: readonly StoredOp[],
  made: Omit<Making, "n">,
): Promise<StoredOp> {
  const row = await tx.objectStore("rows").get(["observation", entity]);
  const revs = known.map((op) => op.rev ?? 0);
  const seen = Math.max(row?.kind === "observation" ? row.body.rev : 0, ...revs);
  const command = correctObservation(entity, seen || null, set);
  if (Object.keys(command.data.set).length === 0) throw new RangeError("nothing is changed");
  const n = await takeNumber(tx);
  const stored = toStored(toOperation(command, { ...made, n }, await blobsOf(tx, command)), made.at + HOLD_MS);
  await tx.objectStore("ops").put(stored);
  return stored;
}

function mergedCommand(op: Operation, set: ObservationSet): Command {
  const { type, entity, base } = op;
  if (type === "observation.record") return { type, entity, base, data: mergeSet(op.data, set) };
  if (type === "observation.correct") {
    return correctObservation(entity, base, { ...op.data.set, ...set, ...mergedPhotos(op.data.set, set) });
  }
  throw new Error(`${type} cannot be replaced`);
}

function mergedPhotos(before: ObservationSet, set: ObservationSet): Pick<ObservationSet, "photos"> {
  if (before.photos === undefined || set.photos === undefined) return {};
  const added = new Set(set.photos.map((photo) => photo.id));
  return { photos: [...before.photos.filter((photo) => !added.has(photo.id)), ...set.photos] };
}

function lastOpen(ops: readonly StoredOp[]): StoredOp | null {
  const open = ops.filter(
    ({ state, op }) => state === "open" && (op.type === "observation.record" || op.type === "observation.correct"),
  );
  return open.sort((a, b) => b.n - a.n)[0] ?? null;
}

/** What the server is told of the bytes a command names; they belong to a record from now on. Raises PhotoMissing. */
async function blobsOf(tx: WriteTransaction, command: Command): Promise<BlobRef[]> {
  const named = new Set(photosOf(command).map((photo) => photo.sha256));
  return each([...named], (sha256) => blobOf(tx, sha256));
}

async function blobOf(tx: WriteTransaction, sha256: Sha256): Promise<BlobRef> {
  const known = await tx.objectStore("photos").get(sha256);
  if (known === undefined) throw new PhotoMissing(sha256);
  if (known.state === "kept") await tx.objectStore("photos").put({ ...known, state: "waiting" });
  return { sha256, size: known.size, mime: known.mime };
}

/** What is to be told of a save: the operation and what is now known of the photos it names. */
async function savedAs(tx: WriteTransaction, stored: StoredOp, replaced: Uuid | null = null): Promise<Saved> {
  const named = await each(stored.op.blobs, ({ sha256 }) => tx.objectStore("photos").get(sha256));
  return { stored, photos: named.filter((photo) => photo !== undefined), replaced };
}

function photosOf(command: Command): readonly PhotoRef[] {
  if (command.type === "observation.record") return command.data.photos;
  return command.type === "observation.correct" ? (command.data.set.photos ?? []) : [];
}

function tellSaved(db: DeviceDb, { stored, photos, replaced }: Saved, hasDraft: boolean): Operation {
  db.changes.tell({
    topics: hasDraft ? ["picture", "drafts"] : ["picture"],
    ops: [stored],
    opsGone: replaced === null ? [] : [replaced],
    photos,
  });
  return stored.op;
}
