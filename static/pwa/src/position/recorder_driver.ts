/** Record the way walked while the screen is on: geolocation, wake lock and visibility around the pure recorder. */

import type { Fix, GapReason, Uuid } from "../domain/types";
import type { Store } from "../store/store";

export interface RecorderView {
  readonly round: Uuid | null;
  readonly mode: "off" | "recording" | "paused";
  /** The gap that is open now, if any. */
  readonly gap: { readonly from: number; readonly reason: GapReason } | null;
  readonly last_fix: Fix | null;
  readonly has_wake_lock: boolean;
  readonly permission: "unknown" | "granted" | "denied";
}

export interface Recorder {
  view(): RecorderView;
  subscribe(listener: (view: RecorderView) => void): () => void;
  /** Begin, or take up again after a restart: what is missing since the last sign of life becomes a gap. */
  start(round: Uuid): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Pack the last fixes durably, then stop. */
  end(): Promise<void>;
  /** Let go of the page (sign-out, another user): as end, but the recording can be taken up again. */
  leave(): Promise<void>;
}

/** Make the recorder of a store. One per page. */
export function createRecorder(_store: Store): Recorder {
  throw new Error("being written");
}
