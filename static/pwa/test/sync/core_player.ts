/** The sync core in a test's hand, and small things to say to it. */

import type { Ack, Want } from "../../src/domain/types";
import {
  type Answer,
  type DeviceOutbox,
  type Effect,
  type Event,
  type RequestEffect,
  START,
  type StoreEffect,
  type SyncState,
} from "../../src/sync/core/model";
import { step } from "../../src/sync/core/step";
import type { KickReason } from "../../src/sync/status";
import { T0, uuid } from "./made";

export const DEVICE = uuid(0xd0);
export const OTHER = uuid(0xd1);
export const SHA = (n: number) => n.toString(16).padStart(64, "0");

/** The core in a test's hand. What it reads and the lock it asks for are there at once, unless a test says otherwise. */
export class Core {
  state: SyncState = START;
  mono = 1_000;
  random = 0.5;
  /** What the core wanted since the last event the test sent. */
  effects: Effect[] = [];
  outboxes: readonly DeviceOutbox[] = [];
  isLockFree = true;

  do(event: Event): this {
    this.effects = [];
    return this.#feed(event);
  }
  #feed(event: Event): this {
    const next = step(this.state, event, { wall: T0 + this.mono, mono: this.mono, random: this.random });
    this.state = next.state;
    this.effects.push(...next.effects);
    for (const effect of next.effects) {
      if (effect.do === "load") this.#feed({ type: "loaded", devices: this.outboxes });
      if (effect.do === "lock") this.#feed({ type: "locked", got: this.isLockFree });
    }
    return this;
  }
  after(ms: number): this {
    this.mono += ms;
    return this;
  }
  /** From now on this is what lies on the phone. */
  holds(...outboxes: DeviceOutbox[]): this {
    this.outboxes = outboxes;
    return this;
  }
  start(...outboxes: DeviceOutbox[]): this {
    return this.holds(...outboxes).kick("start");
  }
  kick(reason: KickReason): this {
    return this.do({ type: "kick", reason });
  }
  /** Wait until the core wants to be woken, and wake it. */
  wake(): this {
    return this.after(this.delay() ?? 0).do({ type: "timer" });
  }
  /** Know of the link how fast it is, as after a first part. */
  measured(): this {
    this.state = { ...this.state, is_measured: true };
    return this;
  }
  find<K extends Effect["do"]>(kind: K): Extract<Effect, { do: K }> | undefined {
    return this.effects.findLast((effect): effect is Extract<Effect, { do: K }> => effect.do === kind);
  }
  has(kind: Effect["do"]): boolean {
    return this.find(kind) !== undefined;
  }
  /** The request that is on its way, of a kind. */
  flying<K extends RequestEffect["do"]>(kind: K): Extract<RequestEffect, { do: K }> {
    for (const { effect } of this.state.in_flight.values()) {
      if (effect.do === kind) return effect as Extract<RequestEffect, { do: K }>;
    }
    throw new Error(`no ${kind} on its way`);
  }
  answer(kind: RequestEffect["do"], answer: Answer): this {
    return this.do({ type: "answered", to: this.flying(kind), answer });
  }
  /** What was to be stored is. */
  stored(kind: StoreEffect["do"], result?: boolean | number): this {
    const what = this.find(kind);
    if (what === undefined) throw new Error(`no ${kind} was wanted`);
    return this.do({ type: "stored", what: what as StoreEffect, ...(result === undefined ? {} : { result }) });
  }
  /** The server takes the push that is on its way, whole, and that is stored. */
  accept(want: readonly Want[] = []): this {
    const acks = this.flying("push").ids.map((id, i): Ack => ({ id, st: "ok", seq: i + 1, rev: 1 }));
    return this.answer("push", ok({ acks, want })).stored("store_acks");
  }
  delay(): number | null {
    return this.find("timer")?.delay_ms ?? null;
  }
}

export const outbox = (change: Partial<DeviceOutbox> = {}): DeviceOutbox => ({
  device: DEVICE,
  is_current: true,
  epoch: "e1",
  cursor: "e1.s.5",
  ops: [],
  unsent: change.ops?.length ?? 0,
  oldest: null,
  next_release_at: null,
  photos: [],
  photos_kept: 0,
  synced_at: null,
  ...change,
});
export const ops = (count: number, size = 600, from = 1, is_free = false) =>
  Array.from({ length: count }, (_, i) => ({ id: uuid(from + i), size, is_free }));
export const photos = (...sizes: number[]) => sizes.map((size, i) => ({ sha256: SHA(i + 1), size }));
export const ok = (body: object): Answer => ({
  kind: "http",
  status: 200,
  body: { proto: 1, epoch: "e1", server_time: T0, safe_seq: null, retain_days: 14, ...body },
  retry_after_s: null,
});
export const problem = (status: number, code: string, extra: object = {}): Answer => ({
  kind: "http",
  status,
  body: { code, ...extra },
  retry_after_s: null,
});
export const NONE: Answer = { kind: "none", why: "network" };
export const HTML: Answer = { kind: "http", status: 200, body: undefined, retry_after_s: null };
export const page = (cursor: string, more = false, rows: object[] = []) => ok({ rows, cursor, more });

/** A core that has fetched and compared everything: only news and new records are left to come. */
export function rested(): Core {
  const core = new Core().start(outbox());
  core.answer("pull", page("e1.s.6")).stored("store_rows", true).stored("clean");
  return core.answer("audit", ok({ max_n: 0, missing: [], photos_missing: [] })).stored("store_audit", 0);
}
