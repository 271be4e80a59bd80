/** Which pieces the hosts tell of and which a gap may have covered, of the round that is going on. */

import { endsOf, piecesBetween } from "../../domain/gap_reach";
import type { PathPiece } from "../../domain/pack";
import { gapsOf, toldOf } from "../../domain/told";
import type { Fix, Ms, Uuid } from "../../domain/types";
import type { RecorderView } from "../../position/recorder_driver";
import type { Session } from "../context";

export interface GapMarks {
  readonly told: ReadonlySet<Uuid>;
  readonly unknown: ReadonlySet<Uuid>;
}

type OpenGap = NonNullable<RecorderView["gap"]>;

const NONE: GapMarks = { told: new Set(), unknown: new Set() };

/** Read the round's gaps, the `open` one too, against the way so far. Subscribes whoever calls it in an effect. */
export function gapMarks(
  session: Session,
  pieces: readonly PathPiece[],
  fixes: readonly Fix[],
  open: OpenGap | null,
  now: Ms,
): GapMarks {
  const round = session.picture.value.current_round;
  if (round === null) return NONE;
  const closed = gapsOf(session.source.value, round.id);
  const spans = open === null ? closed : [...closed, { from: open.from, to: Math.max(now, open.from) }];
  const covered = spans.flatMap((span) => piecesBetween(pieces, endsOf(fixes, span)).map(({ id }) => id));
  return { told: toldOf(closed).paths, unknown: new Set(covered) };
}
