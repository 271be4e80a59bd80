/** The screen in view, by the address's hash. */

import { type ReadonlySignal, signal } from "@preact/signals";

/** The parts of `#/records/<id>`: `["records", "<id>"]`; none on the first screen. */
export type Route = readonly string[];

export interface Router {
  readonly route: ReadonlySignal<Route>;
  go(hash: string, replace?: boolean): void;
  /** Go back the way one came, or to `fallback` when this page was opened here. */
  back(fallback: string): void;
}

export function createRouter(): Router {
  const route = signal(parseHash(location.hash));
  let stepsIn = 0;
  let isGoingBack = false;
  const read = () => {
    route.value = parseHash(location.hash);
  };
  addEventListener("hashchange", () => {
    // Whether a change went forward is not told; counting what this page did itself errs on the side of `fallback`.
    if (isGoingBack) stepsIn = Math.max(0, stepsIn - 1);
    else stepsIn += 1;
    isGoingBack = false;
    read();
  });
  const replace = (hash: string) => {
    history.replaceState(null, "", hash);
    read();
  };
  return {
    route,
    go(hash, isReplacing = false) {
      if (isReplacing) replace(hash);
      else location.hash = hash;
    },
    back(fallback) {
      if (stepsIn === 0) return replace(fallback);
      isGoingBack = true;
      history.back();
    },
  };
}

export function parseHash(hash: string): Route {
  return hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter(Boolean)
    .map((part) => decode(part));
}

/** An address somebody typed wrong is an unknown screen, not an error. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
