/** What a host sees, and what it is made from. */

import type {
  CategoryKind,
  HeldWhy,
  ObservationBody,
  PhotoState,
  RoundState,
  Row,
  RowKind,
  Viewing,
} from "./answer_types";
import type { Operation, OperationType, PayloadByType, PhotoRef, PlaceSource, Severity } from "./operation_types";
import type { StoredOp, StoredPhoto } from "./phone_types";
import type { Ms, Position, Sha256, Uuid } from "./values";

/**
 * - `on_phone` saved here, not sent
 * - `sending` in a request now
 * - `photos_partial` the record is there, photos are missing
 * - `received` all of it is there
 * - `held` with the supervisor
 * - `returned` the supervisor sent it back, with a reason
 */
export type RecordState = "on_phone" | "sending" | "photos_partial" | "received" | "held" | "returned";

export interface RecordPhoto extends PhotoRef {
  readonly state: "on_phone" | PhotoState;
}

/** One record of the host: the server's copy with everything unsent laid over it. */
export interface RecordView {
  readonly id: Uuid;
  readonly round: Uuid | null;
  readonly category: string;
  readonly kind: CategoryKind;
  readonly place: Uuid | null;
  readonly place_source: PlaceSource;
  readonly floor: string | null;
  readonly position: Position | null;
  readonly severity: Severity;
  readonly note: string | null;
  readonly note_confirmed: boolean;
  readonly occurred_at: Ms;
  /** The revision to correct from; null before the server has given one. */
  readonly rev: number | null;
  readonly is_withdrawn: boolean;
  readonly has_conflict: boolean;
  readonly is_category_corrected: boolean;
  readonly comments: ObservationBody["comments"];
  readonly case: ObservationBody["case"];
  readonly photos: readonly RecordPhoto[];
  readonly photos_received: number;
  readonly state: RecordState;
  /** Its editor may still replace it: nothing has been sent. */
  readonly is_open: boolean;
  readonly held_why: HeldWhy | null;
  readonly returned_reason: string | null;
  /** The code of the server's refusal while the record stays on the phone. */
  readonly refused: string | null;
}

export interface RoundView {
  readonly id: Uuid;
  readonly zone: Uuid | null;
  readonly state: RoundState;
  readonly party_size: number;
  readonly started_at: Ms;
  readonly ended_at: Ms | null;
  readonly viewings: readonly Viewing[];
  /** How many phones walk together, as far as the server knows. */
  readonly phones: number;
  /** The host said they walk with another phone, and the server does not know yet whose. */
  readonly is_joining: boolean;
  readonly record_count: number;
  /** Operations of this round that the server does not have yet. */
  readonly unsent: number;
  readonly held_why: HeldWhy | null;
}

/** All a host sees of own work, newest first. */
export interface HostPicture {
  readonly records: readonly RecordView[];
  readonly rounds: readonly RoundView[];
  /** The round that is open or paused, if any. */
  readonly current_round: RoundView | null;
  readonly unsent: number;
}

/** What the picture is made from. A new object whenever something in it changed. */
export interface PictureSource {
  readonly rows: { readonly [K in RowKind]: ReadonlyMap<Uuid, Row<K>> };
  /** Every operation on the phone, in the order of `n`, without the bodies of track segments. */
  readonly ops: readonly OpSummary[];
  readonly photos: ReadonlyMap<Sha256, StoredPhoto>;
}

/** A stored operation in memory; a track segment's columns are left on disk (`data` is null). */
export type OpSummary = Omit<StoredOp, "op"> & {
  readonly op: { readonly [K in OperationType]: SummaryOf<K> }[OperationType];
};
type SummaryOf<K extends OperationType> = Omit<Operation<K>, "data"> & {
  readonly data: K extends "track.segment" ? null : PayloadByType[K];
};
