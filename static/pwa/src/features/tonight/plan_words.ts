/** Plans and what waits, in words. */

import type { DueItem } from "../../domain/due";
import type { DuePlan } from "../../domain/types";
import { locale, t } from "../../i18n";

const DAY_BEGINS_MIN = 360;
const DAY_MIN = 1440;
const PARTS = [
  ["morning", 0, 360],
  ["afternoon", 360, 720],
  ["evening", 720, 960],
  ["night", 960, DAY_MIN],
] as const;

/** "varje kväll 18–22", "3 gånger i veckan, kväll 18–22". */
export function often({ times_a_week, weekdays, from_min, to_min }: DuePlan): string {
  const part = PARTS.find(([, from, to]) => from === from_min && to === to_min)?.[0] ?? "day";
  const isWhole = from_min === 0 && to_min === DAY_MIN;
  const hours = isWhole ? "" : ` ${clock(from_min)}–${clock(to_min)}`;
  if (times_a_week !== null) {
    const named = part === "day" ? "" : `, ${t(`due.part.${part}`)}`;
    return `${t("due.times", { count: times_a_week })}${named}${hours}`;
  }
  if (weekdays.length === 7) return `${t(`due.every.${part}`)}${hours}`;
  return `${weekdays.map(weekdayName).join(", ")}${hours}`;
}

/** Why a place is on the list: how often it should be seen, and how many times it has been missed. */
export function reason({ plan, occasions }: DueItem): string {
  const missed = occasions - 1;
  return missed > 0 ? `${often(plan)} · ${t("due.missed", { count: missed })}` : often(plan);
}

/** "18", "19:30". */
function clock(minute: number): string {
  const at = (minute + DAY_BEGINS_MIN) % DAY_MIN;
  const hour = String(Math.floor(at / 60)).padStart(2, "0");
  return at % 60 === 0 ? hour : `${hour}:${String(at % 60).padStart(2, "0")}`;
}

function weekdayName(number: number): string {
  // 1 January 2024 was a Monday.
  return new Intl.DateTimeFormat(locale(), { weekday: "short" }).format(new Date(2024, 0, number));
}
