/** What the screens may know about sending and fetching, and the one thing they may ask: try now. */

import type { Ms, Uuid } from "../domain/types";

export type SyncState = "idle" | "sending" | "waiting" | "signed_out" | "offline" | "revoked" | "needs_update";

export interface SyncStatus {
  readonly state: SyncState;
  /** Operations of this user that the server does not have. */
  readonly unsent: number;
  /** The same of other users of this phone. */
  readonly unsent_others: number;
  readonly photos_left: number;
  /** When the next try comes, by the wall clock; null when none is planned. */
  readonly next_try_at: Ms | null;
  readonly last_synced_at: Ms | null;
  /** Stable code of what went wrong last, null after a success. */
  readonly last_error: string | null;
  /** Server time minus the phone's, null before the first answer. */
  readonly clock_offset_ms: number | null;
  /** Operations in a request right now. */
  readonly sending: ReadonlySet<Uuid>;
}

export type KickReason = "start" | "signed_in" | "saved" | "online" | "visible" | "pageshow" | "timer" | "button";

export const IDLE_STATUS: SyncStatus = {
  state: "idle",
  unsent: 0,
  unsent_others: 0,
  photos_left: 0,
  next_try_at: null,
  last_synced_at: null,
  last_error: null,
  clock_offset_ms: null,
  sending: new Set(),
};

let status: SyncStatus = IDLE_STATUS;
let kicker: (reason: KickReason) => void = () => {};
const listeners = new Set<(status: SyncStatus) => void>();

/** The status now. */
export function syncStatus(): SyncStatus {
  return status;
}

/** Call back after each change of the status. Returns the unsubscription. */
export function onSyncStatus(listener: (status: SyncStatus) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Ask for a try: cheap, at once, safe to call as often as one likes. */
export function kick(reason: KickReason): void {
  kicker(reason);
}

/** For the driver: who answers `kick`. */
export function connectSync(answer: (reason: KickReason) => void): void {
  kicker = answer;
}

/** For the driver: tell the screens. */
export function publishSyncStatus(next: SyncStatus): void {
  status = next;
  for (const listener of listeners) listener(next);
}
