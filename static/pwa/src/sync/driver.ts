/**
 * Start and stop the sync of this page: the page's triggers, and the engine behind them. Called once by the app's root.
 *
 * The engine comes after the first screen: nobody waits for it, and what happens until then is told to it when it is there.
 */

import type { DeviceEntry, Uuid } from "../domain/types";
import type { Phone } from "../store/phone";
import type { Store } from "../store/store";
import type { Event } from "./core/model";
import type { Engine } from "./engine";
import { connectSync, type KickReason } from "./status";

export interface Sync {
  /** Another user's store is in use now (or none). */
  use(store: Store | null): void;
  stop(): void;
}

export interface SyncOptions {
  /** A store has been deleted because its device was revoked: leave its screens. */
  readonly onWiped?: (entry: DeviceEntry) => void;
}

/** A file of the app that did not come (an update under way, a dead link before the first offline start) is asked for again. */
const LOAD_AGAIN_MS = 5_000;

/** Listen to the page's triggers and keep sending. */
export function startSync(phone: Phone, store: Store | null, options: SyncOptions = {}): Sync {
  const used = { device: store?.device ?? null, unsubscribe: () => {} };
  const engine = engineWhenLoaded(phone, () => used.device, options);
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

function listen(engine: Sender): () => void {
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

type Sender = Pick<Engine, "send" | "stop">;

/** The engine, as soon as it is loaded; until then its events wait. */
function engineWhenLoaded(phone: Phone, current: () => Uuid | null, options: SyncOptions): Sender {
  let engine: Engine | null = null;
  let isStopped = false;
  let waiting: Event[] = [];
  const load = async (): Promise<void> => {
    const { createPageEngine } = await import("./page_engine");
    if (isStopped) return;
    engine = createPageEngine(phone, current, options);
    for (const event of waiting) engine.send(event);
    waiting = [];
  };
  const tryLoad = (): void => {
    load().catch(() => setTimeout(() => isStopped || tryLoad(), LOAD_AGAIN_MS));
  };
  tryLoad();
  return {
    send: (event) => (engine === null ? void waiting.push(event) : engine.send(event)),
    stop: () => {
      isStopped = true;
      engine?.stop();
    },
  };
}
