/**
 * A server for the phone's tests: the protocol's promises in memory, without accounts.
 *
 * It keeps what it has acknowledged, takes each operation once, numbers its feed in commit order, holds what it cannot apply, and can be
 * restored from a backup. The real server is shown against the same examples elsewhere.
 */

import { mergeSet } from "../../src/domain/observation";
import type {
  Ack,
  ObservationBody,
  ObservationRecord,
  Operation,
  PhotoRef,
  PulledRow,
  RoundState,
  Row,
  RowKind,
  Sha256,
  Uuid,
} from "../../src/domain/types";
import type { FullAnswer, Question } from "../../src/sync/transport";
import { sha256Hex, T0 } from "./made";

interface Entry {
  readonly content: string;
  readonly device: Uuid;
  readonly n: number;
  seq: number;
  rev: number | null;
  st: "ok" | "held";
  why?: Ack["why"];
  waits_for?: Uuid;
  readonly op: Operation;
  /** How often its effect was done. */
  effects: number;
}
interface Photo {
  readonly size: number;
  bytes: Uint8Array;
  isDone: boolean;
}
interface State {
  seq: number;
  ledger: Map<Uuid, Entry>;
  feed: Map<string, PulledRow>;
  photos: Map<Sha256, Photo>;
}

export class ServerTwin {
  epoch = "e1";
  scope = "s1";
  safe_seq: number | null = null;
  now = T0;
  isSignedOut = false;
  revoked: null | "after_sync" | "now" = null;
  /** Bodies with this note make the whole batch fail, with this status. */
  poison: { readonly note: string; readonly status: number } | null = null;
  opsMax = 200;
  state: State = { seq: 0, ledger: new Map(), feed: new Map(), photos: new Map() };
  #backup: State | null = null;
  /** What was asked, for tests that look at the traffic. */
  readonly asked: {
    readonly path: string;
    readonly ops: number;
    readonly device: Uuid | null;
    readonly bytes: number;
  }[] = [];

  /** Answer a question as the real server would. */
  answer(question: Question): FullAnswer {
    const path = question.path.split("?")[0] ?? "";
    this.asked.push({
      path,
      device: question.device,
      ops: opsOf(question).length,
      bytes: question.bytes?.byteLength ?? 0,
    });
    if (this.isSignedOut) return problem(401, "signed_out");
    if (this.revoked === "now") return problem(403, "device_revoked", { wipe: "now" });
    if (path === "/sync/push") return this.#push(question);
    if (path === "/sync/blobs/have") return this.#have(question);
    if (path.startsWith("/sync/blobs/")) return this.#part(question, path.slice("/sync/blobs/".length));
    if (this.revoked !== null) return problem(403, "device_revoked", { wipe: this.revoked });
    if (path === "/sync/pull") return this.#pull(question);
    return path === "/sync/audit" ? this.#audit(question) : problem(404, "not_found");
  }

  backUp(): void {
    this.#backup = structuredClone(this.state);
    this.safe_seq = this.state.seq;
  }

  /** Put yesterday's backup back: what came since is gone, and the epoch says so. */
  restore(): void {
    if (this.#backup === null) return;
    this.state = structuredClone(this.#backup);
    // Received bytes lie beside the database: half a photo may have survived or not.
    this.epoch = `e${Number(this.epoch.slice(1)) + 1}`;
  }

  rows(kind: RowKind): PulledRow[] {
    return [...this.state.feed.values()].filter((row) => row.kind === kind);
  }

  #head(): object {
    return { proto: 1, epoch: this.epoch, server_time: this.now, safe_seq: this.safe_seq, retain_days: 14 };
  }

  #push(question: Question): FullAnswer {
    const body = question.json as { epoch: string | null; ops: Operation[] };
    if (body.epoch !== null && body.epoch !== this.epoch) return problem(409, "epoch_changed", { epoch: this.epoch });
    if (body.ops.length > this.opsMax) return problem(413, "too_large");
    const poison = body.ops.find(
      (op) => "note" in op.data && this.poison !== null && op.data.note === this.poison.note,
    );
    if (poison !== undefined && this.poison !== null) return problem(this.poison.status, "poison");
    const acks = [...body.ops].sort((a, b) => a.n - b.n).map((op) => this.#take(question.device ?? "", op));
    const named = new Set(body.ops.flatMap((op) => op.blobs.map((blob) => blob.sha256)));
    const want = [...named].flatMap((sha256) => {
      const photo = this.state.photos.get(sha256);
      return photo === undefined || photo.isDone ? [] : [{ sha256, off: photo.bytes.length }];
    });
    return ok({ ...this.#head(), acks, want });
  }

  #take(device: Uuid, op: Operation): Ack {
    const content = JSON.stringify(op);
    const known = this.state.ledger.get(op.id);
    if (known !== undefined)
      return known.content === content ? ackOf(op.id, known, true) : { id: op.id, st: "mismatch" };
    const entry: Entry = { content, device, n: op.n, seq: 0, rev: null, st: "ok", op, effects: 0 };
    this.state.ledger.set(op.id, entry);
    for (const { sha256, size } of op.blobs) {
      if (!this.state.photos.has(sha256))
        this.state.photos.set(sha256, { size, bytes: new Uint8Array(0), isDone: false });
    }
    this.#apply(entry);
    if (entry.st === "ok") this.#wake(op.entity);
    return ackOf(op.id, entry, false);
  }

  #apply(entry: Entry): void {
    const { op } = entry;
    const needed = this.#neededBy(op);
    entry.seq = ++this.state.seq;
    if (needed !== null) {
      Object.assign(entry, { st: "held", why: "waits_for", waits_for: needed });
      return;
    }
    Object.assign(entry, { st: "ok", why: undefined, waits_for: undefined });
    entry.effects++;
    if (op.type.startsWith("round.")) this.#applyRound(op, entry.seq);
    else if (op.type.startsWith("observation.") || op.type === "visit.check")
      entry.rev = this.#applyObservation(op, entry.seq);
  }

  /** What must be here first. */
  #neededBy(op: Operation): Uuid | null {
    const has = (kind: RowKind, id: Uuid) => this.state.feed.has(`${kind}:${id}`);
    const isEdit = ["observation.correct", "observation.withdraw"].includes(op.type);
    if (isEdit) return has("observation", op.entity) ? null : op.entity;
    if (op.type.startsWith("round.") && op.type !== "round.start") return has("round", op.entity) ? null : op.entity;
    const round = "round" in op.data ? op.data.round : null;
    return round !== null && !has("round", round) ? round : null;
  }

