/** How much time there is, and the round that is suggested for it. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { SuggestedRound } from "../../domain/types";
import { t } from "../../i18n";
import { distance } from "../../i18n/time";
import { inBackground } from "../../store/trouble";
import { Choice } from "../../ui/field";
import { RowLink, Section } from "../../ui/parts";
import { type Session, useSession } from "../context";

const MINUTES_KEY = "round_minutes";
const MINUTES_AT_FIRST = 90;

/** How long a round the host has chosen; the last choice is kept on the phone. */
const chosen = signal<number | null>(null);

/** The rounds that are suggested tonight, and the one for the time that was chosen. */
export function useSuggested(): { rounds: readonly SuggestedRound[]; round: SuggestedRound | null } {
  const session = useSession();
  useEffect(() => {
    inBackground(
      session.store.remembered<number>(MINUTES_KEY).then((minutes) => {
        if (typeof minutes === "number") chosen.value = minutes;
      }),
    );
  }, [session]);
  const rounds = session.tonight.value?.body.suggested ?? [];
  return { rounds, round: chosenOf(rounds) };
}

/** The one of the rounds that is for the time that was chosen. */
export function chosenOf(rounds: readonly SuggestedRound[]): SuggestedRound | null {
  const minutes = chosen.value ?? MINUTES_AT_FIRST;
  return rounds.find((round) => round.minutes === minutes) ?? rounds[0] ?? null;
}

function choose(session: Session, minutes: number): void {
  chosen.value = minutes;
  inBackground(session.store.remember(MINUTES_KEY, minutes));
}

export function SuggestedCard() {
  const session = useSession();
  const { rounds, round } = useSuggested();
  if (round === null) return null;
  return (
    <Section title={t("suggested.title")} testid="suggested">
      <Choice
        legend={t("suggested.minutes")}
        name="minutes"
        options={rounds.map(({ minutes }) => ({
          value: minutes,
          label: t("suggested.length", { minutes }),
          testid: `minutes-${minutes}`,
        }))}
        value={round.minutes}
        onChange={(minutes) => choose(session, minutes)}
      />
      <div class="rows">
        <RowLink
          icon="round"
          title={takes(round)}
          detail={t("suggested.order")}
          href="#/suggested"
          testid="suggested-open"
        />
      </div>
    </Section>
  );
}

/** "Tar 14 av 22 platser och 3,2 km av 8,5 km väg som väntar". */
export function takes({ places, pieces, pieces_m }: SuggestedRound): string {
  const ofPlaces = t("suggested.places", { taken: places[0], all: places[1] });
  const ofPaths = t("suggested.paths", { taken: distance(pieces_m[0]), all: distance(pieces_m[1]) });
  if (pieces[1] === 0) return t("suggested.takes", { what: ofPlaces });
  if (places[1] === 0) return t("suggested.takes", { what: ofPaths });
  return t("suggested.takes_both", { places: ofPlaces, paths: ofPaths });
}
