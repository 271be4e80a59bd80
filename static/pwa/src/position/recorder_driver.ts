/**
 * Record the way walked while the screen is on. The sensors and the pure recorder behind this are loaded when a round starts.
 */

import type { Fix, GapReason, Uuid } from "../domain/types";
import type { Store } from "../store/store";
import type { RecorderDriver } from "./recording";

export interface RecorderView {
  readonly round: Uuid | null;
  readonly mode: "off" | "recording" | "paused";
  /** The gap that is open now, if any. */
  readonly gap: { readonly from: number; readonly reason: GapReason } | null;
  readonly last_fix: Fix | null;
  readonly has_wake_lock: boolean;
  readonly is_denied: boolean;
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

const OFF: RecorderView = {
  round: null,
  mode: "off",
  gap: null,
  last_fix: null,
  has_wake_lock: false,
  is_denied: false,
};

/** Make the recorder of a store. One per page. */
export function createRecorder(store: Store): Recorder {
  const listeners = new Set<(view: RecorderView) => void>();
  const tell = (view: RecorderView): void => {
    for (const listener of [...listeners]) listener(view);
  };
  let driver: RecorderDriver | null = null;
  let loading: Promise<RecorderDriver> | null = null;
  const load = (): Promise<RecorderDriver> => {
    loading ??= import("./recording").then(
      ({ RecorderDriver }) => {
        driver = new RecorderDriver(store, tell);
        return driver;
      },
      (error: unknown) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };
  return {
    view: () => driver?.view() ?? OFF,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: async (round) => (await load()).start(round),
    pause: async () => driver?.pause(),
    resume: async () => driver?.resume(),
    end: async () => driver?.end(),
    leave: async () => driver?.leave(),
  };
}
