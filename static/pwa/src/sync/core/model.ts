/**
 * The values of the sync core: what it knows, what may happen to it, what it wants done.
 *
 * The core decides and the driver does. Nothing here reads a clock, draws a number, talks to a server or opens a database, so every
 * schedule of losses and crashes can be played through it.
 */

import type { Audit, Ms, PullAnswer, PushAnswer, Sha256, Uuid } from "../../domain/types";
import type { KickReason } from "../status";

/** Time and chance of one event. `random` is in [0, 1). */
export interface Now {
  readonly wall: Ms;
  readonly mono: Ms;
  readonly random: number;
}

/** What came back from the server, or did not. `body` is the parsed JSON, undefined when it was none. */
export type Answer =
  | { readonly kind: "none"; readonly why: "network" | "timeout" }
  | {
      readonly kind: "http";
      readonly status: number;
      readonly body: unknown;
      readonly retry_after_s: number | null;
    };

/** An operation that waits to be sent, as far as the core needs to know it. */
export interface QueuedOp {
  readonly id: Uuid;
  readonly size: number;
  /** Its effect is the same whichever of its kind comes before it: such operations may overtake each other. */
  readonly is_free: boolean;
}

/** A device's outbox as it was read from its store. */
export interface DeviceOutbox {
  readonly device: Uuid;
  /** The one whose user is signed in here: only it pulls. */
  readonly is_current: boolean;
  readonly epoch: string | null;
  readonly cursor: string | null;
  readonly ops: readonly QueuedOp[];
  readonly unsent: number;
  readonly oldest: Ms | null;
  readonly next_release_at: Ms | null;
  readonly photos: readonly { readonly sha256: Sha256; readonly size: number }[];
  readonly photos_kept: number;
  readonly synced_at: Ms | null;
}

/* ---------------------------------------------------------------- what the core wants done */

interface Request {
  readonly device: Uuid;
  readonly timeout_ms: number;
}
export interface Push extends Request {
  readonly do: "push";
  /** Two may be on their way. */
  readonly slot: 0 | 1;
  readonly ids: readonly Uuid[];
  /** All of its operations are: another such batch may go beside it. */
  readonly is_free: boolean;
  readonly epoch: string | null;
  readonly unsent: { readonly count: number; readonly oldest: Ms | null };
}
export interface Pull extends Request {
  readonly do: "pull";
  readonly cursor: string | null;
}
export interface Have extends Request {
  readonly do: "have";
  readonly sha256: readonly Sha256[];
}
export interface Part extends Request {
  readonly do: "part";
  readonly sha256: Sha256;
  readonly off: number;
  readonly size: number;
  readonly total: number;
}
/** Photos whole, one behind the other: over a link where each alone would be more asking than sending. */
export interface Wholes extends Request {
  readonly do: "wholes";
  readonly photos: readonly { readonly sha256: Sha256; readonly size: number }[];
}
export interface AskAudit extends Request {
  readonly do: "audit";
}
/** Effects that go over the network; each is answered by `answered`. */
export type RequestEffect = Push | Pull | Have | Part | Wholes | AskAudit;

/** Effects on the store; each is answered by `stored` (or `storage_failed`). */
export type StoreEffect =
  | { readonly do: "store_acks"; readonly device: Uuid; readonly ids: readonly Uuid[]; readonly answer: PushAnswer }
  | {
      readonly do: "store_rows";
      readonly device: Uuid;
      readonly asked_with: string | null;
      readonly answer: PullAnswer;
    }
  | { readonly do: "store_photo"; readonly device: Uuid; readonly sha256: Sha256 }
  | { readonly do: "store_audit"; readonly device: Uuid; readonly audit: Audit }
  | { readonly do: "restart"; readonly device: Uuid; readonly epoch: string }
  | { readonly do: "drop_cursor"; readonly device: Uuid }
  | { readonly do: "refuse"; readonly device: Uuid; readonly id: Uuid; readonly code: string }
  | { readonly do: "clean"; readonly device: Uuid }
  | { readonly do: "wipe"; readonly device: Uuid };

export type Effect =
  | RequestEffect
  | StoreEffect
  /** Read every device's outbox, after letting go what is due; answered by `loaded`. */
  | { readonly do: "load" }
  /** Ask for the lock without waiting; answered by `locked`. */
  | { readonly do: "lock" }
  | { readonly do: "unlock" }
  /** Raise `timer` after so long (null: never). There is one timer. */
  | { readonly do: "timer"; readonly delay_ms: Ms | null };

/* ---------------------------------------------------------------- what may happen */

export type Event =
  | { readonly type: "kick"; readonly reason: KickReason }
  | { readonly type: "timer" }
  | { readonly type: "visibility"; readonly is_visible: boolean }
  | { readonly type: "connection"; readonly is_online: boolean }
  | { readonly type: "locked"; readonly got: boolean }
  | { readonly type: "loaded"; readonly devices: readonly DeviceOutbox[] }
  | { readonly type: "answered"; readonly to: RequestEffect; readonly answer: Answer }
  /** There was nothing left to carry: it has been done elsewhere, or its bytes are gone. */
  | { readonly type: "moot"; readonly what: RequestEffect }
  /** `result`: of `store_rows` whether the cursor led on; of `store_audit` how much was put back. */
  | { readonly type: "stored"; readonly what: StoreEffect; readonly result?: boolean | number }
  | { readonly type: "storage_failed"; readonly what: RequestEffect | StoreEffect | { readonly do: "load" } };

