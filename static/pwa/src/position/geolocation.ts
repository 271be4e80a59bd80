/** The phone's position, as fixes. One watch at a time; beginning it again is safe. */

import type { Fix } from "../domain/types";

/** Some phones' clocks for positions run from another start: such a time is worthless, now is better. */
const SKEW_MS_MAX = 3_600_000;
const ACCURACY_M_MAX = 1_000_000;

export interface Watch {
  /** Begin, or begin again when it has gone silent. */
  begin(): void;
  stop(): void;
}

export interface WatchCalls {
  readonly onFix: (fix: Fix) => void;
  readonly onPermission: (isDenied: boolean) => void;
}

/** Make a watch that is not yet begun. `now` is the wall clock. */
export function createWatch(calls: WatchCalls, now: () => number): Watch {
  let id: number | null = null;
  const stop = () => {
    if (id !== null) navigator.geolocation.clearWatch(id);
    id = null;
  };
  const begin = () => {
    stop();
    if (!("geolocation" in navigator)) {
      calls.onPermission(true);
      return;
    }
    id = navigator.geolocation.watchPosition(
      (position) => calls.onFix(toFix(position, now())),
      (error) => error.code === error.PERMISSION_DENIED && calls.onPermission(true),
      { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 },
    );
  };
  return { begin, stop };
}

/** A measured position as a fix, in whole milliseconds. */
export function toFix({ coords, timestamp }: GeolocationPosition, now: number): Fix {
  const at = Math.abs(timestamp - now) > SKEW_MS_MAX ? now : timestamp;
  // A radius wider than Sweden is as good as none.
  const isKnown = coords.accuracy >= 0 && coords.accuracy < ACCURACY_M_MAX;
  const accuracy = isKnown ? coords.accuracy : null;
  return { lat: coords.latitude, lon: coords.longitude, accuracy_m: accuracy, at: Math.round(at) };
}
