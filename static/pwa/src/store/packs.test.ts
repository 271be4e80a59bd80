// @vitest-environment node
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { PackManifest } from "../domain/pack";
import { openPacks } from "./packs";

const DAY_MS = 86_400_000;
const START = 1_790_000_000_000;

/** Cache Storage as far as packs use it. */
class FakeCache {
  readonly kept = new Map<string, Response>();
  readonly #key = (path: string) => new URL(path, "https://rond.example").href;
  match = async (path: string) => this.kept.get(this.#key(path))?.clone();
  put = async (path: string, response: Response) => void this.kept.set(this.#key(path), response);
  delete = async (path: string) => this.kept.delete(this.#key(path));
  keys = async () => [...this.kept.keys()].map((url) => ({ url }));
}

let cache: FakeCache;
beforeEach(() => {
  cache = new FakeCache();
  vi.stubGlobal("caches", { open: async () => cache });
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});

const manifest = (zone: string, ...hashes: string[]): PackManifest => ({
  format: 1,
  zone,
  version: `${zone}-1`,
  box: [0, 0, 1, 1],
  attribution: "",
  bytes: 0,
  files: [{ name: "map.pmtiles", parts: hashes.map((hash) => [hash, 1] as const) }],
});

async function withPacks(...packs: PackManifest[]) {
  const opened = await openPacks("device");
  for (const pack of packs) {
    for (const [hash] of pack.files[0]?.parts ?? []) await opened.keepPart(hash, new ArrayBuffer(1));
    await opened.use(pack);
  }
  return opened;
}

describe("packs on the phone", () => {
  test("of a zone that is no more go, with the parts that only they name", async () => {
    const packs = await withPacks(manifest("here", "a", "shared"), manifest("gone", "b", "shared"));
    await packs.removeUnused(new Set(["here"]), "here");
    expect(await packs.manifest("gone")).toBeNull();
    expect(await packs.parts()).toEqual(new Set(["a", "shared"]));
  });

  test("that nobody has chosen for a month go; those of other zones and the chosen one stay", async () => {
    const packs = await withPacks(manifest("chosen", "a"), manifest("lately", "b"), manifest("unused", "c"));
    vi.setSystemTime(START + 20 * DAY_MS);
    await packs.confirm(manifest("lately", "b"));
    vi.setSystemTime(START + 31 * DAY_MS);
    await packs.removeUnused(new Set(["chosen", "lately", "unused"]), "chosen");
    expect(await packs.parts()).toEqual(new Set(["a", "b"]));
    expect(await packs.manifest("unused")).toBeNull();
  });

  test("kept by an earlier app have their month from when they are first met", async () => {
    const packs = await withPacks(manifest("chosen", "a"));
    await cache.put("/rond-pack/zones/old", new Response(JSON.stringify(manifest("old"))));
    expect(await packs.checkedAt("old")).toBeNull();
    await packs.removeUnused(new Set(["chosen", "old"]), "chosen");
    expect(await packs.checkedAt("old")).toBe(START);
  });

  test("say when they were last found to be the newest", async () => {
    const packs = await withPacks(manifest("zone", "a"));
    expect(await packs.checkedAt("zone")).toBe(START);
    expect(await packs.checkedAt("another")).toBeUndefined();
  });
});
