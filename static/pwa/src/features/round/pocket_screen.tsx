/**
 * A black screen that keeps the phone awake in a pocket: the way is only recorded while the screen is on.
 *
 * Nothing on it answers a touch but the button, which has to be held; nothing is drawn but when a minute or the recording changes.
 */

import { useEffect } from "preact/hooks";
import { keepsScreenOn } from "../../domain/readiness";
import { t } from "../../i18n";
import { clockTime } from "../../i18n/time";
import { screenFacts } from "../../position/phone_facts";
import { HoldButton } from "../../ui/hold";
import { Icon } from "../../ui/icon";
import { HEADING_ID } from "../../ui/screen";
import { useApp, useSession } from "../context";
import { recordingState } from "./recording_line";
import "./round.css";

export function PocketScreen() {
  const app = useApp();
  const session = useSession();
  const { current_round, unsent } = session.picture.value;
  const { mode, has_wake_lock } = session.recording.value;
  const isKeptOn = has_wake_lock && keepsScreenOn(screenFacts(app.platform.isInstalled.value));
  const leave = () => app.back("#/round");
  const state =
    current_round === null
      ? { text: t("round.none"), icon: "gap" as const }
      : recordingState(session, current_round, app.now.value);
  // The accuracy changes all the time: nobody wants that read aloud.
  const isGood = "tone" in state && state.tone === "ok";
  useArrival();
  return (
    <main class="pocket" data-screen="pocket">
      <h1 id={HEADING_ID} tabIndex={-1} class="sr-only">
        {t("pocket.title")}
      </h1>
      <p class="pocket-clock">{clockTime(app.now.value)}</p>
      <p class="pocket-state" role="status" data-testid="pocket-state">
        <Icon name={state.icon} /> {isGood ? t("round.recording") : state.text}
      </p>
      {/* How it goes is in the outbox; here it is enough that nothing is lost. */}
      <p data-testid="pocket-unsent">{unsent === 0 ? t("chip.all_sent") : t("pocket.unsent", { count: unsent })}</p>
      {mode === "recording" && <p>{t(isKeptOn ? "pocket.keep_on" : "pocket.no_wake_lock")}</p>}
      <HoldButton
        icon="lock"
        label={t("pocket.leave")}
        holdingLabel={t("pocket.leaving")}
        onHeld={leave}
        onTapped={() =>
          app.say({ text: t("pocket.hold_on"), action: { label: t("pocket.open_now"), run: async () => leave() } })
        }
        testid="pocket-leave"
      />
    </main>
  );
}

/** The screen has no header of its own: focus and title are set here, and the page behind it does not scroll. */
function useArrival(): void {
  useEffect(() => {
    document.title = `${t("pocket.title")} – Rond`;
    document.getElementById(HEADING_ID)?.focus({ preventScroll: true });
    const root = document.documentElement;
    root.classList.add("is-pocketed");
    return () => root.classList.remove("is-pocketed");
  }, []);
}
