// @vitest-environment node
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../test/seeded_random";
import { T0 } from "../../test/sync/made";
import { GAP_MS_MIN } from "./gap";
import {
  RECORDER_OFF,
  type RecorderEffect,
  type RecorderEvent,
  type RecorderState,
  SILENCE_MS,
  stepRecorder,
} from "./recorder";
import { SEGMENT_FIXES } from "./track";

/** A recorder in a test's hand: time moves by `after`, effects pile up. */
class Played {
  state: RecorderState = RECORDER_OFF;
  at = T0;
  effects: RecorderEffect[] = [];

  do(event: RecorderEvent): this {
    const next = stepRecorder(this.state, event, { wall: this.at, mono: this.at - T0 + 1_000 });
    this.state = next.state;
    this.effects.push(...next.effects);
    return this;
  }
  start(alive_at: number | null = null, is_paused = false): this {
    return this.do({ type: "start", alive_at, is_paused, is_visible: true });
  }
  after(seconds: number): this {
    this.at += seconds * 1_000;
    return this;
  }
  /** Let time pass with a tick every 5 s. */
  quiet(seconds: number): this {
    for (let i = 0; i < seconds; i += 5) this.after(5).do({ type: "tick" });
    return this;
  }
  fix(accuracy_m: number | null = 8, at = this.at): this {
    return this.do({ type: "fix", fix: { lat: 57.7, lon: 11.9, accuracy_m, at } });
  }
  walk(fixes: number): this {
    for (let i = 0; i < fixes; i++) this.after(2).fix();
    return this;
  }
  gaps(): { from: number; to: number; reason: string }[] {
    return this.effects.flatMap((effect) =>
      effect.do === "record_gap"
        ? [{ from: (effect.from - T0) / 1_000, to: (effect.to - T0) / 1_000, reason: effect.reason }]
        : [],
    );
  }
  count(kind: RecorderEffect["do"]): number {
    return this.effects.filter((effect) => effect.do === kind).length;
  }
}
const played = () => new Played();

describe("gaps", () => {
  test("a walk with a fix every other second has none", () => {
    expect(played().start().walk(400).do({ type: "end" }).gaps()).toEqual([]);
  });

  test("a hidden page is a gap from the last fix to the next", () => {
    const gaps = played()
      .start()
      .walk(5)
      .do({ type: "hidden" })
      .after(90)
      .do({ type: "visible" })
      .after(3)
      .fix()
      .gaps();
    expect(gaps).toEqual([{ from: 10, to: 103, reason: "hidden" }]);
  });

  test("a position from before a gap, told again after it, is kept and does not end the gap", () => {
    const back = played().start().walk(5).do({ type: "hidden" }).after(300).do({ type: "visible" });
    back.after(1).fix(8, T0 + 10_000);
    expect(back.state.gap?.reason).toBe("hidden");
    expect(back.after(4).fix().gaps()).toEqual([{ from: 10, to: 315, reason: "hidden" }]);
    expect(back.count("store_fix")).toBe(7);
  });

  test("a look at another app for a few seconds is none", () => {
    const gaps = played().start().walk(5).do({ type: "hidden" }).after(8).do({ type: "visible" }).after(2).fix().gaps();
    expect(gaps).toEqual([]);
  });

  test("a page that was killed leaves a gap from its last sign of life", () => {
    const gaps = played()
      .start(T0 - 600_000)
      .after(4)
      .fix()
      .gaps();
    expect(gaps).toEqual([{ from: -600, to: 4, reason: "locked_or_killed" }]);
  });

  test("a page that was loaded anew leaves none", () => {
    const run = played()
      .start(T0 - 3_000)
      .after(2)
      .fix();
    expect(run.gaps()).toEqual([]);
    expect(run.state.gap).toBeNull();
  });

  test("silence is a gap once it has lasted", () => {
    const silent = played().start().walk(5).quiet(25);
    expect(silent.state.gap).toBeNull();
    silent.quiet(15);
    expect(silent.state.gap).toEqual({ from: T0 + 10_000, reason: "no_fix" });
    expect(silent.fix().gaps()).toEqual([{ from: 10, to: 50, reason: "no_fix" }]);
  });

  test("silence nobody ticked through is a gap all the same", () => {
    expect(played().start().walk(5).after(120).fix().gaps()).toEqual([{ from: 10, to: 130, reason: "no_fix" }]);
  });

  test("no first fix at all is a gap from the start", () => {
    expect(played().start().quiet(60).do({ type: "end" }).gaps()).toEqual([{ from: 0, to: 60, reason: "no_fix" }]);
  });

  test("a permission taken away is told as that", () => {
    const gaps = played()
      .start()
      .walk(5)
      .after(1)
      .do({ type: "permission", is_denied: true })
      .quiet(60)
      .do({ type: "end" });
    expect(gaps.gaps()).toEqual([{ from: 10, to: 71, reason: "permission" }]);
  });

  test("fixes too rough to tell the path make a gap, and are kept", () => {
    const rough = played().start().walk(5);
    for (let i = 0; i < 30; i++) rough.after(2).fix(120);
    expect(rough.fix(10).gaps()).toEqual([{ from: 10, to: 70, reason: "low_accuracy" }]);
    expect(rough.count("store_fix")).toBe(36);
  });

  test("a pause is the host's own gap, between pause and resume", () => {
    const gaps = played().start().walk(5).do({ type: "pause" }).after(300).do({ type: "resume" }).after(2).fix();
    expect(gaps.gaps()).toEqual([{ from: 10, to: 310, reason: "user_pause" }]);
  });

  test("a pause outlasts the page", () => {
    const gaps = played()
      .start(T0 - 60_000, true)
      .after(30)
      .do({ type: "resume" })
      .gaps();
    expect(gaps).toEqual([{ from: -60, to: 30, reason: "user_pause" }]);
  });

  test("a pause that the page dies in is told from its beginning: no sign of life is given in it", () => {
    const paused = played().start().walk(5).do({ type: "pause" });
    const before = paused.count("heartbeat");
    expect(paused.quiet(600).count("heartbeat")).toBe(before);
  });

  test("hidden and then killed is one gap to its end", () => {
    expect(played().start().walk(3).do({ type: "hidden" }).quiet(60).do({ type: "end" }).gaps()).toEqual([
      { from: 6, to: 66, reason: "hidden" },
    ]);
  });

  test("a phone's clock set back makes no gap that ends before it begins", () => {
    const back = played().start().walk(5).do({ type: "hidden" });
    back.after(-3_600).do({ type: "visible" }).fix();
    expect(back.gaps()).toEqual([]);
  });
});

