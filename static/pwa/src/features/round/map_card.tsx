/** What was tapped on the map, in words, with what can be done about it. */

import type { Uuid } from "../../domain/types";
import type { PieceState } from "../../domain/walked";
import { t } from "../../i18n";
import type { Picked } from "../../map/map_view";
import { Button } from "../../ui/button";
import { useSession } from "../context";
import { usePlaceClock } from "../places/place_clock";
import { RecordRow } from "../records/record_row";
import { placeLine } from "../words";

interface MapCardProps {
  readonly picked: Picked | null;
  readonly stateOf: (piece: Uuid) => PieceState;
}

export function MapCard({ picked, stateOf }: MapCardProps) {
  return (
    <div class="map-card" aria-live="polite" data-testid="map-card">
      {picked === null ? (
        <p class="soft">{t("map.pick")}</p>
      ) : picked.layer === "network" ? (
        <p>
          <span class="strong">{t("map.path")}</span> · {t(`map.path_${stateOf(picked.id)}`)}
        </p>
      ) : picked.layer === "places" ? (
        <PlaceCard place={picked.id} />
      ) : (
        <RecordCard id={picked.id} />
      )}
    </div>
  );
}

function PlaceCard({ place }: { place: Uuid }) {
  const session = useSession();
  const clock = usePlaceClock(place);
  const isChosen = session.chosenPlace.value === place;
  const choose = () => {
    session.chosenPlace.value = isChosen ? null : place;
  };
  return (
    <div class="map-place">
      <div>
        <p class="strong">{placeLine(session.source.value.rows, place, null)}</p>
        <p class="soft">{clock}</p>
      </div>
      <Button icon={isChosen ? "calm" : "place"} pressed={isChosen} onPress={choose} testid="map-choose">
        {t(isChosen ? "map.place_chosen" : "map.choose_place")}
      </Button>
    </div>
  );
}

function RecordCard({ id }: { id: Uuid }) {
  const record = useSession().picture.value.records.find((known) => known.id === id);
  return record === undefined ? null : <RecordRow record={record} />;
}
