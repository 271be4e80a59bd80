import { beforeEach, describe, expect, test, vi } from "vitest";
import { emptyBrowser } from "../../test/sync/browser";
import { sha256Hex } from "../../test/sync/made";
import { digestAtOnce, Simulation, type SimulationOptions } from "../../test/sync/simulation";
import { makePicture } from "../domain/picture";
import type { DeviceEntry, PulledRow } from "../domain/types";
import { deviceDb } from "../store/device";
import { readSource } from "../store/memory";
import { openSyncStore } from "../store/sync_store";

/** How many schedules each of the tests below plays. */
const { ROND_SCHEDULES, ROND_SEED } = process.env as { ROND_SCHEDULES?: string; ROND_SEED?: string };
const SCHEDULES = Number(ROND_SCHEDULES ?? 20);
const FIRST = Number(ROND_SEED ?? 1);

beforeEach(() => {
  emptyBrowser();
  vi.spyOn(crypto.subtle, "digest").mockImplementation(digestAtOnce);
});

async function played(seed: number, options: SimulationOptions): Promise<Simulation> {
  const simulation = new Simulation(seed, options);
  await simulation.play(160);
  return simulation;
}

async function checkAll(simulation: Simulation): Promise<void> {
  for (const entry of simulation.entries) await checkDevice(simulation, entry);
  for (const { sha256, size } of simulation.photos) {
    const photo = simulation.server.state.photos.get(sha256);
    expect(photo?.isDone, `photo ${sha256.slice(0, 8)}`).toBe(true);
    expect(photo?.bytes.length).toBe(size);
    expect(sha256Hex(photo?.bytes ?? new Uint8Array())).toBe(sha256);
  }
}

async function checkDevice({ server, saved }: Simulation, entry: DeviceEntry): Promise<void> {
  const mine = [...(saved.get(entry.device)?.values() ?? [])];
  const theirs = [...server.state.ledger.values()].filter((known) => known.device === entry.device);
  // Nothing is lost: what the host was told is saved has arrived, as it was, and has had its effect once.
  for (const op of mine) {
    const known = server.state.ledger.get(op.id);
    expect(known?.content, `${op.type} n ${op.n}`).toBe(JSON.stringify(op));
    expect([known?.st, known?.effects], `${op.type} n ${op.n}`).toEqual(["ok", 1]);
  }
  // Nothing is doubled or made up, and the numbers have no hole.
  expect(theirs.map((known) => known.op.id).sort()).toEqual(mine.map((op) => op.id).sort());
  expect(theirs.map((known) => known.n).sort((a, b) => a - b)).toEqual(mine.map((_, i) => i + 1));
  const outbox = await openSyncStore(entry).outbox();
  expect(outbox).toMatchObject({ ops: [], unsent: 0, photos: [], photos_kept: 0 });
  await checkPicture(server.rows("observation"), entry, new Set(mine.map((op) => op.entity)));
}

/** The host sees every own record that is still on the phone as the server has it. */
async function checkPicture(rows: readonly PulledRow[], entry: DeviceEntry, own: ReadonlySet<string>): Promise<void> {
  const source = await readSource(deviceDb(entry));
  const picture = makePicture(source, new Set());
  expect(picture.unsent).toBe(0);
  for (const view of picture.records.filter((record) => own.has(record.id))) {
    expect(view.state, view.id).toBe("received");
    const row = rows.find((known) => known.id === view.id);
    if (row === undefined || "gone" in row || row.kind !== "observation") throw new Error("a record the server lacks");
    expect([view.note, view.severity, view.is_withdrawn]).toEqual([
      row.body.note,
      row.body.severity,
      row.body.state === "withdrawn",
    ]);
  }
}

describe.each<[string, SimulationOptions]>([
  ["one host, a poor network and a phone that kills pages", { mayRestore: false }],
  ["the same with a server that is restored from backups", {}],
  ["two hosts who take turns on one phone", { users: 2 }],
  ["two pages that both send", { tabs: 2 }],
])("%s", (_what, options) => {
  test(`nothing is lost and nothing doubled in ${SCHEDULES} schedules`, { timeout: 600_000 }, async () => {
    for (let seed = FIRST; seed < FIRST + SCHEDULES; seed++) {
      const simulation = await played(seed, options);
      try {
        await checkAll(simulation);
      } catch (error) {
        throw new Error(`seed ${seed}\n${simulation.trace.slice(-80).join("\n")}`, { cause: error });
      }
    }
  });
});

test("the same seed plays the same schedule", async () => {
  const [one, two] = [await played(7, { users: 2 }), await played(7, { users: 2 })];
  expect(two.trace).toEqual(one.trace);
});
