/** Ending a round without holding a button, or before it is done. */

import type { RoundEndReason } from "../../domain/types";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Section } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";
import { finishRound } from "./finish";

const EARLY = ["weather", "called_away", "unsafe", "equipment", "other"] as const;

export function EndScreen() {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const round = session.picture.value.current_round;
  const end = (reason: RoundEndReason) =>
    attempt(async () => {
      if (round !== null) await finishRound(app, session, round.id, reason);
    });
  return (
    <Screen
      name="end"
      title={t("end.title")}
      back={{ href: "#/round", label: t("nav.back_to_round") }}
      thumb={
        <>
          <Button kind="primary" icon="calm" big onPress={() => end("done")} testid="end-done">
            {t("end.reason.done")}
          </Button>
          <Button onPress={() => app.back("#/round")} testid="end-cancel">
            {t("end.go_on")}
          </Button>
        </>
      }
    >
      <Section title={t("end.early")}>
        <div class="stack">
          {EARLY.map((reason) => (
            <Button key={reason} onPress={() => end(reason)} testid={`end-${reason}`}>
              {t(`end.reason.${reason}`)}
            </Button>
          ))}
        </div>
      </Section>
    </Screen>
  );
}
