/** What is left tonight by the plans: the longest missed first, ticked off as it is seen. */

import { useState } from "preact/hooks";
import { type DueItem, dueNow } from "../../domain/due";
import type { DueDoc } from "../../domain/types";
import { t } from "../../i18n";
import { distance } from "../../i18n/time";
import { Button } from "../../ui/button";
import { Row, Section } from "../../ui/parts";
import { useApp, useSession } from "../context";
import { usePlaceClock } from "../places/place_clock";
import { placeLine } from "../words";
import { often, reason } from "./plan_words";

/** What fits above the fold; the rest is behind a button. */
const SHOWN_AT_FIRST = 5;

export function DueList({ due }: { due: DueDoc }) {
  const { now } = useApp();
  const session = useSession();
  const [isAll, setAll] = useState(false);
  const { place } = session.source.value.rows;
  const items = dueNow(due, session.picture.value.records, now.value).filter((item) => place.has(item.place));
  const left = items.filter((item) => !item.is_seen);
  const shown = isAll ? items : left.slice(0, SHOWN_AT_FIRST);
  return (
    <Section
      title={t("due.title")}
      aside={<span class="soft">{t("due.seen_of", { seen: items.length - left.length, all: items.length })}</span>}
      testid="due"
    >
      {left.length === 0 && items.length > 0 && <p class="soft">{t("due.all_seen")}</p>}
      <ul class="rows">
        {shown.map((item) => (
          <li key={item.place}>
            <DueRow item={item} />
          </li>
        ))}
        {due.plans
          .filter(({ pieces }) => pieces.waiting + pieces.seen > 0)
          .map((plan) => (
            <li key={plan.plan}>
              <PathsRow plan={plan} />
            </li>
          ))}
      </ul>
      {shown.length < items.length && (
        <Button onPress={() => setAll(true)}>{t("tonight.show_all", { count: items.length })}</Button>
      )}
    </Section>
  );
}

function DueRow({ item }: { item: DueItem }) {
  const { rows } = useSession().source.value;
  const seen = usePlaceClock(item.place);
  const title = placeLine(rows, item.place, null);
  if (item.is_seen) return <Row icon="calm" title={title} detail={t("due.seen")} testid="due-seen" id={item.place} />;
  return (
    <Row
      icon="eye"
      title={title}
      detail={
        <>
          {reason(item)}
          <br />
          {seen}
        </>
      }
      testid="due-place"
      id={item.place}
    />
  );
}

function PathsRow({ plan }: { plan: DueDoc["plans"][number] }) {
  const { waiting, seen, waiting_m } = plan.pieces;
  const title =
    waiting === 0
      ? t("due.paths_seen")
      : t("due.paths", { left: waiting, all: waiting + seen, length: distance(waiting_m) });
  return <Row icon={waiting === 0 ? "calm" : "round"} title={title} detail={often(plan)} testid="due-paths" />;
}
