/** Which pieces of the network this phone has walked on a round, and which of them last. */

import type { Ms, Uuid } from "../../domain/types";
import { startWalk } from "../../domain/walked";
import type { Session } from "../context";
import { readPack } from "../round/pack_reading";

export interface Walked {
  readonly pieces: ReadonlySet<Uuid>;
  readonly last_piece: Uuid | null;
}

export const NOTHING_WALKED: Walked = { pieces: new Set(), last_piece: null };
/** So many fixes are taken in at once: the last piece is known to about a minute. */
const AT_ONCE = 30;

/** Read it from the pack on the phone and the fixes up to a time. */
export async function walkedOf(session: Session, round: Uuid, zone: Uuid, until: Ms): Promise<Walked> {
  const pack = await readPack(session.store.device, zone, null);
  if (pack === null || pack === "same") return NOTHING_WALKED;
  const fixes = (await session.store.trackOf(round)).filter((fix) => fix.at < until);
  const walk = startWalk(pack.pieces);
  const pieces = new Set<Uuid>();
  let last_piece: Uuid | null = null;
  for (let index = 0; index < fixes.length; index += AT_ONCE) {
    for (const [piece, state] of walk.add(fixes.slice(index, index + AT_ONCE))) {
      if (state !== "walked") continue;
      pieces.add(piece);
      last_piece = piece;
    }
  }
  return { pieces, last_piece };
}
