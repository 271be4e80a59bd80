/** The three large buttons of a round, in the thumb's reach on every screen that shows it. */

import { t } from "../../i18n";
import { LinkButton } from "../../ui/button";

export function LogButtons() {
  return (
    <div class="log-row">
      <LinkButton kind="calm" icon="calm" stacked href="#/calm" testid="log-calm">
        {t("log.calm")}
      </LinkButton>
      <LinkButton kind="watch" icon="eye" stacked href="#/observe" testid="log-observation">
        {t("log.observation")}
      </LinkButton>
      <LinkButton kind="damage" icon="alert" stacked href="#/damage" testid="log-damage">
        {t("log.damage")}
      </LinkButton>
    </div>
  );
}
