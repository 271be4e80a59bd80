/** Start and stop the sync of this page: the page's triggers, its lock and its timer around the engine. Called once by the app's root. */

import type { DeviceEntry, Uuid } from "../domain/types";
import type { Phone } from "../store/phone";
import type { Store } from "../store/store";
import { openSyncStore } from "../store/sync_store";
import { systemClock } from "../store/system";
import { createEngine, type Engine, type World } from "./engine";
import { connectSync, type KickReason, publishSyncStatus } from "./status";
import { askServer } from "./transport";

export interface Sync {
  /** Another user's store is in use now (or none). */
  use(store: Store | null): void;
  stop(): void;
}

export interface SyncOptions {
  /** A store has been deleted because its device was revoked: leave its screens. */
  readonly onWiped?: (entry: DeviceEntry) => void;
}

const LOCK = "rond-sync";
/** A timer asked for later than this fires early and is asked for again: browsers cannot count further. */
const TIMER_MS_MAX = 3_600_000;

/** Listen to the page's triggers and keep sending. */
export function startSync(phone: Phone, store: Store | null, options: SyncOptions = {}): Sync {
  const used = { device: store?.device ?? null, unsubscribe: () => {} };
  const engine = createEngine(worldOf(phone, () => used.device, options));
  const abort = listen(engine);
  const kick = (reason: KickReason) => engine.send({ type: "kick", reason });
  const use = (next: Store | null, reason: KickReason) => {
    used.unsubscribe();
    used.device = next?.device ?? null;
    used.unsubscribe = next === null ? () => {} : kickWhenSaved(next, kick);
    kick(reason);
  };
  connectSync(kick);
  use(store, "start");
  return {
    use: (next) => use(next, "signed_in"),
    stop: () => {
      abort();
      used.unsubscribe();
      connectSync(() => {});
      engine.stop();
    },
  };
}

/** Every record that is let go asks to be sent, whoever saved it and in whichever tab. */
function kickWhenSaved(store: Store, kick: (reason: KickReason) => void): () => void {
  let before = readyIds(store);
  return store.subscribe((topics) => {
    if (!topics.has("picture")) return;
    const ready = readyIds(store);
    const hasNew = [...ready].some((id) => !before.has(id));
    before = ready;
    if (hasNew) kick("saved");
  });
}

function readyIds(store: Store): Set<Uuid> {
  return new Set(store.source().ops.flatMap((op) => (op.state === "acked" ? [] : [`${op.id} ${op.state}`])));
}

function listen(engine: Engine): () => void {
  const abort = new AbortController();
  const on = (target: EventTarget, type: string, call: () => void) =>
    target.addEventListener(type, call, { signal: abort.signal });
  const connection = () => engine.send({ type: "connection", is_online: navigator.onLine });
  const visibility = () => {
    const is_visible = document.visibilityState === "visible";
    engine.send({ type: "visibility", is_visible });
    if (is_visible) engine.send({ type: "kick", reason: "visible" });
  };
  on(window, "online", () => {
    connection();
    engine.send({ type: "kick", reason: "online" });
  });
  on(window, "offline", connection);
  on(window, "pageshow", () => engine.send({ type: "kick", reason: "pageshow" }));
  on(document, "visibilitychange", visibility);
  connection();
  engine.send({ type: "visibility", is_visible: document.visibilityState === "visible" });
  return () => abort.abort();
}

function worldOf(phone: Phone, current: () => Uuid | null, options: SyncOptions): World {
  return {
    clock: systemClock,
    random: Math.random,
    ask: askServer,
    stores: async () => {
      const entries = (await phone.devices()).filter((entry) => entry.user_id !== null);
      return entries.map((entry) => ({ store: openSyncStore(entry), is_current: entry.device === current() }));
    },
    wipe: async (entry) => {
      await phone.wipe(entry);
      options.onWiped?.(entry);
    },
    lock: acquireLock,
    later: (delay_ms, call) => {
      const timer = setTimeout(call, Math.min(delay_ms, TIMER_MS_MAX));
      return () => clearTimeout(timer);
    },
    publish: publishSyncStatus,
  };
}

/** Take the phone's sending right if nobody has it. Without Web Locks everybody has it: the server takes everything once. */
function acquireLock(): Promise<(() => void) | null> {
  const locks: LockManager | undefined = navigator.locks;
  if (locks === undefined) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    locks
      .request(LOCK, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((release) => resolve(() => release()));
      })
      .catch(reject);
  });
}
