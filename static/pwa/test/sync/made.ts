/** Small values for tests: each call gives the same kind of thing, with what matters overridden. */

import { createHash } from "node:crypto";
import type { Clock } from "../../src/domain/clock";
import { recordObservation } from "../../src/domain/observation";
import type {
  CategoryBody,
  Command,
  DeviceEntry,
  NewPhoto,
  ObservationBody,
  ObservationRecord,
  Operation,
  PlaceBody,
  Profile,
  Row,
  Sha256,
  StoredOp,
  Uuid,
} from "../../src/domain/types";
import { toStored } from "../../src/store/operations";
import { SeededRandom } from "../seeded_random";

/** The `number`-th identifier of a test. */
export function uuid(number: number): Uuid {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}

export const T0 = 1_790_000_000_000;
export const USER = uuid(0xaa);

/** A clock that moves only when it is told to. */
export class SetClock implements Clock {
  constructor(
    public now = T0,
    public running = 1_000,
  ) {}
  wall = () => this.now;
  mono = () => this.running;
  tz = () => 120;
  advance(ms: number): void {
    this.now += ms;
    this.running += ms;
  }
}

let devices = 0;

/** An entry of a store that no other test uses. */
export function makeEntry(change: Partial<DeviceEntry> = {}): DeviceEntry {
  const number = ++devices;
  return {
    device: uuid(0xd000 + number),
    db_id: uuid(0xdb000 + number),
    user_id: USER,
    login: `host${number}`,
    name: `Host ${number}`,
    is_signed_in: true,
    used_at: T0,
    ...change,
  };
}

export function makeProfile(change: Partial<Profile["user"]> = {}): Profile {
  return {
    user: { id: USER, login: "amina", name: "Amina Berg", language: "sv", roles: ["host"], ...change },
    organisation: { id: uuid(0xc1), name: "Bostads AB", on_call_name: "Jour", on_call_phone: "031-12 34 56" },
    device: uuid(0xd0),
    epoch: "e1",
    server_time: T0,
  };
}

export function record(entity: number, values: Partial<ObservationRecord> = {}): Command<"observation.record"> {
  return recordObservation(uuid(entity), { category: "SK01", severity: 3, ...values });
}

/** A photo of `size` bytes that differ with `seed`. */
export function makePhoto(seed: number, size = 1_000): NewPhoto {
  const bytes = new SeededRandom(seed).bytes(size);
  return { sha256: sha256Hex(bytes), size, mime: "image/jpeg", bytes: bytes.buffer };
}

export function sha256Hex(bytes: Uint8Array): Sha256 {
  return createHash("sha256").update(bytes).digest("hex");
}

/** An operation as it travels. */
export function makeOperation(n: number, command: Command = record(n)): Operation {
  const { type, entity, base, data } = command;
  const blobs = "photos" in data ? data.photos.map(({ sha256 }) => ({ sha256, size: 1_000, mime: "image/jpeg" })) : [];
  return {
    id: uuid(0x1000 + n),
    n,
    by: USER,
    type,
    entity,
    base,
    at: T0 + n * 1_000,
    mono: n * 1_000,
    tz: 120,
    v: 1,
    data,
    blobs,
  } as Operation;
}

/** An operation as it lies on the phone. */
export function makeStored(n: number, command?: Command, change: Partial<StoredOp> = {}): StoredOp {
  return { ...toStored(makeOperation(n, command)), ...change };
}

/** What the server's acknowledgement makes of a stored operation. */
export function acked(seq: number, change: Partial<StoredOp> = {}): Partial<StoredOp> {
  return { state: "acked", acked_at: T0, seq, rev: 1, st: "ok", ...change };
}

export function observationRow(id: number, seq: number, body: Partial<ObservationBody> = {}): Row<"observation"> {
  return {
    seq,
    kind: "observation",
    id: uuid(id),
    body: {
      round: null,
      category: "SK01",
      kind: "D",
      place: null,
      place_source: "none",
      floor: null,
      position: null,
      severity: 3,
      note: null,
      occurred_at: T0,
      rev: 1,
      state: "recorded",
      conflict: false,
      category_corrected: false,
      comments: [],
      case: null,
      photos: [],
      ...body,
    },
  };
}

export function placeRow(id: number, body: Partial<PlaceBody> = {}): Row<"place"> {
  const whole = { zone: null, parent: null, kind: "Building", name: `Plats ${id}`, lat: null, lon: null, ended: false };
  return { seq: id, kind: "place", id: uuid(id), body: { ...whole, ...body } };
}

export function categoryRow(code: string, body: Partial<CategoryBody> = {}): Row<"category"> {
  const number = [...code].reduce((total, character) => total * 64 + character.charCodeAt(0), 0);
  const whole: CategoryBody = {
    code,
    group: code.slice(0, 2),
    kind: code.startsWith("PO") ? "P" : code.startsWith("OR") ? "O" : "D",
    name_sv: code,
    name_en: code,
    severity: 2,
    photos_allowed: true,
    ended: false,
    sort: number,
  };
  return { seq: 1, kind: "category", id: uuid(number), body: { ...whole, ...body } };
}
