/** Keep a log of what goes wrong and what is mended, that a host can hand to whoever helps. */

import { noteEvent } from "../store/log";
import type { SyncStatus } from "../sync/status";
import { onSyncStatus } from "../sync/status";

/** Log from now on: this start, changes of sending, and errors nobody caught. */
export function startLog(version: string): void {
  note(`start ${version} ${navigator.onLine ? "online" : "offline"}`);
  let before = "";
  onSyncStatus((status) => {
    const now = wordsOf(status);
    if (now !== before) note(now);
    before = now;
  });
  addEventListener("error", (event) => note(`error ${nameOf(event.error)}`));
  addEventListener("unhandledrejection", (event) => note(`rejection ${nameOf(event.reason)}`));
  document.addEventListener("visibilitychange", () => note(document.visibilityState));
}

/** Log that the browser's storage gave up. */
export function noteStorage(code: string): void {
  note(`storage ${code}`);
}

function note(what: string): void {
  noteEvent(new Date(), what);
}

function wordsOf({ state, unsent, photos_left, last_error }: SyncStatus): string {
  return `sync ${state} unsent=${unsent} photos=${photos_left}${last_error === null ? "" : ` ${last_error}`}`;
}

/** The kind of an error and where the app's own code was: its message might quote what a host wrote. */
function nameOf(fault: unknown): string {
  if (!(fault instanceof Error)) return typeof fault;
  const place = /assets\/[\w.-]+:\d+:\d+/.exec(fault.stack ?? "");
  return `${fault.name} ${place?.[0] ?? ""}`;
}
