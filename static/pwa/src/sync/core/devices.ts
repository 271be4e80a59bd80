/** What the core knows of each device's outbox, and how it changes. Pure. */

import type { Sha256, Uuid } from "../../domain/types";
import type { DeviceOutbox, DeviceState, PhotoProgress, SyncState, Work } from "./model";

/** Replace one device by what `change` makes of it; nothing happens when it is no longer there. */
export function changeDevice(work: Work, device: Uuid, change: (device: DeviceState) => DeviceState): void {
  const devices = work.state.devices.map((known) => (known.device === device ? change(known) : known));
  work.state = { ...work.state, devices };
}

export function findDevice(state: SyncState, device: Uuid): DeviceState | undefined {
  return state.devices.find((known) => known.device === device);
}

/** The device whose user is signed in here. */
export function currentDevice(state: SyncState): DeviceState | undefined {
  return state.devices.find((known) => known.is_current);
}

/** Whether a device has operations that may be sent. */
export function hasToPush(device: DeviceState): boolean {
  return !device.is_shut && device.revoked !== "all" && (device.queue.length > 0 || device.groups.length > 0);
}

/** Whether a device has photos that may be sent. */
export function hasToUpload(device: DeviceState): boolean {
  return !device.is_shut && device.revoked !== "all" && [...device.photos.values()].some((photo) => !photo.is_skipped);
}

/** Take in freshly read outboxes; what is known of groups, refusals and offsets stays. */
export function mergeOutboxes(state: SyncState, outboxes: readonly DeviceOutbox[]): DeviceState[] {
  const sent = new Set([...state.in_flight.values()].flatMap(({ effect }) => (effect.do === "push" ? effect.ids : [])));
  return outboxes.map((outbox) => mergeOutbox(findDevice(state, outbox.device), outbox, sent));
}

function mergeOutbox(known: DeviceState | undefined, outbox: DeviceOutbox, sent: ReadonlySet<Uuid>): DeviceState {
  const { ops, photos, ...rest } = outbox;
  const ready = new Set(ops.map((op) => op.id));
  const named = new Set(photos.map((photo) => photo.sha256));
  const groups = (known?.groups ?? [])
    .map((group) => group.filter((id) => ready.has(id)))
    .filter((group) => group.length > 0);
  const skipped = known?.skipped ?? new Set<Uuid>();
  const elsewhere = new Set([...sent, ...skipped, ...groups.flat()]);
  return {
    ...rest,
    queue: ops.filter((op) => !elsewhere.has(op.id)),
    groups,
    skipped,
    refusals: known?.refusals ?? 0,
    photos: mergePhotos(known, photos),
    wanted: new Map([...(known?.wanted ?? [])].filter(([sha256]) => !named.has(sha256))),
    is_shut: known?.is_shut ?? false,
    revoked: known?.revoked ?? null,
  };
}

function mergePhotos(
  known: DeviceState | undefined,
  photos: DeviceOutbox["photos"],
): ReadonlyMap<Sha256, PhotoProgress> {
  return new Map(
    photos.map(({ sha256, size }) => [sha256, known?.photos.get(sha256) ?? freshPhoto(known, sha256, size)]),
  );
}

function freshPhoto(known: DeviceState | undefined, sha256: Sha256, size: number): PhotoProgress {
  const off = known?.wanted.get(sha256) ?? null;
  return {
    size,
    off: off !== null && off < size ? off : null,
    is_busy: false,
    spoiled: 0,
    is_skipped: false,
    failures: 0,
  };
}

/** Change what is known of one photo. */
export function changePhoto(work: Work, device: Uuid, sha256: Sha256, change: Partial<PhotoProgress>): void {
  changeDevice(work, device, (known) => {
    const photo = known.photos.get(sha256);
    if (photo === undefined) return known;
    return { ...known, photos: new Map(known.photos).set(sha256, { ...photo, ...change }) };
  });
}

/** The photo is on the server (or no longer here). */
export function dropPhoto(work: Work, device: Uuid, sha256: Sha256): void {
  changeDevice(work, device, (known) => {
    const photos = new Map(known.photos);
    photos.delete(sha256);
    return { ...known, photos };
  });
}

/** Whether any device has anything left to upload. */
export function anyToUpload(state: SyncState): boolean {
  return state.devices.some(hasToUpload);
}

/** Somebody asks for a try: what was left alone is no longer. */
export function unskipped(device: DeviceState): DeviceState {
  const photos = [...device.photos].map(([sha256, photo]): [Sha256, PhotoProgress] => [
    sha256,
    { ...photo, is_skipped: false, spoiled: 0, failures: 0 },
  ]);
  return { ...device, skipped: new Set(), refusals: 0, is_shut: false, revoked: null, photos: new Map(photos) };
}
