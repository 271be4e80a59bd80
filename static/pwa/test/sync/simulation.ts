/**
 * Play the phone against the server: the shipped store, core and engine, with a network, a clock and a fate that a seed decides.
 *
 * Every request and every write of an answer waits until the schedule lets it happen; it may be lost, doubled, late, or the page may be
 * killed before or after it. What must hold in the end does not depend on the seed.
 */

import { createHash } from "node:crypto";
import { correctObservation, withdrawObservation } from "../../src/domain/observation";
import { startRound } from "../../src/domain/round";
import type { DeviceEntry, NewPhoto, Operation, PhotoRef, Uuid } from "../../src/domain/types";
import { deviceDb } from "../../src/store/device";
import { amendRecord, release, saveRecord } from "../../src/store/operations";
import { openSyncStore, type SyncStore } from "../../src/store/sync_store";
import { createEngine, type Engine, type World } from "../../src/sync/engine";
import type { KickReason } from "../../src/sync/status";
import type { FullAnswer, Question } from "../../src/sync/transport";
import { reopened } from "./browser";
import { makeEntry, makePhoto, record, SeededRandom, SetClock } from "./made";
import { ServerTwin } from "./server_twin";

/** Something that waits for the schedule. */
interface Pending {
  readonly what: string;
  readonly happen: () => Promise<void>;
}

const LOST: FullAnswer = { kind: "none", why: "network" };
const PORTAL: FullAnswer = { kind: "http", status: 200, body: undefined, retry_after_s: null };
const BAD_GATEWAY: FullAnswer = { kind: "http", status: 502, body: undefined, retry_after_s: null };
const HOUR = 3_600_000;

export interface SimulationOptions {
  readonly users?: number;
  /** Pages open at once, each with the right to send: a lock that failed. */
  readonly tabs?: number;
  /** How likely a request or an answer comes to harm. */
  readonly harm?: number;
  readonly mayRestore?: boolean;
}

export class Simulation {
  readonly random: SeededRandom;
  readonly clock = new SetClock();
  readonly server = new ServerTwin();
  readonly entries: readonly DeviceEntry[];
  /** What every host was told is saved, by device. */
  readonly saved = new Map<Uuid, Map<Uuid, Operation>>();
  readonly photos: NewPhoto[] = [];
  readonly trace: string[] = [];
  #current = 0;
  #engines: Engine[] = [];
  #pending: Pending[] = [];
  #late: Question[] = [];
  #timers = new Set<{ readonly at: number; readonly call: () => void }>();
  #life = 0;
  #harm: number;
  #calmness = 0.46;
  readonly #options: Required<SimulationOptions>;

