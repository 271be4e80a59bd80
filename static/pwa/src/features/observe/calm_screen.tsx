/** Lugnt: one tap more says which place is checked and calm. */

import type { Uuid } from "../../domain/types";
import { t } from "../../i18n";
import { distance } from "../../i18n/time";
import { Button } from "../../ui/button";
import { RowButton, RowLink } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { type App, type Session, useApp, useSession } from "../context";
import { undoRecord } from "../records/withdraw";
import { placeLine, unbroken } from "../words";
import { saveCalm } from "./record";

const OTHERS_COUNT = 6;

export function CalmScreen() {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const { rows } = session.source.value;
  const here = session.here.value;
  const others = session.places.value.filter((choice) => choice.place.id !== here.place).slice(0, OTHERS_COUNT);
  const check = (place: Uuid) => attempt(() => checkCalm(app, session, place));
  return (
    <Screen
      name="calm"
      title={t("calm.title")}
      lead={t("calm.lead")}
      back={{ href: "#/round", label: t("nav.back_to_round") }}
      thumb={
        here.place !== null && (
          <Button kind="calm" icon="calm" big onPress={() => here.place && check(here.place)} testid="calm-here">
            {t("calm.here", { place: placeLine(rows, here.place, null) })}
          </Button>
        )
      }
    >
      <div class="rows">
        {others.map(({ place, path, distance_m }) => (
          <RowButton
            key={place.id}
            title={unbroken(path)}
            aside={distance_m === null ? undefined : distance(distance_m)}
            onPress={() => check(place.id)}
            testid="place-option"
            id={place.id}
          />
        ))}
        <RowLink icon="search" title={t("place.find")} href="#/place/next/calm" testid="place-find" />
      </div>
    </Screen>
  );
}

async function checkCalm(app: App, session: Session, place: Uuid): Promise<void> {
  const record = await saveCalm(session, place);
  const name = placeLine(session.source.value.rows, place, null);
  app.back("#/round");
  app.say({
    text: t("saved.calm", { place: name }),
    action: { label: t("action.undo"), run: () => undo(app, session, record), testid: "undo" },
  });
}

async function undo(app: App, session: Session, record: Uuid): Promise<void> {
  const view = session.picture.value.records.find((candidate) => candidate.id === record);
  if (view === undefined) return;
  await undoRecord(session, view);
  app.say({ text: t("saved.withdrawn") });
}
