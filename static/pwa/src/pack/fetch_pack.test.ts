// @vitest-environment node
import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { PackManifest } from "../domain/pack";
import type { Packs } from "../store/packs";
import { fetchPack } from "./fetch_pack";

const DEVICE = "device";
const ZONE = "zone";
const LIVE = new AbortController().signal;

const bytesOf = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer as ArrayBuffer;
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32);
const manifestWith = (version: string, ...parts: string[]): PackManifest => ({
  format: 1,
  zone: ZONE,
  version,
  box: [0, 0, 1, 1],
  attribution: "",
  bytes: 0,
  files: [{ name: "map.pmtiles", parts: parts.map((part) => [hashOf(part), part.length] as const) }],
});

/** A server with one pack, and a phone's cache. */
let parts: string[];
let version: string;
let asked: string[];
let kept: Map<string, ArrayBuffer>;
let inUse: PackManifest | null;
let confirmed: string[];
let spoil: (path: string) => Response | null;

const packs: Packs = {
  manifest: async () => inUse,
  parts: async () => new Set(kept.keys()),
  keepPart: async (hash, bytes) => void kept.set(hash, bytes),
  use: async (manifest) => {
    inUse = manifest;
  },
  file: async () => null,
  checkedAt: async () => null,
  confirm: async (manifest) => void confirmed.push(manifest.version),
  removeUnused: async () => undefined,
};

beforeEach(() => {
  [parts, version, asked, kept, inUse, spoil] = [["one", "two"], "v1", [], new Map(), null, () => null];
  confirmed = [];
  vi.stubGlobal("fetch", async (address: string, { headers, signal }: { headers: object; signal: AbortSignal }) => {
    signal.throwIfAborted();
    const path = address.replace(`/api/v1/pack/${ZONE}`, "");
    asked.push(path);
    return spoil(path) ?? answer(path, headers as Record<string, string>);
  });
});

function answer(path: string, headers: Record<string, string>): Response {
  if (path === "") {
    if (headers["If-None-Match"] === `"${version}"`) return new Response(null, { status: 304 });
    return new Response(JSON.stringify(manifestWith(version, ...parts)));
  }
  const query = new URLSearchParams(path.split("?")[1]);
  if (query.get("version") !== version) return new Response(null, { status: 404 });
  const wanted = (query.get("parts") ?? "").split(",").flatMap((span) => {
    const [from = 0, to = from] = span.split("-").map(Number);
    return parts.slice(from, to + 1);
  });
  return new Response(bytesOf(wanted.join("")));
}

describe("a pack", () => {
  test("is fetched whole the first time, and not at all while it is the same", async () => {
    expect(await fetchPack(packs, DEVICE, ZONE, LIVE)).toBe("new");
    expect(asked).toEqual(["", "/content?version=v1&parts=0-1"]);
    expect([...kept.keys()]).toEqual([hashOf("one"), hashOf("two")]);
    expect(await fetchPack(packs, DEVICE, ZONE, LIVE)).toBe("same");
    expect(asked).toHaveLength(3);
    expect(confirmed).toEqual(["v1"]);
  });

  test("is fetched in the parts that differ when it has changed", async () => {
    await fetchPack(packs, DEVICE, ZONE, LIVE);
    [parts, version, asked] = [["one", "2", "three"], "v2", []];
    expect(await fetchPack(packs, DEVICE, ZONE, LIVE)).toBe("new");
    expect(asked).toEqual(["", "/content?version=v2&parts=1-2"]);
    expect(inUse?.version).toBe("v2");
  });

  test("is made whole when a part of it is gone", async () => {
    await fetchPack(packs, DEVICE, ZONE, LIVE);
    kept.delete(hashOf("two"));
    asked = [];
    expect(await fetchPack(packs, DEVICE, ZONE, LIVE)).toBe("new");
    expect(asked).toEqual(["", "/content?version=v1&parts=1"]);
  });

  test("goes on where it was stopped", async () => {
    parts = ["a".repeat(90_000), "b".repeat(90_000)];
    const abort = new AbortController();
    spoil = (path) => {
      if (path.endsWith("parts=1")) abort.abort();
      abort.signal.throwIfAborted();
      return null;
    };
    expect(await fetchPack(packs, DEVICE, ZONE, abort.signal)).toBe("failed");
    expect([kept.size, inUse]).toEqual([1, null]);
    [spoil, asked] = [() => null, []];
    expect(await fetchPack(packs, DEVICE, ZONE, LIVE)).toBe("new");
    expect(asked).toEqual(["", "/content?version=v1&parts=1"]);
  });

  test.each([
    ["a portal's page", () => new Response("<html>Accept the terms</html>")],
    ["less than there is", () => new Response(bytesOf("onetw"))],
    ["an error", () => new Response("onetwo", { status: 502 })],
  ])("is not taken into use when %s comes instead", async (_what, wrong) => {
    spoil = (path) => (path === "" ? null : wrong());
    expect(await fetchPack(packs, DEVICE, ZONE, LIVE)).toBe("failed");
    expect(inUse).toBeNull();
  });

  test("that the phone has no room for is told apart: asking again soon would not help", async () => {
    const full = { ...packs, keepPart: () => Promise.reject(new DOMException("full", "QuotaExceededError")) };
    expect(await fetchPack(full, DEVICE, ZONE, LIVE)).toBe("full");
  });

  test("that the server has made anew meanwhile is asked for another time", async () => {
    spoil = (path) => {
      if (path === "") return null;
      version = "v2";
      return null;
    };
    expect(await fetchPack(packs, DEVICE, ZONE, LIVE)).toBe("failed");
    expect(await fetchPack(packs, DEVICE, ZONE, LIVE)).toBe("new");
  });

  test.each([
    ["there is none", () => new Response(null, { status: 404 }), "none"],
    ["a page answers", () => new Response("<html>"), "failed"],
    [
      "the answer is another zone's",
      () => new Response(JSON.stringify({ ...manifestWith("v1"), zone: "x" })),
      "failed",
    ],
  ])("stays as it is when %s", async (_what, given, outcome) => {
    spoil = given;
    expect(await fetchPack(packs, DEVICE, ZONE, LIVE)).toBe(outcome);
    expect(inUse).toBeNull();
  });
});
