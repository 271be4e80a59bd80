/** Small values that everything else is made of. Times are milliseconds since 1970 UTC; identifiers are lower-case hyphenated UUIDs. */

export type Uuid = string;
export type Ms = number;
/** Lower-case hexadecimal, 64 characters. */
export type Sha256 = string;
export type Language = "sv" | "en";
export type Role = "host" | "supervisor" | "maintenance" | "coordinator" | "partner" | "administrator" | "dpo";

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
