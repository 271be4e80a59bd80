/** The lane of photos: parts of about two seconds, two at a time, always from where the server says it is. Pure. */

import type { BlobProgress, Sha256, Uuid } from "../../domain/types";
import { isCount, judge, NOT_ROND, type Verdict } from "./answers";
import { changePhoto, dropPhoto, findDevice } from "./devices";
import {
  type Answer,
  type DeviceState,
  type Have,
  PART_MAX,
  PART_MIN,
  type Part,
  type PhotoProgress,
  TOGETHER_BYTES,
  TOGETHER_FROM,
  type Wholes,
  type Work,
} from "./model";
import { countOfPhotos, isOnItsWay, send, store } from "./requests";
import { isProbing, laneFailed, laneTrouble, laneWorks, linkWorks } from "./trouble";
import { wantEcho } from "./wake";

const PARTS_IN_FLIGHT = 2;
/** Over a fast link the server's disk is what is waited for: that of one while another comes. */
const WHOLES_IN_FLIGHT = 4;
const HASHES_MAX = 100;
const TOGETHER_MAX = 16;
/** Longer, and more lies in the buffers of the link when it is cut; shorter, and headers weigh. */
const AIM_MS = 2_000;
const QUICK_MS = 1_000;
/** Sizes are multiples of this: rounded more coarsely, a part of half a second would never grow to one of a second. */
const PART_STEP = 8_192;
/** Sent whole so often and the server's hash still another: the bytes on the phone are not what they were. */
const SPOILED_MAX = 3;

/** Ask for unknown offsets, and keep two parts on their way, once the first has told how large they should be. */
export function planPhotos(work: Work): void {
  planHave(work);
  // The question is a few bytes: a photo whose offset is known goes beside it, so that a link that is back is not left idle.
  while (!isProbing(work.state, "have")) {
    const flying = countOfPhotos(work.state);
    if (flying > 0 && !work.state.is_measured) return;
    if (flying < WHOLES_IN_FLIGHT && sendTogether(work)) continue;
    if (flying >= PARTS_IN_FLIGHT || !sendNextPart(work)) return;
  }
}

function planHave(work: Work): void {
  if (isOnItsWay(work.state, "have") || isProbing(work.state)) return;
  const device = work.state.devices.find((known) => known.revoked !== "all" && unknown(known).length > 0);
  if (device === undefined) return;
  const sha256 = unknown(device).slice(0, HASHES_MAX);
  for (const hash of sha256) changePhoto(work, device.device, hash, { is_busy: true });
  send(work, { do: "have", device: device.device, sha256, timeout_ms: work.state.patience_ms });
}

function unknown(device: DeviceState): Sha256[] {
  return idle(device)
    .filter(([, photo]) => photo.off === null)
    .map(([sha256]) => sha256);
}

function idle(device: DeviceState): (readonly [Sha256, PhotoProgress])[] {
  return [...device.photos].filter(([, photo]) => !photo.is_busy && !photo.is_skipped);
}

function sendNextPart(work: Work): boolean {
  const next = nextPhoto(work.state.devices);
  if (next === null) return false;
  const { device, sha256, off, size: total } = next;
  changePhoto(work, device, sha256, { is_busy: true });
  const size = Math.min(work.state.part_bytes, total - off);
  send(work, { do: "part", device, sha256, off, size, total, timeout_ms: work.state.patience_ms });
  return true;
}

/** Send photos of which the server has nothing whole, several at once, where the link is fast enough. */
function sendTogether(work: Work): boolean {
  if (work.state.part_bytes < TOGETHER_FROM) return false;
  // No more at once than a part may have: four requests of a megabyte would wait for each other on a link that is only fair.
  const limit = Math.min(TOGETHER_BYTES, work.state.part_bytes);
  for (const device of work.state.devices) {
    const photos = device.revoked === "all" ? [] : together(device, limit);
    if (photos.length < 2) continue;
    for (const { sha256 } of photos) changePhoto(work, device.device, sha256, { is_busy: true });
    send(work, { do: "wholes", device: device.device, photos, timeout_ms: work.state.patience_ms });
    return true;
  }
  return false;
}

