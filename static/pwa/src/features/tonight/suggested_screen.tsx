/** The suggested round as a list in its order: what is left of it from here, in the time that is left. */

import { useEffect, useState } from "preact/hooks";
import { dueNow } from "../../domain/due";
import { recut, type SuggestedItem, secondsOf, suggestedItems } from "../../domain/suggested";
import type { RoundView, SuggestedRound, Uuid } from "../../domain/types";
import { t } from "../../i18n";
import { duration } from "../../i18n/time";
import { Notice, Row, Section } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useApp, useSession } from "../context";
import { SyncChip } from "../sync_chip";
import { placeLine } from "../words";
import { takes, useSuggested } from "./suggested_card";
import { NOTHING_WALKED, type Walked, walkedOf } from "./walked_pieces";

const MINUTE_MS = 60_000;

export function SuggestedScreen() {
  const session = useSession();
  const open = session.picture.value.current_round;
  const { round } = useSuggested();
  return (
    <Screen
      name="suggested"
      title={t("suggested.title")}
      back={{ href: open === null ? "#/" : "#/round", label: t("nav.back") }}
      chip={<SyncChip />}
    >
      {round === null ? <Notice icon="round" title={t("suggested.none")} /> : <Order suggested={round} open={open} />}
    </Screen>
  );
}

function Order({ suggested, open }: { suggested: SuggestedRound; open: RoundView | null }) {
  const { now } = useApp();
  const session = useSession();
  const minute = Math.floor(now.value / MINUTE_MS);
  const walked = useWalked(open, minute);
  const due = session.tonight.value?.body.due;
  const places = new Set<Uuid>(
    due === undefined
      ? []
      : dueNow(due, session.picture.value.records, now.value)
          .filter((item) => item.is_seen)
          .map((item) => item.place),
  );
  const spent_s = open === null ? 0 : Math.max(0, (minute * MINUTE_MS - open.started_at) / 1000);
  const legs = recut(suggested.legs, { ...walked, places, seconds_left: suggested.minutes * 60 - spent_s });
  const items = suggestedItems(legs);
  const stops = items.filter((item) => item.kind === "stop").length;
  if (items.length === 0) return <Notice icon="calm" title={t("suggested.done")} />;
  return (
    <>
      <p class="soft">{takes(suggested)}</p>
      <Section
        title={open === null ? t("suggested.from_start") : t("suggested.from_here")}
        aside={<span class="soft">{duration(secondsOf(legs) * 1000)}</span>}
        testid="suggested-order"
      >
        {open !== null && <p class="soft">{t("suggested.left", { count: stops })}</p>}
        <ol class="rows">
          {items.map((item) => (
            <li key={`${item.kind} ${item.begins_s}`}>
              <Line item={item} />
            </li>
          ))}
          <li>
            <Row icon="calm" title={t("suggested.home")} detail={inMinutes(secondsOf(legs))} />
          </li>
        </ol>
      </Section>
    </>
  );
}

function Line({ item }: { item: SuggestedItem }) {
  const { rows } = useSession().source.value;
  if (item.kind === "stop") {
    const title = placeLine(rows, item.place, null);
    return <Row icon="place" title={title} detail={inMinutes(item.begins_s)} testid="suggested-stop" id={item.place} />;
  }
  const title = t("suggested.walk", { length: duration(item.seconds * 1000) });
  const detail = item.waiting > 0 ? t("suggested.pieces", { count: item.waiting }) : undefined;
  return <Row icon="round" title={title} detail={detail} testid="suggested-walk" />;
}

function inMinutes(seconds: number): string {
  return t("suggested.in", { length: duration(seconds * 1000) });
}

/** What of the network this phone has walked on the round, looked at once a minute. */
function useWalked(open: RoundView | null, minute: number): Walked {
  const session = useSession();
  const [walked, setWalked] = useState<Walked>(NOTHING_WALKED);
  const id = open?.id ?? null;
  const zone = open?.zone ?? null;
  useEffect(() => {
    if (id === null || zone === null) return setWalked(NOTHING_WALKED);
    let isGone = false;
    // Without a pack nobody knows the network: then the places alone say what has been seen.
    walkedOf(session, id, zone, (minute + 1) * MINUTE_MS)
      .then((found) => {
        if (!isGone) setWalked(found);
      })
      .catch(() => undefined);
    return () => {
      isGone = true;
    };
  }, [session, id, zone, minute]);
  return walked;
}
