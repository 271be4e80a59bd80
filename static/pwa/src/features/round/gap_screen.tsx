/** "Vi gick här ändå": what the hosts passed in a gap, marked on a map or in a list, and always called their own word. */

import { useEffect, useState } from "preact/hooks";
import { type GapChoices, gapChoices } from "../../domain/gap_choices";
import { endsOf, type GapEnds } from "../../domain/gap_reach";
import { type ClosedGap, gapsOf, TOLD_PATHS_MAX, TOLD_PLACES_MAX, tellWalk, untellWalk } from "../../domain/told";
import type { Uuid } from "../../domain/types";
import { t } from "../../i18n";
import { clockTime } from "../../i18n/time";
import { canDraw } from "../../map/can_draw";
import { inBackground } from "../../store/trouble";
import { Button } from "../../ui/button";
import { Notice, RowButton, Section } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { type App, type Session, useApp, useSession } from "../context";
import { gapReason, placeLine } from "../words";
import { GapMap } from "./gap_map";
import { type ReadPack, readPack } from "./pack_reading";
import { pieceWords } from "./piece_words";
import { placesAt } from "./places_at";

const SHOWN_AT_FIRST = 8;

export function GapScreen({ id }: { id: Uuid }) {
  const session = useSession();
  const found = findGap(session, id);
  const back = { href: "#/round", label: t("nav.back_to_round") };
  if (found === null) {
    return (
      <Screen name="gap" title={t("told.title")} back={back}>
        <Notice icon="gap" title={t("told.no_gap")} testid="no-gap">
          <p>{t("told.no_gap_text")}</p>
        </Notice>
      </Screen>
    );
  }
  return <OpenGap round={found.round} gap={found.gap} />;
}

function findGap(session: Session, id: Uuid): { round: Uuid; gap: ClosedGap } | null {
  const source = session.source.value;
  const stored = source.ops.find(({ op }) => op.type === "gap.record" && op.entity === id);
  if (stored?.op.type !== "gap.record") return null;
  const { round } = stored.op.data;
  const gap = gapsOf(source, round).find((known) => known.id === id);
  return gap === undefined ? null : { round, gap };
}

/** What is marked: pieces and places, by their ids. */
interface Marked {
  readonly paths: ReadonlySet<Uuid>;
  readonly places: ReadonlySet<Uuid>;
}

function OpenGap({ round, gap }: { round: Uuid; gap: ClosedGap }) {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const around = useAround(session, round, gap);
  const [marked, setMarked] = useState<Marked>(() => ({
    paths: new Set(gap.told?.paths),
    places: new Set(gap.told?.places),
  }));
  const count = marked.paths.size + marked.places.size;
  const isTooMuch = marked.paths.size > TOLD_PATHS_MAX || marked.places.size > TOLD_PLACES_MAX;
  const toggle = (kind: keyof Marked, id: Uuid) =>
    setMarked((before) => ({ ...before, [kind]: toggled(before[kind], id) }));
  const { told } = gap;
  return (
    <Screen
      name="gap"
      title={t("told.title")}
      lead={t("told.gap", { from: clockTime(gap.from), to: clockTime(gap.to), reason: gapReason(gap.reason) })}
      back={{ href: "#/round", label: t("nav.back_to_round") }}
      thumb={
        <>
          {isTooMuch && <p role="alert">{t("told.too_many")}</p>}
          <Button
            kind="primary"
            icon="calm"
            big
            disabled={count === 0 || isTooMuch}
            onPress={() => attempt(() => save(app, session, round, gap, marked))}
            testid="told-save"
          >
            {count === 0 ? t("told.save_none") : t("told.save", { count })}
          </Button>
          {told !== null && (
            <Button icon="undo" onPress={() => attempt(() => takeBack(app, session, told.id))} testid="told-take-back">
              {t("told.take_back")}
            </Button>
          )}
        </>
      }
    >
      <p>{t("told.why")}</p>
      {around !== null && <Choices around={around} marked={marked} toggle={toggle} />}
    </Screen>
  );
}

function toggled(before: ReadonlySet<Uuid>, id: Uuid): ReadonlySet<Uuid> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}

export interface GapAround {
  readonly ends: GapEnds;
  readonly choices: GapChoices;
  readonly pack: ReadPack | null;
}

interface ChoicesProps {
  readonly around: GapAround;
  readonly marked: Marked;
  readonly toggle: (kind: keyof Marked, id: Uuid) => void;
}

