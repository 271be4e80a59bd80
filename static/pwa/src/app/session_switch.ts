/** How one user's work gives way to another's on this phone, and why a sign-in in the middle of it does not. */

import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Ms, TonightDoc } from "../domain/types";
import { createRecorder } from "../position/recorder_driver";
import type { Store } from "../store/store";
import { fetchDoc } from "../sync/api";
import type { SyncStatus } from "../sync/status";
import { noteStorage } from "./event_log";
import { speakAs } from "./language";
import type { StartedPlatform } from "./platform";
import { type OpenSession, openSession } from "./session";

interface Around {
  readonly now: ReadonlySignal<Ms>;
  readonly sync: ReadonlySignal<SyncStatus>;
  readonly platform: Pick<StartedPlatform, "isStorageBroken" | "refreshStorage">;
}

/**
 * Return how a store is put to use, or none; it answers with the one that is in use then.
 *
 * Somebody who signs in anew to the store in use goes on where they were: the way is recorded all the while, and there is no gap.
 */
export function sessionSwitch(
  session: Signal<OpenSession | null>,
  around: Around,
): (store: Store | null) => Promise<Store | null> {
  return async (store) => {
    const before = session.value;
    if (before !== null && store !== null && before.store.device === store.device) {
      if (before.store !== store) store.close();
      return before.store;
    }
    session.value = null;
    await before?.leave();
    around.platform.refreshStorage();
    if (store === null) return null;
    await speakAs(store).catch(() => undefined);
    const opened = open(store, around);
    watchStorage(store, around.platform);
    await takeUpRecording(opened);
    session.value = opened;
    return store;
  };
}

function open(store: Store, { now, sync }: Around): OpenSession {
  return openSession({
    store,
    recorder: createRecorder(store),
    now,
    sync,
    async fetchTonight(zone) {
      const answer = await fetchDoc<TonightDoc>(store, "tonight", zone);
      return answer.ok ? answer.value : null;
    },
  });
}

function watchStorage(store: Store, platform: Around["platform"]): void {
  store.onTrouble((trouble) => {
    noteStorage(trouble.code);
    // A full phone still keeps records: only photos are refused, and that is said where they are taken.
    if (trouble.code !== "full") platform.isStorageBroken.value = true;
    platform.refreshStorage();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    void store.probe().then((isSound) => {
      if (!isSound) platform.isStorageBroken.value = true;
    });
  });
}

/** Go on recording the round that was open when the page went away; the time between becomes a gap. */
async function takeUpRecording(session: OpenSession): Promise<void> {
  const recording = await session.store.recording();
  const round = session.picture.value.current_round;
  if (recording === null || round === null || recording.round !== round.id) return;
  await session.recorder.start(round.id);
}
