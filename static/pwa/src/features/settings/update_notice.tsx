/** Telling of a new version of the app, and changing to it when nothing is going on. */

import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/parts";
import { useApp, useSession } from "../context";

/** A new version waits until no round is going on and nothing is being edited. */
export function UpdateNotice() {
  const app = useApp();
  const session = useSession();
  if (!app.platform.isUpdateWaiting.value) return null;
  const isOnRound = session.picture.value.current_round !== null;
  return (
    <Notice tone="ok" icon="install" title={t("update.ready")} testid="update-ready">
      {isOnRound ? (
        <p>{t("update.after_round")}</p>
      ) : (
        <Button
          kind="primary"
          onPress={() => {
            if (!app.platform.applyUpdate()) app.say({ text: t("update.not_now"), tone: "bad" });
          }}
          testid="update-apply"
        >
          {t("update.apply")}
        </Button>
      )}
    </Notice>
  );
}
