/** The lane of operations: batches, their halves, and what each answer means for them. Pure. */

import type { Ack, PushAnswer, Uuid, Want } from "../../domain/types";
import { type AnswerBody, isCount, judge, NOT_ROND, type Verdict } from "./answers";
import { changeDevice, findDevice, hasToPush } from "./devices";
import { type Answer, BATCH_MAX, type DeviceState, type Push, type QueuedOp, type Work } from "./model";
import { notePushTime } from "./photos";
import { isOnItsWay, pushesOnTheirWay, send, store } from "./requests";
import { laneFailed, laneTrouble, laneWorks, linkWorks } from "./trouble";
import { wantEcho } from "./wake";

/** A request that took longer than this is large enough; one that took longer than the second, too large. */
const BRISK_MS = 1_500;
const SLOW_MS = 5_000;
const BATCH_BYTES_MIN = 4_096;
const SERVER_FAILURES_MAX = 3;
/** So many refusals in a row are the batch's shape, not its content: stop asking for now. */
const REFUSALS_MAX = 3;

interface Batch {
  readonly ids: readonly Uuid[];
  readonly is_free: boolean;
}

/** Send the next batch, and one beside it where that changes nothing but the waiting. */
export function planPush(work: Work): void {
  if (pushesOnTheirWay(work.state).length === 0) {
    const device = work.state.devices.find(hasToPush);
    if (device !== undefined) sendBatch(work, device, nextBatch(device, work.state.batch), 0);
  }
  planBeside(work);
}

/** While one batch is being written the next can travel: where answers come briskly, and the order of the two does not matter. */
function planBeside(work: Work): void {
  const [flying, ...more] = pushesOnTheirWay(work.state);
  const device = flying?.is_free ? findDevice(work.state, flying.device) : undefined;
  const isBrisk = work.state.batch.ops === BATCH_MAX.ops;
  if (flying === undefined || more.length > 0 || device === undefined || !isBrisk || !hasToPush(device)) return;
  const batch = batchBeside(device, work.state.batch, flying.ids.length);
  if (batch.ids.length > 0) sendBatch(work, device, batch, flying.slot === 0 ? 1 : 0);
}

function sendBatch(work: Work, device: DeviceState, { ids, is_free }: Batch, slot: 0 | 1): void {
  const sent = new Set(ids);
  changeDevice(work, device.device, (known) => ({
    ...known,
    queue: known.queue.filter((op) => !sent.has(op.id)),
    groups: known.groups.slice(known.groups.length > 0 ? 1 : 0),
  }));
  send(work, {
    do: "push",
    slot,
    device: device.device,
    ids,
    is_free,
    epoch: device.epoch,
    unsent: { count: device.unsent, oldest: device.oldest },
    timeout_ms: work.state.patience_ms,
  });
}

function nextBatch(device: DeviceState, limit: { ops: number; bytes: number }): Batch {
  const group = device.groups[0];
  if (group !== undefined) return { ids: group, is_free: false };
  return batchOf(firstOf(device.queue, limit));
}

/** What may travel beside a batch: only what may overtake it, and never the last, which goes alone and tells that nothing is left. */
function batchBeside(device: DeviceState, limit: { ops: number; bytes: number }, flying: number): Batch {
  if (device.groups.length > 0) return batchOf([]);
  const bound = device.queue.findIndex(({ is_free }) => !is_free);
  const ops = firstOf(bound < 0 ? device.queue : device.queue.slice(0, bound), limit);
  return batchOf(flying + ops.length < device.unsent ? ops : ops.slice(0, -1));
}

function batchOf(ops: readonly QueuedOp[]): Batch {
  return { ids: ops.map(({ id }) => id), is_free: ops.every(({ is_free }) => is_free) };
}

function firstOf(queue: readonly QueuedOp[], limit: { ops: number; bytes: number }): QueuedOp[] {
  let bytes = 0;
  const end = queue.findIndex(({ size }, index) => {
    bytes += size + 1;
    return index > 0 && (index >= limit.ops || bytes > limit.bytes);
  });
  return queue.slice(0, end < 0 ? queue.length : end);
}

/** The answer to a push. */
export function onPushed(work: Work, push: Push, answer: Answer, took_ms: number): void {
  const verdict = judge(answer, true);
  const accepted = verdict.is === "ok" ? pushAnswer(verdict.body) : null;
  if (accepted !== null) {
    linkWorks(work);
    laneWorks(work, "push");
    grow(work, took_ms);
    notePushTime(work, took_ms);
    store(work, { do: "store_acks", device: push.device, ids: push.ids, answer: accepted });
    return;
  }
  if (verdict.is === "bad" || verdict.is === "too_large" || isPoison(work, verdict)) {
    linkWorks(work);
    laneWorks(work, "push");
    split(work, push, verdict.is === "bad" || verdict.is === "server" ? verdict.code : verdict.is);
    return;
  }
  laneTrouble(work, "push", verdict.is === "ok" ? NOT_ROND : verdict);
  putBack(work, push);
}

/** A server that fails again and again over the same batch fails over something in it. */
function isPoison(work: Work, verdict: Verdict): boolean {
  return verdict.is === "server" && verdict.status === 500 && work.state.lanes.push.failures + 1 >= SERVER_FAILURES_MAX;
}

