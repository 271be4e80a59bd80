/** Ikväll: who walks with me, where, what has not been seen for longest, what was left, and start. */

import type { ComponentChild } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Ms, RoundView, Uuid } from "../../domain/types";
import { t } from "../../i18n";
import { day, dayAndTime, isoDay } from "../../i18n/time";
import { Button, LinkButton } from "../../ui/button";
import { Choice } from "../../ui/field";
import { Icon } from "../../ui/icon";
import { Chip, Facts, Notice, Row, RowButton, RowLink, Section } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { type Session, type Tonight, useApp, useSession } from "../context";
import { InstallBanner } from "../install/install_banner";
import { lastSeenAt, usePlaceClock } from "../places/place_clock";
import { PhoneCheck } from "../round/phone_check";
import { UpdateNotice } from "../settings/update_notice";
import { SyncChip } from "../sync_chip";
import { categoryNameOf, placeLine } from "../words";
import { DueList } from "./due_list";
import { OpenRoundCard } from "./open_round_card";
import { StartRound } from "./start_round";
import { SuggestedCard } from "./suggested_card";

/** What fits above the fold; the rest is behind a button. */
const SHOWN_AT_FIRST = 5;
/** So many places that nobody has seen are named one by one. */
const NEVER_NAMED_MAX = 3;

export function TonightScreen() {
  const { now, platform } = useApp();
  const session = useSession();
  const round = session.picture.value.current_round;
  const due = session.tonight.value?.body.due;
  return (
    <Screen
      name="tonight"
      title={t("tonight.title")}
      lead={day(now.value)}
      chip={
        <>
          <SyncChip />
          <a class="back" href="#/settings" aria-label={t("settings.title")} data-testid="settings-link">
            <Icon name="settings" />
          </a>
        </>
      }
      thumb={round === null ? <StartRound /> : <GoToRound round={round} />}
    >
      <UpdateNotice />
      {round !== null && <OpenRoundCard round={round} />}
      {round === null && <ZoneChoice session={session} />}
      {round === null && <PhoneCheck />}
      {round === null && <SuggestedCard />}
      {due !== undefined && due.plans.length > 0 && <DueList due={due} />}
      <OverduePlaces />
      <Handover />
      <div class="rows">
        <RowLink icon="list" title={t("nav.records")} href="#/records" testid="records-link" />
      </div>
      <InstallBanner />
      {platform.isOfflineReady.value && (
        <p data-testid="offline-ready">
          <Chip tone="ok" icon="calm">
            {t("tonight.offline_ready")}
          </Chip>
        </p>
      )}
    </Screen>
  );
}

function GoToRound({ round }: { round: RoundView }) {
  const { recording } = useSession();
  if (recording.value.round !== round.id) return null;
  return (
    <LinkButton kind="primary" icon="resume" big href="#/round" testid="round-continue">
      {t("nav.back_to_round")}
    </LinkButton>
  );
}

function zonesOf(session: Session): { id: Uuid; name: string }[] {
  return [...session.source.value.rows.zone.values()]
    .filter((zone) => !zone.body.ended)
    .map((zone) => ({ id: zone.id, name: zone.body.name }))
    .sort((a, b) => a.name.localeCompare(b.name, "sv"));
}

function ZoneChoice({ session }: { session: Session }) {
  const zones = zonesOf(session);
  const chosen = session.zone.value;
  const first = zones[0]?.id ?? null;
  const isUnknown = !zones.some((zone) => zone.id === chosen);
  useEffect(() => {
    if (isUnknown && first !== null) session.zone.value = first;
  }, [session, isUnknown, first]);
  if (zones.length === 0) return <Notice icon="cloud" title={t("tonight.no_zones")} />;
  if (zones.length === 1) return <Facts pairs={[[t("tonight.zone"), zones[0]?.name ?? ""]]} />;
  return (
    <Choice
      legend={t("tonight.zone")}
      name="zone"
      layout={zones.length > 4 ? "column" : "pairs"}
      options={zones.map((zone) => ({ value: zone.id, label: zone.name, testid: "zone-option" }))}
      value={chosen}
      onChange={(zone) => {
        session.zone.value = zone;
      }}
    />
  );
}

