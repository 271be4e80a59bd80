/** Photo bytes on the phone: in pieces, under their hash, written in the transaction of what names them. */

import { CHUNK_BYTES } from "../domain/photo";
import type { Ms, NewPhoto, Sha256, StoredPhoto } from "../domain/types";
import type { DeviceDb } from "./device";
import { each } from "./issue";
import type { ReadTransaction, WriteTransaction } from "./schema";

/** Put photos that are not here yet; returns what is now known of each. Needs the stores `photos` and `chunks`. */
export async function putPhotos(
  tx: WriteTransaction,
  photos: readonly NewPhoto[],
  savedAt: Ms,
): Promise<StoredPhoto[]> {
  return each(photos, (photo) => putPhoto(tx, photo, savedAt));
}

async function putPhoto(tx: WriteTransaction, photo: NewPhoto, savedAt: Ms): Promise<StoredPhoto> {
  const { sha256, size, mime, bytes } = photo;
  const known = await tx.objectStore("photos").get(sha256);
  if (known !== undefined) return known;
  const stored: StoredPhoto = { sha256, size, mime, saved_at: savedAt, state: "kept", done_at: null };
  const chunks = tx.objectStore("chunks");
  await tx.objectStore("photos").put(stored);
  await each([...piecesOf(bytes).entries()], ([index, piece]) => chunks.put(piece, [sha256, index]));
  return stored;
}

function piecesOf(bytes: ArrayBuffer): ArrayBuffer[] {
  const pieces: ArrayBuffer[] = [];
  for (let start = 0; start < bytes.byteLength; start += CHUNK_BYTES) {
    pieces.push(bytes.slice(start, start + CHUNK_BYTES));
  }
  return pieces;
}

/** Every key of a photo's pieces. */
export function chunkRange(sha256: Sha256): IDBKeyRange {
  return IDBKeyRange.bound([sha256, 0], [sha256, Number.MAX_SAFE_INTEGER]);
}

/** The whole photo, or null when it (or a piece of it) is not on the phone. */
export async function readPhoto(db: DeviceDb, sha256: Sha256): Promise<ArrayBuffer | null> {
  const known = await db.read(["photos"], (tx) => tx.objectStore("photos").get(sha256));
  return known === undefined ? null : readPart(db, sha256, 0, known.size);
}

/** `size` bytes of a photo from `off`, or null when they are not all on the phone. */
export async function readPart(db: DeviceDb, sha256: Sha256, off: number, size: number): Promise<ArrayBuffer | null> {
  const first = Math.floor(off / CHUNK_BYTES);
  const last = Math.floor(Math.max(off, off + size - 1) / CHUNK_BYTES);
  const pieces = await db.read(["chunks"], (tx) => readPieces(tx, sha256, first, last));
  const joined = join(pieces, last - first + 1);
  if (joined === null) return null;
  const start = off - first * CHUNK_BYTES;
  return joined.byteLength < start + size ? null : joined.slice(start, start + size);
}

function readPieces(tx: ReadTransaction, sha256: Sha256, first: number, last: number): Promise<ArrayBuffer[]> {
  return tx.objectStore("chunks").getAll(IDBKeyRange.bound([sha256, first], [sha256, last]));
}

function join(pieces: readonly ArrayBuffer[], expected: number): ArrayBuffer | null {
  if (pieces.length !== expected) return null;
  const joined = new Uint8Array(pieces.reduce((total, piece) => total + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(new Uint8Array(piece), at);
    at += piece.byteLength;
  }
  return joined.buffer;
}
