// @vitest-environment node
import { expect, test } from "vitest";
import { record, uuid } from "../../test/sync/made";
import { endRound, mayStep, pauseRound, roundOf, startRound, stateAfter } from "./round";

test.each([
  ["open", "pause", true],
  ["open", "resume", false],
  ["open", "end", true],
  ["paused", "pause", false],
  ["paused", "resume", true],
  ["paused", "end", true],
  ["ended", "pause", false],
  ["ended", "resume", false],
  ["ended", "end", false],
] as const)("from %s, %s is possible: %s", (state, next, possible) => {
  expect(mayStep(state, next)).toBe(possible);
  if (!possible) expect(stateAfter(state, next)).toBe(state);
});

test.each([0, 21, 1.5])("a round of %d hosts is none", (party) => {
  expect(() => startRound(uuid(1), null, party)).toThrow(RangeError);
});

test("everything that happens on a round belongs to it", () => {
  expect(roundOf(startRound(uuid(1), null, 2))).toBe(uuid(1));
  expect(roundOf(pauseRound(uuid(1)))).toBe(uuid(1));
  expect(roundOf(endRound(uuid(1), "done"))).toBe(uuid(1));
  expect(roundOf(record(5, { round: uuid(1) }))).toBe(uuid(1));
  expect(roundOf(record(5))).toBeNull();
  expect(roundOf({ type: "observation.withdraw", entity: uuid(5), data: { reason: "mistake" } })).toBeNull();
});