function OverduePlaces() {
  const session = useSession();
  const tonight = session.tonight.value;
  if (tonight === null) return <p class="soft">{t("tonight.no_doc")}</p>;
  const { never, seen } = byClock(session, tonight);
  const areGathered = never.length > NEVER_NAMED_MAX;
  const named = areGathered ? seen : [...never, ...seen];
  return (
    <Section title={t("tonight.places")} testid="overdue-places">
      {areGathered && <NeverSeen places={never} />}
      {named.length > 0 && (
        <Rows>
          {named.map((place) => (
            <OverduePlace key={place} place={place} />
          ))}
        </Rows>
      )}
      <FetchedAt at={tonight.fetched_at} />
    </Section>
  );
}

/** Tonight's places that nobody has seen yet, and the others: the longest unseen first, what was logged since counted in. */
function byClock(session: Session, tonight: Tonight): { never: Uuid[]; seen: Uuid[] } {
  const known = tonight.body.places.map(({ place }) => place).filter((id) => session.source.value.rows.place.has(id));
  const clocks = new Map(known.map((place) => [place, lastSeenAt(session, place) ?? null]));
  const at = (place: Uuid) => clocks.get(place) ?? 0;
  return {
    never: known.filter((place) => clocks.get(place) === null),
    seen: known.filter((place) => clocks.get(place) !== null).sort((a, b) => at(a) - at(b)),
  };
}

/** Many places that were never seen say more by their number than by their names, which are a tap away. */
function NeverSeen({ places }: { places: readonly Uuid[] }) {
  const { rows } = useSession().source.value;
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="rows">
      <RowButton
        icon="eye"
        title={t("tonight.never_seen", { count: places.length })}
        expanded={isOpen}
        onPress={() => setOpen(!isOpen)}
        testid="never-seen"
      />
      {isOpen && places.map((place) => <Row key={place} title={placeLine(rows, place, null)} testid="overdue-place" />)}
    </div>
  );
}

function OverduePlace({ place }: { place: Uuid }) {
  const { rows } = useSession().source.value;
  return <Row title={placeLine(rows, place, null)} detail={usePlaceClock(place)} testid="overdue-place" />;
}

/** When the phone got the clocks: they may have moved since. */
function FetchedAt({ at }: { at: Ms }) {
  const { now } = useApp();
  return <p class="soft">{t("tonight.fetched_at", { time: dayAndTime(at, now.value) })}</p>;
}

function Handover() {
  const session = useSession();
  const { rows } = session.source.value;
  const left = session.tonight.value?.body.handover ?? [];
  if (left.length === 0) return null;
  return (
    <Section title={t("tonight.handover")} testid="handover">
      <Rows>
        {left.map((item, index) => (
          <Row
            // Items of the document have no identity of their own.
            key={`${index}${item.category}`}
            icon="alert"
            title={categoryNameOf(rows, item.category)}
            detail={[
              placeLine(rows, item.place, null),
              t(`severity.${item.severity}`),
              t("tonight.since", { day: isoDay(item.on) }),
            ].join(" · ")}
          />
        ))}
      </Rows>
    </Section>
  );
}

/** The first few lines, and the rest when asked for. */
function Rows({ children }: { children: ComponentChild[] }) {
  const [isAll, setAll] = useState(false);
  const shown = isAll ? children : children.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <ul class="rows">
        {shown.map((child, index) => (
          <li key={index}>{child}</li>
        ))}
      </ul>
      {shown.length < children.length && (
        <Button onPress={() => setAll(true)}>{t("tonight.show_all", { count: children.length })}</Button>
      )}
    </>
  );
}
