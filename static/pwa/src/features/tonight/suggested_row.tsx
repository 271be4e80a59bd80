/** The way from the round to what is suggested of it. */

import { t } from "../../i18n";
import { RowLink } from "../../ui/parts";
import { useSuggested } from "./suggested_card";

export function SuggestedRow() {
  const { round } = useSuggested();
  if (round === null) return null;
  return (
    <div class="rows">
      <RowLink
        icon="round"
        title={t("suggested.title")}
        detail={t("suggested.order")}
        href="#/suggested"
        testid="suggested-open"
      />
    </div>
  );
}
