/**
 * A second note of which stores there are, kept apart from the databases (localStorage).
 *
 * When a database is gone although this note says it was here, the phone has lost it, and the host and the office must know.
 */

import type { DeviceEntry, Uuid } from "../domain/types";

const KEY = "rond.stores";

type Note = Pick<DeviceEntry, "device" | "db_id" | "login" | "name">;

/** Every store that was made on this phone and not removed. */
export function readMirror(): readonly Note[] {
  try {
    const notes: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(notes) ? (notes as Note[]) : [];
  } catch {
    return [];
  }
}

export function hasMirror(entry: Pick<DeviceEntry, "device" | "db_id">): boolean {
  return readMirror().some((note) => note.device === entry.device && note.db_id === entry.db_id);
}

export function writeMirror({ device, db_id, login, name }: DeviceEntry): void {
  const others = readMirror().filter((note) => note.device !== device);
  store([...others, { device, db_id, login, name }]);
}

export function removeMirror(device: Uuid): void {
  store(readMirror().filter((note) => note.device !== device));
}

function store(notes: readonly Note[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(notes));
  } catch {
    // Private windows refuse; then a vanished store is merely not noticed.
  }
}
