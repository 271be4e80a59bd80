/** Keep the pack of the chosen zone on the phone: fetched when nothing is being sent, let go of as soon as something is. */

import { effect, type ReadonlySignal } from "@preact/signals";
import type { Uuid } from "../domain/types";
import type { Session } from "../features/context";
import { fetchPack } from "../pack/fetch_pack";
import { keepPacksOf, openPacks } from "../store/packs";
import type { SyncStatus } from "../sync/status";

/** How often a pack that is here is asked about. */
const LOOK_EVERY_MS = 6 * 3_600_000;
/** After a failure, or while the server has none. */
const AGAIN_MS = 60_000;

export interface PackAround {
  readonly session: ReadonlySignal<Session | null>;
  readonly sync: ReadonlySignal<SyncStatus>;
  /** The wall clock in steps, while the page is seen. */
  readonly now: ReadonlySignal<number>;
  /** Every device on the phone. */
  devices(): Promise<readonly Uuid[]>;
  /** False: what room the phone has left belongs to records and photos. */
  hasRoom(): boolean;
  /** A pack has come: the map's own files should be on the phone too. */
  keepMap(): void;
}

/** Start keeping packs. Returns how to stop. */
export function startPackKeeper({ session, sync, now, devices, hasRoom, keepMap }: PackAround): () => void {
  let under_way: { readonly key: string; readonly abort: AbortController } | null = null;
  const due = new Map<string, number>();
  const stopFetching = () => {
    under_way?.abort.abort();
    under_way = null;
  };
  const zonesThereAre = () => {
    const rows = session.peek()?.source.peek().rows.zone.values() ?? [];
    return new Set([...rows].filter(({ body }) => !body.ended).map(({ id }) => id));
  };
  const fetchFor = async (store: Uuid, zone: Uuid, key: string, abort: AbortController) => {
    const packs = await openPacks(store);
    const outcome = await fetchPack(packs, store, zone, abort.signal);
    if (outcome === "new" || outcome === "same") keepMap();
    const zones = zonesThereAre();
    const isKnown = zones.size > 0 && (outcome === "new" || outcome === "same");
    if (isKnown) await packs.removeUnused(zones, zone).catch(() => undefined);
    if (abort.signal.aborted) return;
    due.set(key, Date.now() + (outcome === "failed" || outcome === "none" ? AGAIN_MS : LOOK_EVERY_MS));
    under_way = null;
  };
  void devices()
    .then(keepPacksOf)
    .catch(() => undefined);
  const stop = effect(() => {
    const device = session.value?.store.device ?? null;
    const zone = session.value?.zone.value ?? null;
    const key = `${device} ${zone}`;
    if (under_way !== null && under_way.key !== key) stopFetching();
    if (!isQuiet(sync.value)) {
      stopFetching();
      return;
    }
    if (device === null || zone === null || under_way !== null || now.value < (due.get(key) ?? 0)) return;
    if (!hasRoom()) return;
    const abort = new AbortController();
    under_way = { key, abort };
    fetchFor(device, zone, key, abort).catch(() => {
      due.set(key, Date.now() + AGAIN_MS);
      if (under_way?.abort === abort) under_way = null;
    });
  });
  return () => {
    stop();
    stopFetching();
  };
}

/** Nothing is on its way and nothing waits to be. */
export function isQuiet(status: SyncStatus): boolean {
  return (
    status.state === "idle" &&
    status.last_synced_at !== null &&
    status.unsent === 0 &&
    status.unsent_others === 0 &&
    status.photos_left === 0
  );
}
