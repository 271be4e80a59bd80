/** The engine in a page: its stores, its network, its lock and its timer. */

import type { Uuid } from "../domain/types";
import type { Phone } from "../store/phone";
import { openSyncStore } from "../store/sync_store";
import { systemClock } from "../store/system";
import type { SyncOptions } from "./driver";
import { createEngine, type Engine, type World } from "./engine";
import { publishSyncStatus } from "./status";
import { askServer } from "./transport";

const LOCK = "rond-sync";
/** A timer asked for later than this fires early and is asked for again: browsers cannot count further. */
const TIMER_MS_MAX = 3_600_000;

/** Make the engine of this page. `current`: the device in use. */
export function createPageEngine(phone: Phone, current: () => Uuid | null, options: SyncOptions): Engine {
  return createEngine(worldOf(phone, current, options));
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
