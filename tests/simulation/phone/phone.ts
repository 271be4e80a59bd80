/** A phone: its hosts' stores, its pages with the shipped engine in each, its clock, and what its hosts were told. */

import type { DeviceEntry, Uuid } from "../../../static/pwa/src/domain/types";
import { type DeviceDeps, databaseName, deviceDb } from "../../../static/pwa/src/store/device";
import type { StoredRow } from "../../../static/pwa/src/store/schema";
import { openSyncStore, type SyncStore } from "../../../static/pwa/src/store/sync_store";
import { createEngine, type Engine, type World } from "../../../static/pwa/src/sync/engine";
import type { KickReason } from "../../../static/pwa/src/sync/status";
import { transportOver } from "../../../static/pwa/src/sync/transport";
import type { Chance } from "./chance";
import { opsOn, photosOn, rowsOn } from "./disk";
import type { Network } from "./network";
import { actAs, cancel, killPages, later } from "./page";
import { Told } from "./told";

/** A write of the engine that waits until the schedule lets it happen. */
export interface Write {
  readonly name: string;
  readonly happen: () => void;
}

/** What a phone needs of the schedule. */
export interface Surroundings {
  readonly chance: Chance;
  readonly network: Network;
  readonly now: () => number;
  readonly note: (what: string) => void;
}

export interface PhoneOptions {
  /** Pages open at once. */
  readonly pages: number;
  /** Whether a page asks who else sends; correctness must not depend on it. */
  readonly hasLock: boolean;
}

export class Phone {
  /** Wall clock minus the schedule's time. */
  skew = 0;
  writes: Write[] = [];
  current = 0;
  readonly told = new Map<Uuid, Told>();
  /** Rows that left a store by its own cleaning: kind and id, with the seq they had. */
  readonly cleaned = new Map<string, number>();
  #life = 0;
  #booted: number;
  #engines: Engine[] = [];
  #isLocked = false;
  readonly #cleaning = new Map<Uuid, readonly StoredRow[]>();
  readonly #deps: DeviceDeps;

