/** One of the host's own rounds: when, what was logged, and who has looked at it and why. */

import { t } from "../../i18n";
import { dayAndTime, duration } from "../../i18n/time";
import { Facts, Section } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useApp, useSession } from "../context";
import { GapList } from "../round/gap_list";
import { known, zoneName } from "../words";
import { RecordRow } from "./record_row";

export function RoundDetailScreen({ id }: { id: string }) {
  const { now } = useApp();
  const session = useSession();
  const { rounds, records } = session.picture.value;
  const round = rounds.find((candidate) => candidate.id === id);
  const back = { href: "#/records", label: t("nav.records") };
  if (round === undefined) return <Screen name="round-detail" title={t("round.title")} back={back} />;
  const own = records.filter((record) => record.round === id);
  return (
    <Screen
      name="round-detail"
      title={t("round.of", { when: dayAndTime(round.started_at, now.value) })}
      lead={zoneName(session.source.value.rows, round.zone)}
      back={back}
    >
      <Facts
        pairs={[
          [t("round.walked_by"), t("round.party", { count: round.party_size })],
          [
            t("round.length"),
            round.ended_at === null ? t("records.round_open") : duration(round.ended_at - round.started_at),
          ],
          [t("outbox.title"), round.unsent === 0 ? t("chip.all_sent") : t("chip.unsent", { count: round.unsent })],
        ]}
      />
      <GapList round={id} title={t("gaps.of_round")} />
      <Section title={t("round.viewings")} testid="viewings">
        <p class="soft">{t("round.viewings_why")}</p>
        {round.viewings.length === 0 ? (
          <p>{t("round.no_viewings")}</p>
        ) : (
          <ul class="rows">
            {round.viewings.map((viewing) => (
              <li key={viewing.at} class="row row-still">
                <span class="row-text">
                  <span class="row-title">
                    {t("round.viewed", {
                      role: known("role", viewing.by_role, viewing.by_role),
                      when: dayAndTime(viewing.at, now.value),
                    })}
                  </span>
                  <span class="soft">{viewing.reason}</span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {own.length > 0 && (
        <Section title={t("round.records", { count: own.length })}>
          <ul class="rows">
            {own.map((record) => (
              <li key={record.id}>
                <RecordRow record={record} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Screen>
  );
}
