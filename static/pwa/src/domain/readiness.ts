/** What a phone can do on a round, as it is before the round starts: told, never a condition for starting. Pure. */

import type { Ms } from "./values";

export type Permission = "granted" | "prompt" | "denied" | "unknown" | "missing";

/** What the phone tells of itself; null where it does not tell. */
export interface PhoneFacts {
  readonly position: Permission;
  readonly screen: ScreenFacts;
  readonly is_persistent: boolean | null;
  readonly room_bytes: number | null;
  readonly battery: { readonly share: number; readonly is_charging: boolean } | null;
  readonly is_installed: boolean;
  /** When the map of the zone was last found to be the newest; undefined: there is none on the phone. */
  readonly map_checked_at: Ms | null | undefined;
}

export interface ScreenFacts {
  readonly has_wake_lock: boolean;
  readonly is_installed: boolean;
  readonly user_agent: string;
}

/** `ready` as it should be · `look` the round can be walked, but see to it · `lacking` something will be missing · `unknown` the phone does not tell. */
export type Readiness = "ready" | "look" | "lacking" | "unknown";

/** How each thing can be found to be. */
interface Found {
  readonly position: Permission;
  readonly screen: "kept" | "sleeps";
  readonly storage: "kept" | "evictable" | "unknown";
  readonly room: "enough" | "little" | "unknown";
  readonly battery: "enough" | "low" | "unknown";
  readonly installed: "yes" | "no";
  readonly map: "fresh" | "there" | "old" | "none";
}
export type CheckedThing = keyof Found;

/** One thing of the check. `said` is what a catalogue has words for: "position.denied". */
export interface Checked {
  readonly thing: CheckedThing;
  readonly state: Readiness;
  readonly said: { readonly [K in CheckedThing]: `${K}.${Found[K]}` }[CheckedThing];
}

/** An evening's records and photos take less. */
const ROOM_BYTES_MIN = 100e6;
/** An evening with the screen on takes about half of a battery. */
const BATTERY_SHARE_MIN = 0.5;
const MAP_AGE_MS_MAX = 7 * 24 * 3_600_000;

/** Check everything, what is lacking first; the order is else that of the list. */
export function checkPhone(facts: PhoneFacts, now: Ms): Checked[] {
  const checked: Checked[] = [
    { thing: "position", state: PERMITTED[facts.position], said: `position.${facts.position}` },
    screenOf(facts.screen),
    storageOf(facts.is_persistent),
    roomOf(facts.room_bytes),
    batteryOf(facts.battery),
    facts.is_installed
      ? { thing: "installed", state: "ready", said: "installed.yes" }
      : { thing: "installed", state: "look", said: "installed.no" },
    mapOf(facts.map_checked_at, now),
  ];
  return checked.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

const ORDER: readonly Readiness[] = ["lacking", "look", "unknown", "ready"];
const PERMITTED: Readonly<Record<Permission, Readiness>> = {
  granted: "ready",
  prompt: "look",
  denied: "lacking",
  missing: "lacking",
  unknown: "unknown",
};

function screenOf(facts: ScreenFacts): Checked {
  return keepsScreenOn(facts)
    ? { thing: "screen", state: "ready", said: "screen.kept" }
    : { thing: "screen", state: "lacking", said: "screen.sleeps" };
}

/**
 * Whether the app can keep the screen on. An app on the home screen of an iPhone before iOS 18.4 says it can and cannot
 * (WebKit bug 254545).
 */
export function keepsScreenOn({ has_wake_lock, is_installed, user_agent }: ScreenFacts): boolean {
  if (!has_wake_lock) return false;
  const version = iosVersion(user_agent);
  return !is_installed || version === null || version >= 18.04;
}

/** The version of iOS as `major + minor / 100`, or null for another system or an iPad that calls itself a Mac. */
export function iosVersion(user_agent: string): number | null {
  const found = /\b(?:iPhone|CPU) OS (\d+)_(\d+)/.exec(user_agent);
  return found === null ? null : Number(found[1]) + Number(found[2]) / 100;
}

function storageOf(is_persistent: boolean | null): Checked {
  if (is_persistent === null) return { thing: "storage", state: "unknown", said: "storage.unknown" };
  return is_persistent
    ? { thing: "storage", state: "ready", said: "storage.kept" }
    : { thing: "storage", state: "look", said: "storage.evictable" };
}

function roomOf(bytes: number | null): Checked {
  if (bytes === null) return { thing: "room", state: "unknown", said: "room.unknown" };
  return bytes >= ROOM_BYTES_MIN
    ? { thing: "room", state: "ready", said: "room.enough" }
    : { thing: "room", state: "lacking", said: "room.little" };
}

function batteryOf(battery: PhoneFacts["battery"]): Checked {
  if (battery === null) return { thing: "battery", state: "unknown", said: "battery.unknown" };
  return battery.is_charging || battery.share >= BATTERY_SHARE_MIN
    ? { thing: "battery", state: "ready", said: "battery.enough" }
    : { thing: "battery", state: "look", said: "battery.low" };
}

function mapOf(checked_at: PhoneFacts["map_checked_at"], now: Ms): Checked {
  if (checked_at === undefined) return { thing: "map", state: "look", said: "map.none" };
  if (checked_at === null) return { thing: "map", state: "ready", said: "map.there" };
  return now - checked_at > MAP_AGE_MS_MAX
    ? { thing: "map", state: "look", said: "map.old" }
    : { thing: "map", state: "ready", said: "map.fresh" };
}
