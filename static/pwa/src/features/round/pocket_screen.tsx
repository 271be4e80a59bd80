/** A black screen that keeps the phone awake in a pocket: the way is only recorded while the screen is on. */

import { t } from "../../i18n";
import { clockTime } from "../../i18n/time";
import { HoldButton } from "../../ui/hold";
import { HEADING_ID } from "../../ui/screen";
import { useApp, useSession } from "../context";

export function PocketScreen() {
  const app = useApp();
  const session = useSession();
  const { mode, gap, has_wake_lock } = session.recording.value;
  const leave = () => app.back("#/round");
  return (
    <main class="pocket" data-screen="pocket">
      <h1 id={HEADING_ID} tabIndex={-1} class="sr-only">
        {t("pocket.title")}
      </h1>
      <p class="pocket-clock">{clockTime(app.now.value)}</p>
      <p>{t(mode === "recording" && gap === null ? "pocket.recording" : "pocket.not_recording")}</p>
      {!has_wake_lock && <p>{t("pocket.no_wake_lock")}</p>}
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
