/**
 * Play one schedule: three evenings of misfortune with nights between them, then rest, then the question whether anything was lost.
 *
 * Every decision is drawn from the seed, here and in this order; server and phones do nothing by themselves.
 */

import type { DeviceEntry } from "../../../static/pwa/src/domain/types";
import { Chance } from "./chance";
import { picturesFaults } from "./check";
import { Fate } from "./fate";
import { Hosts } from "./host";
import { Network } from "./network";
import { actAs, cancel, emptyPages, nextTimer, settle, timeIs } from "./page";
import { Phone } from "./phone";
import { Post } from "./post";
import type { Server, World } from "./server";

const BEGINNING = 1_795_200_000_000;
const HOUR = 3_600_000;
const EVENINGS = 3;
const REST_MAX = 1_500;
const PASSES_MAX = 5;

/** Which stores take part: by number, the first two on one shared phone. */
const CASTS = [[0], [0, 1], [0, 2], [0, 3], [0, 2, 3], [0, 1, 2]] as const;

export interface Outcome {
  readonly violations: readonly string[];
  readonly trace: readonly string[];
}

export class Play {
  readonly trace: string[] = [];
  readonly phones: Phone[];
  readonly chance: Chance;
  readonly #network: Network;
  readonly #post: Post;
  readonly #hosts: Hosts;
  readonly #fate: Fate;
  readonly #world: World;
  #steps: number;

