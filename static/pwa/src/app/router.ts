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

/** Follow the address. Each entry of the browser's history is numbered, so that going back is told from going on. */
export function createRouter(): Router {
  const route = signal(parseHash(location.hash));
  let step = numbered() ?? 0;
  /** The addresses this page has been on, by number. */
  const trail = new Map<number, string>();
  const read = () => {
    trail.set(step, location.hash || "#/");
    route.value = parseHash(location.hash);
  };
  const replace = (hash: string) => {
    history.replaceState({ step }, "", hash);
    read();
  };
  const stepsBackTo = (hash: string) => {
    for (let before = step - 1; trail.has(before); before -= 1) if (trail.get(before) === hash) return step - before;
    return 0;
  };
  addEventListener("hashchange", () => {
    const known = numbered();
    step = known ?? step + 1;
    if (known === null) history.replaceState({ step }, "");
    read();
  });
  // The arrow to where one came from goes back: were it a step on, whoever is done there would be led here again.
  addEventListener("click", (event) => {
    const arrow = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a.back") : null;
    const steps = arrow === null ? 0 : stepsBackTo(arrow.hash);
    if (steps === 0) return;
    event.preventDefault();
    history.go(-steps);
  });
  replace(location.hash || "#/");
  return {
    route,
    go(hash, isReplacing = false) {
      if (isReplacing) replace(hash);
      else location.hash = hash;
    },
    back(fallback) {
      if (trail.has(step - 1)) history.back();
      else replace(fallback);
    },
  };
}

function numbered(): number | null {
  return (history.state as { step?: number } | null)?.step ?? null;
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
