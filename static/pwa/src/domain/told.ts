/** Gaps of a round, and what the hosts say they passed in them all the same: their own word, and labelled as that. Pure. */

import type { Command, GapReason, Ms, PictureSource, Uuid } from "./types";

export const TOLD_PATHS_MAX = 200;
export const TOLD_PLACES_MAX = 50;
const TOLD_MS_MAX = 24 * 3_600_000;

/** A gap that is over. */
export interface ClosedGap {
  readonly id: Uuid;
  readonly from: Ms;
  readonly to: Ms;
  readonly reason: GapReason;
  readonly told: ToldWalk | null;
}

/** What was told of a gap last, and not taken back. */
export interface ToldWalk {
  readonly id: Uuid;
  readonly paths: readonly Uuid[];
  readonly places: readonly Uuid[];
}

/**
 * Say what was passed in a gap. `id`: a new one, or that of what was told before, which this replaces.
 *
 * Raises RangeError when nothing or too much is told, or the gap is no gap of one evening.
 */
export function tellWalk(
  id: Uuid,
  round: Uuid,
  { id: gap, from, to }: Pick<ClosedGap, "id" | "from" | "to">,
  { paths, places }: Pick<ToldWalk, "paths" | "places">,
): Command<"walk.tell"> {
  if (paths.length > TOLD_PATHS_MAX || places.length > TOLD_PLACES_MAX) throw new RangeError("too much is told");
  if (paths.length + places.length === 0) throw new RangeError("nothing is told");
  if (to < from || to - from > TOLD_MS_MAX) throw new RangeError("no gap of one evening");
  return { type: "walk.tell", entity: id, base: null, data: { round, gap, from, to, paths, places } };
}

export function untellWalk(id: Uuid): Command<"walk.untell"> {
  return { type: "walk.untell", entity: id, base: null, data: {} };
}

/** The round's gaps that are known on this phone, oldest first, each with what was told of it. */
export function gapsOf({ ops }: Pick<PictureSource, "ops">, round: Uuid): ClosedGap[] {
  const told = new Map<Uuid, ToldWalk>();
  const gapOf = new Map<Uuid, Uuid>();
  const gaps: Omit<ClosedGap, "told">[] = [];
  for (const { op, is_gone } of ops) {
    if (is_gone) continue;
    if (op.type === "gap.record" && op.data.round === round) {
      const { from, to, reason } = op.data;
      gaps.push({ id: op.entity, from, to, reason });
    } else if (op.type === "walk.tell" && op.data.round === round && op.data.gap !== null) {
      const { gap, paths, places } = op.data;
      gapOf.set(op.entity, gap);
      told.set(gap, { id: op.entity, paths, places });
    } else if (op.type === "walk.untell") {
      told.delete(gapOf.get(op.entity) ?? "");
    }
  }
  return gaps.sort((a, b) => a.from - b.from).map((gap) => ({ ...gap, told: told.get(gap.id) ?? null }));
}

/** Every piece and place of a round that the hosts tell of. */
export function toldOf(gaps: readonly ClosedGap[]): { paths: ReadonlySet<Uuid>; places: ReadonlySet<Uuid> } {
  return {
    paths: new Set(gaps.flatMap(({ told }) => told?.paths ?? [])),
    places: new Set(gaps.flatMap(({ told }) => told?.places ?? [])),
  };
}
