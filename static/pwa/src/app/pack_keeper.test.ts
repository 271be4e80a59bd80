import { signal } from "@preact/signals";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Session } from "../features/context";
import { IDLE_STATUS, type SyncStatus } from "../sync/status";
import { startPackKeeper } from "./pack_keeper";

const fetchPack = vi.hoisted(() => vi.fn());
vi.mock("../pack/fetch_pack", () => ({ fetchPack }));
const removeUnused = vi.hoisted(() => vi.fn(async () => undefined));
vi.mock("../store/packs", () => ({ openPacks: async () => ({ removeUnused }), keepPacksOf: async () => undefined }));

const QUIET: SyncStatus = { ...IDLE_STATUS, last_synced_at: 1 };
const settled = () => new Promise((resolve) => setTimeout(resolve));

function begin(status: SyncStatus = QUIET, hasRoom = true) {
  const zone = signal<string | null>("zone-1");
  const rows = [
    { id: "zone-1", body: { ended: false } },
    { id: "zone-9", body: { ended: true } },
  ];
  const source = signal({ rows: { zone: new Map(rows.map((row) => [row.id, row])) } });
  const session = signal({ store: { device: "device-1" }, zone, source } as unknown as Session);
  const sync = signal(status);
  const now = signal(Date.now());
  const keepMap = vi.fn();
  const stop = startPackKeeper({
    session,
    sync,
    now,
    devices: async () => ["device-1"],
    hasRoom: () => hasRoom,
    keepMap,
  });
  return { zone, sync, now, keepMap, stop };
}

const signals = () => fetchPack.mock.calls.map((call) => call[3] as AbortSignal);

beforeEach(() => {
  fetchPack.mockReset();
  fetchPack.mockImplementation(() => new Promise(() => undefined));
});

describe("the pack of the chosen zone", () => {
  test("is fetched when nothing waits to be sent", async () => {
    begin();
    await settled();
    expect(fetchPack.mock.calls.map((call) => call[2])).toEqual(["zone-1"]);
  });

  test.each([
    ["before the phone has heard from the server", { last_synced_at: null }],
    ["while a record waits", { unsent: 1 }],
    ["while somebody else's record waits", { unsent_others: 1 }],
    ["while photos wait", { photos_left: 1 }],
    ["while something is being sent", { state: "sending" as const }],
    ["without a network", { state: "offline" as const }],
    ["signed out", { state: "signed_out" as const }],
  ])("is not fetched %s", async (_when, change) => {
    begin({ ...QUIET, ...change });
    await settled();
    expect(fetchPack).not.toHaveBeenCalled();
  });

  test("is not fetched into the room that photos need", async () => {
    begin(QUIET, false);
    await settled();
    expect(fetchPack).not.toHaveBeenCalled();
  });

  test("gives way at once when a record is saved, and goes on when that is sent", async () => {
    const { sync } = begin();
    await settled();
    sync.value = { ...QUIET, unsent: 1 };
    expect(signals().map(({ aborted }) => aborted)).toEqual([true]);
    await settled();
    expect(fetchPack).toHaveBeenCalledOnce();
    sync.value = QUIET;
    await settled();
    expect(signals().map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  test("gives way to another zone's", async () => {
    const { zone } = begin();
    await settled();
    zone.value = "zone-2";
    await settled();
    expect(fetchPack.mock.calls.map((call) => call[2])).toEqual(["zone-1", "zone-2"]);
    expect(signals()[0]?.aborted).toBe(true);
  });

  test("brings the map's own files along, and is asked about again after hours", async () => {
    fetchPack.mockResolvedValue("new");
    const { keepMap, now } = begin();
    await settled();
    expect(keepMap).toHaveBeenCalledOnce();
    now.value += 3_600_000;
    await settled();
    expect(fetchPack).toHaveBeenCalledOnce();
    now.value += 6 * 3_600_000;
    await settled();
    expect(fetchPack).toHaveBeenCalledTimes(2);
  });

  test("leaves no room to the packs of zones that are no more", async () => {
    fetchPack.mockResolvedValue("same");
    begin();
    await settled();
    expect(removeUnused).toHaveBeenCalledWith(new Set(["zone-1"]), "zone-1");
  });

  test("that could not be fetched is tried again after a minute", async () => {
    fetchPack.mockResolvedValue("failed");
    const { keepMap, now } = begin();
    await settled();
    now.value += 61_000;
    await settled();
    expect(fetchPack).toHaveBeenCalledTimes(2);
    expect(keepMap).not.toHaveBeenCalled();
  });
});
