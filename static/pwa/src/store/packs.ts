/**
 * Packs on the phone, in Cache Storage: large, never changed, and never part of a record's transaction.
 *
 * Each device (one user's store) has a cache of its own. A part lies under its hash, so that versions share what they have in common;
 * a manifest is put there last, so that whatever is named by one is there.
 */

import { type PackManifest, type PartHash, partsOf } from "../domain/pack";
import type { Ms, Uuid } from "../domain/types";
import { systemClock } from "./system";

const PREFIX = "rond-pack-";
const ROOT = "/rond-pack";
const CHECKED_AT = "X-Checked-At";
/** A zone that nobody has chosen on this phone for so long is not walked with it any more. */
const UNUSED_MS_MAX = 30 * 24 * 3_600_000;

export interface Packs {
  /** The pack of a zone that is whole on this phone. */
  manifest(zone: Uuid): Promise<PackManifest | null>;
  /** The parts that are here, of any version. */
  parts(): Promise<ReadonlySet<PartHash>>;
  keepPart(hash: PartHash, bytes: ArrayBuffer): Promise<void>;
  /** When a zone's pack was last found to be the newest; null when that was not noted, undefined when there is none. */
  checkedAt(zone: Uuid): Promise<Ms | null | undefined>;
  /** The pack in use is still the newest one. */
  confirm(manifest: PackManifest): Promise<void>;
  /** Remove the packs of zones that are no more, or that were not asked about for a month. `zones`: those there are; `chosen` stays. */
  removeUnused(zones: ReadonlySet<Uuid>, chosen: Uuid): Promise<void>;
  /** Take a version into use: all its parts are here. What no version names any more goes. */
  use(manifest: PackManifest): Promise<void>;
  /** A file of the pack in use, or null when it has none of that name or a part is gone. */
  file(manifest: PackManifest, name: string): Promise<Blob | null>;
}

/** Open a device's packs. */
export async function openPacks(device: Uuid): Promise<Packs> {
  const cache = await caches.open(`${PREFIX}${device}`);
  const manifest = async (zone: Uuid): Promise<PackManifest | null> => {
    const kept = await cache.match(zoneAt(zone));
    return kept === undefined ? null : ((await kept.json()) as PackManifest);
  };
  const checkedAt = async (zone: Uuid): Promise<Ms | null | undefined> => {
    const kept = await cache.match(zoneAt(zone));
    const noted = kept?.headers.get(CHECKED_AT) ?? null;
    return kept === undefined ? undefined : noted === null ? null : Number(noted);
  };
  const confirm = (now: PackManifest) => {
    const headers = { [CHECKED_AT]: String(systemClock.wall()) };
    return cache.put(zoneAt(now.zone), new Response(JSON.stringify(now), { headers }));
  };
  const parts = async () => new Set(await keptIn(cache, "parts"));
  return {
    manifest,
    parts,
    checkedAt,
    confirm,
    keepPart: (hash, bytes) => cache.put(partAt(hash), new Response(bytes)),
    async removeUnused(zones, chosen) {
      const now = systemClock.wall();
      for (const zone of await keptIn(cache, "zones")) {
        if (zone === chosen) continue;
        const [at, known] = await Promise.all([checkedAt(zone), manifest(zone)]);
        // Kept by an earlier app: its month begins now.
        if (at === null && known !== null && zones.has(zone)) await confirm(known);
        else if (!zones.has(zone) || now - (at ?? now) > UNUSED_MS_MAX) await cache.delete(zoneAt(zone));
      }
      await removeLoose(cache);
    },
    async use(next) {
      await confirm(next);
      await removeLoose(cache);
    },
    async file({ files }, name) {
      const wanted = files.find((file) => file.name === name)?.parts;
      if (wanted === undefined) return null;
      const found = await Promise.all(wanted.map(([hash]) => cache.match(partAt(hash))));
      const blobs = await Promise.all(found.map((part) => part?.blob()));
      return blobs.every((blob) => blob !== undefined) ? new Blob(blobs) : null;
    },
  };
}

/** The last names of what lies in one folder of a cache. */
async function keptIn(cache: Cache, folder: "zones" | "parts"): Promise<string[]> {
  const paths = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  return paths
    .filter((path) => path.startsWith(`${ROOT}/${folder}/`))
    .map((path) => path.slice(path.lastIndexOf("/") + 1));
}

/** Remove the parts that no manifest names. */
async function removeLoose(cache: Cache): Promise<void> {
  const kept = await Promise.all((await keptIn(cache, "zones")).map((zone) => cache.match(zoneAt(zone))));
  const manifests = await Promise.all(kept.map(async (one) => (await one?.json()) as PackManifest | undefined));
  const named = new Set(manifests.flatMap((one) => (one === undefined ? [] : partsOf(one).map(({ hash }) => hash))));
  const loose = (await keptIn(cache, "parts")).filter((hash) => !named.has(hash));
  await Promise.all(loose.map((hash) => cache.delete(partAt(hash))));
}

/** Remove the packs of every device but these: of a store that was wiped, or has vanished. */
export async function keepPacksOf(devices: readonly Uuid[]): Promise<void> {
  const kept = new Set(devices.map((device) => `${PREFIX}${device}`));
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && !kept.has(name));
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** Read a gzipped JSON file of a pack. */
export async function unpacked(file: Blob): Promise<unknown> {
  return new Response(file.stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

const zoneAt = (zone: Uuid) => `${ROOT}/zones/${zone}`;
const partAt = (hash: PartHash) => `${ROOT}/parts/${hash}`;
