/** Putting the app together: the phone's stores, the sync, the worker, and the screen to come back to. */

import { type Signal, signal } from "@preact/signals";
import { render } from "preact";
import type { Draft } from "../domain/types";
import type { App, Toast } from "../features/context";
import { keepPacksOf } from "../store/packs";
import { openPhone, openStore, type Phone } from "../store/phone";
import type { Store } from "../store/store";
import { startSync } from "../sync/driver";
import { onSyncStatus, type SyncStatus, syncStatus } from "../sync/status";
import { registerWorker } from "../worker/register";
import { createAccount } from "./account";
import { startClock } from "./clock";
import { startLog } from "./event_log";
import { chooseLanguage, phoneLanguage, speakOrSwedish } from "./language";
import type { PackAround } from "./pack_keeper";
import { startPlatform } from "./platform";
import { Root } from "./root";
import { createRouter, type Router } from "./router";
import { roundPart } from "./screens";
import type { OpenSession } from "./session";
import { sessionSwitch } from "./session_switch";
import { startTheme } from "./theme";

const TOAST_MS = 5_000;
/** Long enough to reach the button. */
const TOAST_WITH_ACTION_MS = 10_000;
/** A message said on the way to a screen belongs to that screen. */
const TOAST_ARRIVAL_MS = 600;
const DRAFT_AGE_MS_MAX = 12 * 3_600_000;

/** Start the app in `place`. Opens without a network: what the phone knows is enough. */
export async function boot(place: HTMLElement, version: string): Promise<void> {
  startLog(version);
  const theme = startTheme();
  await speakOrSwedish(phoneLanguage());
  const router = createRouter();
  const time = startClock();
  const sync = followSync();
  const session = signal<OpenSession | null>(null);
  const updates = registerWorker(() => isBusy(session.value, router));
  const platform = startPlatform(updates, version);
  const toaster = createToaster();
  router.route.subscribe(toaster.leaveScreen);
  const phone = await openPhone();
  const store = await currentStore(phone);
  const use = sessionSwitch(session, { now: time.now, sync, platform });
  const devices = async () => (await phone.devices()).map(({ device }) => device);
  const driver = startSync(phone, store, {
    onWiped: (entry) => {
      if (session.value?.store.device === entry.device) void use(null);
      // What could not be removed now is when the app is opened next.
      devices()
        .then(keepPacksOf)
        .catch(() => undefined);
    },
  });
  await use(store);

  const app: App = {
    session,
    account: createAccount(phone, {
      current: () => session.value?.store ?? null,
      use: async (next) => driver.use(await use(next)),
    }),
    platform,
    now: time.now,
    second: time.second,
    sync,
    theme: theme.theme,
    setTheme: theme.set,
    setLanguage: (language) => chooseLanguage(language, session.value?.store ?? null),
    go: router.go,
    back: router.back,
    say: toaster.say,
  };
  if (session.value !== null) await comeBack(session.value, router);
  render(<Root app={app} router={router} toast={toaster.toast} onToastDone={toaster.clear} />, place);
  roundPart.preload();
  keepPacks({
    session,
    sync,
    now: time.now,
    devices,
    hasRoom: () => platform.storage.value?.is_photo_allowed !== false,
  });
}

/** The last thing that is loaded: what is kept for the map. Where its script does not come, there is no network for packs either. */
function keepPacks(around: Omit<PackAround, "keepMap">): void {
  const keepMap = () =>
    void navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage({ type: "KEEP_MAP" }));
  import("./pack_keeper").then(
    ({ startPackKeeper }) => startPackKeeper({ ...around, keepMap }),
    () => undefined,
  );
}

async function currentStore(phone: Phone): Promise<Store | null> {
  const entry = await phone.current();
  return entry === null ? null : openStore(entry);
}

/** Open the screen the host was on when the page was killed. */
async function comeBack(session: OpenSession, router: Router): Promise<void> {
  const drafts = await session.store.drafts();
  // Asked for by the address, or gone to meanwhile: there the host stays.
  if (router.route.value.length > 0) return;
  const draft = drafts.find((candidate) => Date.now() - candidate.saved_at < DRAFT_AGE_MS_MAX);
  if (draft !== undefined) router.go(screenOf(draft), true);
  else if (session.recording.value.round !== null) router.go("#/round", true);
}

function screenOf(draft: Draft): string {
  if (draft.kind !== "correction") return "#/damage";
  return draft.step === "camera" ? `#/photo/${draft.entity}` : `#/refine/${draft.entity}`;
}

const EDITING = new Set(["calm", "observe", "damage", "refine", "photo", "place"]);

/** A new version waits while a round is going on or something is being edited. */
function isBusy(session: OpenSession | null, router: Router): boolean {
  return session?.picture.value.current_round != null || EDITING.has(router.route.value[0] ?? "");
}

function followSync(): Signal<SyncStatus> {
  const status = signal(syncStatus());
  onSyncStatus((next) => {
    status.value = next;
  });
  return status;
}

interface Toaster {
  readonly toast: Signal<Toast | null>;
  say(toast: Toast): void;
  clear(): void;
  /** Another screen is shown: what was said on the one before is over. */
  leaveScreen(): void;
}

function createToaster(): Toaster {
  const toast = signal<Toast | null>(null);
  let said_at = 0;
  let hasArrived = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const clear = () => {
    clearTimeout(timer);
    toast.value = null;
  };
  return {
    toast,
    clear,
    leaveScreen() {
      if (hasArrived || Date.now() - said_at > TOAST_ARRIVAL_MS) clear();
      hasArrived = true;
    },
    say(next) {
      clear();
      toast.value = next;
      said_at = Date.now();
      hasArrived = false;
      timer = setTimeout(clear, next.action ? TOAST_WITH_ACTION_MS : TOAST_MS);
    },
  };
}