  constructor(
    readonly server: Server,
    readonly seed: number,
  ) {
    this.chance = new Chance(seed);
    this.#setTime(BEGINNING);
    emptyPages();
    this.#world = server.begin(seed);
    const cookies = [...this.#world.tokens];
    this.#network = new Network(this.chance, (phone) => cookies[phone] ?? "");
    const around = { chance: this.chance, network: this.#network, now: () => server.now, note: this.note };
    const options = { pages: this.chance.is(0.2) ? 2 : 1, hasLock: this.chance.is(0.7) };
    this.phones = this.#cast().map(([number, entries]) => new Phone(number, entries, around, options));
    this.#post = new Post(this.chance, server, this.#network, this.phones, this.note);
    this.#hosts = new Hosts(this.chance, server, this.#world, this.note);
    this.#fate = new Fate(this.chance, server, this.#network, this.#hosts, this.phones, this.note);
    this.#steps = 10 + this.chance.below(13);
  }

  readonly note = (what: string): void => {
    this.trace.push(`${this.server.now - BEGINNING} ${what}`);
  };

  /** Play to the end. */
  async play(): Promise<Outcome> {
    const violations = new Set<string>();
    const look = () => {
      for (const phone of this.phones) {
        for (const told of phone.told.values()) for (const fault of told.faults(this.server)) violations.add(fault);
      }
      for (const fault of this.server.violations.splice(0)) violations.add(fault);
      return violations.size === 0;
    };
    for (const phone of this.phones) phone.kick("start");
    await settle();
    for (let evening = 0; evening < EVENINGS; evening++) {
      this.#post.harm = this.chance.pick([0.05, 0.25, 0.5]);
      for (let i = 0; i < this.#steps; i++) {
        await this.#step();
        if (!look()) return this.#outcome(violations);
      }
      if (this.chance.is(0.3)) await this.#rest(look);
      await this.#night();
      look();
    }
    await this.#end(look);
    for (const fault of this.server.check(this.#said())) violations.add(fault);
    for (const fault of picturesFaults(this.server, this.phones, this.#world)) violations.add(fault);
    look();
    return this.#outcome(violations);
  }

  close(): void {
    for (const phone of this.phones) phone.close();
  }

  #outcome(violations: ReadonlySet<string>): Outcome {
    for (const violation of violations) this.note(`VIOLATION ${violation}`);
    return { violations: [...violations], trace: this.trace };
  }

  #cast(): [number, DeviceEntry[]][] {
    const phones = new Map<number, DeviceEntry[]>();
    for (const number of this.chance.pick(CASTS)) {
      const store = this.#world.stores[number];
      if (store === undefined) throw new Error("no such store");
      const { phone, device, db_id, user, login } = store;
      const entry = { device, db_id, user_id: user, login, name: login, is_signed_in: true, used_at: BEGINNING };
      phones.set(phone, [...(phones.get(phone) ?? []), entry]);
    }
    return [...phones];
  }

  /* -------------------------------------------------------------- one step */

  async #step(): Promise<void> {
    switch (this.chance.weigh(this.#weights())) {
      case "host":
        return this.#hostActs();
      case "letter":
        return this.#carried(() => this.#post.deliver());
      case "reply":
        return this.#carried(() => this.#post.handBack());
      case "write":
        return this.#write();
      case "time":
        return this.#timePasses();
      case "late":
        return this.#carried(() => this.#post.deliverLate());
      case "kick":
        return this.#kick();
      case "kill":
        return this.#kill();
      case "fate":
        return this.#befall();
      case "user":
        return this.#changeUser();
    }
  }

  /** What may happen next, and how likely; what waits for nobody is not waited for. */
  #weights() {
    const waiting = this.phones.some(({ writes }) => writes.length > 0);
    return {
      host: 2.2,
      letter: this.#post.isWaiting ? 6 : 0,
      reply: this.#network.replies.length > 0 ? 5 : 0,
      write: waiting ? 4 : 0,
      time: 1.5,
      late: this.#network.late.length > 0 ? 0.6 : 0,
      kick: 0.5,
      kill: 0.3,
      fate: 1.3,
      user: this.#mayChangeUser ? 0.4 : 0,
    };
  }

  get #mayChangeUser(): boolean {
    return this.phones.some(({ entries }) => entries.length > 1);
  }

  async #hostActs(): Promise<void> {
    const phone = this.chance.pick(this.phones);
    const { entry } = phone;
    if (entry === undefined) return;
    await this.#mayDie(phone, 0.06, () => {
      this.#hosts.act(phone, entry).catch((error: unknown) => this.note(`  not done: ${String(error)}`));
    });
  }

  async #write(): Promise<void> {
    const phone = this.chance.pick(this.phones.filter(({ writes }) => writes.length > 0));
    const write = phone.takeWrite();
    if (write === undefined) return;
    this.note(`write ${write.name}`);
    await this.#mayDie(phone, 0.12, write.happen);
  }

  /** Let a phone do something, and perhaps kill it before, during or after that. */
  async #mayDie(phone: Phone, probability: number, act: () => void): Promise<void> {
    actAs(phone.number);
    if (!this.chance.is(probability)) {
      act();
      await settle();
      return;
    }
    const limit = this.chance.below(14);
    this.note(`  ${phone.number} killed after ${limit} tasks`);
    if (limit > 0) {
      act();
      await settle(limit, () => phone.stop());
    }
    await this.#comeBack(phone);
  }

  async #kill(): Promise<void> {
    const phone = this.chance.pick(this.phones);
    this.note(`${phone.number} killed`);
    await this.#comeBack(phone);
  }

  async #comeBack(phone: Phone): Promise<void> {
    phone.restart();
    phone.kick("start");
    await settle();
  }

  async #carried(act: () => void): Promise<void> {
    act();
    await settle();
    this.#pass(this.chance.pick([20, 200, 2_000]));
  }

  async #timePasses(): Promise<void> {
    if (this.chance.is(0.08)) {
      const phone = this.chance.pick(this.phones);
      phone.skew = Math.round((this.chance.next() - 0.5) * 80 * HOUR);
      this.note(`${phone.number} clock jumps by ${phone.skew}`);
    }
    if (!(await this.#fireTimer(this.chance.pick([500, 5_000, 130_000])))) this.#pass(this.chance.below(3_000));
  }

  async #fireTimer(within: number): Promise<boolean> {
    const timer = nextTimer();
    if (timer === undefined || timer.at - this.server.now > within) return false;
    cancel(timer);
    this.#setTime(Math.max(this.server.now, timer.at));
    this.note(`timer of ${timer.owner}`);
    actAs(timer.owner);
    timer.call();
    await settle();
    return true;
  }

  async #kick(): Promise<void> {
    const phone = this.chance.pick(this.phones);
    const reason = this.chance.pick(["online", "visible", "button", "saved", "pageshow", "hidden"] as const);
    this.note(`${phone.number} ${reason}`);
    if (reason === "hidden") phone.show(false);
    else {
      if (reason === "visible") phone.show(true);
      phone.kick(reason);
    }
    await settle();
  }

  async #changeUser(): Promise<void> {
    const phone = this.chance.pick(this.phones.filter(({ entries }) => entries.length > 1));
    phone.current = this.chance.below(phone.entries.length);
    this.note(`${phone.number} is used by ${phone.entry?.login}`);
    phone.kick("signed_in");
    await settle();
  }

  async #befall(): Promise<void> {
    this.#fate.befall();
    await settle();
  }

  #pass(ms: number): void {
    this.#setTime(this.server.now + ms);
  }

  #setTime(now: number): void {
    this.server.now = now;
    timeIs(now);
  }

  /* -------------------------------------------------------------- rest */

  async #night(): Promise<void> {
    this.note("night");
    this.#pass(this.chance.pick([14, 30, 80]) * HOUR);
    for (const phone of this.phones) {
      if (!this.chance.is(0.5)) continue;
      phone.show(true);
      phone.kick("visible");
      await settle();
    }
  }

  /** Nothing goes wrong for a while: everything that can arrive does. */
  async #rest(look: () => boolean): Promise<void> {
    const { harm } = this.#post;
    this.#post.harm = 0;
    this.note("rest");
    for (let quiet = 0, count = 0; quiet < 2; count++) {
      if (count >= REST_MAX) this.server.violations.push("the phones never come to rest");
      if (!look()) return;
      if (await this.#calmStep()) continue;
      if (await this.#fireTimer(10_000)) continue;
      quiet++;
    }
    this.#post.harm = harm;
  }

  /** Deal with something that waits; false when nothing does. */
  async #calmStep(): Promise<boolean> {
    const phone = this.phones.find(({ writes }) => writes.length > 0);
    const write = phone?.takeWrite();
    if (phone !== undefined && write !== undefined) {
      this.note(`write ${write.name}`);
      actAs(phone.number);
      write.happen();
    } else if (!this.#post.handBack() && !this.#post.deliver()) return false;
    await settle();
    this.#pass(5);
    return true;
  }

  /** The faults are over. Every store's user comes by once, and everything drains. */
  async #end(look: () => boolean): Promise<void> {
    this.note("end");
    this.#post.harm = 0;
    this.#fate.makeAmends();
    this.#post.forgetLate();
    await this.#rest(look);
    for (const phone of this.phones) if (phone.hasUnsent) await this.#everybodyComesBy(phone, look);
    this.server.work(null);
    // What is kept back because its editor is open goes after two minutes.
    this.#pass(150_000);
    for (const phone of this.phones) if (phone.hasUnsent) await this.#everybodyComesBy(phone, look);
    // What one store has waited for may come with another's: until nobody has sent anything more.
    for (let sent = -1, time = 0; sent !== this.#post.sent && time < PASSES_MAX; time++) {
      sent = this.#post.sent;
      for (const phone of this.phones) await this.#everybodyComesBy(phone, look);
    }
  }

  async #everybodyComesBy(phone: Phone, look: () => boolean): Promise<void> {
    for (const entry of [...phone.entries].reverse()) {
      phone.current = Math.max(0, phone.entries.indexOf(entry));
      this.#pass(1_000);
      phone.show(true);
      phone.kick("button");
      await settle();
      await this.#rest(look);
    }
  }

  #said(): object[] {
    const all = [...this.phones.flatMap(({ told }) => [...told.values()])];
    return all.map(({ device, operations, doubtful, isWiped, isStolen, wasRestricted }) => ({
      device,
      told: [...operations.values()],
      doubtful: [...doubtful],
      is_wiped: isWiped || isStolen,
      was_restricted: wasRestricted,
    }));
  }
}
