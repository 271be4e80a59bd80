/** Make a photo ready to be kept: upright, at most 1,600 px, JPEG, without metadata; in a worker where there is one. */

import { hex } from "../domain/ids";
import { mimeOf, PHOTO_BYTES_MAX } from "../domain/photo";
import type { NewPhoto } from "../domain/types";
import { shrink } from "./shrink";

/** A decoder that has not come back after this will not. */
const SHRINK_MS_MAX = 20_000;

/** The server takes no photo of this size. */
export class PhotoTooLarge extends Error {
  override readonly name = "PhotoTooLarge";
}

/** The file holds nothing. */
export class PhotoEmpty extends Error {
  override readonly name = "PhotoEmpty";
}

/**
 * Prepare what the camera or the file picker gave.
 *
 * What this browser cannot decode (HEIC) comes back as it was; the server cleans it before anyone can see it.
 * Raises PhotoTooLarge over 15 MiB, PhotoEmpty for a file without bytes.
 */
export async function preparePhoto(file: Blob): Promise<NewPhoto> {
  const small = await shrinkSomewhere(file);
  const bytes = small ?? (await file.arrayBuffer());
  if (bytes.byteLength === 0) throw new PhotoEmpty();
  if (bytes.byteLength > PHOTO_BYTES_MAX) throw new PhotoTooLarge(String(bytes.byteLength));
  const mime =
    small === null ? mimeOf(new Uint8Array(bytes, 0, Math.min(16, bytes.byteLength)), file.type) : "image/jpeg";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { sha256: hex(digest), size: bytes.byteLength, mime, bytes };
}

/** In the worker; in the page when there is none or it does not answer and the page can draw off screen. */
async function shrinkSomewhere(file: Blob): Promise<ArrayBuffer | null> {
  const worker = startWorker();
  if (worker !== null) {
    try {
      return await ask(worker, file);
    } catch {
      stopWorker();
    }
  }
  if (typeof OffscreenCanvas === "undefined") return null;
  const jpeg = await shrink(file).catch(() => null);
  return jpeg === null ? null : jpeg.arrayBuffer();
}

let running: Worker | null = null;
let asked = 0;

function startWorker(): Worker | null {
  if (running !== null || typeof Worker === "undefined" || typeof OffscreenCanvas === "undefined") return running;
  try {
    running = new Worker(new URL("./photo.worker.ts", import.meta.url), { type: "module" });
  } catch {
    running = null;
  }
  return running;
}

function stopWorker(): void {
  running?.terminate();
  running = null;
}

/** Raises when the worker fails or is silent. */
function ask(worker: Worker, file: Blob): Promise<ArrayBuffer | null> {
  const id = ++asked;
  const abort = new AbortController();
  const { signal } = abort;
  const answer = new Promise<ArrayBuffer | null>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the photo worker is silent")), SHRINK_MS_MAX);
    signal.addEventListener("abort", () => clearTimeout(timer));
    worker.addEventListener("error", () => reject(new Error("the photo worker failed")), { signal });
    worker.addEventListener(
      "message",
      (event: MessageEvent<{ id: number; bytes: ArrayBuffer | null }>) => {
        if (event.data.id === id) resolve(event.data.bytes);
      },
      { signal },
    );
    worker.postMessage({ id, file });
  });
  return answer.finally(() => abort.abort());
}