  constructor(seed: number, options: SimulationOptions = {}) {
    this.random = new SeededRandom(seed);
    this.#options = { users: 1, tabs: 1, harm: 0.3, mayRestore: true, ...options };
    this.#harm = this.#options.harm;
    this.entries = Array.from({ length: this.#options.users }, () => makeEntry());
    for (const entry of this.entries) {
      this.saved.set(entry.device, new Map());
      reopened(entry, this.#deps);
    }
    this.server.backUp();
    this.#openAll();
  }

  get #deps() {
    return { clock: this.clock, random: this.random };
  }

  /** Play `steps` steps of misfortune in three evenings, then let everything go well until nothing is left to do. */
  async play(steps: number): Promise<void> {
    this.#kick("start");
    for (let evening = 0; evening < 3; evening++) {
      // Not every evening is as bad as the worst: what goes well can be cleaned away, and then be missed.
      this.#harm = this.random.pick([0.05, 0.2, this.#options.harm]);
      this.#calmness = this.random.pick([0.46, 0.6, 0.7]);
      for (let i = 0; i < steps / 3; i++) await this.#step();
      if (this.random.chance(0.6)) await this.#calm();
      this.#nightPasses();
    }
    await this.#calm();
  }

  #nightPasses(): void {
    this.server.now += 30 * HOUR;
    this.clock.advance(30 * HOUR);
    if (this.random.chance(0.4)) this.server.backUp();
    if (this.random.chance(0.4)) this.#kick("visible");
    if (this.random.chance(0.3) && this.#options.mayRestore) this.server.restore();
  }

  async #step(): Promise<void> {
    const weights = [0.16, this.#calmness, 0.16, 0.04, 0.04, 0.04, 0.04, 0.04];
    let roll = this.random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    const choice = weights.findIndex((weight) => {
      roll -= weight;
      return roll < 0;
    });
    await this.#doStep(choice);
    await settle();
  }

  async #doStep(choice: number): Promise<void> {
    if (choice === 0) await this.#hostActs();
    else if (choice === 1) await this.#letHappen();
    else if (choice === 2) await this.#timePasses();
    else if (choice === 3) await this.#die();
    else if (choice === 4) this.#lateArrives();
    else if (choice === 5) this.#kick(this.random.pick(["online", "visible", "button", "saved"] as const));
    else if (choice === 6) this.#serverFate();
    else this.#switchUser();
  }

  /** No more harm: everything that can arrive does. */
  async #calm(): Promise<void> {
    this.#harm = 0;
    for (const question of this.#late.splice(0)) this.server.answer(question);
    for (let user = 0; user < this.entries.length; user++) {
      this.#current = user;
      this.clock.advance(300_000);
      this.#kick("button");
      for (let quiet = 0; quiet < 3; ) {
        await settle();
        if (this.#pending.length > 0) await this.#letHappen();
        else if (!this.#fireTimer(200_000)) {
          // Only the regular look for news is left.
          quiet++;
          this.#fireTimer(600_000);
        }
        if (this.trace.length > 20_000) throw new Error("this never comes to rest");
      }
    }
  }

  /* -------------------------------------------------------------- the host */

  async #hostActs(): Promise<void> {
    const entry = this.random.pick(this.entries);
    const mine = [...(this.saved.get(entry.device)?.values() ?? [])].filter((op) => op.type === "observation.record");
    const kind = this.random.pick([
      "record",
      "record",
      "round",
      "photo",
      "photo",
      "open",
      "amend",
      "correct",
      "withdraw",
    ] as const);
    const about = mine.length > 0 ? this.random.pick(mine).entity : null;
    this.#note(`host ${kind}`);
    if (kind === "round") await this.#save(entry, startRound(this.#uuid(), null, 2));
    else if (kind === "record")
      await this.#save(entry, record(this.#number(), { note: `anteckning ${this.trace.length}` }));
    else if (kind === "photo") await this.#saveWithPhoto(entry);
    else if (kind === "open") await this.#save(entry, record(this.#number()), [], true);
    else if (about !== null && kind === "amend") await this.#amend(entry, about);
    else if (about !== null && kind === "correct")
      await this.#save(entry, correctObservation(about, 1, { severity: 4 }));
    else if (about !== null && kind === "withdraw") await this.#save(entry, withdrawObservation(about, 1, "mistake"));
    this.#kick("saved");
  }

  async #saveWithPhoto(entry: DeviceEntry): Promise<void> {
    const old = this.photos.length > 0 && this.random.chance(0.2);
    const photo = old
      ? this.random.pick(this.photos)
      : makePhoto(this.random.below(1e9), 1 + this.random.below(120_000));
    this.photos.push(photo);
    const ref: PhotoRef = { id: this.#uuid(), slot: 1, sha256: photo.sha256 };
    await this.#save(entry, record(this.#number(), { photos: [ref] }), [photo]);
  }

  async #save(entry: DeviceEntry, command: Parameters<typeof saveRecord>[1], photos: NewPhoto[] = [], isOpen = false) {
    const op = await saveRecord(deviceDb(entry, this.#deps), command, photos, { isOpen });
    this.saved.get(entry.device)?.set(op.id, op);
  }

  async #amend(entry: DeviceEntry, about: Uuid): Promise<void> {
    const db = deviceDb(entry, this.#deps);
    const op = await amendRecord(db, about, { note: `ändrad ${this.trace.length}` });
    const mine = this.saved.get(entry.device);
    for (const [id, known] of mine ?? []) if (known.n === op.n) mine?.delete(id);
    mine?.set(op.id, op);
    if (this.random.chance(0.7)) await release(db, about);
  }

  /* -------------------------------------------------------------- fate */

  async #letHappen(): Promise<void> {
    if (this.#pending.length === 0) return;
    const [next] = this.#pending.splice(this.random.below(this.#pending.length), 1);
    if (next === undefined) return;
    this.#note(next.what);
    await next.happen();
  }

  async #timePasses(): Promise<void> {
    if (this.random.chance(0.05)) this.clock.now += (this.random.next() - 0.5) * 50 * HOUR;
    this.server.now += this.random.chance(0.2) ? 30 * HOUR : 1_000;
    if (!this.#fireTimer(this.random.pick([500, 5_000, 130_000]))) this.clock.advance(this.random.below(3_000));
  }

  #fireTimer(within: number): boolean {
    const [timer] = [...this.#timers].sort((a, b) => a.at - b.at);
    if (timer === undefined || timer.at - this.clock.running > within) return false;
    this.#timers.delete(timer);
    this.clock.advance(Math.max(0, timer.at - this.clock.running));
    timer.call();
    return true;
  }

  /** Every page is killed: nothing in memory survives, and what was on its way may still arrive. */
  async #die(): Promise<void> {
    this.#note("killed");
    for (const engine of this.#engines) engine.stop();
    this.#pending = [];
    this.#timers.clear();
    this.#life++;
    for (const entry of this.entries) reopened(entry, this.#deps);
    // The monotonic clock starts anew.
    this.clock.running = 1_000;
    this.#openAll();
    this.#kick("start");
  }

  #openAll(): void {
    this.#engines = Array.from({ length: this.#options.tabs }, () => this.#open());
  }

  #lateArrives(): void {
    const question = this.#late.pop();
    if (question === undefined) return;
    this.#note(`late ${question.path}`);
    this.server.answer(question);
  }

  #serverFate(): void {
    const fate = this.random.pick(["backup", "restore", "restore", "scope", "signed_out", "signed_in"] as const);
    this.#note(`server ${fate}`);
    if (fate === "backup") this.server.backUp();
    else if (fate === "restore" && this.#options.mayRestore) this.server.restore();
    else if (fate === "scope") this.server.scope = `s${this.random.below(100)}`;
    this.server.isSignedOut = fate === "signed_out" && this.#harm > 0;
  }

  #switchUser(): void {
    this.#current = this.random.below(this.entries.length);
    this.#note(`user ${this.#current}`);
    this.#kick("signed_in");
  }

