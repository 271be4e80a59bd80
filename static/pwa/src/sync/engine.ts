/** Run the core: give it events one at a time, do what it wants, tell it what came of it. No page is needed here. */

import type { Clock } from "../domain/clock";
import type { DeviceEntry, Uuid } from "../domain/types";
import type { SyncStore } from "../store/sync_store";
import type { DeviceOutbox, Effect, Event, Now, RequestEffect, StoreEffect, SyncState } from "./core/model";
import { START } from "./core/model";
import { reportOf } from "./core/report";
import { step } from "./core/step";
import { auditQuestion, haveQuestion, partQuestion, pullQuestion, pushQuestion, wholesQuestion } from "./requests";
import type { SyncStatus } from "./status";
import type { Question, Transport } from "./transport";

/** What the engine needs of the world. */
export interface World {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly ask: Transport;
  /** Every store of this phone, the one in use marked. */
  readonly stores: () => Promise<readonly { readonly store: SyncStore; readonly is_current: boolean }[]>;
  readonly wipe: (entry: DeviceEntry) => Promise<void>;
  /** Ask for the right to send; the answer is how to give it back, or null when another page has it. */
  readonly lock: () => Promise<(() => void) | null>;
  /** Call back after so long; returns how to stop that. */
  readonly later: (delay_ms: number, call: () => void) => () => void;
  readonly publish: (status: SyncStatus) => void;
}

export interface Engine {
  send(event: Event): void;
  state(): SyncState;
  stop(): void;
}

/** Start an engine at rest. */
export function createEngine(world: World): Engine {
  let state = START;
  let isStopped = false;
  let giveBack: (() => void) | null = null;
  let unschedule: (() => void) | null = null;
  const known = new Map<Uuid, SyncStore>();

  const send = (event: Event): void => {
    if (isStopped) return;
    const now = nowOf(world);
    const next = step(state, event, now);
    state = next.state;
    for (const effect of next.effects) act(effect);
    world.publish(reportOf(state, now));
  };

  const act = (effect: Effect): void => {
    switch (effect.do) {
      case "timer":
        unschedule?.();
        unschedule = effect.delay_ms === null ? null : world.later(effect.delay_ms, () => send({ type: "timer" }));
        break;
      case "lock":
        void lock();
        break;
      case "unlock":
        giveBack?.();
        giveBack = null;
        break;
      case "load":
        void settle(
          () => load(world, known),
          effect,
          (devices) => ({ type: "loaded", devices }),
        );
        break;
      case "push":
      case "pull":
      case "have":
      case "part":
      case "wholes":
      case "audit":
        void request(effect);
        break;
      default:
        void settle(
          () => store(world, known, effect),
          effect,
          (result) => ({ type: "stored", what: effect, result }),
        );
    }
  };

  const lock = async (): Promise<void> => {
    const release = await world.lock().catch(() => () => {});
    if (isStopped) {
      release?.();
      return;
    }
    giveBack = release;
    send({ type: "locked", got: release !== null });
  };

  const settle = async <T>(
    work: () => Promise<T>,
    what: StoreEffect | { readonly do: "load" },
    event: (result: T) => Event,
  ): Promise<void> => {
    try {
      send(event(await work()));
    } catch {
      send({ type: "storage_failed", what });
    }
  };

  const request = async (effect: RequestEffect): Promise<void> => {
    let question: Question | null;
    try {
      question = await questionOf(world, known, effect);
    } catch {
      send({ type: "storage_failed", what: effect });
      return;
    }
    if (question === null) send({ type: "moot", what: effect });
    else send({ type: "answered", to: effect, answer: await world.ask(question) });
  };

  const stop = (): void => {
    isStopped = true;
    unschedule?.();
    giveBack?.();
  };
  return { send, state: () => state, stop };
}

function nowOf(world: World): Now {
  return { wall: world.clock.wall(), mono: world.clock.mono(), random: world.random() };
}

async function load(world: World, known: Map<Uuid, SyncStore>): Promise<DeviceOutbox[]> {
  const stores = await world.stores();
  known.clear();
  for (const { store } of stores) known.set(store.entry.device, store);
  const now = world.clock.wall();
  const outboxes = await Promise.all(
    stores.map(async ({ store, is_current }) => {
      // Another user's store that will not open must not keep this one's records from being sent.
      const outbox = await readOutbox(store, now).catch((error: unknown) => {
        if (is_current) throw error;
        return null;
      });
      return outbox === null ? null : { ...outbox, device: store.entry.device, is_current };
    }),
  );
  return outboxes.filter((outbox) => outbox !== null).sort((a, b) => Number(b.is_current) - Number(a.is_current));
}

async function readOutbox(store: SyncStore, now: number): Promise<Omit<DeviceOutbox, "device" | "is_current">> {
  await store.releaseDue(now);
  return store.outbox();
}

/** Make ready what a request carries; null when there is nothing to carry any more. */
async function questionOf(
  world: World,
  known: ReadonlyMap<Uuid, SyncStore>,
  effect: RequestEffect,
): Promise<Question | null> {
  const store = storeOf(known, effect.device);
  switch (effect.do) {
    case "push": {
      const ops = await store.operations(effect.ids);
      return ops.length === 0 ? null : pushQuestion(effect, ops, world.clock);
    }
    case "part": {
      const bytes = await store.photoPart(effect.sha256, effect.off, effect.size);
      return bytes === null ? null : partQuestion(effect, bytes);
    }
    case "wholes": {
      const contents = await Promise.all(effect.photos.map(({ sha256, size }) => store.photoPart(sha256, 0, size)));
      const read = contents.filter((bytes) => bytes !== null);
      return read.length < contents.length ? null : wholesQuestion(effect, read);
    }
    case "pull":
      return pullQuestion(effect);
    case "have":
      return haveQuestion(effect);
    case "audit":
      return auditQuestion(effect);
  }
}

async function store(
  world: World,
  known: ReadonlyMap<Uuid, SyncStore>,
  effect: StoreEffect,
): Promise<boolean | number> {
  const device = storeOf(known, effect.device);
  switch (effect.do) {
    case "store_acks":
      await device.storeAcks(effect.answer);
      return true;
    case "store_rows":
      return device.storeRows(effect.asked_with, effect.answer);
    case "store_photo":
      await device.storePhotoDone(effect.sha256);
      return true;
    case "store_audit":
      return device.storeAudit(effect.audit);
    case "restart":
      await device.restart(effect.epoch);
      return true;
    case "drop_cursor":
      await device.dropCursor();
      return true;
    case "refuse":
      await device.refuse(effect.id, effect.code);
      return true;
    case "clean":
      return device.clean();
    case "wipe":
      await world.wipe(device.entry);
      return true;
  }
}

function storeOf(known: ReadonlyMap<Uuid, SyncStore>, device: Uuid): SyncStore {
  const store = known.get(device);
  if (store === undefined) throw new Error("this device is no longer on the phone");
  return store;
}
