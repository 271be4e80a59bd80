/** One signed-in host's work as signals: the store's changes, the recorder and the sync status, laid together for the screens. */

import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { makePicture } from "../domain/picture";
import { suggestPlace } from "../domain/position";
import { suggestPlaces } from "../domain/suggest";
import type { Ms, Position, Row, TonightDoc, Uuid } from "../domain/types";
import type { Here, Session, Tonight } from "../features/context";
import { createEditor, type Editor } from "../features/observe/editor";
import { FIX_AGE_MS_MAX } from "../features/observe/record";
import { recentPlaces } from "../features/places/recent";
import type { Recorder } from "../position/recorder_driver";
import type { Store } from "../store/store";
import { inBackground } from "../store/trouble";
import type { SyncStatus } from "../sync/status";

const ZONE_KEY = "zone";
const TONIGHT_AGE_MS_MAX = 5 * 60_000;

export interface OpenSession extends Session {
  /** Stop listening; the store stays open for whoever sends what is left. */
  leave(): Promise<void>;
}

export interface SessionParts {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly now: ReadonlySignal<Ms>;
  readonly sync: ReadonlySignal<SyncStatus>;
  /** Tonight's document of a zone from the server, or null when it does not come. */
  fetchTonight(zone: Uuid): Promise<Tonight | null>;
}

export function openSession({ store, recorder, now, sync, fetchTonight }: SessionParts): OpenSession {
  const source = signal(store.source());
  const profile = signal(store.profile());
  const recording = signal(recorder.view());
  const sending = computed(() => sync.value.sending);
  const position = computed(() => {
    const fix = recording.value.last_fix;
    return fix !== null && now.value - fix.at < FIX_AGE_MS_MAX ? fix : null;
  });
  const tonight = followTonight(store, sync, fetchTonight);
  const editors = new Map<Uuid, Editor>();
  const picture = computed(() => makePicture(source.value, sending.value));
  const chosenPlace = signal<Uuid | null>(null);
  const unsubscribe = [
    tonight.stop,
    recorder.subscribe((view) => {
      recording.value = view;
    }),
    store.subscribe((topics) => {
      if (topics.has("picture")) source.value = store.source();
      if (topics.has("profile")) profile.value = store.profile();
    }),
  ];
  const session: OpenSession = {
    store,
    recorder,
    profile,
    source,
    picture,
    recording,
    position,
    zone: tonight.zone,
    tonight: tonight.doc,
    loadTonight: tonight.load,
    chosenPlace,
    lostPhotoOf: signal(null),
    here: computed(() => hereOf(source.value.rows.place, position.value, chosenPlace.value)),
    places: computed(() => suggestPlaces(source.value.rows.place, position.value, recentPlaces(picture.value.records))),
    editorOf(record) {
      const editor = editors.get(record) ?? createEditor(session, record);
      editors.set(record, editor);
      return editor;
    },
    async leave() {
      for (const stop of unsubscribe) stop();
      await recorder.leave();
    },
  };
  return session;
}

function hereOf(places: ReadonlyMap<Uuid, Row<"place">>, position: Position | null, chosen: Uuid | null): Here {
  if (chosen !== null) return { place: chosen, place_source: "chosen", position };
  const place = suggestPlace(places.values(), position, position?.at ?? 0);
  return { place, place_source: place === null ? "none" : "suggested", position };
}

interface TonightFollower {
  readonly zone: Signal<Uuid | null>;
  readonly doc: Signal<Tonight | null>;
  load(zone: Uuid): Promise<void>;
  stop(): void;
}

/** Show what the phone has of the chosen zone at once, and what the server has when it comes. */
function followTonight(
  store: Store,
  sync: ReadonlySignal<SyncStatus>,
  fetchTonight: SessionParts["fetchTonight"],
): TonightFollower {
  const zone = signal<Uuid | null>(null);
  const doc = signal<Tonight | null>(null);
  let loaded: { zone: Uuid; at: Ms } | null = null;
  const show = (wanted: Uuid, shown: Tonight) => {
    if (zone.peek() === wanted) doc.value = shown;
  };
  const fetchAnew = async (wanted: Uuid) => {
    loaded = { zone: wanted, at: Date.now() };
    const kept = await store.doc<TonightDoc>(`tonight/${wanted}`);
    if (kept !== null) show(wanted, kept);
    const fetched = await fetchTonight(wanted);
    if (fetched !== null) show(wanted, fetched);
  };
  // The screen says so when there is no document; a store in trouble is told of elsewhere.
  const load = (wanted: Uuid) => fetchAnew(wanted).catch(() => undefined);
  void store.remembered<Uuid>(ZONE_KEY).then(
    (kept) => {
      if (zone.peek() === null) zone.value = kept;
    },
    () => undefined,
  );
  const stopZone = effect(() => {
    const wanted = zone.value;
    doc.value = null;
    if (wanted === null) return;
    inBackground(store.remember(ZONE_KEY, wanted));
    void load(wanted);
  });
  // What has just been sent may have moved the clocks: ask again, but not after every record.
  const stopSync = effect(() => {
    const synced_at = sync.value.last_synced_at;
    const wanted = zone.peek();
    if (synced_at === null || wanted === null) return;
    if (loaded?.zone !== wanted || synced_at - loaded.at > TONIGHT_AGE_MS_MAX) void load(wanted);
  });
  return {
    zone,
    doc,
    load,
    stop() {
      stopZone();
      stopSync();
    },
  };
}