  /** Apply what waited for an entity, in the order of device and number. */
  #wake(entity: Uuid): void {
    const waiting = [...this.state.ledger.values()].filter(
      (entry) => entry.st === "held" && entry.waits_for === entity,
    );
    for (const entry of waiting.sort((a, b) => a.n - b.n)) {
      // One that was woken by another of them has been applied by now.
      if (!isHeld(entry)) continue;
      this.#apply(entry);
      if (isHeld(entry)) continue;
      this.#note("op", entry.op.id, { op: entry.op.id, state: "released", why: null, reason: null }, ++this.state.seq);
      this.#wake(entry.op.entity);
    }
  }

  #applyRound(op: Operation, seq: number): void {
    const known = this.state.feed.get(`round:${op.entity}`) as Row<"round"> | undefined;
    const body = known?.body ?? {
      zone: null,
      state: "open" as const,
      party_size: op.type === "round.start" ? op.data.party_size : 1,
      started_at: op.at,
      ended_at: null,
      viewings: [],
    };
    const states: Partial<Record<Operation["type"], RoundState>> = {
      "round.end": "ended",
      "round.pause": "paused",
      "round.join": body.state,
    };
    const state = states[op.type] ?? "open";
    this.#note("round", op.entity, { ...body, state, ended_at: state === "ended" ? op.at : null }, seq);
  }

  #applyObservation(op: Operation, seq: number): number {
    const known = this.state.feed.get(`observation:${op.entity}`) as Row<"observation"> | undefined;
    const rev = (known?.body.rev ?? 0) + 1;
    const before: ObservationBody = known?.body ?? blankBody(op);
    const fields = fieldsOf(op, before);
    const photos = fields.photos.map((photo) => ({ ...photo, state: this.#photoState(photo.sha256) }));
    const state = op.type === "observation.withdraw" ? "withdrawn" : before.state;
    const { note_confirmed: _said, ...shown } = fields;
    this.#note("observation", op.entity, { ...before, ...shown, photos, rev, state }, seq);
    for (const photo of fields.photos) this.#notePhoto(op.entity, photo);
    return rev;
  }

  #photoState(sha256: Sha256): "named" | "received" {
    return this.state.photos.get(sha256)?.isDone ? "received" : "named";
  }

  #notePhoto(observation: Uuid, { id, slot, sha256 }: PhotoRef): void {
    this.#note("photo", id, { observation, slot, sha256, state: this.#photoState(sha256) }, ++this.state.seq);
  }

  #note(kind: RowKind, id: Uuid, body: object, seq: number): void {
    // Newest change last: the feed keeps one row an entity, in the order of seq.
    this.state.feed.delete(`${kind}:${id}`);
    this.state.feed.set(`${kind}:${id}`, { seq, kind, id, body } as PulledRow);
  }

  #have(question: Question): FullAnswer {
    const { sha256 } = question.json as { sha256: Sha256[] };
    const known = sha256.flatMap((hash): [string, object][] => {
      const photo = this.state.photos.get(hash);
      return photo === undefined
        ? []
        : [[hash, { off: photo.isDone ? photo.size : photo.bytes.length, done: photo.isDone }]];
    });
    return ok({ blobs: Object.fromEntries(known) });
  }

  #part(question: Question, sha256: Sha256): FullAnswer {
    const photo = this.state.photos.get(sha256);
    if (photo === undefined) return problem(404, "not_found");
    if (photo.isDone) return ok({ off: photo.size, done: true });
    const bytes = new Uint8Array(question.bytes ?? new ArrayBuffer(0));
    const digest = `sha-256=:${Buffer.from(sha256Hex(bytes), "hex").toString("base64")}:`;
    if (question.headers?.["Content-Digest"] !== digest) return problem(400, "digest_mismatch");
    const off = Number(question.headers?.["Upload-Offset"]);
    if (off !== photo.bytes.length) return problem(409, "wrong_offset", { off: photo.bytes.length });
    photo.bytes = Uint8Array.from([...photo.bytes, ...bytes]);
    if (photo.bytes.length < photo.size) return ok({ off: photo.bytes.length, done: false });
    return this.#finish(sha256, photo);
  }

  #finish(sha256: Sha256, photo: Photo): FullAnswer {
    if (sha256Hex(photo.bytes) !== sha256) {
      photo.bytes = new Uint8Array(0);
      return ok({ off: 0, done: false });
    }
    photo.isDone = true;
    for (const row of [...this.state.feed.values()]) {
      if ("gone" in row || row.kind !== "photo" || row.body.sha256 !== sha256) continue;
      this.#notePhoto(row.body.observation, { id: row.id, ...row.body });
    }
    return ok({ off: photo.size, done: true });
  }

  #pull(question: Question): FullAnswer {
    const query = new URLSearchParams(question.path.split("?")[1] ?? "");
    const [epoch, scope, seq] = (query.get("cursor") ?? `${this.epoch}.${this.scope}.0`).split(".");
    if (epoch !== this.epoch) return problem(409, "epoch_changed", { epoch: this.epoch });
    if (scope !== this.scope) return problem(409, "scope_changed");
    const later = [...this.state.feed.values()].filter((row) => row.seq > Number(seq)).sort((a, b) => a.seq - b.seq);
    const limit = Math.min(7, Number(query.get("limit") ?? 500));
    const rows = later.slice(0, limit);
    const more = later.length > rows.length;
    const last = more ? (rows.at(-1)?.seq ?? 0) : Math.max(this.state.seq, Number(seq));
    return ok({ ...this.#head(), rows, cursor: `${this.epoch}.${this.scope}.${last}`, more });
  }

  #audit(question: Question): FullAnswer {
    const numbers = new Set(
      [...this.state.ledger.values()].filter((e) => e.device === question.device).map((e) => e.n),
    );
    const max_n = Math.max(0, ...numbers);
    const missing = Array.from({ length: max_n }, (_, i) => i + 1).filter((n) => !numbers.has(n));
    const photos_missing = [...this.state.photos].filter(([, photo]) => !photo.isDone).map(([sha256]) => sha256);
    return ok({ max_n, missing, photos_missing });
  }
}

