/**
 * The right to write down a round's way: of two tabs that are seen at once, the first has it and the other waits.
 *
 * It only spares work: without Web Locks every tab has it, and the server counts each fix once. A tab that is not seen gets no
 * position and must not have it.
 */

import type { Uuid } from "../domain/types";

export class RecordingRight {
  readonly #onFreed: () => void;
  #asked: AbortController | null = null;

  /** `onFreed`: called when the right has come to this tab after a wait. */
  constructor(onFreed: () => void) {
    this.#onFreed = onFreed;
  }

  /** Take the right now, or wait for it until it is let go of. Resolves with whether it was free. */
  async take(round: Uuid): Promise<boolean> {
    this.letGo();
    const asked = new AbortController();
    this.#asked = asked;
    const locks: LockManager | undefined = navigator.locks;
    if (!locks) return true;
    const name = `rond-recording/${round}`;
    const isFree = await hold(locks, name, { ifAvailable: true }, asked.signal);
    if (!isFree && !asked.signal.aborted) {
      void hold(locks, name, { signal: asked.signal }, asked.signal).then(
        (isHeld) => isHeld && !asked.signal.aborted && this.#onFreed(),
      );
    }
    return isFree;
  }

  letGo(): void {
    this.#asked?.abort();
    this.#asked = null;
  }
}

/** Hold a lock until `until` is aborted. Resolves with false only if another has it: a browser that fails does not stand in the way. */
function hold(locks: LockManager, name: string, options: LockOptions, until: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const kept = (lock: Lock | null): Promise<void> | undefined => {
      resolve(lock !== null || until.aborted);
      if (lock === null || until.aborted) return undefined;
      return new Promise((release) => until.addEventListener("abort", () => release(), { once: true }));
    };
    locks.request(name, options, kept).catch(() => resolve(true));
  });
}
