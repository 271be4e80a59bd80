/**
 * What has happened to the app on this phone, for whoever is asked for help: kept apart from the databases, so that it tells of them too.
 *
 * Codes and counts alone: no text of a host's, no place, no position, no name.
 */

const KEY = "rond.log";
export const LINES_MAX = 300;
const CHARS_MAX = 200;

/** Add a line; the oldest goes when there are too many. */
export function noteEvent(at: Date, what: string): void {
  const kept = [...readLog(), `${at.toISOString()} ${what.replace(/\s+/g, " ").slice(0, CHARS_MAX)}`].slice(-LINES_MAX);
  try {
    localStorage.setItem(KEY, kept.join("\n"));
  } catch {
    // A phone without room has no room for this either.
  }
}

/** The lines, oldest first. */
export function readLog(): readonly string[] {
  try {
    return (localStorage.getItem(KEY) ?? "").split("\n").filter((line) => line !== "");
  } catch {
    return [];
  }
}