describe("segments", () => {
  test("a full segment is closed and its last fix leads the next", () => {
    const walked = played().start().walk(SEGMENT_FIXES);
    expect(walked.effects.at(-1)).toEqual({ do: "close_segment", carry: true });
    expect(walked.state.count).toBe(1);
  });

  test("five minutes close a segment that is not full", () => {
    const slow = played().start();
    for (let i = 0; i < 20; i++) slow.after(20).fix().do({ type: "tick" });
    expect(slow.count("close_segment")).toBe(1);
  });

  test("what is loose is made durable when the page is hidden, paused or left", () => {
    for (const type of ["hidden", "pause", "leave", "end"] as const) {
      expect(played().start().walk(5).do({ type }).count("close_segment"), type).toBe(1);
    }
  });

  test("segments on both sides of a gap do not touch", () => {
    const walked = played().start().walk(5).do({ type: "hidden" }).after(90).do({ type: "visible" }).fix();
    const order = walked.effects.slice(-3).map((effect) => effect.do);
    expect(order).toEqual(["close_segment", "record_gap", "store_fix"]);
    expect(walked.effects.at(-3)).toEqual({ do: "close_segment", carry: false });
  });
});

describe("the watch", () => {
  test("is begun again when it has been silent for a quarter of a minute, and not oftener", () => {
    const silent = played().start().walk(3);
    const before = silent.count("watch");
    silent.quiet(15);
    expect(silent.count("watch")).toBe(before);
    silent.quiet(5);
    expect(silent.count("watch")).toBe(before + 1);
    silent.quiet(15);
    expect(silent.count("watch")).toBe(before + 1);
  });

  test("is begun again when the page comes back", () => {
    expect(played().start().do({ type: "hidden" }).do({ type: "visible" }).count("watch")).toBe(2);
  });

  test("rests while paused", () => {
    const paused = played().start().do({ type: "pause" });
    expect(paused.count("unwatch")).toBe(1);
    expect(paused.quiet(60).count("watch")).toBe(1);
  });
});

test("rough fixes in a long gap are one gap with its first reason until a good one comes", () => {
  const run = played().start().walk(5).do({ type: "hidden" }).after(60).do({ type: "visible" });
  for (let i = 0; i < 20; i++) run.after(2).fix(90);
  const reasons = run.after(2).fix(10).gaps();
  expect(reasons.map(({ reason }) => reason)).toEqual(["hidden", "low_accuracy"]);
  expect(reasons[0]?.to).toBe(reasons[1]?.from);
});

test("a round that is ended while a gap is open keeps the gap to its end", () => {
  expect(
    played()
      .start(T0 - 600_000)
      .after(30)
      .do({ type: "end" })
      .gaps(),
  ).toEqual([{ from: -600, to: 30, reason: "locked_or_killed" }]);
});

test("a permission given again without a word begins the watch again within a quarter of a minute", () => {
  const denied = played().start().walk(2).do({ type: "permission", is_denied: true });
  const before = denied.count("watch");
  denied.quiet(20);
  expect(denied.count("watch")).toBe(before + 1);
  expect(denied.fix().state).toMatchObject({ is_denied: false, gap: null });
});

test("a sign of life is given every ten seconds without a fix", () => {
  const alive = played().start();
  expect(alive.quiet(60).count("heartbeat")).toBeGreaterThanOrEqual(6);
});

test("nothing is recorded before the start and after the end", () => {
  const off = played().fix().do({ type: "tick" }).do({ type: "hidden" });
  expect(off.effects).toEqual([]);
  const ended = played().start().walk(2).do({ type: "end" });
  const before = ended.effects.length;
  expect(ended.after(2).fix().quiet(60).effects).toHaveLength(before);
});

test("whatever happens, every fix is kept, gaps are long enough and lie in order", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new SeededRandom(seed);
    const run = played().start(random.is(0.5) ? T0 - random.below(900_000) : null);
    let fixes = 0;
    for (let i = 0; i < 120; i++) {
      run.after(random.pick([0, 1, 2, 5, 20, 60]));
      const kind = random.pick(["fix", "fix", "fix", "tick", "tick", "hidden", "visible", "pause", "resume"] as const);
      if (kind === "fix") {
        if (run.state.mode === "recording") fixes++;
        run.fix(random.pick([5, 20, 200, null]));
      } else run.do({ type: kind });
    }
    run.do({ type: "end" });
    expect(run.count("store_fix"), `seed ${seed}`).toBe(fixes);
    let last = -Infinity;
    for (const { from, to } of run.gaps()) {
      expect((to - from) * 1_000, `seed ${seed}`).toBeGreaterThanOrEqual(GAP_MS_MIN);
      expect(from, `seed ${seed}`).toBeGreaterThanOrEqual(last);
      last = to;
    }
  }
  expect(SILENCE_MS).toBeGreaterThan(GAP_MS_MIN);
});
