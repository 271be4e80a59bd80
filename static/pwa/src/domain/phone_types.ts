/** What lies on the phone. */

import type { Ack, HeldWhy } from "./answer_types";
import type { BlobRef, ObservationSet, Operation, OperationType, PhotoRef } from "./operation_types";
import type { Fix, Ms, Position, Sha256, Uuid } from "./values";

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
   * `kept`: a draft's. `waiting`: an unsent record's. `named`: the server has an operation that names it and wants the bytes.
   * `done`: the server has all of it and its hash is right.
   */
  readonly state: "kept" | "waiting" | "named" | "done";
  /** The server's time when it was done. */
  readonly done_at: Ms | null;
}

/** The recording of a round's track on this phone: kept so that a killed page is noticed. */
export interface Recording {
  readonly round: Uuid;
  readonly part: number;
  readonly next_fix: number;
  /** The last half minute of the segment before, repeated at the start of the next; none after a gap. */
  readonly carried: readonly Fix[];
  readonly is_paused: boolean;
  readonly started_at: Ms;
  readonly alive_at: Ms;
}
