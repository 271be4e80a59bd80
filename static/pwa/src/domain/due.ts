/** What is left tonight: the document's word, and what this host has checked since. Pure. */

import type { DueDoc, DuePlan } from "./plan_types";
import type { Ms, RecordView, Uuid } from "./types";

const DAY_BEGINS_H = 6;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface DueItem {
  readonly place: Uuid;
  readonly plan: DuePlan;
  /** How many of the plan's days it has waited, this one included. */
  readonly occasions: number;
  readonly is_seen: boolean;
}

/** When the day that an instant belongs to began: at six in the morning, on the phone's clock. */
export function dayBegan(at: Ms): Ms {
  const six = new Date(at).setHours(DAY_BEGINS_H, 0, 0, 0);
  // By the calendar and not by 24 hours: twice a year a day has another length.
  return six <= at ? six : new Date(new Date(at).setDate(new Date(at).getDate() - 1)).setHours(DAY_BEGINS_H, 0, 0, 0);
}

/** What is due at a time, what waits longest first and what was seen last. A document of another day is carried on to this one. */
export function dueNow(due: DueDoc, records: readonly RecordView[], now: Ms): DueItem[] {
  const began = dayBegan(now);
  const later_days = Math.round((dayBegan(now) - beginOf(due.day)) / DAY_MS);
  const weekday = new Date(began).getDay() || 7;
  const seen_at = lastChecks(records);
  const items: DueItem[] = [];
  for (const listed of due.places) {
    const plan = due.plans[listed.plan];
    if (plan === undefined || (later_days > 0 && !plan.weekdays.includes(weekday))) continue;
    const is_checked = (seen_at.get(listed.place) ?? 0) >= began + plan.from_min * MINUTE_MS;
    const is_seen = is_checked || (listed.is_seen && later_days <= 0);
    const occasions = listed.is_seen ? Math.max(0, later_days) : listed.occasions + Math.max(0, later_days);
    items.push({ place: listed.place, plan, is_seen, occasions });
  }
  // The document's order stands where both have waited as long.
  return items.sort((a, b) => Number(a.is_seen) - Number(b.is_seen) || b.occasions - a.occasions);
}

/** When this host last logged something at each place, calm checks included. */
function lastChecks(records: readonly RecordView[]): Map<Uuid, Ms> {
  const found = new Map<Uuid, Ms>();
  for (const { place, occurred_at, is_withdrawn } of records) {
    if (place === null || is_withdrawn) continue;
    found.set(place, Math.max(occurred_at, found.get(place) ?? 0));
  }
  return found;
}

function beginOf(day: string): Ms {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date, DAY_BEGINS_H).getTime();
}
