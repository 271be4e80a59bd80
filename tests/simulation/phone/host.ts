/** What hosts do: the commands the screens make, saved by the shipped store. */

import {
  checkPlace,
  correctObservation,
  recordObservation,
  withdrawObservation,
} from "../../../static/pwa/src/domain/observation";
import { endRound, pauseRound, resumeRound, startRound } from "../../../static/pwa/src/domain/round";
import type { Command, DeviceEntry, NewPhoto, Operation, PhotoRef, Uuid } from "../../../static/pwa/src/domain/types";
import { amendRecord, release, saveRecord } from "../../../static/pwa/src/store/operations";
import { closeSegment, endRecording, putFix, recording, startRecording } from "../../../static/pwa/src/store/track";
import { sha256Of } from "../../../static/pwa/src/sync/requests";
import type { Chance } from "./chance";
import type { Phone } from "./phone";
import type { Server, World } from "./server";

/** What somebody has made, and whose it is. */
interface Made {
  readonly id: Uuid;
  readonly user: Uuid;
  readonly kind: "record" | "round";
}

const WEIGHTS = {
  record: 5,
  photo: 5,
  round: 3,
  step: 3,
  visit: 2,
  track: 3,
  gap: 1,
  open: 2,
  amend: 3,
  correct: 5,
  withdraw: 1,
  again: 1,
  poison: 1.5,
} as const;
type Act = keyof typeof WEIGHTS;

export class Hosts {
  readonly made: Made[] = [];
  readonly photos: NewPhoto[] = [];
  #count = 0;

  constructor(
    readonly chance: Chance,
    readonly server: Server,
    readonly world: World,
    readonly note: (what: string) => void,
  ) {}

  /** One host does one thing. What was saved is told when the store says that it is durable. */
  async act(phone: Phone, entry: DeviceEntry): Promise<void> {
    const act = this.chance.weigh(WEIGHTS);
    this.note(`${phone.number} host ${act}`);
    this.#count++;
    try {
      await this.#do(act, phone, entry);
    } finally {
      phone.kick("saved");
    }
  }

  /** Any record or round that somebody has made, for the office to look at. */
  any(kind: Made["kind"]): Uuid | null {
    const known = this.made.filter((made) => made.kind === kind);
    return known.length === 0 ? null : this.chance.pick(known).id;
  }

