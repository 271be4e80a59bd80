/** The workload's records, photos and fixes, as what a host does on a round. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { recordObservation } from "../../static/pwa/src/domain/observation";
import { endRound, startRound } from "../../static/pwa/src/domain/round";
import { encodeSegment, splitFixes } from "../../static/pwa/src/domain/track";
import type { Fix, NewPhoto, Severity, Uuid } from "../../static/pwa/src/domain/types";
import type { MemoryStore } from "./memory_store";

interface WorkRecord {
  readonly id: string;
  readonly category: string;
  readonly severity: number;
  readonly observed_at: string;
  readonly lon: number;
  readonly lat: number;
  readonly accuracy: number;
  readonly area: string;
  readonly text: string;
}

interface WorkPhoto {
  readonly record_id: string;
  readonly file: string;
}

interface WorkTrack {
  readonly started_at: string;
  /** Seconds, longitude, latitude, accuracy in metres, altitude. */
  readonly points: readonly (readonly [number, number, number, number, number])[];
}

/** What one device holds. */
export interface Work {
  readonly device: Uuid;
  readonly login: string;
  readonly records: readonly WorkRecord[];
  readonly photos: readonly WorkPhoto[];
  readonly tracks: readonly WorkTrack[];
}

/** The workload's categories in the default set; all of them take photos. */
const CATEGORIES: Readonly<Record<string, string>> = {
  littering: "RE01",
  pothole: "SK07",
  lighting: "BE01",
  graffiti: "SK01",
  tree: "BE03",
  kerb: "SK05",
  sign: "SK02",
  drain: "SK09",
};

/** Save everything that a device holds: a round with its records, photos and track. `places`: the places by name. */
export function saveWork(store: MemoryStore, work: Work, places: ReadonlyMap<string, Uuid>, newId: () => Uuid): void {
  const round = newId();
  const first = work.tracks[0]?.started_at ?? work.records[0]?.observed_at ?? "2026-05-28T20:00:00Z";
  const making = (at: string | number) => ({ id: newId(), at: new Date(at).getTime(), mono: 1_000, tz: 120 });
  store.save(startRound(round, null, 2), making(first));
  const photos = new Map(work.photos.map((photo) => [photo.record_id, photo]));
  for (const record of work.records) saveRecord(store, record, photos.get(record.id), { round, places, newId, making });
  for (const track of work.tracks) {
    for (const [part, { carried, fixes }] of splitFixes(fixesOf(track), []).entries()) {
      const data = encodeSegment(round, part, [...carried, ...fixes], carried.length);
      const last = fixes.at(-1)?.at ?? 0;
      store.save({ type: "track.segment", entity: newId(), base: null, data }, making(last));
    }
  }
  store.save(endRound(round, "done"), making(new Date(first).getTime() + 12 * 3_600_000));
}

interface Around {
  readonly round: Uuid;
  readonly places: ReadonlyMap<string, Uuid>;
  readonly newId: () => Uuid;
  readonly making: (at: string) => { id: Uuid; at: number; mono: number; tz: number };
}

function saveRecord(store: MemoryStore, record: WorkRecord, photo: WorkPhoto | undefined, around: Around): void {
  const { round, places, newId, making } = around;
  const place = places.get(record.area);
  if (place === undefined) throw new Error(`no place ${record.area}`);
  const taken = photo === undefined ? [] : [photoOf(photo)];
  const command = recordObservation(record.id, {
    round,
    category: CATEGORIES[record.category] ?? "OV01",
    place,
    place_source: "chosen",
    position: {
      lat: record.lat,
      lon: record.lon,
      accuracy_m: record.accuracy,
      at: new Date(record.observed_at).getTime(),
    },
    severity: Math.min(4, record.severity) as Severity,
    note: record.text,
    photos: taken.map(({ sha256 }) => ({ id: newId(), slot: 1, sha256 })),
  });
  store.save(command, making(record.observed_at), taken);
}

function photoOf({ file }: WorkPhoto): NewPhoto {
  const content = readFileSync(file);
  const bytes = content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength) as ArrayBuffer;
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { sha256, size: content.byteLength, mime: "image/jpeg", bytes };
}

function fixesOf({ started_at, points }: WorkTrack): Fix[] {
  const start = new Date(started_at).getTime();
  return points.map(([seconds, lon, lat, accuracy_m]) => ({ at: start + seconds * 1_000, lat, lon, accuracy_m }));
}
