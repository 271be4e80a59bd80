/** A round's commands and what may follow what. Pure. */

import type { Command, RoundEndReason, RoundState, Uuid } from "./types";

export const PARTY_SIZE_MAX = 20;

export function startRound(_round: Uuid, _zone: Uuid | null, _partySize: number): Command<"round.start"> {
  throw new Error("being written");
}
export function pauseRound(_round: Uuid): Command<"round.pause"> {
  throw new Error("being written");
}
export function resumeRound(_round: Uuid): Command<"round.resume"> {
  throw new Error("being written");
}
export function endRound(_round: Uuid, _reason: RoundEndReason): Command<"round.end"> {
  throw new Error("being written");
}

export type RoundStep = "pause" | "resume" | "end";

/** Whether a step makes sense from a state. */
export function mayStep(_state: RoundState, _step: RoundStep): boolean {
  throw new Error("being written");
}
