/** What is shown when the app cannot even open its stores. */

import { render } from "preact";
import { t } from "../i18n";
import { Button } from "../ui/button";
import { Notice } from "../ui/parts";
import { Screen } from "../ui/screen";

export function showFailure(place: HTMLElement, fault: unknown): void {
  const reason = fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault);
  render(
    <Screen name="failed" title={t("app.failed")}>
      <Notice tone="bad" icon="alert" urgent>
        <p>{t("storage.broken")}</p>
        <p class="soft">{reason}</p>
      </Notice>
      <Button kind="primary" big onPress={() => location.reload()}>
        {t("storage.reload")}
      </Button>
    </Screen>,
    place,
  );
}