  constructor(
    readonly number: number,
    public entries: readonly DeviceEntry[],
    readonly around: Surroundings,
    readonly options: PhoneOptions,
  ) {
    this.#booted = around.now() - 1_000;
    const clock = { wall: () => around.now() + this.skew, mono: () => around.now() - this.#booted, tz: () => 60 };
    this.#deps = { clock, random: around.chance };
    for (const entry of entries) this.told.set(entry.device, new Told(entry.device));
    this.#open();
  }

  get entry(): DeviceEntry | undefined {
    return this.entries[this.current];
  }

  db(entry: DeviceEntry) {
    return deviceDb(entry, this.#deps);
  }

  toldOf(entry: DeviceEntry): Told {
    const told = this.told.get(entry.device);
    if (told === undefined) throw new Error("a store that nobody has");
    return told;
  }

  /** Whether anything lies here that the server does not have. */
  get hasUnsent(): boolean {
    const isUnsent = ({ state }: { readonly state: string }) =>
      state !== "acked" && state !== "done" && state !== "kept";
    return this.entries.some(({ device }) => [...opsOn(device), ...photosOn(device)].some(isUnsent));
  }

  kick(reason: KickReason): void {
    actAs(this.number);
    for (const engine of this.#engines) engine.send({ type: "kick", reason });
  }

  show(is_visible: boolean): void {
    actAs(this.number);
    for (const engine of this.#engines) engine.send({ type: "visibility", is_visible });
  }

  /** From now on nothing in memory goes on: call before what hangs on the last task runs. */
  stop(): void {
    this.#life++;
    for (const engine of this.#engines) engine.stop();
    this.writes = [];
  }

  /** The pages are gone and come back: only what was durable is left, and the monotonic clock begins anew. */
  restart(): void {
    this.stop();
    killPages(this.number, new Set(this.entries.map(({ device }) => databaseName(device))));
    this.around.network.forgetPhone(this.number);
    this.#booted = this.around.now() - 1_000;
    this.#isLocked = false;
    for (const device of [...this.#cleaning.keys()]) this.#noteCleaned(device);
    for (const told of this.told.values()) if (!told.isWiped) told.tellWhatIsThere();
    this.#open();
  }

  /** Take the write out that is to happen. */
  takeWrite(): Write | undefined {
    const [write] = this.writes.splice(this.around.chance.below(this.writes.length), 1);
    return write;
  }

  close(): void {
    this.stop();
    for (const entry of this.entries) this.db(entry).close();
  }

  #open(): void {
    actAs(this.number);
    for (const entry of this.entries) {
      this.db(entry).close();
      this.db(entry);
    }
    this.#engines = Array.from({ length: this.options.pages }, () => this.#openPage());
  }

  #openPage(): Engine {
    const life = this.#life;
    const { chance, network } = this.around;
    const world: World = {
      clock: this.#deps.clock,
      random: () => chance.next(),
      ask: transportOver(network.fetchOf(this.number)),
      stores: async () =>
        this.entries.map((entry, i) => ({ store: this.#gated(entry, life), is_current: i === this.current })),
      wipe: (entry) => this.#wipe(entry),
      lock: async () => this.#lock(life),
      later: (delay, call) => {
        actAs(this.number);
        const timer = later(delay, call);
        return () => cancel(timer);
      },
      publish: () => {},
    };
    return createEngine(world);
  }

  #lock(life: number): (() => void) | null {
    if (!this.options.hasLock) return () => {};
    if (this.#isLocked) return null;
    this.#isLocked = true;
    return () => {
      if (life === this.#life) this.#isLocked = false;
    };
  }

  async #wipe(entry: DeviceEntry): Promise<void> {
    this.around.note(`${this.number} wipes store ${entry.device.slice(-1)}`);
    this.toldOf(entry).wipe();
    await this.db(entry).wipe();
    this.entries = this.entries.filter((known) => known !== entry);
    this.current = 0;
  }

  /** A store whose writes may wait for the schedule, so that others come between an answer and its being durable. */
  #gated(entry: DeviceEntry, life: number): SyncStore {
    const real = openSyncStore(entry, this.#deps);
    const gate = <A extends unknown[], T>(name: string, call: (...args: A) => Promise<T>) => {
      return (...args: A): Promise<T> => {
        if (!this.around.chance.is(0.4)) return call(...args);
        return new Promise<T>((resolve, reject) => {
          const happen = () => {
            if (life !== this.#life) return;
            actAs(this.number);
            call(...args).then(resolve, reject);
          };
          this.writes.push({ name: `${this.number} ${name}`, happen });
        });
      };
    };
    return {
      entry,
      releaseDue: (now) => real.releaseDue(now),
      outbox: () => real.outbox(),
      operations: (ids) => real.operations(ids),
      photoPart: (sha256, off, size) => real.photoPart(sha256, off, size),
      storeAcks: gate("acks", (answer) => real.storeAcks(answer)),
      storePhotoDone: gate("photo done", (sha256) => real.storePhotoDone(sha256)),
      storeRows: gate("rows", (askedWith, answer) => real.storeRows(askedWith, answer)),
      restart: gate("restart", (epoch) => real.restart(epoch)),
      dropCursor: gate("drop cursor", () => real.dropCursor()),
      refuse: gate("refuse", (id, code) => real.refuse(id, code)),
      storeAudit: gate("audit", (audit) => real.storeAudit(audit)),
      clean: gate("clean", () => this.#clean(entry, real)),
    };
  }

  async #clean(entry: DeviceEntry, real: SyncStore): Promise<number> {
    this.#cleaning.set(entry.device, rowsOn(entry.device));
    this.toldOf(entry).remember();
    const count = await real.clean();
    this.#noteCleaned(entry.device);
    if (count > 0) this.around.note(`${this.number} cleaned ${count}, ${opsOn(entry.device).length} operations left`);
    return count;
  }

  /** Note which rows a cleaning took away, also one that was cut off after it was durable. */
  #noteCleaned(device: Uuid): void {
    const after = new Set(rowsOn(device).map(({ kind, id }) => `${kind}:${id}`));
    for (const { kind, id, seq } of this.#cleaning.get(device) ?? []) {
      if (!after.has(`${kind}:${id}`)) this.cleaned.set(`${device}:${kind}:${id}`, seq);
    }
    this.#cleaning.delete(device);
  }
}