export function ok(body: object): FullAnswer {
  return { kind: "http", status: 200, body: structuredClone(body), retry_after_s: null, etag: null };
}

export function problem(status: number, code: string, extra: object = {}): FullAnswer {
  return { kind: "http", status, body: { code, status, title: code, ...extra }, retry_after_s: null, etag: null };
}

function isHeld(entry: Entry): boolean {
  return entry.st === "held";
}

function ackOf(id: Uuid, entry: Entry, isRepeat: boolean): Ack {
  const { seq, rev, st, why, waits_for } = entry;
  if (st === "held") return { id, st, seq, why: why ?? "invalid", ...(waits_for === undefined ? {} : { waits_for }) };
  return { id, st: isRepeat ? "dup" : "ok", seq, ...(rev === null ? {} : { rev }) };
}

function opsOf(question: Question): readonly Operation[] {
  return (question.json as { ops?: Operation[] } | undefined)?.ops ?? [];
}

function blankBody(op: Operation): ObservationBody {
  return {
    round: null,
    category: "PO06",
    kind: "O",
    place: null,
    place_source: "none",
    floor: null,
    position: null,
    severity: 1,
    note: null,
    occurred_at: op.at,
    rev: 0,
    state: "recorded",
    conflict: false,
    category_corrected: false,
    comments: [],
    case: null,
    photos: [],
  };
}

function fieldsOf(op: Operation, before: ObservationBody): ObservationRecord {
  const { round, category, place, place_source, floor, position, severity, note, photos } = before;
  const refs = photos.map(({ id, slot, sha256 }) => ({ id, slot, sha256 }));
  const fields = {
    round,
    category,
    place,
    place_source,
    floor,
    position,
    severity,
    note,
    note_confirmed: true,
    photos: refs,
  };
  if (op.type === "observation.record") return mergeSet({ ...op.data, photos: refs }, op.data);
  if (op.type === "observation.correct") return mergeSet(fields, op.data.set);
  if (op.type === "visit.check") return { ...fields, round: op.data.round, place: op.data.place };
  return fields;
}