/** The acknowledgements are durable: what was not among them is left alone, what was is done with. */
export function onAcksStored(work: Work, device: Uuid, ids: readonly Uuid[], answer: PushAnswer): void {
  const settled = new Set(answer.acks.filter((ack) => ack.st !== "mismatch").map((ack) => ack.id));
  const silent = ids.filter((id) => !settled.has(id));
  const anew = answer.acks.some((ack) => ack.st === "mismatch");
  changeDevice(work, device, (known) => ({
    ...known,
    epoch: answer.epoch,
    unsent: Math.max(0, known.unsent - (ids.length - silent.length)),
    skipped: silent.length > 0 ? new Set([...known.skipped, ...silent]) : known.skipped,
    refusals: 0,
    wanted: withWants(known.wanted, answer.want),
    photos: withOffsets(known.photos, answer.want),
    synced_at: work.now.wall,
  }));
  const left = findDevice(work.state, device);
  // What another batch carries is not done with: the outbox is read when that has been answered, too.
  const isEmpty = left === undefined || !(hasToPush(left) || isOnItsWay(work.state, "push"));
  if (anew || isEmpty) work.state = { ...work.state, wants_load: true };
  wantEcho(work);
}

/** Making the acknowledgements durable failed: they are asked for again. */
export function onAcksNotStored(work: Work, device: Uuid, ids: readonly Uuid[]): void {
  changeDevice(work, device, (known) => ({ ...known, groups: [ids, ...known.groups] }));
}

/** Send the same operations again, before others. */
export function putBack(work: Work, push: Push): void {
  const { ids } = push;
  const limit = work.state.batch.ops;
  // A smaller batch is in order when the link is slow; the order of `n` stays.
  const groups = ids.length > limit ? [ids.slice(0, limit), ids.slice(limit)] : [ids];
  changeDevice(work, push.device, (known) => ({ ...known, groups: [...groups, ...known.groups] }));
}

/** Halve a refused batch to find what it was refused for; one that is alone is left on the phone with the reason. */
function split(work: Work, push: Push, code: string): void {
  const { device, ids } = push;
  if (code === "too_large") shrink(work, ids.length);
  if (ids.length > 1) {
    const middle = Math.ceil(ids.length / 2);
    const halves = [ids.slice(0, middle), ids.slice(middle)];
    changeDevice(work, device, (known) => ({ ...known, groups: [...halves, ...known.groups] }));
    return;
  }
  changeDevice(work, device, (known) => ({
    ...known,
    skipped: new Set([...known.skipped, ...ids]),
    refusals: known.refusals + 1,
  }));
  for (const id of ids) store(work, { do: "refuse", device, id, code });
  work.state = { ...work.state, last_error: code };
  const refusals = findDevice(work.state, device)?.refusals ?? 0;
  if (refusals >= REFUSALS_MAX) laneFailed(work, "push", code);
}

/** Larger batches while answers come briskly, smaller ones when they do not. */
function grow(work: Work, took_ms: number): void {
  const { batch } = work.state;
  if (took_ms > SLOW_MS) {
    shrink(work, batch.ops);
  } else if (took_ms < BRISK_MS) {
    const next = { ops: Math.min(BATCH_MAX.ops, batch.ops * 4), bytes: Math.min(BATCH_MAX.bytes, batch.bytes * 4) };
    work.state = { ...work.state, batch: next };
  }
}

function shrink(work: Work, from: number): void {
  const bytes = Math.max(BATCH_BYTES_MIN, Math.ceil(work.state.batch.bytes / 2));
  work.state = { ...work.state, batch: { ops: Math.max(1, Math.ceil(from / 2)), bytes } };
}

function withWants(known: ReadonlyMap<string, number>, want: readonly Want[]): ReadonlyMap<string, number> {
  return want.length === 0
    ? known
    : new Map([...known, ...want.map(({ sha256, off }): [string, number] => [sha256, off])]);
}

function withOffsets(photos: DeviceState["photos"], want: readonly Want[]): DeviceState["photos"] {
  const known = want.filter(({ sha256 }) => photos.get(sha256)?.off === null);
  if (known.length === 0) return photos;
  const next = new Map(photos);
  for (const { sha256, off } of known) {
    const photo = next.get(sha256);
    if (photo !== undefined && off < photo.size) next.set(sha256, { ...photo, off });
  }
  return next;
}

/** A push answer in its full shape, or null: what lacks a list of acknowledgements acknowledges nothing. */
export function pushAnswer(body: AnswerBody): PushAnswer | null {
  const { acks, want, safe_seq, retain_days, server_time } = body;
  if (!Array.isArray(acks) || !Array.isArray(want)) return null;
  if (!isCount(retain_days) || !isCount(server_time) || !(safe_seq === null || isCount(safe_seq))) return null;
  return acks.every(isAck) && want.every(isWant) ? (body as unknown as PushAnswer) : null;
}

const STATES: ReadonlySet<unknown> = new Set(["ok", "dup", "held", "mismatch"]);

function isAck(ack: unknown): ack is Ack {
  if (typeof ack !== "object" || ack === null) return false;
  const { id, st, seq } = ack as Record<string, unknown>;
  // What is durable has a place in the feed; without one the phone could never let go of it.
  return typeof id === "string" && STATES.has(st) && (st === "mismatch" || isCount(seq));
}

function isWant(want: unknown): want is Want {
  if (typeof want !== "object" || want === null) return false;
  const { sha256, off } = want as Record<string, unknown>;
  return typeof sha256 === "string" && isCount(off);
}
