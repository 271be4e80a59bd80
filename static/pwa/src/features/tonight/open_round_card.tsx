/** A round that is open: go on with it, take it up on this phone, or end it when it was forgotten. */

import type { RoundView } from "../../domain/types";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/time";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/parts";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";
import { finishRound } from "../round/finish";

/** No shift is longer: a round that has been open for more was forgotten. */
const FORGOTTEN_AFTER_MS = 14 * 3_600_000;

export function OpenRoundCard({ round }: { round: RoundView }) {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const isHere = session.recording.value.round === round.id;
  const isForgotten = app.now.value - round.started_at > FORGOTTEN_AFTER_MS;
  if (isHere && !isForgotten) return null;
  const takeUp = () =>
    attempt(async () => {
      await session.recorder.start(round.id);
      app.go("#/round");
    });
  const end = () => attempt(() => finishRound(app, session, round.id, "forgotten"));
  const when = dayAndTime(round.started_at, app.now.value);
  return (
    <Notice tone="warn" icon="clock" title={t(isForgotten ? "tonight.forgotten" : "tonight.open_elsewhere", { when })}>
      <div class="button-row">
        <Button kind={isForgotten ? "primary" : "plain"} onPress={end} testid="round-forgotten">
          {t("tonight.end_forgotten")}
        </Button>
        {!isHere && (
          <Button kind={isForgotten ? "plain" : "primary"} onPress={takeUp} testid="round-take-up">
            {t("tonight.take_up")}
          </Button>
        )}
      </div>
    </Notice>
  );
}
