/** Iakttagelse: the second tap chooses what it is, and that saves it. */

import type { CategoryBody } from "../../domain/types";
import { t } from "../../i18n";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";
import { CategoryPicker } from "./category_picker";
import { NextPlaceLine } from "./place_line";
import { saveObservation } from "./record";

export function ObserveScreen() {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const save = (category: CategoryBody) =>
    attempt(async () => {
      const saved = await saveObservation(session, category);
      app.go(`#/refine/${saved.id}`, true);
    });
  return (
    <Screen name="observe" title={t("observe.title")} back={{ href: "#/round", label: t("nav.back_to_round") }}>
      <NextPlaceLine returnTo="observe" />
      <CategoryPicker want="observation" onPick={save} />
    </Screen>
  );
}