function together(device: DeviceState, limit: number): { readonly sha256: Sha256; readonly size: number }[] {
  const chosen: { sha256: Sha256; size: number }[] = [];
  let bytes = 0;
  for (const [sha256, { size, off, failures }] of device.photos.size > 1 ? idle(device) : []) {
    if (off !== 0 || failures > 0 || bytes + size > limit) continue;
    bytes += size;
    chosen.push({ sha256, size });
    if (chosen.length === TOGETHER_MAX) break;
  }
  return chosen;
}

/** The photo to go on with: one that the server has failed over lets the others go first. */
function nextPhoto(
  devices: readonly DeviceState[],
): { device: Uuid; sha256: Sha256; off: number; size: number } | null {
  const ready = devices
    .filter((device) => device.revoked !== "all")
    .flatMap((device) =>
      idle(device).flatMap(([sha256, { off, size, failures }]) =>
        off === null ? [] : [{ device: device.device, sha256, off, size, failures }],
      ),
    );
  return ready.sort((a, b) => a.failures - b.failures)[0] ?? null;
}

/** The answer to the question how much the server has. A hash it does not answer for waits for the next run. */
export function onHad(work: Work, have: Have, answer: Answer): void {
  const verdict = judge(answer, false);
  const blobs = verdict.is === "ok" ? verdict.body.blobs : undefined;
  if (typeof blobs !== "object" || blobs === null) {
    for (const sha256 of have.sha256) changePhoto(work, have.device, sha256, { is_busy: false });
    laneTrouble(work, "photo", verdict.is === "ok" ? NOT_ROND : verdict);
    return;
  }
  linkWorks(work);
  laneWorks(work, "photo");
  const progress = blobs as Record<string, unknown>;
  for (const sha256 of have.sha256) takeProgress(work, have.device, sha256, progress[sha256]);
}

/** The answer to a part. */
export function onPart(work: Work, part: Part, answer: Answer, took_ms: number): void {
  const verdict = judge(answer, false);
  const { device, sha256 } = part;
  const said =
    verdict.is === "wrong_offset" ? { off: verdict.off, done: false } : verdict.is === "ok" ? verdict.body : null;
  if (said !== null && isCount(said.off)) {
    linkWorks(work);
    if (verdict.is === "ok") adapt(work, part.size, took_ms);
    onProgress(work, part, { off: said.off, done: said.done === true });
    return;
  }
  // Whether the part arrived is not known: ask before sending it again.
  changePhoto(work, device, sha256, { is_busy: false, off: null });
  if (verdict.is === "unknown") {
    linkWorks(work);
    leaveForNow(work, device, sha256);
  } else if (verdict.is === "too_large") {
    linkWorks(work);
    skip(work, part, "photo_too_large");
  } else {
    onPartTrouble(work, part, verdict.is === "ok" ? NOT_ROND : verdict);
  }
}

/** The answer to several photos. One that it does not call done goes on alone, where what is wrong with it is told. */
export function onWholes(work: Work, { device, photos }: Wholes, answer: Answer, took_ms: number): void {
  const verdict = judge(answer, false);
  const blobs = verdict.is === "ok" ? verdict.body.blobs : undefined;
  const progress = typeof blobs === "object" && blobs !== null ? (blobs as Record<string, BlobProgress>) : null;
  if (progress !== null) {
    linkWorks(work);
    laneWorks(work, "photo");
    const bytes = photos.reduce((sum, { size }) => sum + size, 0);
    adapt(work, bytes, took_ms);
  } else {
    onTrouble(work, verdict.is === "ok" ? NOT_ROND : verdict);
  }
  for (const { sha256 } of photos) {
    const isDone = progress?.[sha256]?.done === true;
    const failures = verdict.is === "link" ? 0 : 1;
    if (isDone) takeProgress(work, device, sha256, progress[sha256]);
    else changePhoto(work, device, sha256, { is_busy: false, off: null, failures });
  }
}

function onProgress(work: Work, part: Part, said: BlobProgress): void {
  const { device, sha256, off, size, total } = part;
  if (said.done || (said.off !== off && said.off !== 0)) {
    laneWorks(work, "photo");
    takeProgress(work, device, sha256, said);
  } else if (off + size === total) {
    onSpoiled(work, part);
  } else {
    changePhoto(work, device, sha256, { is_busy: false, off: said.off });
    laneFailed(work, "photo", "no_progress");
  }
}

