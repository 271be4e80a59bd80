/** What tonight's document says of plans: what is due, and the rounds that are suggested. */

import type { Uuid } from "./values";

export interface DuePlan {
  readonly plan: Uuid;
  /** Null: on every one of the weekdays. */
  readonly times_a_week: number | null;
  /** 1 is Monday. */
  readonly weekdays: readonly number[];
  /** Minutes after six in the morning. */
  readonly from_min: number;
  readonly to_min: number;
  readonly pieces: { readonly waiting: number; readonly seen: number; readonly waiting_m: number };
}

export interface DuePlace {
  readonly place: Uuid;
  /** Which of the plans asks for it most. */
  readonly plan: number;
  /** How many of the plan's days it has waited, this one included. */
  readonly occasions: number;
  readonly is_seen: boolean;
}

/** What is due on a day, which begins at six in the morning (`2026-11-23`); the most overdue first. */
export interface DueDoc {
  readonly day: string;
  readonly plans: readonly DuePlan[];
  readonly places: readonly DuePlace[];
}

export type SuggestedStop = readonly [place: Uuid, seconds: number, value: number];

/** From and to are numbers of where legs meet; 0 is where the round begins and ends. */
export type SuggestedLeg = readonly [
  piece: Uuid,
  from: number,
  to: number,
  seconds: number,
  value: number,
  stops: readonly SuggestedStop[],
];

/** A round of so many minutes; pairs are what it takes, and all that waits. */
export interface SuggestedRound {
  readonly minutes: number;
  readonly seconds: number;
  readonly value: number;
  readonly places: readonly [number, number];
  readonly pieces: readonly [number, number];
  readonly pieces_m: readonly [number, number];
  readonly legs: readonly SuggestedLeg[];
}
