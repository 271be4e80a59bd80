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

/** The year 2100: no phone's clock is believed beyond it, and the protocol takes no later time. */
const WIRE_MS_MAX = 4_102_444_800_000;

/** Read the clock once. A clock that is out of all bounds is brought to the nearest one, so that the record can travel. */
export function stamp(clock: Clock): Stamp {
  return { at: onWire(clock.wall()), mono: onWire(clock.mono()), tz: clock.tz() };
}

/** A time as it can travel: whole, neither before 1970 nor after 2100. */
export function onWire(time: Ms): Ms {
  return Math.min(WIRE_MS_MAX, Math.max(0, Math.round(time)));
}
