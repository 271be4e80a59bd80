/** The parts of a phone that a test plays itself: what the server sends, and what the recorder sees. */

import type { Signal } from "@preact/signals";
import type { DeviceEntry, PullAnswer, PulledRow, Uuid } from "../src/domain/types";
import type { Recorder, RecorderView } from "../src/position/recorder_driver";
import { openSyncStore } from "../src/store/sync_store";
import { AT_BACKA_14 } from "./rows";

/** Return a way to let rows arrive in a store as if they had been pulled. */
export function feedOf(entry: DeviceEntry): (rows: readonly PulledRow[]) => Promise<void> {
  const syncStore = openSyncStore(entry);
  let seq = 0;
  let cursor: string | null = null;
  return async (rows) => {
    const numbered = rows.map((row) => ({ ...row, seq: ++seq }));
    const answer: PullAnswer = {
      proto: 1,
      epoch: "e1",
      server_time: Date.now(),
      safe_seq: null,
      retain_days: 14,
      rows: numbered,
      cursor: `e1.s.${seq}`,
      more: false,
    };
    await syncStore.storeRows(cursor, answer);
    cursor = answer.cursor;
  };
}

interface Situation {
  readonly isOnRound?: boolean | undefined;
  readonly hasPosition?: boolean | undefined;
}

export function recorderView(round: Uuid, { isOnRound, hasPosition }: Situation): RecorderView {
  return {
    round: isOnRound === false ? null : round,
    mode: isOnRound === false ? "off" : "recording",
    gap: null,
    last_fix: hasPosition === false ? null : { ...AT_BACKA_14, accuracy_m: 8, at: Date.now() },
    has_wake_lock: true,
    is_denied: false,
  };
}

/** A recorder that changes state when it is told to and records nothing. */
export function fakeRecorder(view: Signal<RecorderView>): Recorder {
  const set = (change: Partial<RecorderView>) => {
    view.value = { ...view.value, ...change };
  };
  return {
    view: () => view.value,
    subscribe: (listener) => view.subscribe(listener),
    start: async (round) => set({ round, mode: "recording" }),
    pause: async () => set({ mode: "paused" }),
    resume: async () => set({ mode: "recording" }),
    end: async () => set({ round: null, mode: "off" }),
    leave: async () => set({ mode: "off" }),
  };
}
