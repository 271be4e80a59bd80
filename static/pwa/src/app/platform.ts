/** The phone around the app: installed or not, ready for offline, room for what is stored, a new version. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Platform } from "../features/context";
import { type StorageState, storageState } from "../store/storage";
import type { Updates } from "../worker/register";

/** Chromium's offer to install; no other browser makes one. */
interface InstallPromptEvent extends Event {
  prompt(): Promise<void>;
  readonly userChoice: Promise<{ readonly outcome: "accepted" | "dismissed" }>;
}

export interface StartedPlatform extends Platform {
  readonly storage: ReadonlySignal<StorageState | null>;
  readonly isStorageBroken: Signal<boolean>;
  refreshStorage(): void;
}

export function startPlatform(updates: Updates, version: string): StartedPlatform {
  const isOfflineReady = signal(updates.isOfflineReady());
  const isUpdateWaiting = signal(updates.state() === "ready");
  updates.subscribe((state) => {
    isUpdateWaiting.value = state === "ready";
    isOfflineReady.value = updates.isOfflineReady();
  });
  void navigator.serviceWorker?.ready.then(() => {
    isOfflineReady.value = true;
  });
  const storage = signal<StorageState | null>(null);
  const refreshStorage = () =>
    void storageState().then((state) => {
      storage.value = state;
    });
  refreshStorage();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") refreshStorage();
  });
  return {
    ...startInstall(),
    isIos: isIos(),
    isOfflineReady,
    isUpdateWaiting,
    applyUpdate: () => updates.apply(),
    storage,
    refreshStorage,
    isStorageBroken: signal(false),
    version,
  };
}

function startInstall(): Pick<Platform, "isInstalled" | "install"> {
  const standalone = matchMedia("(display-mode: standalone)");
  const isInstalled = signal(standalone.matches || (navigator as { standalone?: boolean }).standalone === true);
  const install = signal<(() => Promise<void>) | null>(null);
  standalone.addEventListener("change", () => {
    isInstalled.value = standalone.matches;
  });
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    const offer = event as InstallPromptEvent;
    install.value = async () => {
      // An offer can be made once.
      install.value = null;
      await offer.prompt();
      await offer.userChoice;
    };
  });
  addEventListener("appinstalled", () => {
    install.value = null;
  });
  return { isInstalled, install };
}

/** iPadOS calls itself a Mac, but has fingers on it. */
function isIos(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes("Macintosh") && maxTouchPoints > 1);
}
