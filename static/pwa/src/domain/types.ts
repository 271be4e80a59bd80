/**
 * The values that phone and server exchange, and the values the screens are made from.
 *
 * Names and shapes on the wire are those of docs/sync-protocol.md; nothing here does anything.
 * Times are milliseconds since 1970 UTC. Identifiers are lower-case hyphenated UUIDs, version 7 when the phone made them.
 */

export type Uuid = string;
export type Ms = number;
/** Lower-case hexadecimal, 64 characters. */
export type Sha256 = string;
export type Language = "sv" | "en";
export type Role = "host" | "supervisor" | "maintenance" | "coordinator" | "partner" | "administrator" | "dpo";

/* ---------------------------------------------------------------- places in the world */

/** A measured position. Degrees WGS84; `accuracy_m` is null when unknown. */
export interface Position {
  readonly lat: number;
  readonly lon: number;
  readonly accuracy_m: number | null;
  readonly at: Ms;
}

/** One position of a round's track. */
export type Fix = Position;

export type GapReason = "hidden" | "locked_or_killed" | "no_fix" | "permission" | "user_pause" | "low_accuracy";

/** A time in a round when nothing was recorded. */
export interface Gap {
  readonly round: Uuid;
  readonly from: Ms;
  readonly to: Ms;
  readonly reason: GapReason;
}

/* ---------------------------------------------------------------- operations (protocol 2.1) */

export type Severity = 1 | 2 | 3 | 4;
export type PhotoSlot = 1 | 2 | 3;
export type PlaceSource = "suggested" | "chosen" | "none";
export type CheckHow = "tap" | "qr" | "nfc";
export type RoundEndReason = "done" | "weather" | "called_away" | "unsafe" | "equipment" | "forgotten" | "other";
export type WithdrawReason = "mistake" | "duplicate" | "other";

export interface PhotoRef {
  readonly id: Uuid;
  readonly slot: PhotoSlot;
  readonly sha256: Sha256;
}

/** What an operation says about the bytes that follow it. */
export interface BlobRef {
  readonly sha256: Sha256;
  readonly size: number;
  readonly mime: string;
}

export interface RoundStart {
  readonly zone: Uuid | null;
  /** 1…20 */
  readonly party_size: number;
}
export interface RoundEnd {
  readonly reason: RoundEndReason;
}
export type Nothing = Readonly<Record<string, never>>;

/** Columns of equal length; each value is the difference to the fix before, the first to t0, lat0, lon0. */
export interface TrackSegment {
  readonly round: Uuid;
  readonly part: number;
  readonly carried: number;
  readonly t0: Ms;
  readonly lat0: number;
  readonly lon0: number;
  readonly dt: readonly number[];
  readonly dlat: readonly number[];
  readonly dlon: readonly number[];
  /** Decimetres, null when unknown; not a difference. */
  readonly acc: readonly (number | null)[];
}

export interface VisitCheck {
  readonly round: Uuid | null;
  readonly place: Uuid;
  readonly position: Position | null;
  readonly how: CheckHow;
}

export interface ObservationRecord {
  readonly round: Uuid | null;
  readonly category: string;
  readonly place: Uuid | null;
  readonly place_source: PlaceSource;
  readonly floor: string | null;
  readonly position: Position | null;
  readonly severity: Severity;
  readonly note: string | null;
  readonly note_confirmed: boolean;
  readonly photos: readonly PhotoRef[];
}

/** What a correction may set. `photos` adds, it never removes. */
export type ObservationSet = Partial<
  Pick<
    ObservationRecord,
    "category" | "place" | "place_source" | "floor" | "severity" | "note" | "note_confirmed" | "photos"
  >
>;
export interface ObservationCorrect {
  readonly set: ObservationSet;
}
export interface ObservationWithdraw {
  readonly reason: WithdrawReason;
}

/** The payload of every operation type. */
export interface PayloadByType {
  "round.start": RoundStart;
  "round.pause": Nothing;
  "round.resume": Nothing;
  "round.end": RoundEnd;
  "track.segment": TrackSegment;
  "gap.record": Gap;
  "visit.check": VisitCheck;
  "observation.record": ObservationRecord;
  "observation.correct": ObservationCorrect;
  "observation.withdraw": ObservationWithdraw;
}
export type OperationType = keyof PayloadByType;

