/** Remove from the phone what the server has for good (protocol section 7). */

import { type Removable, removable } from "../domain/retention";
import type { GoneRow, Ms, Sha256 } from "../domain/types";
import type { DeviceDb } from "./device";
import { each } from "./issue";
import { sourceOf } from "./memory";
import { readSync } from "./outbox";
import { chunkRange } from "./photos";
import type { ReadTransaction, StoreName, WriteTransaction } from "./schema";

const STORES: readonly StoreName[] = ["ops", "rows", "photos", "chunks", "drafts", "meta"];

/** Remove what may leave. Decided and done in one transaction, so that nothing can be saved in between. */
export async function clean(db: DeviceDb): Promise<number> {
  if (isNothing(await db.read(STORES, chooseRemovable))) return 0;
  const gone = await db.write(STORES, "strict", async (tx) => {
    const chosen = await chooseRemovable(tx);
    await remove(tx, chosen);
    return chosen;
  });
  const rows = gone.rows.map(([kind, id]): GoneRow => ({ seq: 0, kind, id, gone: true }));
  db.changes.tell({ topics: ["picture"], opsGone: gone.ops, photosGone: gone.photos, rows });
  return gone.ops.length + gone.photos.length + gone.rows.length;
}

async function chooseRemovable(tx: ReadTransaction | WriteTransaction): Promise<Removable> {
  const sync = await readSync(tx);
  if (sync.server_time === null || sync.retain_days === null) return { ops: [], rows: [], photos: [] };
  const [ops, rows, photos, drafts] = await Promise.all([
    tx.objectStore("ops").getAll(),
    tx.objectStore("rows").getAll(),
    tx.objectStore("photos").getAll(),
    tx.objectStore("drafts").getAll(),
  ]);
  const present = rows.filter((row) => row.generation === sync.generation);
  const receivedAt = new Map<string, Ms>(present.map((row) => [`${row.kind}:${row.id}`, row.received_at]));
  const kept = new Set<Sha256>(drafts.flatMap((draft) => draft.photos.map((photo) => photo.sha256)));
  const rule = { now: sync.server_time, safe_seq: sync.safe_seq, retain_days: sync.retain_days };
  return removable(sourceOf(ops, rows, photos), receivedAt, kept, rule);
}

async function remove(tx: WriteTransaction, { ops, rows, photos }: Removable): Promise<void> {
  await each(ops, (id) => tx.objectStore("ops").delete(id));
  await each(rows, (key) => tx.objectStore("rows").delete([...key]));
  await each(photos, (sha256) => tx.objectStore("photos").delete(sha256));
  await each(photos, (sha256) => tx.objectStore("chunks").delete(chunkRange(sha256)));
}

function isNothing({ ops, rows, photos }: Removable): boolean {
  return ops.length + rows.length + photos.length === 0;
}
