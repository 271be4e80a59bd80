/** The gaps of a round, each to be opened: what was walked in it all the same can be told there. */

import { gapsOf } from "../../domain/told";
import type { Uuid } from "../../domain/types";
import { t } from "../../i18n";
import { clockTime, duration } from "../../i18n/time";
import { RowLink, Section } from "../../ui/parts";
import { useSession } from "../context";
import { gapReason } from "../words";

export function GapList({ round, title }: { round: Uuid; title: string }) {
  const gaps = gapsOf(useSession().source.value, round);
  if (gaps.length === 0) return null;
  return (
    <Section title={title} testid="gap-list">
      <ul class="rows">
        {gaps.toReversed().map((gap) => (
          <li key={gap.id}>
            <RowLink
              icon="gap"
              title={t("gaps.span", {
                from: clockTime(gap.from),
                to: clockTime(gap.to),
                length: duration(gap.to - gap.from),
              })}
              detail={`${gapReason(gap.reason)} · ${
                gap.told === null
                  ? t("gaps.ask")
                  : t("gaps.told", { count: gap.told.paths.length + gap.told.places.length })
              }`}
              href={`#/round/gap/${gap.id}`}
              testid="gap"
              id={gap.id}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}