/** What a host asks for, before it has a number and a time. `base` is the revision an edit was made from. */
export type Command<T extends OperationType = OperationType> = {
  [K in T]: {
    readonly type: K;
    readonly entity: Uuid;
    readonly data: PayloadByType[K];
    readonly base: number | null;
  };
}[T];

/** One immutable thing a host did, exactly as it travels. */
export type Operation<T extends OperationType = OperationType> = {
  [K in T]: {
    readonly id: Uuid;
    readonly n: number;
    readonly by: Uuid;
    readonly type: K;
    readonly entity: Uuid;
    readonly base: number | null;
    readonly at: Ms;
    readonly mono: number;
    /** Minutes east of UTC. */
    readonly tz: number;
    readonly v: 1;
    readonly data: PayloadByType[K];
    readonly blobs: readonly BlobRef[];
  };
}[T];

/* ---------------------------------------------------------------- what the server answers */

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

/* ---------------------------------------------------------------- who is here */

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
}

/* ---------------------------------------------------------------- what lies on the phone */

/** A photo made ready to be kept: upright, small, without metadata (or as it came, when it could not be decoded). */
export interface NewPhoto {
  readonly sha256: Sha256;
  readonly size: number;
  readonly mime: string;
  readonly bytes: ArrayBuffer;
}

/** An editor's unfinished work. Saved before the camera opens, because the page may be killed while it is open. */
export interface Draft {
  readonly id: Uuid;
  /** The observation the draft becomes or corrects. */
  readonly entity: Uuid;
  readonly kind: "observation" | "damage" | "correction";
  readonly round: Uuid | null;
  /** The screen to come back to, a word of the editor's own. */
  readonly step: string;
  readonly set: ObservationSet & { readonly position?: Position | null };
  readonly photos: readonly (PhotoRef & BlobRef)[];
  readonly saved_at: Ms;
}

/**
 * `open`: its editor is open, it waits for that or for `hold_until`. `ready`: to be sent. `acked`: the server has it durably.
 */
export type OpState = "open" | "ready" | "acked";

/** An operation on the phone with what is known of its journey. */
export interface StoredOp<T extends OperationType = OperationType> {
  readonly id: Uuid;
  readonly n: number;
  readonly entity: Uuid;
  /** The round it belongs to, if any. */
  readonly round: Uuid | null;
  readonly state: OpState;
  readonly op: Operation<T>;
  /** Bytes of its JSON. */
  readonly size: number;
  readonly saved_at: Ms;
  readonly hold_until: Ms | null;
  /** Set once acknowledged; `acked_at` is the server's time. */
  readonly acked_at: Ms | null;
  readonly seq: number | null;
  /** The revision of the entity it made. */
  readonly rev: number | null;
  readonly st: Ack["st"] | null;
  readonly why: HeldWhy | null;
  /** The entity has left this user's scope: the operation shows no more. */
  readonly is_gone: boolean;
  /** The server would not take it, even alone: it stays and is tried again after a restart. */
  readonly refused: string | null;
}

/** What is known of a photo's bytes on the phone. */
export interface StoredPhoto {
  readonly sha256: Sha256;
  readonly size: number;
  readonly mime: string;
  readonly saved_at: Ms;
  /**
   * `kept`: only the phone knows it. `named`: the server has an operation that names it and wants the bytes.
   * `done`: the server has all of it and its hash is right.
   */
  readonly state: "kept" | "named" | "done";
  /** The server's time when it was done. */
  readonly done_at: Ms | null;
}

/** The recording of a round's track on this phone: kept so that a killed page is noticed. */
export interface Recording {
  readonly round: Uuid;
  readonly part: number;
  readonly next_fix: number;
  /** The last fix of the segment before, repeated at the start of the next; none after a gap. */
  readonly carried: readonly Fix[];
  readonly is_paused: boolean;
  readonly started_at: Ms;
  readonly alive_at: Ms;
}

/* ---------------------------------------------------------------- what a host sees */

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