function onTrouble(work: Work, verdict: Verdict): void {
  laneTrouble(work, "photo", verdict);
  // A cut says nothing of the link's speed, and what came of the part is kept.
  if (verdict.is !== "link" || verdict.code !== "timeout") return;
  work.state = { ...work.state, part_bytes: Math.max(PART_MIN, Math.floor(work.state.part_bytes / 2)) };
}

function onPartTrouble(work: Work, part: Part, verdict: Verdict): void {
  onTrouble(work, verdict);
  if (verdict.is === "link") return;
  const failures = findDevice(work.state, part.device)?.photos.get(part.sha256)?.failures ?? 0;
  changePhoto(work, part.device, part.sha256, { failures: failures + 1 });
}

/** Not all of them can be read: each goes alone, and the one that cannot is told of. */
export function onWholesUnreadable(work: Work, { device, photos }: Wholes): void {
  for (const { sha256 } of photos) changePhoto(work, device, sha256, { is_busy: false, failures: 1 });
}

/** The photo is no longer on the phone as it should be: nothing can be sent. */
export function onPartUnreadable(work: Work, part: Part): void {
  skip(work, part, "photo_unreadable");
}

function skip(work: Work, part: Part, code: string): void {
  changePhoto(work, part.device, part.sha256, { is_busy: false, is_skipped: true });
  work.state = { ...work.state, last_error: code };
}

function takeProgress(work: Work, device: Uuid, sha256: Sha256, said: unknown): void {
  const photo = findDevice(work.state, device)?.photos.get(sha256);
  if (photo === undefined) return;
  const { off, done } = (said ?? {}) as { off?: unknown; done?: unknown };
  if (done === true) {
    changePhoto(work, device, sha256, { is_busy: true });
    store(work, { do: "store_photo", device, sha256 });
    return;
  }
  if (!isCount(off) || off >= photo.size) {
    leaveForNow(work, device, sha256);
    return;
  }
  changePhoto(work, device, sha256, { is_busy: false, off });
}

/** The server will not hear of this photo now (its operation may not be there yet): the next run asks again. */
function leaveForNow(work: Work, device: Uuid, sha256: Sha256): void {
  const isRevoked = findDevice(work.state, device)?.revoked !== null;
  // A revoked store is deleted when nothing is left in it: what is left for now must be seen to be there.
  if (isRevoked) changePhoto(work, device, sha256, { is_busy: false, is_skipped: true });
  else dropPhoto(work, device, sha256);
}

function onSpoiled(work: Work, part: Part): void {
  const photo = findDevice(work.state, part.device)?.photos.get(part.sha256);
  const spoiled = (photo?.spoiled ?? 0) + 1;
  const is_skipped = spoiled >= SPOILED_MAX;
  changePhoto(work, part.device, part.sha256, { is_busy: false, off: 0, spoiled, is_skipped });
  work.state = { ...work.state, last_error: "photo_hash" };
}

/** The photo is durably noted as done; its row comes with the next pull. */
export function onPhotoStored(work: Work, device: Uuid, sha256: Sha256): void {
  dropPhoto(work, device, sha256);
  wantEcho(work);
}

/** A push that was answered so soon came over a link that is too fast for small parts: none is spent on finding that out. */
export function notePushTime(work: Work, took_ms: number): void {
  const part_bytes = took_ms < QUICK_MS ? Math.max(TOGETHER_FROM, work.state.part_bytes) : work.state.part_bytes;
  work.state = { ...work.state, part_bytes };
}

/** The size of the next part, from how long this one took: about two seconds each. */
function adapt(work: Work, sent: number, took_ms: number): void {
  const { part_bytes } = work.state;
  work.state = { ...work.state, is_measured: true };
  // The last part of a photo is short and says little.
  if (sent < part_bytes / 2) return;
  const ideal = (sent * AIM_MS) / Math.max(1, took_ms);
  const next = Math.min(ideal, part_bytes * 4);
  const rounded = Math.floor(next / PART_STEP) * PART_STEP;
  work.state = { ...work.state, part_bytes: Math.min(PART_MAX, Math.max(PART_MIN, rounded)) };
}