  #kick(reason: KickReason): void {
    if (this.#harm === 0) this.server.isSignedOut = false;
    for (const engine of this.#engines) engine.send({ type: "kick", reason });
  }

  /* -------------------------------------------------------------- the world of the engine */

  #open(): Engine {
    const life = this.#life;
    const isDead = () => life !== this.#life;
    const world: World = {
      clock: this.clock,
      random: () => this.random.next(),
      ask: (question) => this.#ask(question, isDead),
      stores: async () =>
        this.entries.map((entry, i) => ({ store: this.#slow(entry, isDead), is_current: i === this.#current })),
      wipe: async () => {
        throw new Error("nothing here orders that");
      },
      lock: async () => () => {},
      later: (delay, call) => {
        const timer = { at: this.clock.running + delay, call };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
      },
      publish: () => {},
    };
    return createEngine(world);
  }

  #ask(question: Question, isDead: () => boolean): Promise<FullAnswer> {
    return new Promise((resolve) => {
      const what = `${question.method} ${question.path.slice(0, 40)}`;
      this.#pending.push({ what, happen: async () => (isDead() ? undefined : resolve(this.#travel(question))) });
    });
  }

  /** What becomes of a request and its answer on the way. */
  #travel(question: Question): FullAnswer {
    if (!this.random.chance(this.#harm)) return this.server.answer(question);
    const harm = this.random.pick([
      "lost",
      "lost",
      "unheard",
      "unheard",
      "doubled",
      "late",
      "portal",
      "gateway",
      "garbled",
    ] as const);
    this.#note(`  ${harm}`);
    switch (harm) {
      case "lost":
        return LOST;
      case "unheard":
        this.server.answer(question);
        return LOST;
      case "doubled":
        this.server.answer(question);
        return this.server.answer(question);
      case "late":
        this.#late.push(question);
        return LOST;
      case "portal":
        return PORTAL;
      case "gateway":
        return BAD_GATEWAY;
      case "garbled":
        return this.server.answer(garbled(question));
    }
  }

  /** A store whose calls wait for the schedule: the page may be killed before one, or after it before anybody knows. */
  #slow(entry: DeviceEntry, isDead: () => boolean): SyncStore {
    const real = openSyncStore(entry, this.#deps);
    const wait = <A extends unknown[], T>(what: string, call: (...args: A) => Promise<T>) => {
      return (...args: A) =>
        new Promise<T>((resolve, reject) => {
          const happen = async () => {
            if (isDead()) return;
            const done = call(...args);
            await done.then(resolve, reject).catch(() => {});
          };
          this.#pending.push({ what: `store ${what}`, happen });
        });
    };
    return {
      entry,
      releaseDue: wait("releaseDue", (now) => real.releaseDue(now)),
      outbox: wait("outbox", () => real.outbox()),
      operations: wait("operations", (ids) => real.operations(ids)),
      photoPart: wait("photoPart", (...args) => real.photoPart(...args)),
      storeAcks: wait("storeAcks", (answer) => real.storeAcks(answer)),
      storePhotoDone: wait("storePhotoDone", (sha256) => real.storePhotoDone(sha256)),
      storeRows: wait("storeRows", (...args) => real.storeRows(...args)),
      restart: wait("restart", (epoch) => real.restart(epoch)),
      dropCursor: wait("dropCursor", () => real.dropCursor()),
      refuse: wait("refuse", (...args) => real.refuse(...args)),
      storeAudit: wait("storeAudit", (audit) => real.storeAudit(audit)),
      clean: wait("clean", () => real.clean()),
    };
  }

  #note(what: string): void {
    this.trace.push(what);
  }

  #number(): number {
    return 0x100000 + this.random.below(2 ** 31);
  }

  #uuid(): Uuid {
    return record(this.#number()).entity;
  }
}

/** Let everything come about that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A bit is turned on the way; what carries no digest arrives as nonsense that no server takes. */
function garbled(question: Question): Question {
  if (question.bytes === undefined || question.bytes.byteLength === 0) return { ...question, path: "/garbled" };
  const bytes = new Uint8Array(question.bytes.slice(0));
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return { ...question, bytes: bytes.buffer };
}

/** Hash at once: the engine's own digests must not depend on another thread's pace. */
export async function digestAtOnce(_algorithm: unknown, bytes: BufferSource): Promise<ArrayBuffer> {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  return Uint8Array.from(createHash("sha256").update(view).digest()).buffer;
}
