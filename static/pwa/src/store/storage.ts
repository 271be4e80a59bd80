/** What the browser promises about storage: persistence and room. */

import { hasPhotoRoom } from "../domain/photo";

export interface StorageState {
  /** Null when the browser does not say. */
  readonly is_persistent: boolean | null;
  readonly usage: number | null;
  readonly quota: number | null;
  /** False: no new photos (records and track are still kept). */
  readonly is_photo_allowed: boolean;
}

let wasFull = false;

/** A write was refused for lack of room: no photos until the page is opened again or room was made. */
export function noteFull(isFull = true): void {
  wasFull = isFull;
}

/** Ask the browser to keep the store; the answer is shown, never assumed. Ask again after install and sign-in. */
export async function askPersist(): Promise<boolean> {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}

/** Read how much room there is. */
export async function storageState(): Promise<StorageState> {
  const [persistent, estimate] = await Promise.all([
    quietly(() => navigator.storage.persisted()),
    quietly(() => navigator.storage.estimate()),
  ]);
  const usage = estimate?.usage ?? null;
  const quota = estimate?.quota ?? null;
  return { is_persistent: persistent, usage, quota, is_photo_allowed: hasPhotoRoom(usage, quota, wasFull) };
}

/** Older browsers lack these or refuse them in private windows. */
async function quietly<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch {
    return null;
  }
}
