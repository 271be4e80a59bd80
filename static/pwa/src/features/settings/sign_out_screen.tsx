/** Signing out. Nothing that is unsent is deleted; it goes on being sent. */

import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { useAttempt } from "../attempt";
import { useApp, useSession } from "../context";

export function SignOutScreen() {
  const app = useApp();
  const session = useSession();
  const attempt = useAttempt();
  const { unsent, current_round } = session.picture.value;
  const isOnRound = current_round !== null && session.recording.value.round === current_round.id;
  const [isBusy, setBusy] = useState(false);
  const signOut = () =>
    attempt(async () => {
      setBusy(true);
      await app.account.signOut();
      app.go("#/sign-in", true);
    });
  return (
    <Screen
      name="sign-out"
      title={t("sign_out.title")}
      back={{ href: "#/settings", label: t("nav.back") }}
      thumb={
        !isOnRound && (
          <Button kind="primary" big disabled={isBusy} onPress={signOut} testid="sign-out">
            {t(isBusy ? "sign_out.busy" : "sign_out.do")}
          </Button>
        )
      }
    >
      {isOnRound && <Notice tone="warn" icon="alert" title={t("sign_out.on_round")} />}
      <Notice tone={unsent > 0 ? "warn" : "ok"} icon={unsent > 0 ? "phone_device" : "calm"} testid="sign-out-unsent">
        <p class="strong">{unsent > 0 ? t("sign_out.unsent", { count: unsent }) : t("sign_out.all_sent")}</p>
        {unsent > 0 && <p>{t("sign_out.they_stay")}</p>}
      </Notice>
      <p>{t("sign_out.other_user")}</p>
    </Screen>
  );
}
