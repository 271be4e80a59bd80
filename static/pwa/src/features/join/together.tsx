/** How many phones walk together, in words. */

import type { RoundView } from "../../domain/types";
import { t } from "../../i18n";
import { Notice } from "../../ui/parts";

export function Together({ round }: { round: RoundView }) {
  if (round.phones > 1) {
    return (
      <Notice tone="ok" icon="user" testid="together">
        <p>{t("join.phones", { count: round.phones })}</p>
      </Notice>
    );
  }
  if (!round.is_joining) return null;
  return (
    <Notice icon="user" testid="together">
      <p>{t("join.waiting")}</p>
    </Notice>
  );
}
