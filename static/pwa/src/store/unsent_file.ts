/** What this phone could not send, as a file that the desk can take in (docs/sync-protocol.md): the way out when nothing else works. */

import type { StoredPhoto } from "../domain/types";
import type { DeviceDb } from "./device";
import { readPart } from "./photos";

/** A multiple of three, so that only a photo's last part ends in padding. */
const PART_BYTES = 768 * 1024;
const CODES_AT_ONCE = 0x8000;

/** Write everything unsent of this user to a file: operations by number, then the photos that the server has not got. */
export async function unsentFile(db: DeviceDb, app: string): Promise<Blob> {
  const [ops, photos] = await db.read(["ops", "photos"], (tx) =>
    Promise.all([tx.objectStore("ops").getAll(), tx.objectStore("photos").getAll()]),
  );
  const unsent = ops.filter(({ state }) => state !== "acked").sort((a, b) => a.n - b.n);
  const head = { rond: "unsent", v: 1, device: db.device, app, saved_at: Math.round(db.deps.clock.wall()) };
  const lines: BlobPart[] = [line(head), ...unsent.map(({ op }) => line({ op }))];
  for (const photo of photos.filter(isMissing)) lines.push(...(await partsOf(db, photo)));
  return new Blob(lines, { type: "application/x-ndjson" });
}

function isMissing({ state }: StoredPhoto): boolean {
  return state === "waiting" || state === "named";
}

/** A photo's lines, each a blob of its own: a browser may keep those off its memory. What is not whole here is left out. */
async function partsOf(db: DeviceDb, { sha256, size }: StoredPhoto): Promise<Blob[]> {
  const parts: Blob[] = [];
  for (let off = 0; off < size; off += PART_BYTES) {
    const bytes = await readPart(db, sha256, off, Math.min(PART_BYTES, size - off));
    if (bytes === null) break;
    parts.push(new Blob([line({ photo: sha256, off, part: base64(new Uint8Array(bytes)) })]));
  }
  return parts;
}

function line(document: object): string {
  return `${JSON.stringify(document)}\n`;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CODES_AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, at + CODES_AT_ONCE));
  }
  return btoa(text);
}