function Choices({ around, marked, toggle }: ChoicesProps) {
  const { rows } = useSession().source.value;
  const { choices, ends, pack } = around;
  const hasEnds = ends.before !== null || ends.after !== null;
  return (
    <>
      {!hasEnds && <Notice tone="warn" icon="place" title={t("told.no_ends")} testid="told-no-ends" />}
      {pack === null && <Notice tone="warn" icon="map" title={t("told.no_pack")} testid="told-no-pack" />}
      {hasEnds && pack !== null && canDraw() && (
        <GapMap around={around} paths={marked.paths} onPiece={(id) => toggle("paths", id)} />
      )}
      <Marks
        title={t("told.places")}
        rows={choices.places.map((id) => ({ id, title: placeLine(rows, id, null), detail: "" }))}
        marked={marked.places}
        onToggle={(id) => toggle("places", id)}
        testid="told-place"
      />
      <Marks
        title={t("told.paths")}
        rows={choices.pieces.map((choice) => ({ id: choice.piece.id, ...pieceWords(choice, rows) }))}
        marked={marked.paths}
        onToggle={(id) => toggle("paths", id)}
        testid="told-path"
      />
    </>
  );
}

interface MarksProps {
  readonly title: string;
  readonly rows: readonly { readonly id: Uuid; readonly title: string; readonly detail: string }[];
  readonly marked: ReadonlySet<Uuid>;
  readonly onToggle: (id: Uuid) => void;
  readonly testid: string;
}

function Marks({ title, rows, marked, onToggle, testid }: MarksProps) {
  const [isAll, setAll] = useState(false);
  if (rows.length === 0) return null;
  const shown = isAll ? rows : rows.filter(({ id }, index) => index < SHOWN_AT_FIRST || marked.has(id));
  return (
    <Section title={title}>
      <div class="rows">
        {shown.map(({ id, title: name, detail }) => (
          <RowButton
            key={id}
            title={name}
            detail={marked.has(id) ? [detail, t("told.by_host")].filter(Boolean).join(" · ") : detail}
            chosen={marked.has(id)}
            onPress={() => onToggle(id)}
            testid={testid}
            id={id}
          />
        ))}
      </div>
      {shown.length < rows.length && (
        <Button onPress={() => setAll(true)}>{t("tonight.show_all", { count: rows.length })}</Button>
      )}
    </Section>
  );
}

/** The way, the pack and the places around a gap; null until they have been read. */
function useAround(session: Session, round: Uuid, { from, to }: ClosedGap): GapAround | null {
  const [around, setAround] = useState<GapAround | null>(null);
  useEffect(() => {
    let isGone = false;
    inBackground(readAround(session, round, { from, to }).then((read) => !isGone && setAround(read)));
    return () => {
      isGone = true;
    };
  }, [session, round, from, to]);
  return around;
}

async function readAround(session: Session, round: Uuid, gap: Pick<ClosedGap, "from" | "to">): Promise<GapAround> {
  const zone = session.picture.peek().rounds.find(({ id }) => id === round)?.zone ?? session.zone.peek();
  const [fixes, pack] = await Promise.all([
    session.store.trackOf(round).catch(() => []),
    zone === null ? null : readPack(session.store.device, zone, null).catch(() => null),
  ]);
  const known = pack === "same" ? null : pack;
  const ends = endsOf(fixes, gap);
  return { ends, pack: known, choices: gapChoices(known?.pieces ?? [], placesAt(session, zone), ends) };
}

async function save(app: App, session: Session, round: Uuid, gap: ClosedGap, marked: Marked): Promise<void> {
  const id = gap.told?.id ?? session.store.newId();
  const said = { paths: [...marked.paths], places: [...marked.places] };
  await session.store.saveRecord(tellWalk(id, round, gap, said));
  app.back("#/round");
  const before = gap.told;
  const undo = before === null ? untellWalk(id) : tellWalk(id, round, gap, before);
  app.say({
    text: t("told.saved"),
    action: {
      label: t("action.undo"),
      run: async () => void (await session.store.saveRecord(undo)),
      testid: "told-undo",
    },
  });
}

async function takeBack(app: App, session: Session, told: Uuid): Promise<void> {
  await session.store.saveRecord(untellWalk(told));
  app.back("#/round");
  app.say({ text: t("told.taken_back") });
}
