// @vitest-environment node
import { describe, expect, test } from "vitest";
import { NO_TROUBLE } from "./model";
import { backoff, worse } from "./trouble";

describe("backoff", () => {
  test("begins at a quarter of a second and never waits longer than five minutes", () => {
    expect(backoff(1, 0)).toBe(250);
    expect(backoff(1, 0.999)).toBeLessThanOrEqual(500);
    for (let failures = 1; failures < 100; failures++) expect(backoff(failures, 0.999)).toBeLessThanOrEqual(300_000);
    expect(backoff(50, 0.999)).toBeGreaterThan(290_000);
  });

  test("spreads over the whole time, so that phones that lost the network together do not come back together", () => {
    expect(backoff(8, 0.25)).toBe(16_000);
    expect(backoff(8, 0.75)).toBe(48_000);
  });
});

test("what the server asks to wait is waited at least, within reason", () => {
  const now = { wall: 0, mono: 1_000, random: 0 };
  expect(worse(NO_TROUBLE, now, "busy", 60).retry_at).toBe(61_000);
  expect(worse(NO_TROUBLE, now, "busy", 99_999).retry_at).toBe(301_000);
});
