/** Where the host is: the places around, with their clocks. A tap chooses the place of the next record. */

import type { PlaceChoice } from "../../domain/suggest";
import { t } from "../../i18n";
import { distance } from "../../i18n/time";
import { LinkButton } from "../../ui/button";
import { RowButton, Section } from "../../ui/parts";
import { useSession } from "../context";
import { usePlaceClock } from "../places/place_clock";
import { unbroken } from "../words";

const SHOWN_COUNT = 4;
/** Farther from every place than this, the list is not where the host is. */
const NEAR_M_MAX = 300;

export function NearestPlaces() {
  const session = useSession();
  const choices = session.places.value;
  const here = session.here.value;
  const isHere = (choice: PlaceChoice) => choice.place.id === here.place;
  const shown = [...choices.filter(isHere), ...choices.filter((choice) => !isHere(choice))].slice(0, SHOWN_COUNT);
  const isNear = (choices[0]?.distance_m ?? Number.POSITIVE_INFINITY) < NEAR_M_MAX;
  return (
    <Section
      title={t(isNear ? "round.here" : "round.places")}
      aside={
        <LinkButton kind="quiet" icon="search" href="#/place/next/round" testid="place-find">
          {t("place.find")}
        </LinkButton>
      }
    >
      {shown.length === 0 ? (
        <p class="soft">{t("place.none_yet")}</p>
      ) : (
        <div class="rows">
          {shown.map((choice) => (
            <NearPlace key={choice.place.id} choice={choice} isNext={isHere(choice)} />
          ))}
        </div>
      )}
    </Section>
  );
}

function NearPlace({ choice, isNext }: { choice: PlaceChoice; isNext: boolean }) {
  const session = useSession();
  const { place, path, distance_m } = choice;
  const clock = usePlaceClock(place.id);
  const choose = () => {
    session.chosenPlace.value = session.chosenPlace.value === place.id ? null : place.id;
  };
  return (
    <RowButton
      title={unbroken(path)}
      detail={[isNext && t("round.next_here"), clock].filter(Boolean).join(" · ")}
      aside={distance_m === null ? undefined : distance(distance_m)}
      chosen={isNext}
      onPress={choose}
      testid="near-place"
      id={place.id}
    />
  );
}
