/** Asking to put the app on the home screen. On iOS an app that is not there may lose what it has stored. */

import { t } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { Notice } from "../../ui/parts";
import { useApp } from "../context";

/** The offer on the first screen, where the phone makes one. */
export function InstallBanner() {
  const { platform } = useApp();
  if (platform.isInstalled.value || platform.isIos) return null;
  const install = platform.install.value;
  if (install === null) return null;
  return (
    <Notice icon="install" title={t("install.offer")} testid="install-banner">
      <div class="button-row">
        <Button kind="primary" onPress={() => void install()} testid="install">
          {t("install.now")}
        </Button>
        <LinkButton kind="quiet" href="#/install">
          {t("install.how")}
        </LinkButton>
      </div>
    </Notice>
  );
}

/** The red bar on an iPhone where the app is not on the home screen. */
export function IosBar() {
  const { platform } = useApp();
  if (!platform.isIos || platform.isInstalled.value) return null;
  return (
    <aside class="bar bar-bad" aria-label={t("install.title")} data-testid="ios-not-installed">
      <span>{t("install.ios_bar")}</span>
      <LinkButton kind="danger" href="#/install">
        {t("install.how")}
      </LinkButton>
    </aside>
  );
}
