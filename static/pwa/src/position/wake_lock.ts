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
  return {
    isHeld: () => sentinel !== null,
    hold: async () => {
      if (sentinel !== null) return true;
      try {
        const got = await navigator.wakeLock.request("screen");
        sentinel = got;
        got.addEventListener("release", () => {
          if (sentinel === got) sentinel = null;
          onChange();
        });
      } catch {
        // Not supported, low battery, or the page is not in front: the screen says so and the round goes on.
      }
      onChange();
      return sentinel !== null;
    },
    letGo: async () => {
      const held = sentinel;
      sentinel = null;
      await held?.release().catch(() => {});
      onChange();
    },
  };
}
