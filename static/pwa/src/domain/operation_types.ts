/** What a host can do, as it travels (docs/sync-protocol.md, 2.1). */

import type { Gap, Ms, Position, Sha256, Uuid } from "./values";

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
/** One of the two: the other round by its id (scanned), or by the code its phone shows (typed). */
export interface RoundJoin {
  readonly with: Uuid | null;
  readonly code: string | null;
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

/** What the hosts say they passed in a gap: at most 200 pieces of the path network and 50 places. */
export interface WalkTell {
  readonly round: Uuid;
  /** Null while the gap is open. */
  readonly gap: Uuid | null;
  readonly from: Ms;
  readonly to: Ms;
  readonly paths: readonly Uuid[];
  readonly places: readonly Uuid[];
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
  "round.join": RoundJoin;
  "track.segment": TrackSegment;
  "gap.record": Gap;
  "walk.tell": WalkTell;
  "walk.untell": Nothing;
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
