/**
 * Every screen in a browser without a server: `/pwa/test/preview.html?scene=<name>#/<screen>` under `vite dev`.
 *
 * The store is real; the recorder, the sync and the sign-in play the scene. Not part of the build.
 */

import "../src/ui/tokens.css";
import "../src/ui/base.css";
import "../src/ui/layout.css";
import "../src/ui/controls.css";
import "../src/ui/parts.css";
import "../../shared/style/tones.css";
import "../src/features/features.css";
import "../src/ui/forced.css";
import { signal } from "@preact/signals";
import { render } from "preact";
import { Root } from "../src/app/root";
import { createRouter } from "../src/app/router";
import { openSession } from "../src/app/session";
import { startTheme } from "../src/app/theme";
import { startRound } from "../src/domain/round";
import type { DeviceEntry } from "../src/domain/types";
import type { App, Toast } from "../src/features/context";
import { type Language, speak } from "../src/i18n";
import { openStore } from "../src/store/phone";
import { IDLE_STATUS, type SyncStatus } from "../src/sync/status";
import { fakeRecorder, feedOf, recorderView } from "./actors";
import { districtRows, HOST, PROFILE, tonightDoc, ZONE } from "./rows";
import { playedRecords, ROUND } from "./scene";

const wish = new URLSearchParams(location.search);
const has = (name: string) => wish.has(name);

const entry: DeviceEntry = {
  device: crypto.randomUUID(),
  db_id: crypto.randomUUID(),
  user_id: HOST,
  login: "amina",
  name: "Amina Berg",
  is_signed_in: true,
  used_at: Date.now(),
};

async function play(): Promise<void> {
  const theme = startTheme();
  await speak((wish.get("language") as Language | null) ?? "sv");
  const store = await openStore(entry);
  const feed = feedOf(entry);
  const now = signal(Date.now());
  setInterval(() => {
    now.value = Date.now();
  }, 1000);
  await store.saveProfile({ ...PROFILE, device: entry.device });
  if (!has("empty")) await feed(districtRows());
  if (has("round")) await store.saveRecord(startRound(ROUND, ZONE, 3));
  if (has("records")) await playedRecords(store, feed);
  const sync = signal<SyncStatus>({ ...IDLE_STATUS, ...statusOf() });
  const recording = signal({
    ...recorderView(ROUND, { isOnRound: has("round"), hasPosition: !has("blind") }),
    ...gap(),
  });
  const session = openSession({
    store,
    recorder: fakeRecorder(recording),
    now,
    sync,
    fetchTonight: async () =>
      has("empty") ? null : { body: tonightDoc(Date.now()), fetched_at: Date.now() - 720_000 },
  });
  session.lostPhotoOf.value = has("lost") ? session.store.newId() : null;
  const toast = signal<Toast | null>(null);
  const router = createRouter();
  const app: App = {
    session: signal(has("stranger") ? null : session),
    account: {
      hasUsers: async () => true,
      signIn: async () => "wrong_credentials",
      firstSignIn: async () => "weak_password",
      changePassword: async () => null,
      signOut: async () => undefined,
      switchTo: async () => undefined,
      users: async () => [
        { ...entry, unsent: 3 },
        { ...entry, device: "other", login: "omar", name: "Omar Lind", is_signed_in: false, unsent: 0 },
      ],
      vanished: async () => (has("vanished") ? [entry] : []),
      forgetVanished: async () => undefined,
    },
    platform: {
      isInstalled: signal(!has("browser")),
      isIos: has("ios"),
      install: signal(has("installable") ? async () => undefined : null),
      isOfflineReady: signal(true),
      isUpdateWaiting: signal(has("update")),
      applyUpdate: () => false,
      storage: signal({ is_persistent: !has("evictable"), usage: 12e6, quota: 900e6, is_photo_allowed: !has("full") }),
      isStorageBroken: signal(has("broken")),
      version: "1.0.0",
    },
    now,
    second: now,
    sync,
    theme: theme.theme,
    setTheme: theme.set,
    setLanguage: (language) => speak(language),
    go: router.go,
    back: router.back,
    say: (next) => {
      toast.value = next;
    },
  };
  const place = document.getElementById("app");
  const clear = () => {
    toast.value = null;
  };
  if (place) render(<Root app={app} router={router} toast={toast} onToastDone={clear} />, place);
}

function statusOf(): Partial<SyncStatus> {
  const state = wish.get("sync") as SyncStatus["state"] | null;
  if (state === null) return { last_synced_at: Date.now() - 240_000 };
  return {
    state,
    next_try_at: Date.now() + 40_000,
    last_synced_at: Date.now() - 5_400_000,
    photos_left: 2,
    unsent_others: 4,
  };
}

function gap() {
  return has("gap") ? { gap: { from: Date.now() - 180_000, reason: "hidden" as const } } : {};
}

void play();
