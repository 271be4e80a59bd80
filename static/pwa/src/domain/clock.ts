/** Time and chance as they are handed to everything that needs them, so that tests decide both. */

import type { Ms } from "./types";

export interface Clock {
  /** The phone's wall clock, which may be wrong or jump. */
  wall(): Ms;
  /** Milliseconds that only grow, from an arbitrary start; they do not survive a restart. */
  mono(): Ms;
  /** Minutes east of UTC. */
  tz(): number;
}

export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array;
}

/** What a new operation is stamped with. */
export interface Stamp {
  readonly at: Ms;
  readonly mono: Ms;
  readonly tz: number;
}

/** Read the clock once. */
export function stamp(clock: Clock): Stamp {
  return { at: clock.wall(), mono: Math.round(clock.mono()), tz: clock.tz() };
}
