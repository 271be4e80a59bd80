/** Times, lengths and sizes as people say them: local time, 24 hours. All instants are milliseconds since 1970 UTC. */

import { locale, t } from ".";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "19:32". */
export function clockTime(at: number): string {
  return new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** "tors 5 nov. 19:32", and only the clock when it was today. */
export function dayAndTime(at: number, now: number): string {
  if (startOfDay(at) === startOfDay(now)) return clockTime(at);
  return `${day(at)} ${clockTime(at)}`;
}

/** "tors 5 nov.". */
export function day(at: number): string {
  return new Intl.DateTimeFormat(locale(), { weekday: "short", day: "numeric", month: "short" }).format(at);
}

/** "torsdag 5 november". */
export function longDay(at: number): string {
  return new Intl.DateTimeFormat(locale(), { weekday: "long", day: "numeric", month: "long" }).format(at);
}

/** A calendar date as the server writes it ("2026-11-22"), read as a local day. */
export function isoDay(date: string): string {
  const [year, month, dayOfMonth] = date.split("-").map(Number);
  if (year === undefined || month === undefined || dayOfMonth === undefined) return date;
  return day(new Date(year, month - 1, dayOfMonth).getTime());
}

/** How long ago, in the largest unit that is at least one: "för 2 dagar sedan", "för 5 minuter sedan". */
export function ago(at: number, now: number): string {
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "long" });
  const age_ms = Math.max(0, now - at);
  if (age_ms < MINUTE_MS) return t("time.just_now");
  if (age_ms >= DAY_MS) return words.format(-daysBetween(at, now), "day");
  if (age_ms >= HOUR_MS) return words.format(-Math.floor(age_ms / HOUR_MS), "hour");
  return words.format(-Math.floor(age_ms / MINUTE_MS), "minute");
}

/** A length of time: "40 s", "3 min", "1 h 12 min". */
export function duration(length_ms: number): string {
  const whole_s = Math.max(0, Math.round(length_ms / 1000));
  if (whole_s < 60) return unit(whole_s, "second");
  const whole_min = Math.round(whole_s / 60);
  if (whole_min < 60) return unit(whole_min, "minute");
  const rest_min = whole_min % 60;
  const hours = unit(Math.floor(whole_min / 60), "hour");
  return rest_min === 0 ? hours : `${hours} ${unit(rest_min, "minute")}`;
}

/** A distance on the ground: "25 m", "1,3 km". Steps of five metres, since a phone knows no better. */
export function distance(length_m: number): string {
  if (length_m >= 1000) return unit(Math.round(length_m / 100) / 10, "kilometer");
  return unit(Math.max(5, Math.round(length_m / 5) * 5), "meter");
}

/** Room on the phone: "840 MB", "10,7 GB". */
export function storageSize(bytes: number): string {
  return bytes < 1e9 ? unit(Math.floor(bytes / 1e6), "megabyte") : unit(Math.floor(bytes / 1e8) / 10, "gigabyte");
}

function unit(value: number, name: string): string {
  return new Intl.NumberFormat(locale(), { style: "unit", unit: name, unitDisplay: "short" }).format(value);
}

/** Local days from one time to another, at least one. */
export function daysBetween(at: number, now: number): number {
  return Math.max(1, Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS));
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
