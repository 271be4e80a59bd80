/** What the browser promises about storage: persistence, room, and whether the app is installed. */

export interface StorageState {
  /** Null when the browser does not say. */
  readonly is_persistent: boolean | null;
  readonly usage: number | null;
  readonly quota: number | null;
  /** False: no new photos (records and track are still kept). */
  readonly is_photo_allowed: boolean;
}

/** Ask the browser to keep the store; the answer is shown, never assumed. */
export function askPersist(): Promise<boolean> {
  throw new Error("being written");
}

/** Read how much room there is. */
export function storageState(): Promise<StorageState> {
  throw new Error("being written");
}
