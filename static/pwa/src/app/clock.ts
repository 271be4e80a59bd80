/** The time as screens show it: it stands still while nobody looks. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Ms } from "../domain/types";

const STEP_MS = 10_000;

export interface ShownTime {
  /** Ticks every second: for countdowns only. */
  readonly second: ReadonlySignal<Ms>;
  /** Ticks every ten seconds. */
  readonly now: ReadonlySignal<Ms>;
}

export function startClock(): ShownTime {
  const second = signal(Date.now());
  const tick = () => {
    if (document.visibilityState === "visible") second.value = Date.now();
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  return { second, now: computed(() => Math.floor(second.value / STEP_MS) * STEP_MS) };
}
