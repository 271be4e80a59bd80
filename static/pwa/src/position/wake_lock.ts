/** Keep the screen on while a round is recorded: a browser gives no position behind a locked screen. */

export interface ScreenLock {
  /** Ask for it, also again after the browser has taken it back. Returns whether it is held. */
  hold(): Promise<boolean>;
  letGo(): Promise<void>;
  isHeld(): boolean;
}

/** Make a lock that is not yet held. `onChange` is called whenever it is got or lost. */
export function createScreenLock(onChange: () => void): ScreenLock {
  let sentinel: WakeLockSentinel | null = null;
  let asking: Promise<void> | null = null;
  let isWanted = false;
  const ask = async () => {
    try {
      const got = await navigator.wakeLock.request("screen");
      // Let go of while it was asked for: nobody would do so later.
      if (!isWanted) return void (await got.release());
      sentinel = got;
      got.addEventListener("release", () => {
        if (sentinel === got) sentinel = null;
        onChange();
      });
    } catch {
      // Not supported, low battery, or the page is not in front: the screen says so and the round goes on.
    }
  };
  return {
    isHeld: () => sentinel !== null,
    hold: async () => {
      isWanted = true;
      if (sentinel !== null) return true;
      // One at a time: of two locks, one would never be let go of.
      asking ??= ask().finally(() => {
        asking = null;
        onChange();
      });
      await asking;
      return sentinel !== null;
    },
    letGo: async () => {
      isWanted = false;
      const held = sentinel;
      sentinel = null;
      await held?.release().catch(() => {});
      onChange();
    },
  };
}
