/**
 * Packs on the phone, in Cache Storage: large, never changed, and never part of a record's transaction.
 *
 * Each device (one user's store) has a cache of its own. A part lies under its hash, so that versions share what they have in common;
 * a manifest is put there last, so that whatever is named by one is there.
 */

import { type PackManifest, type PartHash, partsOf } from "../domain/pack";
import type { Uuid } from "../domain/types";

const PREFIX = "rond-pack-";
const ROOT = "/rond-pack";

export interface Packs {
  /** The pack of a zone that is whole on this phone. */
  manifest(zone: Uuid): Promise<PackManifest | null>;
  /** The parts that are here, of any version. */
  parts(): Promise<ReadonlySet<PartHash>>;
  keepPart(hash: PartHash, bytes: ArrayBuffer): Promise<void>;
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
  const kept = async (folder: string): Promise<string[]> => {
    const paths = (await cache.keys()).map(({ url }) => new URL(url).pathname);
    return paths.filter((path) => path.startsWith(`${ROOT}/${folder}/`));
  };
  const parts = async () => new Set((await kept("parts")).map((path) => path.slice(path.lastIndexOf("/") + 1)));
  return {
    manifest,
    parts,
    keepPart: (hash, bytes) => cache.put(partAt(hash), new Response(bytes)),
    async use(next) {
      await cache.put(zoneAt(next.zone), new Response(JSON.stringify(next)));
      const zones = (await kept("zones")).map((path) => path.slice(path.lastIndexOf("/") + 1));
      const manifests = await Promise.all(zones.map(manifest));
      const named = new Set(manifests.flatMap((one) => (one === null ? [] : partsOf(one).map(({ hash }) => hash))));
      const loose = [...(await parts())].filter((hash) => !named.has(hash));
      await Promise.all(loose.map((hash) => cache.delete(partAt(hash))));
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
