/** A round's commands and what may follow what. Pure. */

import type { Command, RoundEndReason, RoundState, Uuid } from "./types";

export const PARTY_SIZE_MAX = 20;

/** Start a round of `partySize` hosts (1…20). Raises RangeError outside that. */
export function startRound(round: Uuid, zone: Uuid | null, partySize: number): Command<"round.start"> {
  if (!Number.isInteger(partySize) || partySize < 1 || partySize > PARTY_SIZE_MAX) {
    throw new RangeError(`a round has 1–${PARTY_SIZE_MAX} hosts`);
  }
  return { type: "round.start", entity: round, base: null, data: { zone, party_size: partySize } };
}

export function pauseRound(round: Uuid): Command<"round.pause"> {
  return { type: "round.pause", entity: round, base: null, data: {} };
}

export function resumeRound(round: Uuid): Command<"round.resume"> {
  return { type: "round.resume", entity: round, base: null, data: {} };
}

export function endRound(round: Uuid, reason: RoundEndReason): Command<"round.end"> {
  return { type: "round.end", entity: round, base: null, data: { reason } };
}

/** Walk together with another phone's round: by its id, or by the code it shows. */
export function joinRound(round: Uuid, other: { with: Uuid } | { code: string }): Command<"round.join"> {
  return { type: "round.join", entity: round, base: null, data: { with: null, code: null, ...other } };
}

/** Walk alone again: to join the own round says so. */
export function leaveWalk(round: Uuid): Command<"round.join"> {
  return joinRound(round, { with: round });
}

export type RoundStep = "pause" | "resume" | "end";

const AFTER: Record<RoundStep, RoundState> = { pause: "paused", resume: "open", end: "ended" };

/** Whether a step makes sense from a state. */
export function mayStep(state: RoundState, step: RoundStep): boolean {
  return state !== "ended" && state !== AFTER[step];
}

/** The state after a step; an impossible one changes nothing. */
export function stateAfter(state: RoundState, step: RoundStep): RoundState {
  return mayStep(state, step) ? AFTER[step] : state;
}

/** The round a command or an operation belongs to, or null. */
export function roundOf(command: Pick<Command, "type" | "entity" | "data">): Uuid | null {
  if (command.type.startsWith("round.")) return command.entity;
  return "round" in command.data ? command.data.round : null;
}
