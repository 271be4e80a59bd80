/** What the server answers: acknowledgements, rows, and who is signed in (docs/sync-protocol.md, 1–5). */

import type { PhotoRef, PhotoSlot, PlaceSource, Severity } from "./operation_types";
import type { DueDoc, SuggestedRound } from "./plan_types";
import type { Language, Ms, Position, Role, Sha256, Uuid } from "./values";

export type HeldWhy =
  | "invalid"
  | "unknown_type"
  | "unknown_version"
  | "forbidden"
  | "not_signed_in_here"
  | "waits_for"
  | "illegal_transition"
  | "revoked";

export interface Ack {
  readonly id: Uuid;
  readonly st: "ok" | "dup" | "held" | "mismatch";
  readonly seq?: number;
  readonly rev?: number;
  readonly why?: HeldWhy;
  readonly waits_for?: Uuid;
}

export interface Want {
  readonly sha256: Sha256;
  readonly off: number;
}

export interface PushAnswer {
  readonly proto: 1;
  readonly epoch: string;
  readonly server_time: Ms;
  readonly safe_seq: number | null;
  readonly retain_days: number;
  readonly acks: readonly Ack[];
  readonly want: readonly Want[];
}

export interface PullAnswer {
  readonly proto: 1;
  readonly epoch: string;
  readonly server_time: Ms;
  readonly safe_seq: number | null;
  readonly retain_days: number;
  readonly rows: readonly PulledRow[];
  readonly cursor: string;
  readonly more: boolean;
}

export interface BlobProgress {
  readonly off: number;
  readonly done: boolean;
}

/** What the server knows of a device's operations (`GET /sync/audit`). */
export interface Audit {
  readonly max_n: number;
  readonly missing: readonly number[];
  readonly photos_missing: readonly Sha256[];
}

export interface OrganisationBody {
  readonly name: string;
  readonly on_call_name: string | null;
  readonly on_call_phone: string | null;
  readonly timezone: string;
}
export interface ZoneBody {
  readonly code: string;
  readonly name: string;
  /** GeoJSON order: [lon, lat]. */
  readonly outline: readonly (readonly [number, number])[] | null;
  readonly ended: boolean;
}
export interface PlaceBody {
  readonly zone: Uuid | null;
  readonly parent: Uuid | null;
  readonly kind: string;
  readonly name: string;
  readonly lat: number | null;
  readonly lon: number | null;
  readonly ended: boolean;
}
/** A label at a place. */
export interface AnchorBody {
  readonly place: Uuid;
  readonly token: string;
  readonly kind: "qr" | "nfc";
  readonly ended: boolean;
}
/** D damage, O observation, P presence. */
export type CategoryKind = "D" | "O" | "P";
export interface CategoryBody {
  readonly code: string;
  readonly group: string;
  readonly kind: CategoryKind;
  readonly name_sv: string;
  readonly name_en: string;
  readonly severity: Severity;
  readonly photos_allowed: boolean;
  readonly ended: boolean;
  readonly sort: number;
}
export interface Viewing {
  readonly at: Ms;
  readonly by_role: Role;
  readonly reason: string;
}
export type RoundState = "open" | "paused" | "ended";
export interface RoundBody {
  readonly zone: Uuid | null;
  readonly state: RoundState;
  readonly party_size: number;
  readonly started_at: Ms;
  readonly ended_at: Ms | null;
  readonly viewings: readonly Viewing[];
  /** How many phones walk together; rows of earlier servers do not say. */
  readonly phones?: number;
  /** A join that waits for the other phone's round. */
  readonly joining?: boolean;
}
export type PhotoState = "named" | "received" | "clean" | "refused";
export interface ObservationBody {
  readonly round: Uuid | null;
  readonly category: string;
  readonly kind: CategoryKind;
  readonly place: Uuid | null;
  readonly place_source: PlaceSource;
  readonly floor: string | null;
  readonly position: Position | null;
  readonly severity: Severity;
  readonly note: string | null;
  readonly occurred_at: Ms;
  readonly rev: number;
  readonly state: "recorded" | "withdrawn";
  readonly conflict: boolean;
  readonly category_corrected: boolean;
  readonly comments: readonly { readonly at: Ms; readonly text: string }[];
  readonly case: { readonly case_no: string; readonly status: string } | null;
  readonly photos: readonly (PhotoRef & { readonly state: PhotoState })[];
}
export interface PhotoBody {
  readonly observation: Uuid;
  readonly slot: PhotoSlot;
  readonly sha256: Sha256;
  readonly state: PhotoState;
}
export interface OpBody {
  readonly op: Uuid;
  readonly state: "held" | "released" | "returned";
  readonly why: HeldWhy | null;
  readonly reason: string | null;
}

/** The body of every kind of row that is pulled. */
export interface BodyByKind {
  organisation: OrganisationBody;
  zone: ZoneBody;
  place: PlaceBody;
  anchor: AnchorBody;
  category: CategoryBody;
  round: RoundBody;
  observation: ObservationBody;
  photo: PhotoBody;
  op: OpBody;
}
export type RowKind = keyof BodyByKind;

/** An entity as the server has it now. */
export type Row<K extends RowKind = RowKind> = {
  [J in K]: { readonly seq: number; readonly kind: J; readonly id: Uuid; readonly body: BodyByKind[J] };
}[K];
export interface GoneRow {
  readonly seq: number;
  readonly kind: RowKind;
  readonly id: Uuid;
  readonly gone: true;
}
export type PulledRow = Row | GoneRow;

export interface Profile {
  readonly user: {
    readonly id: Uuid;
    readonly login: string;
    readonly name: string;
    readonly language: Language;
    readonly roles: readonly Role[];
  };
  readonly organisation: {
    readonly id: Uuid;
    readonly name: string;
    readonly on_call_name: string | null;
    readonly on_call_phone: string | null;
  };
  readonly device: Uuid;
  readonly epoch: string;
  readonly server_time: Ms;
}

/** One user's store on this phone, as the phone lists them. */
export interface DeviceEntry {
  readonly device: Uuid;
  readonly db_id: Uuid;
  readonly user_id: Uuid | null;
  readonly login: string;
  readonly name: string;
  readonly is_signed_in: boolean;
  readonly used_at: Ms;
}

/** `GET /sync/docs/tonight/<zone>`. */
export interface TonightDoc {
  readonly zone: Uuid;
  /** Most overdue first. */
  readonly places: readonly { readonly place: Uuid; readonly last_seen_at: Ms | null }[];
  /** `on` is a local date, `2026-11-22`. */
  readonly handover: readonly {
    readonly category: string;
    readonly place: Uuid | null;
    readonly severity: Severity;
    readonly on: string;
  }[];
  /** Missing in a document that the phone has kept from before there were plans. */
  readonly due?: DueDoc;
  readonly suggested?: readonly SuggestedRound[];
}
