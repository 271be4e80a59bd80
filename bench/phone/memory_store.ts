/**
 * One user's store of the measured phone, in memory: the same interface and the same rules as the one in IndexedDB.
 *
 * What is measured is the sync core, the engine and the server; a browser's database has no place in Node. Its own cost is a row of its own, in a
 * browser.
 */

import { isFree } from "../../static/pwa/src/domain/observation";
import type {
  Ack,
  Audit,
  Command,
  DeviceEntry,
  Ms,
  NewPhoto,
  Operation,
  PullAnswer,
  PulledRow,
  PushAnswer,
  Sha256,
  StoredOp,
  StoredPhoto,
  Uuid,
} from "../../static/pwa/src/domain/types";
import { type Making, toOperation, toStored } from "../../static/pwa/src/store/operations";
import { agreed, reset } from "../../static/pwa/src/store/outbox";
import { isGreater } from "../../static/pwa/src/store/pulled";
import { NEVER_SYNCED, type SyncMeta } from "../../static/pwa/src/store/schema";
import type { Outbox, SyncStore } from "../../static/pwa/src/store/sync_store";

/** As many as the store in the browser hands out at once. */
const NEXT_OPS = 1_200;

type Saving = Omit<Making, "n" | "by">;

export class MemoryStore implements SyncStore {
  readonly ops = new Map<Uuid, StoredOp>();
  readonly photos = new Map<Sha256, StoredPhoto>();
  readonly rows = new Map<string, PulledRow>();
  sync: SyncMeta = NEVER_SYNCED;
  readonly #ready = new Map<Uuid, StoredOp>();
  readonly #bytes = new Map<Sha256, ArrayBuffer>();
  readonly #left = new Set<Sha256>();
  #nextN = 1;

  constructor(
    readonly entry: DeviceEntry,
    readonly user: Uuid,
  ) {}

  /** How many operations and photos the server has not acknowledged. */
  get left(): { readonly ops: number; readonly photos: number } {
    return { ops: this.#ready.size, photos: this.#left.size };
  }

  /** Keep a command as the operation it travels as, with the photos it names. */
  save(command: Command, making: Saving, photos: readonly NewPhoto[] = []): Operation {
    for (const { sha256, size, mime, bytes } of photos) {
      this.photos.set(sha256, { sha256, size, mime, saved_at: making.at, state: "waiting", done_at: null });
      this.#bytes.set(sha256, bytes);
      this.#left.add(sha256);
    }
    const blobs = photos.map(({ sha256, size, mime }) => ({ sha256, size, mime }));
    const stored = toStored(toOperation(command, { ...making, n: this.#nextN++, by: this.user }, blobs));
    this.#put(stored);
    return stored.op;
  }

  async releaseDue(): Promise<boolean> {
    return false;
  }

  async outbox(): Promise<Outbox> {
    const next = [...this.#ready.values()].sort((a, b) => a.n - b.n).slice(0, NEXT_OPS);
    const named = [...this.#left].map((sha256) => this.#photo(sha256)).filter((photo) => photo.state === "named");
    return {
      epoch: this.sync.epoch,
      cursor: this.sync.cursor,
      ops: next.map(({ id, size, op }) => ({ id, size, is_free: isFree(op) })),
      unsent: this.#ready.size,
      oldest: next.length > 0 ? Math.min(...next.map((op) => op.saved_at)) : null,
      next_release_at: null,
      photos: named.sort((a, b) => a.saved_at - b.saved_at).map(({ sha256, size }) => ({ sha256, size })),
      photos_kept: this.#left.size - named.length,
      synced_at: this.sync.synced_at,
    };
  }

  async operations(ids: readonly Uuid[]): Promise<readonly Operation[]> {
    const found = ids.map((id) => this.#ready.get(id)).filter((stored) => stored !== undefined);
    return found.map(({ op }) => op).sort((a, b) => a.n - b.n);
  }

  async photoPart(sha256: Sha256, off: number, size: number): Promise<ArrayBuffer | null> {
    return this.#bytes.get(sha256)?.slice(off, off + size) ?? null;
  }

  async storeAcks(answer: PushAnswer): Promise<void> {
    if (this.sync.epoch !== null && this.sync.epoch !== answer.epoch) await this.restart(answer.epoch);
    for (const ack of answer.acks) this.#acknowledge(ack, answer.server_time);
    this.sync = { ...this.sync, ...agreed(answer), synced_at: Date.now() };
  }

  async storePhotoDone(sha256: Sha256): Promise<void> {
    this.photos.set(sha256, { ...this.#photo(sha256), state: "done", done_at: this.sync.server_time });
    this.#left.delete(sha256);
  }

  async storeRows(askedWith: string | null, answer: PullAnswer): Promise<boolean> {
    if (this.sync.cursor !== askedWith) return false;
    const leads = isGreater(answer.cursor, this.sync.cursor);
    const cursor = leads ? answer.cursor : this.sync.cursor;
    this.sync = { ...this.sync, ...agreed(answer), cursor, synced_at: Date.now() };
    if (leads) for (const row of answer.rows) this.rows.set(`${row.kind} ${row.id}`, row);
    return leads;
  }

  async restart(epoch: string): Promise<void> {
    for (const stored of this.ops.values())
      this.#put({ ...stored, state: "ready", acked_at: null, seq: null, st: null });
    this.sync = { ...reset(this.sync), epoch };
  }

  async dropCursor(): Promise<void> {
    this.sync = { ...this.sync, cursor: null, generation: this.sync.generation + 1 };
  }

  async refuse(id: Uuid, code: string): Promise<void> {
    throw new Error(`the server refused operation ${id}: ${code}`);
  }

  async storeAudit({ missing, photos_missing, max_n }: Audit): Promise<number> {
    const lost = [...this.ops.values()].filter((op) => missing.includes(op.n) || op.n > max_n);
    for (const stored of lost) this.#put({ ...stored, state: "ready" });
    for (const sha256 of photos_missing) this.#left.add(sha256);
    return lost.length + photos_missing.length;
  }

  async clean(): Promise<number> {
    return 0;
  }

  #put(stored: StoredOp): void {
    this.ops.set(stored.id, stored);
    if (stored.state === "ready") this.#ready.set(stored.id, stored);
    else this.#ready.delete(stored.id);
  }

  #acknowledge(ack: Ack, at: Ms): void {
    const known = this.#ready.get(ack.id);
    if (known === undefined) return;
    if (ack.st === "held" || ack.st === "mismatch")
      throw new Error(`operation ${known.op.type} is ${ack.st}: ${ack.why}`);
    this.#put({ ...known, state: "acked", acked_at: at, seq: ack.seq ?? null, rev: ack.rev ?? null, st: ack.st });
    for (const { sha256 } of known.op.blobs) this.photos.set(sha256, { ...this.#photo(sha256), state: "named" });
  }

  #photo(sha256: Sha256): StoredPhoto {
    const known = this.photos.get(sha256);
    if (known === undefined) throw new Error(`no photo ${sha256}`);
    return known;
  }
}
