/** A piece of the path network in words: by the place that is near it, and how far it is. */

import type { PieceChoice } from "../../domain/gap_choices";
import { t } from "../../i18n";
import { distance } from "../../i18n/time";
import { placeLine } from "../words";

/** `title` names it; `detail` tells its length, and how far away it is where that is known. */
export function pieceWords(
  { near, direction, length_m, away_m }: PieceChoice,
  rows: Parameters<typeof placeLine>[0],
): { title: string; detail: string } {
  const details = [distance(length_m), ...(away_m === null ? [] : [t("map.away", { distance: distance(away_m) })])];
  return { title: titleOf(near === null ? null : placeLine(rows, near, null), direction), detail: details.join(" · ") };
}

function titleOf(place: string | null, direction: PieceChoice["direction"]): string {
  if (place === null) return direction === null ? t("told.path_alone") : t(`told.path_to_${direction}`);
  return direction === null
    ? t("told.path_at", { place })
    : t("told.path_near", { direction: t(`told.${direction}`), place });
}
