/** Ending a round: what is left of what was planned, the reason in words, and a button to hold. */

import { useState } from "preact/hooks";
import { dueNow } from "../../domain/due";
import type { RoundEndReason } from "../../domain/types";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Choice } from "../../ui/field";
import { HoldButton } from "../../ui/hold";
import { Notice } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";
import { finishRound } from "./finish";

const REASONS = ["done", "weather", "called_away", "unsafe", "equipment", "other"] as const;
type Reason = (typeof REASONS)[number];

export function EndScreen() {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const planned = usePlanned();
  const isAllSeen = planned !== null && planned.left === 0;
  const [chosen, setChosen] = useState<Reason | null>(isAllSeen ? "done" : null);
  const round = session.picture.value.current_round;
  const end = (reason: RoundEndReason) =>
    attempt(async () => {
      if (round !== null) await finishRound(app, session, round.id, reason);
    });
  const ask = (reason: Reason) =>
    app.say({
      text: t("end.hold_or"),
      action: { label: t("end.now"), run: async () => void (await end(reason)), testid: "end-now" },
    });
  return (
    <Screen
      name="end"
      title={t("end.title")}
      back={{ href: "#/round", label: t("nav.back_to_round") }}
      thumb={
        <>
          {chosen === null ? (
            <p class="soft">{t("end.choose")}</p>
          ) : (
            <HoldButton
              icon="stop"
              label={t("end.hold", { reason: t(`end.reason.${chosen}`) })}
              holdingLabel={t("round.end_holding")}
              onHeld={() => end(chosen)}
              onTapped={() => ask(chosen)}
              testid="end-hold"
            />
          )}
          <Button onPress={() => app.back("#/round")} testid="end-cancel">
            {t("end.go_on")}
          </Button>
        </>
      }
    >
      {planned !== null && (
        <Notice tone={isAllSeen ? "ok" : "plain"} icon={isAllSeen ? "calm" : "eye"} testid="end-planned">
          <p>{isAllSeen ? t("end.all_seen") : t("end.left", { count: planned.left, all: planned.all })}</p>
        </Notice>
      )}
      <Choice
        legend={t("end.why")}
        name="end-reason"
        layout="column"
        options={REASONS.map((reason) => ({
          value: reason,
          label: t(`end.reason.${reason}`),
          testid: `end-${reason}`,
        }))}
        value={chosen}
        onChange={setChosen}
      />
    </Screen>
  );
}

/** How many of tonight's planned places are still to be seen; null where nothing is planned. */
function usePlanned(): { left: number; all: number } | null {
  const { now } = useApp();
  const session = useSession();
  const due = session.tonight.value?.body.due;
  if (due === undefined) return null;
  const items = dueNow(due, session.picture.value.records, now.value);
  if (items.length === 0) return null;
  return { left: items.filter((item) => !item.is_seen).length, all: items.length };
}
