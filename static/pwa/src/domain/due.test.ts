import { describe, expect, it } from "vitest";
import { dayBegan, dueNow } from "./due";
import type { DueDoc } from "./plan_types";
import type { RecordView } from "./types";

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const PIECES = { waiting: 0, seen: 0, waiting_m: 0 };

function doc(changed: Partial<DueDoc> = {}): DueDoc {
  return {
    day: "2026-11-23",
    plans: [{ plan: "p", times_a_week: null, weekdays: EVERY_DAY, from_min: 720, to_min: 960, pieces: PIECES }],
    places: [
      { place: "a", plan: 0, occasions: 5, is_seen: false },
      { place: "b", plan: 0, occasions: 2, is_seen: false },
      { place: "c", plan: 0, occasions: 0, is_seen: true },
    ],
    ...changed,
  };
}

const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime();
const check = (place: string, occurred_at: number, is_withdrawn = false) =>
  ({ place, occurred_at, is_withdrawn }) as RecordView;
const seen = (records: RecordView[], now: number) =>
  dueNow(doc(), records, now).map((item) => [item.place, item.is_seen]);

describe("what is due", () => {
  it("puts what waits longest first and what was seen last", () => {
    expect(dueNow(doc(), [], at(23, 19)).map((item) => item.place)).toEqual(["a", "b", "c"]);
  });

  it("ticks off what this host has checked tonight, at once", () => {
    expect(seen([check("a", at(23, 19))], at(23, 20))).toEqual([
      ["b", false],
      ["a", true],
      ["c", true],
    ]);
  });

  it("does not take a check before the plan's hours, a withdrawn one or yesterday's for tonight's", () => {
    const records = [check("a", at(23, 15)), check("a", at(23, 19), true), check("b", at(22, 20))];
    expect(seen(records, at(23, 20)).slice(0, 2)).toEqual([
      ["a", false],
      ["b", false],
    ]);
  });

  it("counts an hour past midnight to the evening before", () => {
    expect(dayBegan(at(24, 1))).toBe(at(23, 6));
    expect(seen([check("a", at(24, 1))], at(24, 2)).at(-2)).toEqual(["a", true]);
  });

  it("carries yesterday's document on: everything waits a day more, and what was seen waits again", () => {
    expect(dueNow(doc(), [], at(24, 19)).map((item) => [item.place, item.occasions, item.is_seen])).toEqual([
      ["a", 6, false],
      ["b", 3, false],
      ["c", 1, false],
    ]);
  });

  it("asks for nothing on a weekday that the plan does not name", () => {
    const [plan] = doc().plans;
    const mondays = doc({ plans: plan ? [{ ...plan, weekdays: [1] }] : [] });
    expect(dueNow(mondays, [], at(23, 19))).toHaveLength(3);
    expect(dueNow(mondays, [], at(24, 19))).toHaveLength(0);
  });
});
