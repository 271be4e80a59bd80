/** What the map says of tonight's paths, in words: how many are walked, told of, unknown and left, and which are nearest. */

import { useEffect, useState } from "preact/hooks";
import { type PieceChoice, pieceChoice } from "../../domain/gap_choices";
import { middleOf } from "../../domain/gap_reach";
import type { PathPiece } from "../../domain/pack";
import { distanceM } from "../../domain/position";
import type { Fix } from "../../domain/types";
import { type PieceState, startWalk } from "../../domain/walked";
import { t } from "../../i18n";
import { isIn } from "../../map/picture";
import { inBackground } from "../../store/trouble";
import { Facts, Row, Section } from "../../ui/parts";
import { type Session, useApp, useSession } from "../context";
import { gapMarks } from "./gap_marks";
import { readPack } from "./pack_reading";
import { pieceWords } from "./piece_words";
import { placesAt } from "./places_at";

const STATES: readonly PieceState[] = ["walked", "told", "unknown", "left"];
const NEAREST_SHOWN = 4;
/** So often the way is weighed anew; between two weighings one has walked a piece or two. */
const EVERY_MS = 30_000;

interface Walked {
  readonly counts: Readonly<Record<PieceState, number>>;
  readonly nearest: readonly PieceChoice[];
}

export function WalkFacts() {
  const app = useApp();
  const session = useSession();
  const [walked, setWalked] = useState<Walked | null>(null);
  const step = Math.floor(app.now.value / EVERY_MS);
  useEffect(() => {
    let isGone = false;
    inBackground(weigh(session, step * EVERY_MS).then((now) => !isGone && setWalked(now)));
    return () => {
      isGone = true;
    };
  }, [session, step]);
  if (walked === null) return null;
  const { rows } = session.source.value;
  return (
    <Section title={t("map.facts")} testid="walk-facts">
      <Facts pairs={STATES.map((state) => [t(`map.${state}`), t("map.fact", { count: walked.counts[state] })])} />
      <p class="soft">{t("map.facts_preliminary")}</p>
      {walked.nearest.length > 0 && (
        <>
          <h3>{t("map.next_left")}</h3>
          <div class="rows">
            {walked.nearest.map((choice) => (
              <Row key={choice.piece.id} {...pieceWords(choice, rows)} testid="left-path" />
            ))}
          </div>
        </>
      )}
    </Section>
  );
}

/** Weigh the whole way of the round against the zone's pieces; null while either is not on the phone. */
async function weigh(session: Session, now: number): Promise<Walked | null> {
  const round = session.picture.peek().current_round;
  const zone = round?.zone ?? session.zone.peek();
  if (round === null || zone === null) return null;
  const [pack, fixes] = await Promise.all([
    readPack(session.store.device, zone, null).catch(() => null),
    session.store.trackOf(round.id).catch((): readonly Fix[] => []),
  ]);
  if (pack === null || pack === "same") return null;
  const { outline } = pack;
  const pieces = outline === null ? pack.pieces : pack.pieces.filter((piece) => isIn(piece, outline));
  const walk = startWalk(pieces);
  walk.add(fixes);
  const { told, unknown } = gapMarks(session, pieces, fixes, session.recording.peek().gap, now);
  walk.mark(told, unknown);
  const counts = { walked: 0, told: 0, unknown: 0, left: 0 };
  for (const { id } of pieces) counts[walk.state(id)] += 1;
  const left = pieces.filter(({ id }) => walk.state(id) === "left");
  return { counts, nearest: nearestOf(left, session, zone) };
}

function nearestOf(left: readonly PathPiece[], session: Session, zone: string): PieceChoice[] {
  const here = session.position.peek();
  if (here === null) return [];
  const away = new Map(left.map((piece) => [piece, distanceM(here, middleOf(piece))]));
  const places = placesAt(session, zone);
  return [...left]
    .sort((a, b) => (away.get(a) ?? 0) - (away.get(b) ?? 0))
    .slice(0, NEAREST_SHOWN)
    .map((piece) => pieceChoice(piece, places, here));
}
