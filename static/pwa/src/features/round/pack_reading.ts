/** What the phone keeps of a zone's map, read for a screen that draws or lists it. */

import { type PackManifest, type PackZone, type PathPiece, piecesOf, zonesOf } from "../../domain/pack";
import type { Uuid } from "../../domain/types";
import { openPacks, unpacked } from "../../store/packs";

export interface ReadPack {
  readonly manifest: PackManifest;
  /** Null where nothing has an outline and no ground was given: then the path network is the map. */
  readonly tiles: Blob | null;
  readonly pieces: readonly PathPiece[];
  readonly outline: PackZone["outline"] | null;
}

/** Read the pack of a zone from the phone; null when there is none that can be read. */
export async function readPack(device: Uuid, zone: Uuid, shown: string | null): Promise<ReadPack | "same" | null> {
  const packs = await openPacks(device);
  const manifest = await packs.manifest(zone);
  if (manifest === null) return null;
  if (manifest.version === shown) return "same";
  const names = ["map.pmtiles", "paths.json", "places.json"];
  const [tiles, paths, places] = await Promise.all(names.map((name) => packs.file(manifest, name)));
  if (paths == null || places == null) return null;
  const zones = zonesOf(await unpacked(places));
  const outline = zones.find(({ id }) => id === zone)?.outline ?? null;
  return { manifest, tiles: tiles ?? null, pieces: piecesOf(await unpacked(paths)), outline };
}
