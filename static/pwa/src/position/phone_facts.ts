/** What the browser tells of the phone before a round: permission, screen, battery. Nothing here asks the host for anything unless told to. */

import type { Permission, PhoneFacts, ScreenFacts } from "../domain/readiness";

/** Chromium's; no other browser tells of the battery. */
interface Battery {
  readonly level: number;
  readonly charging: boolean;
}

/** Whether the position is allowed, as far as the browser says without asking the host. */
export async function positionPermission(): Promise<Permission> {
  if (!("geolocation" in navigator)) return "missing";
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state;
  } catch {
    return "unknown";
  }
}

/** Let the browser ask the host for the position. Resolves when it has been answered or nothing came for a while. */
export async function askForPosition(): Promise<void> {
  if (!("geolocation" in navigator)) return;
  await new Promise<void>((done) => {
    navigator.geolocation.getCurrentPosition(
      () => done(),
      () => done(),
      { maximumAge: Number.POSITIVE_INFINITY, timeout: 30_000 },
    );
  });
}

export async function batteryState(): Promise<PhoneFacts["battery"]> {
  const { getBattery } = navigator as { getBattery?: () => Promise<Battery> };
  if (getBattery === undefined) return null;
  try {
    const { level, charging } = await getBattery.call(navigator);
    return { share: level, is_charging: charging };
  } catch {
    return null;
  }
}

export function screenFacts(is_installed: boolean): ScreenFacts {
  return { has_wake_lock: "wakeLock" in navigator, is_installed, user_agent: navigator.userAgent };
}
