/** A phone to test screens on: a real store over a simulated IndexedDB, with a recorder and a sync that do as they are told. */

import "fake-indexeddb/auto";
import { type Signal, signal } from "@preact/signals";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { IDBFactory } from "fake-indexeddb";
import { vi } from "vitest";
import { Root } from "../src/app/root";
import { parseHash, type Route } from "../src/app/router";
import { type OpenSession, openSession } from "../src/app/session";
import { startRound } from "../src/domain/round";
import type { DeviceEntry, PulledRow, TonightDoc } from "../src/domain/types";
import type { App, Theme, Toast } from "../src/features/context";
import type { RecorderView } from "../src/position/recorder_driver";
import { openStore } from "../src/store/phone";
import type { StorageState } from "../src/store/storage";
import type { Store } from "../src/store/store";
import { IDLE_STATUS, type SyncStatus } from "../src/sync/status";
import { fakeRecorder, feedOf, recorderView } from "./actors";
import { DEVICE, districtRows, HOST, PROFILE, ZONE } from "./rows";

export interface Stage {
  readonly app: App;
  readonly store: Store;
  readonly session: OpenSession;
  readonly sync: Signal<SyncStatus>;
  readonly recording: Signal<RecorderView>;
  readonly storage: Signal<StorageState | null>;
  readonly hash: () => string;
  /** Every tap made with `tap`. */
  taps: number;
  tap(testid: string): Promise<void>;
  /** Let rows arrive as if pulled. */
  pull(rows: readonly PulledRow[]): Promise<void>;
}

export interface StageOptions {
  readonly hash?: string;
  readonly isOnRound?: boolean;
  readonly hasPosition?: boolean;
  readonly isIos?: boolean;
  readonly tonight?: TonightDoc;
  readonly platform?: Partial<App["platform"]>;
  readonly account?: Partial<App["account"]>;
}

const ROUND = "00000000-0000-7000-8000-000000000aaa";

let stageCount = 0;

/** Set up a signed-in host's phone and show the screen of `hash`. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  cleanup();
  stageCount += 1;
  globalThis.indexedDB = new IDBFactory();
  const entry: DeviceEntry = {
    device: DEVICE.replace(/..$/, stageCount.toString().padStart(2, "0")),
    db_id: `${DEVICE.slice(0, -4)}${stageCount.toString().padStart(4, "0")}`,
    user_id: HOST,
    login: "amina",
    name: "Amina Berg",
    is_signed_in: true,
    used_at: Date.now(),
  };
  const store = await openStore(entry);
  await store.saveProfile({ ...PROFILE, device: entry.device });
  const feed = feedOf(entry);
  await feed(districtRows());
  if (options.isOnRound !== false) await store.saveRecord(startRound(ROUND, ZONE, 2));

  const recording = signal(recorderView(ROUND, options));
  const sync = signal<SyncStatus>(IDLE_STATUS);
  const now = signal(Date.now());
  const session = openSession({
    store,
    recorder: fakeRecorder(recording),
    now,
    sync,
    fetchTonight: async () => (options.tonight ? { body: options.tonight, fetched_at: Date.now() } : null),
  });
  const route = signal<Route>(parseHash(options.hash ?? (options.isOnRound === false ? "#/" : "#/round")));
  let hash = options.hash ?? "#/round";
  const go = (next: string) => {
    hash = next;
    route.value = parseHash(next);
  };
  const toast = signal<Toast | null>(null);
  const storage = signal<StorageState | null>({
    is_persistent: true,
    usage: 1e6,
    quota: 1e9,
    is_photo_allowed: true,
  });
  const theme = signal<Theme>("auto");
  const app: App = {
    session: signal(session),
    account: {
      hasUsers: async () => true,
      signIn: async () => null,
      firstSignIn: async () => null,
      changePassword: async () => null,
      signOut: async () => undefined,
      switchTo: async () => undefined,
      users: async () => [],
      vanished: async () => [],
      forgetVanished: async () => undefined,
      ...options.account,
    },
    platform: {
      isInstalled: signal(true),
      isIos: options.isIos ?? false,
      install: signal(null),
      isOfflineReady: signal(true),
      isUpdateWaiting: signal(false),
      applyUpdate: () => true,
      storage,
      isStorageBroken: signal(false),
      version: "test",
      ...options.platform,
    },
    now,
    second: now,
    sync,
    theme,
    setTheme: (wanted) => {
      theme.value = wanted;
    },
    setLanguage: async () => undefined,
    go,
    back: go,
    say: (next) => {
      toast.value = next;
    },
  };
  // Links change the hash; the page's own router is not part of this stage.
  const follow = () => go(location.hash);
  addEventListener("hashchange", follow);
  render(<Root app={app} router={{ route, go, back: go }} toast={toast} onToastDone={() => (toast.value = null)} />);
  const stage: Stage = {
    app,
    store,
    session,
    sync,
    recording,
    storage,
    hash: () => hash,
    taps: 0,
    async tap(testid) {
      const target = await waitFor(() => screen.getByTestId(testid));
      stage.taps += 1;
      fireEvent.click(target);
      const href = target.getAttribute("href");
      if (href?.startsWith("#")) go(href);
    },
    pull: feed,
  };
  return stage;
}

/** A camera whose picture is always the same few bytes. */
export function stubCamera(): void {
  const stream = { active: true, getTracks: () => [{ stop: () => undefined }] };
  vi.stubGlobal(
    "navigator",
    Object.create(navigator, { mediaDevices: { value: { getUserMedia: async () => stream } } }),
  );
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue(undefined);
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", { configurable: true, writable: true, value: null });
  Object.defineProperty(HTMLVideoElement.prototype, "videoWidth", { configurable: true, value: 640 });
  vi.spyOn(HTMLCanvasElement.prototype, "toBlob").mockImplementation((done) =>
    done(new Blob([new Uint8Array([0xff, 0xd8, 1, 2, 3])], { type: "image/jpeg" })),
  );
}
