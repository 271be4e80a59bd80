/** Mina poster: every record with its state, by day, and the rounds with those who have looked at them. */

import type { RecordView, RoundView } from "../../domain/types";
import { t } from "../../i18n";
import { clockTime, day, longDay } from "../../i18n/time";
import { RowLink, Section } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useSession } from "../context";
import { SyncChip } from "../sync_chip";
import { zoneName } from "../words";
import { RecordRow } from "./record_row";

export function RecordsScreen() {
  const { records, rounds, current_round } = useSession().picture.value;
  return (
    <Screen
      name="records"
      title={t("nav.records")}
      back={{ href: current_round ? "#/round" : "#/", label: t("nav.back") }}
      chip={<SyncChip />}
    >
      {records.length === 0 && <p>{t("records.none")}</p>}
      {[...byDay(records)].map(([date, ofDay]) => (
        <Section key={date} title={longDay(ofDay[0]?.occurred_at ?? 0)}>
          <ul class="rows">
            {ofDay.map((record) => (
              <li key={record.id}>
                <RecordRow record={record} />
              </li>
            ))}
          </ul>
        </Section>
      ))}
      {rounds.length > 0 && (
        <Section title={t("records.rounds")}>
          <ul class="rows">
            {rounds.map((round) => (
              <li key={round.id}>
                <RoundRow round={round} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Screen>
  );
}

function RoundRow({ round }: { round: RoundView }) {
  const { rows } = useSession().source.value;
  const end = round.ended_at === null ? t("records.round_open") : clockTime(round.ended_at);
  return (
    <RowLink
      icon="clock"
      title={`${day(round.started_at)} ${clockTime(round.started_at)}–${end}`}
      detail={[
        zoneName(rows, round.zone),
        t("records.count", { count: round.record_count }),
        t("records.viewings", { count: round.viewings.length }),
      ].join(" · ")}
      href={`#/rounds/${round.id}`}
      testid="round-row"
      id={round.id}
      state={round.state}
    />
  );
}

function byDay(records: readonly RecordView[]): Map<string, RecordView[]> {
  const days = new Map<string, RecordView[]>();
  for (const record of records) {
    const date = new Date(record.occurred_at).toDateString();
    const ofDay = days.get(date) ?? [];
    ofDay.push(record);
    days.set(date, ofDay);
  }
  return days;
}
