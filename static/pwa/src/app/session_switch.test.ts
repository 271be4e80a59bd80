/** Whose work is on the screens, and what becomes of the recording when somebody signs in. */

import "fake-indexeddb/auto";
import { signal } from "@preact/signals";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { feedOf } from "../../test/actors";
import { DEVICE, districtRows, HOST, PROFILE, ZONE } from "../../test/rows";
import { startRound } from "../domain/round";
import type { DeviceEntry } from "../domain/types";
import { openStore } from "../store/phone";
import { IDLE_STATUS } from "../sync/status";
import type { OpenSession } from "./session";
import { sessionSwitch } from "./session_switch";

const ROUND = "00000000-0000-7000-8000-000000000aaa";
const platform = { isStorageBroken: signal(false), refreshStorage: () => undefined };
const session = signal<OpenSession | null>(null);

let deviceCount = 0;
let use: ReturnType<typeof sessionSwitch>;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  localStorage.clear();
  Object.defineProperty(navigator, "geolocation", {
    configurable: true,
    value: { watchPosition: () => 1, clearWatch: () => undefined },
  });
  session.value = null;
  use = sessionSwitch(session, { now: signal(Date.now()), sync: signal(IDLE_STATUS), platform });
});
afterEach(async () => {
  await session.value?.leave();
});

function newEntry(login: string): DeviceEntry {
  deviceCount += 1;
  const device = DEVICE.replace(/..$/, deviceCount.toString().padStart(2, "0"));
  return { device, db_id: device, user_id: HOST, login, name: login, is_signed_in: true, used_at: Date.now() };
}

async function openRound(entry: DeviceEntry): Promise<OpenSession> {
  const store = await openStore(entry);
  await store.saveProfile(PROFILE);
  await feedOf(entry)(districtRows());
  await store.saveRecord(startRound(ROUND, ZONE, 2));
  await use(store);
  if (session.value === null) throw new Error("no session");
  await session.value.recorder.start(ROUND);
  return session.value;
}

describe("signing in", () => {
  it("anew in the middle of a round goes on recording without a gap", async () => {
    const entry = newEntry("amina");
    const before = await openRound(entry);
    const again = await openStore(entry);
    const inUse = await use(again);
    expect(session.value?.recording.value).toMatchObject({ round: ROUND, mode: "recording", gap: null });
    expect(session.value).toBe(before);
    expect(inUse).toBe(before.store);
  });

  it("as somebody else lets go of the recording and shows the other's work", async () => {
    const before = await openRound(newEntry("amina"));
    const leave = vi.spyOn(before.recorder, "leave");
    const other = await openStore(newEntry("bo"));
    expect(await use(other)).toBe(other);
    expect(leave).toHaveBeenCalled();
    expect(session.value?.store).toBe(other);
    expect(session.value?.recording.value.mode).toBe("off");
  });
});