  async #do(act: Act, phone: Phone, entry: DeviceEntry): Promise<void> {
    switch (act) {
      case "record":
        return this.#save(phone, entry, this.#record(entry));
      case "open":
        return this.#save(phone, entry, this.#record(entry), [], true);
      case "photo":
        return this.#photo(phone, entry);
      case "round":
        return this.#save(phone, entry, startRound(this.#fresh(entry, "round"), null, 1 + this.chance.below(4)));
      case "again":
        return this.#again(phone, entry);
      case "visit":
        return this.#visit(phone, entry);
      case "amend":
        return this.#amend(phone, entry);
      case "track":
        return this.#track(phone, entry);
      case "poison":
        return this.#save(phone, entry, this.#poison(entry));
      default:
        return this.#about(act, phone, entry);
    }
  }

  /** Acts about something that is there already, here or on another phone. */
  async #about(act: "step" | "gap" | "correct" | "withdraw", phone: Phone, entry: DeviceEntry): Promise<void> {
    const about = this.#known(entry, act === "step" || act === "gap" ? "round" : "record");
    if (about === null) return;
    const base = this.chance.is(0.5) ? 1 : null;
    if (act === "step") {
      const step = this.chance.pick([pauseRound, resumeRound, (id: Uuid) => endRound(id, "done")]);
      return this.#save(phone, entry, step(about));
    }
    if (act === "correct") return this.#save(phone, entry, correctObservation(about, base, this.#change()));
    if (act === "withdraw") return this.#save(phone, entry, withdrawObservation(about, base, "mistake"));
    const data = {
      round: about,
      from: 1_795_000_000_000,
      to: 1_795_000_000_000 + this.#count,
      reason: "hidden",
    } as const;
    return this.#save(phone, entry, { type: "gap.record", entity: phone.db(entry).newId(), base: null, data });
  }

  #record(entry: DeviceEntry): Command<"observation.record"> {
    const id = this.#id();
    this.made.push({ id, user: entry.user_id ?? "", kind: "record" });
    return recordObservation(id, {
      category: this.chance.pick(["SK01", "SK02", "OR01", "PO01"]),
      severity: this.chance.pick([1, 2, 3, 4]),
      note: this.chance.is(0.6) ? `anteckning ${this.#count}` : null,
      place: this.chance.is(0.5) ? this.chance.pick(this.world.places) : null,
      round: this.chance.is(0.6) ? this.#known(entry, "round") : null,
      floor: this.chance.is(0.2) ? "3" : null,
    });
  }

  #change(): Parameters<typeof correctObservation>[2] {
    return this.chance.pick([
      { severity: this.chance.pick([1, 2, 3, 4]) },
      { note: `rättad ${this.#count}` },
      { place: this.chance.pick(this.world.places) },
      { severity: 4, floor: "2" },
    ] as const);
  }

  async #photo(phone: Phone, entry: DeviceEntry): Promise<void> {
    const command = this.#record(entry);
    const refs: PhotoRef[] = [];
    const photos: NewPhoto[] = [];
    for (const slot of this.chance.pick([[1], [1], [1, 2]] as const)) {
      const photo = await this.#picture();
      photos.push(photo);
      refs.push({ id: this.#id(), slot, sha256: photo.sha256 });
    }
    const category = this.chance.pick(["SK01", "SK02"]);
    await this.#save(phone, entry, { ...command, data: { ...command.data, category, photos: refs } }, photos);
  }

  async #picture(): Promise<NewPhoto> {
    if (this.photos.length > 0 && this.chance.is(0.2)) return this.chance.pick(this.photos);
    const bytes = this.chance.bytes(40 + this.chance.below(260));
    const photo = { sha256: await sha256Of(bytes.buffer), size: bytes.length, mime: "image/jpeg", bytes: bytes.buffer };
    this.server.learnPhoto(bytes.buffer);
    this.photos.push(photo);
    return photo;
  }

  /** A record of what has been recorded already: an edit. */
  async #again(phone: Phone, entry: DeviceEntry): Promise<void> {
    const about = this.#known(entry, "record");
    if (about === null) return;
    const data = { ...this.#record(entry).data, category: "SK01" };
    await this.#save(phone, entry, { type: "observation.record", entity: about, base: null, data });
  }

  async #visit(phone: Phone, entry: DeviceEntry): Promise<void> {
    const id = this.#fresh(entry, "record");
    const round = this.chance.is(0.7) ? this.#known(entry, "round") : null;
    await this.#save(
      phone,
      entry,
      checkPlace(id, { round, place: this.chance.pick(this.world.places), position: null, how: "tap" }),
    );
  }

  async #amend(phone: Phone, entry: DeviceEntry): Promise<void> {
    const about = this.#known(entry, "record");
    if (about === null) return;
    const db = phone.db(entry);
    const operation = await amendRecord(db, about, this.#change());
    phone.toldOf(entry).tell(operation);
    if (this.chance.is(0.6)) await release(db, about);
  }

  async #track(phone: Phone, entry: DeviceEntry): Promise<void> {
    const db = phone.db(entry);
    const round = (await recording(db))?.round ?? this.#known(entry, "round");
    if (round === null) return;
    await startRecording(db, round);
    for (let i = this.chance.below(3); i >= 0; i--) {
      const at = db.deps.clock.wall() + i;
      await putFix(db, round, { lat: 57.75 + this.chance.next() / 1e3, lon: 11.98, accuracy_m: 5, at });
    }
    const isLast = this.chance.is(0.3);
    const packed: readonly Operation[] = isLast
      ? await endRecording(db, round)
      : await closeSegment(db, round, { carry: this.chance.is(0.7) });
    for (const operation of packed) phone.toldOf(entry).tell(operation);
  }

  /** Something that the server must hold, alone. */
  #poison(entry: DeviceEntry): Command {
    const { data, ...rest } = this.#record(entry);
    const bad = this.chance.pick([
      { ...data, category: "ZZ99" },
      { ...data, severity: 9 },
      { ...data, note: "[this one makes its handler fail]" },
      { ...data, unheard: true },
    ]);
    return { ...rest, entity: this.#id(), data: bad } as unknown as Command;
  }

  async #save(
    phone: Phone,
    entry: DeviceEntry,
    command: Command,
    photos: readonly NewPhoto[] = [],
    isOpen = false,
  ): Promise<void> {
    const operation = await saveRecord(phone.db(entry), command, photos, { isOpen });
    phone.toldOf(entry).tell(operation);
  }

  /** Something of the same user, made here or on another phone; now and then somebody else's. */
  #known(entry: DeviceEntry, kind: Made["kind"]): Uuid | null {
    const isForeign = this.chance.is(0.08);
    const known = this.made.filter((made) => made.kind === kind && (isForeign || made.user === entry.user_id));
    if (known.length === 0) return null;
    return this.chance.is(0.6) ? (known.at(-1)?.id ?? null) : this.chance.pick(known).id;
  }

  #fresh(entry: DeviceEntry, kind: Made["kind"]): Uuid {
    const id = this.#id();
    this.made.push({ id, user: entry.user_id ?? "", kind });
    return id;
  }

  /** An identifier by the schedule's chance. */
  #id(): Uuid {
    const hex = [...this.chance.bytes(16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
