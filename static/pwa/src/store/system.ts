/** The phone's own clock and chance. */

import type { Clock, Random } from "../domain/clock";

export const systemClock: Clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
  tz: () => -new Date().getTimezoneOffset(),
};

export const systemRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};