/* ---------------------------------------------------------------- what the core knows */

/** Failures in a row, and when to try again. */
export interface Trouble {
  readonly failures: number;
  readonly failed_at: Ms | null;
  readonly retry_at: Ms | null;
  readonly code: string | null;
}
export const NO_TROUBLE: Trouble = { failures: 0, failed_at: null, retry_at: null, code: null };

/** `link`: nothing gets through; the others: the server would not, for one kind of request. */
export type Lane = "push" | "photo" | "pull";

/** `off` is null until the server has said how much it has. */
export interface PhotoProgress {
  readonly size: number;
  readonly off: number | null;
  readonly is_busy: boolean;
  /** How often all of it was sent and the server's hash was another. */
  readonly spoiled: number;
  /** Left alone until somebody asks for a try. */
  readonly is_skipped: boolean;
  /** How often the server failed over it: others go first. */
  readonly failures: number;
}

export interface DeviceState extends Omit<DeviceOutbox, "ops" | "photos"> {
  readonly queue: readonly QueuedOp[];
  /** Groups that are sent as they are, before the queue: the halves of a batch that was refused. */
  readonly groups: readonly (readonly Uuid[])[];
  /** Left alone until somebody asks for a try: refused even alone, or not answered. */
  readonly skipped: ReadonlySet<Uuid>;
  /** Refused one after the other without one accepted in between. */
  readonly refusals: number;
  readonly photos: ReadonlyMap<Sha256, PhotoProgress>;
  /** Offsets the server named before the photo was known here. */
  readonly wanted: ReadonlyMap<Sha256, number>;
  /** The server does not know this device on this phone: its user must sign in here again. Others go on. */
  readonly is_shut: boolean;
  /** `reads`: only what is unsent is still taken; `all`: nothing is. */
  readonly revoked: null | "reads" | "all";
}

export interface SyncState {
  readonly stopped: null | "signed_out" | "needs_update";
  /** The user is signed out here, but the phone may still send. */
  readonly is_signed_out: boolean;
  readonly is_visible: boolean;
  readonly is_online: boolean;
  readonly run: { readonly began: Ms; readonly lock: "asked" | "held" | "none" } | null;
  /** When to ask again for a lock that another page holds. */
  readonly lock_retry_at: Ms | null;
  readonly wants_load: boolean;
  readonly wants_pull: boolean;
  /** From when on what is wanted is asked for beside photos. */
  readonly news_from: Ms;
  /** What was sent may be fetched as the server has it, once the photos have gone. */
  readonly wants_echo: boolean;
  /** From when on it has been calm: nothing was acknowledged for a while. */
  readonly calm_from: Ms;
  readonly is_loading: boolean;
  readonly loaded_at: Ms | null;
  readonly devices: readonly DeviceState[];
  /** Requests on their way, by a key that allows one of each. */
  readonly in_flight: ReadonlyMap<string, { readonly effect: RequestEffect; readonly began: Ms }>;
  /** Answers being made durable. */
  readonly storing: number;
  readonly link: Trouble;
  readonly lanes: { readonly [L in Lane]: Trouble };
  readonly storage: Trouble;
  readonly batch: { readonly ops: number; readonly bytes: number };
  readonly part_bytes: number;
  /** Whether a part has told how fast the link is: until then one is on its way at a time. */
  readonly is_measured: boolean;
  readonly patience_ms: number;
  /** Monotonic times. */
  readonly tried_at: Ms | null;
  readonly pulled_at: Ms | null;
  readonly audited_at: Ms | null;
  readonly cleaned_at: Ms | null;
  readonly restarts: number;
  readonly clock_offset_ms: number | null;
  readonly last_error: string | null;
}

export const BATCH_START = { ops: 64, bytes: 49_152 };
export const BATCH_MAX = { ops: 200, bytes: 250_000 };
export const PART_START = 65_536;
export const PART_MIN = 32_768;
export const PART_MAX = 1_048_576;
/** From this size of parts on, photos that fit travel whole and together, so much of them at once. */
export const TOGETHER_FROM = 262_144;
export const TOGETHER_BYTES = 1_048_576;
export const PATIENCE_MS = 20_000;
export const PATIENCE_MS_MAX = 300_000;

export const START: SyncState = {
  stopped: null,
  is_signed_out: false,
  is_visible: true,
  is_online: true,
  run: null,
  lock_retry_at: null,
  wants_load: false,
  wants_pull: false,
  news_from: 0,
  wants_echo: false,
  calm_from: 0,
  is_loading: false,
  loaded_at: null,
  devices: [],
  in_flight: new Map(),
  storing: 0,
  link: NO_TROUBLE,
  lanes: { push: NO_TROUBLE, photo: NO_TROUBLE, pull: NO_TROUBLE },
  storage: NO_TROUBLE,
  batch: BATCH_START,
  part_bytes: PART_START,
  is_measured: false,
  patience_ms: PATIENCE_MS,
  tried_at: null,
  pulled_at: null,
  audited_at: null,
  cleaned_at: null,
  restarts: 0,
  clock_offset_ms: null,
  last_error: null,
};

/** A step in the making: the state is replaced piece by piece, never changed in place. */
export interface Work {
  state: SyncState;
  readonly effects: Effect[];
  readonly now: Now;
}
