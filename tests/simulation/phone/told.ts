/** What the hosts were told is saved, and whether it may have left the phone. */

import type { Operation, StoredOp, Uuid } from "../../../static/pwa/src/domain/types";
import { opsOn, photoBytesOn, photosOn } from "./disk";
import type { Server } from "./server";

const DAY_MS = 24 * 3_600_000;
const RETAIN_MS = 3 * DAY_MS;

/** One store's promises. */
export class Told {
  /** By number: an operation that is open may be replaced by another of the same number. */
  readonly operations = new Map<number, Operation>();
  /** Operations that nobody was told of and that may have been sent all the same. */
  readonly doubtful = new Set<Uuid>();
  /** The office said that the device was stolen: what is unsent may be lost. */
  isStolen = false;
  /** The whole store was deleted, as the office said. */
  isWiped = false;
  /** The office took something away from device or user. */
  wasRestricted = false;
  readonly #wipedTooEarly: string[] = [];
  readonly #contents = new Map<Uuid, string>();
  readonly #freed = new Set<Uuid>();
  readonly #freedPhotos = new Set<string>();
  #seen = new Map<Uuid, StoredOp>();
  #seenPhotos = new Map<string, number | null>();

  constructor(readonly device: Uuid) {}

  /** The host was told: saved. */
  tell(operation: Operation): void {
    const before = this.operations.get(operation.n);
    if (before !== undefined && before.id !== operation.id) this.doubtful.add(before.id);
    this.operations.set(operation.n, operation);
  }

  /** Whoever was saving is gone: what is found on the phone now is what the host will find there. */
  tellWhatIsThere(): void {
    for (const { op } of opsOn(this.device)) this.tell(op);
  }

  /** The store is about to be deleted: but for a stolen device everything must have been sent. */
  wipe(): void {
    this.isWiped = true;
    if (this.isStolen) return;
    const ops = opsOn(this.device).filter(({ state }) => state !== "acked");
    const photos = photosOn(this.device).filter(({ state }) => state === "named" || state === "waiting");
    for (const { op } of ops)
      this.#wipedTooEarly.push(`${op.type} n ${op.n} was wiped unsent from store ${this.device.slice(-1)}`);
    for (const { sha256 } of photos) this.#wipedTooEarly.push(`photo ${sha256.slice(0, 8)} was wiped unsent`);
  }

  /** Remember how the operations on the phone stand: the phone is about to let some go. */
  remember(): void {
    for (const op of opsOn(this.device)) this.#seen.set(op.id, op);
    for (const { sha256, done_at } of photosOn(this.device)) this.#seenPhotos.set(sha256, done_at);
  }

  /** Look at the phone after a step: nothing changes under an id, and nothing leaves that may not. */
  *faults(server: Server): Generator<string> {
    yield* this.#wipedTooEarly.splice(0);
    const ops = new Map(opsOn(this.device).map((op) => [op.id, op]));
    for (const stored of ops.values()) {
      const { id, op } = stored;
      // What has not been written again is the same object.
      if (this.#seen.get(id) === stored) continue;
      const content = JSON.stringify(op);
      if ((this.#contents.get(id) ?? content) !== content) {
        yield `the content of ${op.type} n ${op.n} has changed under its id`;
      }
      this.#contents.set(id, content);
    }
    if (this.isWiped) return;
    for (const op of this.operations.values()) {
      if (ops.has(op.id) || this.#freed.has(op.id)) continue;
      this.#freed.add(op.id);
      yield* this.#opFaults(op, server);
    }
    this.#seen = ops;
    yield* this.#photoFaults(server);
  }

  *#opFaults(op: Operation, server: Server): Generator<string> {
    const { is_verified, operations } = server.safe();
    const name = `${op.type} n ${op.n} left store ${this.device.slice(-1)}`;
    const last = this.#seen.get(op.id);
    const age = last?.acked_at === null || last?.acked_at === undefined ? null : server.now - last.acked_at;
    if (age === null) yield `${name} before the server had acknowledged it`;
    else if (is_verified && !operations.includes(op.id)) yield `${name} and no verified backup holds it`;
    else if (age < (is_verified ? DAY_MS : RETAIN_MS))
      yield `${name} ${Math.round(age / 3_600_000)} h after its acknowledgement`;
  }

  *#photoFaults(server: Server): Generator<string> {
    const there = new Map(photosOn(this.device).map((photo) => [photo.sha256, photo]));
    const named = new Set([...this.operations.values()].flatMap((op) => op.blobs.map((blob) => blob.sha256)));
    for (const sha256 of named) {
      const photo = there.get(sha256);
      if (photo !== undefined && photoBytesOn(this.device, sha256) !== photo.size) {
        yield `photo ${sha256.slice(0, 8)} has lost bytes on the phone`;
      }
      if (photo !== undefined || this.#freedPhotos.has(sha256)) continue;
      this.#freedPhotos.add(sha256);
      yield* this.#freedPhotoFaults(sha256, server);
    }
    this.#seenPhotos = new Map([...there.values()].map(({ sha256, done_at }) => [sha256, done_at]));
  }

  *#freedPhotoFaults(sha256: string, server: Server): Generator<string> {
    const { is_verified, photos } = server.safe();
    const since = this.#seenPhotos.get(sha256) ?? null;
    const name = `photo ${sha256.slice(0, 8)} left store ${this.device.slice(-1)}`;
    if (since === null) yield `${name} before the server had all of it`;
    else if (is_verified && !photos.includes(sha256)) yield `${name} and no verified backup holds it`;
    else if (server.now - since < (is_verified ? DAY_MS : RETAIN_MS)) yield `${name} too early`;
  }
}
