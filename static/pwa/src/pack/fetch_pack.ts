/**
 * Fetch what a phone lacks of a zone's pack. It is the last thing that uses the line: whoever calls stops it as soon as there is a
 * record or a photo to send, and what has come by then is kept.
 */

import { hex } from "../domain/ids";
import { manifestOf, type PackManifest, type PackPart, partsOf, requestsFor, spansOf } from "../domain/pack";
import type { Uuid } from "../domain/types";
import type { Packs } from "../store/packs";

const API = "/api/v1/pack";
/** So much at once: about a second on a poor line, and never more than that to fetch again. */
const REQUEST_BYTES = 96 * 1024;
const HASH_CHARS = 32;

/**
 * `new`: another version is in use now; `same`: nothing has changed; `none`: the zone has no pack; `full`: the phone has no room for it;
 * `failed`: try again later.
 */
export type Fetched = "new" | "same" | "none" | "full" | "failed";

/** Fetch a zone's pack. Never rejects. */
export async function fetchPack(packs: Packs, device: Uuid, zone: Uuid, signal: AbortSignal): Promise<Fetched> {
  try {
    const known = await packs.manifest(zone);
    const here = await packs.parts();
    // Another tab may have let go of parts that no version named yet: then the same pack is asked for once more.
    const isWhole = known !== null && partsOf(known).every(({ hash }) => here.has(hash));
    const answer = await ask(device, zone, signal, isWhole ? { "If-None-Match": `"${known.version}"` } : {});
    if (answer.status === 304 && known !== null) {
      await packs.confirm(known);
      return "same";
    }
    if (answer.status === 404) return "none";
    const manifest = answer.ok ? manifestOf(await answer.json()) : null;
    if (manifest === null || manifest.zone !== zone) return "failed";
    const missing = requestsFor(manifest, here, REQUEST_BYTES);
    for (const parts of missing) await keepParts(packs, device, manifest, parts, signal);
    await packs.use(manifest);
    return "new";
  } catch (fault) {
    // Cut, stopped, or not ours: the pack in use stays.
    return fault instanceof DOMException && fault.name === "QuotaExceededError" ? "full" : "failed";
  }
}

async function keepParts(
  packs: Packs,
  device: Uuid,
  manifest: PackManifest,
  parts: readonly PackPart[],
  signal: AbortSignal,
): Promise<void> {
  const query = `/content?version=${manifest.version}&parts=${spansOf(parts)}`;
  const answer = await ask(device, `${manifest.zone}${query}`, signal);
  const content = answer.ok ? await answer.arrayBuffer() : new ArrayBuffer(0);
  let start = 0;
  for (const part of parts) {
    const bytes = content.slice(start, start + part.bytes);
    start += part.bytes;
    if ((await hashOf(bytes)) !== part.hash) throw new TypeError("something else answered");
    await packs.keepPart(part.hash, bytes);
  }
}

function ask(device: Uuid, path: string, signal: AbortSignal, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${API}/${path}`, {
    headers: { "X-Rond-Device": device, ...headers },
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    priority: "low",
    signal,
  });
}

async function hashOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return hex(digest).slice(0, HASH_CHARS);
}
