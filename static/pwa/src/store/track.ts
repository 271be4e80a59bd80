/** The way walked: loose fixes as they come, packed into durable segments. */

import { stamp } from "../domain/clock";
import { decodeSegment, encodeSegment, lastHalfMinute, splitFixes } from "../domain/track";
import type { Fix, Operation, Recording, StoredOp, Uuid } from "../domain/types";
import type { DeviceDb } from "./device";
import { each, together } from "./issue";
import { takeNumber, toOperation, toStored, userOf } from "./operations";
import type { WriteTransaction } from "./schema";

/** The recording that is on, if any: the one with the latest sign of life. */
export async function recording(db: DeviceDb): Promise<Recording | null> {
  const all = await db.read(["recordings"], (tx) => tx.objectStore("recordings").getAll());
  return all.sort((a, b) => b.alive_at - a.alive_at)[0] ?? null;
}

/** Begin to record a round, or take it up again; returns the recording as it was left. */
export async function startRecording(db: DeviceDb, round: Uuid): Promise<Recording> {
  const now = db.deps.clock.wall();
  const begun = await db.write(["recordings"], "strict", async (tx) => {
    const known = await tx.objectStore("recordings").get(round);
    if (known !== undefined) return known;
    const fresh = { round, part: 0, next_fix: 0, carried: [], is_paused: false, started_at: now, alive_at: now };
    await tx.objectStore("recordings").put(fresh);
    return fresh;
  });
  db.changes.tell({ topics: ["recording"] });
  return begun;
}

/** Keep one fix. Relaxed: it survives a crash of the page, and the next segment makes it durable. */
export async function putFix(db: DeviceDb, round: Uuid, fix: Fix): Promise<void> {
  await db.write(["recordings", "fixes"], "relaxed", async (tx) => {
    const known = await tx.objectStore("recordings").get(round);
    if (known === undefined) return;
    const alive_at = db.deps.clock.wall();
    await together(
      () => tx.objectStore("fixes").put(fix, [round, known.next_fix]),
      () => tx.objectStore("recordings").put({ ...known, next_fix: known.next_fix + 1, alive_at }),
    );
  });
  db.changes.tell({ topics: ["recording"] });
}

/** Say that the page is alive, so that a later one knows when it was not. */
export async function heartbeat(db: DeviceDb, round: Uuid): Promise<void> {
  await change(db, round, "relaxed", (known) => ({ ...known, alive_at: db.deps.clock.wall() }));
}

export async function setPaused(db: DeviceDb, round: Uuid, isPaused: boolean): Promise<void> {
  await change(db, round, "strict", (known) => ({ ...known, is_paused: isPaused, alive_at: db.deps.clock.wall() }));
  db.changes.tell({ topics: ["recording"] });
}

/**
 * Pack the loose fixes of a round into segments and remove them, in one strict transaction.
 *
 * `carry`: the next segment repeats this one's last half minute. Without, a gap lies between them and they must not touch.
 */
export function closeSegment(
  db: DeviceDb,
  round: Uuid,
  { carry }: { readonly carry: boolean },
): Promise<readonly Operation[]> {
  return pack(db, round, (known, loose, parts) => {
    const carried = carry ? lastHalfMinute([...known.carried, ...loose]) : [];
    return { ...known, part: known.part + parts, carried };
  });
}

/** Pack what is still loose and end the recording, in one strict transaction: no fix is left that nobody packs. */
export async function endRecording(db: DeviceDb, round: Uuid): Promise<readonly Operation[]> {
  const ops = await pack(db, round, () => null);
  db.changes.tell({ topics: ["recording"] });
  return ops;
}

async function pack(
  db: DeviceDb,
  round: Uuid,
  next: (known: Recording, loose: readonly Fix[], parts: number) => Recording | null,
): Promise<readonly Operation[]> {
  const saved = await db.write(["fixes", "recordings", "ops", "meta"], "strict", async (tx) => {
    const recordings = tx.objectStore("recordings");
    const known = await recordings.get(round);
    if (known === undefined) return [];
    const loose = withoutRepeats(await tx.objectStore("fixes").getAll(fixesOf(round)));
    const stored = await packFixes(tx, db, known, loose);
    const after = next(known, loose, stored.length);
    await tx.objectStore("fixes").delete(fixesOf(round));
    if (after === null) await recordings.delete(round);
    else await recordings.put(after);
    return stored;
  });
  if (saved.length > 0) db.changes.tell({ topics: ["picture", "recording"], ops: saved });
  return saved.map(({ op }) => op);
}

/** Every fix of a round that is still on this phone, in order. */
export async function trackOf(db: DeviceDb, round: Uuid): Promise<readonly Fix[]> {
  const [ops, loose] = await db.read(["ops", "fixes"], (tx) =>
    Promise.all([
      tx.objectStore("ops").index("by_round").getAll(round),
      tx.objectStore("fixes").getAll(fixesOf(round)),
    ]),
  );
  const segments = ops.map(({ op }) => op).filter((op) => op.type === "track.segment");
  const packed = segments
    .sort((a, b) => a.data.part - b.data.part)
    .flatMap(({ data }) => decodeSegment(data).slice(data.carried));
  return [...packed, ...loose];
}

async function packFixes(
  tx: WriteTransaction,
  db: DeviceDb,
  known: Recording,
  loose: readonly Fix[],
): Promise<StoredOp[]> {
  const stored: StoredOp[] = [];
  for (const [index, { carried, fixes }] of splitFixes(loose, known.carried).entries()) {
    const data = encodeSegment(known.round, known.part + index, [...carried, ...fixes], carried.length);
    const entity = db.newId();
    const made = { id: db.newId(), n: await takeNumber(tx), by: userOf(db), ...stamp(db.deps.clock) };
    stored.push(toStored(toOperation({ type: "track.segment", entity, base: null, data }, made)));
  }
  await each(stored, (op) => tx.objectStore("ops").put(op));
  return stored;
}

/** A put that was done again after the browser dropped the connection leaves the same fix twice. */
function withoutRepeats(fixes: readonly Fix[]): Fix[] {
  return fixes.filter((fix, index) => {
    const before = fixes[index - 1];
    return before === undefined || before.at !== fix.at || before.lat !== fix.lat || before.lon !== fix.lon;
  });
}

function fixesOf(round: Uuid): IDBKeyRange {
  return IDBKeyRange.bound([round, 0], [round, Number.MAX_SAFE_INTEGER]);
}

async function change(
  db: DeviceDb,
  round: Uuid,
  durability: "strict" | "relaxed",
  next: (known: Recording) => Recording,
): Promise<void> {
  await db.write(["recordings"], durability, async (tx) => {
    const known = await tx.objectStore("recordings").get(round);
    if (known !== undefined) await tx.objectStore("recordings").put(next(known));
  });
}
