/** What a pack consists of, which of it is still to be fetched, and what its files say. Pure. */

import type { Uuid } from "./values";

/** The format this app reads. */
const FORMAT = 1;
const UNIT = 1e6;

/** What a part is known by: the beginning of its SHA-256, 32 hexadecimal characters. */
export type PartHash = string;

export interface PackManifest {
  readonly format: number;
  readonly zone: Uuid;
  readonly version: string;
  /** west, south, east, north in degrees. */
  readonly box: readonly [number, number, number, number];
  /** Whose map it is made from; empty when it is the organisation's own. */
  readonly attribution: string;
  readonly bytes: number;
  readonly files: readonly { readonly name: string; readonly parts: readonly (readonly [PartHash, number])[] }[];
}

export interface PackPart {
  /** Its number in the whole pack. */
  readonly number: number;
  readonly hash: PartHash;
  readonly bytes: number;
}

/** A piece of the path network: its lines as `[lon, lat]`. */
export interface PathPiece {
  readonly id: Uuid;
  readonly is_lit: boolean;
  readonly lines: readonly (readonly [number, number])[][];
}

export interface PackZone {
  readonly id: Uuid;
  readonly name: string;
  readonly outline: readonly (readonly [number, number])[];
}

/** Read a manifest; null when it is none that this app understands. */
export function manifestOf(body: unknown): PackManifest | null {
  const given = body as Partial<PackManifest> | null;
  if (typeof given !== "object" || given === null || given.format !== FORMAT) return null;
  if (typeof given.version !== "string" || !Array.isArray(given.files) || given.box?.length !== 4) return null;
  return given as PackManifest;
}

/** The parts of a pack in their order. */
export function partsOf(manifest: PackManifest): PackPart[] {
  return manifest.files
    .flatMap((file) => file.parts)
    .map(([hash, bytes], number): PackPart => ({ number, hash, bytes }));
}

/** Divide the parts that are not there into requests of about `bytes_max`; a larger part goes alone. */
export function requestsFor(
  manifest: PackManifest,
  has: ReadonlySet<PartHash>,
  bytes_max: number,
): readonly (readonly PackPart[])[] {
  const groups: PackPart[][] = [];
  const asked = new Set(has);
  let bytes = 0;
  for (const part of partsOf(manifest)) {
    if (asked.has(part.hash)) continue;
    asked.add(part.hash);
    if (groups.length === 0 || bytes + part.bytes > bytes_max) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(part);
    bytes += part.bytes;
  }
  return groups;
}

/** Write the numbers of parts as the server reads them: `0-3,7`. */
export function spansOf(parts: readonly PackPart[]): string {
  const spans: [number, number][] = [];
  for (const { number } of parts) {
    const last = spans.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else spans.push([number, number]);
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

/** Read `paths.json`. */
export function piecesOf(body: unknown): PathPiece[] {
  const { paths } = body as { paths: readonly [Uuid, 0 | 1, readonly (readonly number[])[]][] };
  return paths.map(([id, lit, lines]) => ({ id, is_lit: lit === 1, lines: lines.map(lineOf) }));
}

/** Read the zones of `places.json`. */
export function zonesOf(body: unknown): PackZone[] {
  const { zones } = body as { zones: readonly [Uuid, string, readonly number[]][] };
  return zones.map(([id, name, outline]) => ({ id, name, outline: lineOf(outline) }));
}

/** A line from its first position and the steps after it, in millionths of a degree. */
function lineOf(steps: readonly number[]): [number, number][] {
  const line: [number, number][] = [];
  let lon = 0;
  let lat = 0;
  for (let index = 0; index + 1 < steps.length; index += 2) {
    lon += steps[index] ?? 0;
    lat += steps[index + 1] ?? 0;
    line.push([lon / UNIT, lat / UNIT]);
  }
  return line;
}
