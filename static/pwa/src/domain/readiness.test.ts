import { describe, expect, test } from "vitest";
import { checkPhone, iosVersion, keepsScreenOn, type PhoneFacts } from "./readiness";

const NOW = 1_790_000_000_000;
const DAY_MS = 86_400_000;
const IPHONE = (version: string) => `Mozilla/5.0 (iPhone; CPU iPhone OS ${version} like Mac OS X) AppleWebKit/605.1.15`;
const ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36";
const GOOD: PhoneFacts = {
  position: "granted",
  screen: { has_wake_lock: true, is_installed: true, user_agent: ANDROID },
  is_persistent: true,
  room_bytes: 2e9,
  battery: { share: 0.8, is_charging: false },
  is_installed: true,
  map_checked_at: NOW - DAY_MS,
};
const found = (facts: Partial<PhoneFacts>) =>
  checkPhone({ ...GOOD, ...facts }, NOW)
    .filter(({ state }) => state !== "ready")
    .map(({ state, said }) => `${said} ${state}`);

describe("the check before a round", () => {
  test("finds nothing on a phone that is ready", () => expect(found({})).toEqual([]));

  test.each<[Partial<PhoneFacts>, string]>([
    [{ position: "denied" }, "position.denied lacking"],
    [{ position: "prompt" }, "position.prompt look"],
    [{ position: "unknown" }, "position.unknown unknown"],
    [{ is_persistent: false }, "storage.evictable look"],
    [{ room_bytes: 50e6 }, "room.little lacking"],
    [{ room_bytes: null }, "room.unknown unknown"],
    [{ battery: { share: 0.3, is_charging: false } }, "battery.low look"],
    [{ battery: null }, "battery.unknown unknown"],
    [{ is_installed: false }, "installed.no look"],
    [{ map_checked_at: undefined }, "map.none look"],
    [{ map_checked_at: NOW - 8 * DAY_MS }, "map.old look"],
  ])("of a phone with %o says so", (facts, said) => expect(found(facts)).toEqual([said]));

  test("takes a low battery that is being charged for enough", () =>
    expect(found({ battery: { share: 0.1, is_charging: true } })).toEqual([]));

  test("names what is lacking first", () =>
    expect(found({ is_installed: false, position: "denied", battery: null })).toEqual([
      "position.denied lacking",
      "installed.no look",
      "battery.unknown unknown",
    ]));
});

describe("a screen", () => {
  const screen = (user_agent: string, is_installed: boolean, has_wake_lock = true) =>
    keepsScreenOn({ user_agent, is_installed, has_wake_lock });

  test("of an iPhone before 18.4 goes dark in an app on the home screen only", () => {
    expect(screen(IPHONE("18_3_2"), true)).toBe(false);
    expect(screen(IPHONE("17_7"), true)).toBe(false);
    expect(screen(IPHONE("18_3"), false)).toBe(true);
    expect(screen(IPHONE("18_4"), true)).toBe(true);
    expect(screen(IPHONE("18_10"), true)).toBe(true);
    expect(screen(IPHONE("26_0"), true)).toBe(true);
  });

  test("of a browser without a wake lock goes dark", () => expect(screen(ANDROID, true, false)).toBe(false));

  test("of another phone has no version of iOS", () => expect(iosVersion(ANDROID)).toBeNull());
});
