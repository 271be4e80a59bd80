// @vitest-environment node
import { beforeEach, describe, expect, test } from "vitest";
import { Core, DEVICE, ok, ops, outbox, page, photos, problem, rested, SHA } from "../../../test/sync/core_player";

let core: Core;
beforeEach(() => {
  core = new Core();
});

function rest(): Core {
  core = rested();
  return core;
}

describe("a pull", () => {
  test("goes on page by page from the cursor that was stored", () => {
    core.start(outbox());
    expect(core.flying("pull").cursor).toBe("e1.s.5");
    core.answer("pull", page("e1.s.9", true)).stored("store_rows", true);
    expect(core.flying("pull").cursor).toBe("e1.s.9");
    core.answer("pull", page("e1.s.12")).stored("store_rows", true);
    expect(core.state.wants_pull).toBe(false);
  });

  test("that nobody asked for waits some seconds for photos, and goes beside them then", () => {
    rest().holds(outbox({ photos: photos(2_000_000) }));
    core.after(60_000).kick("online");
    expect([core.has("have"), core.has("pull")]).toEqual([true, false]);
    core.answer("have", ok({ blobs: { [SHA(1)]: { off: 0, done: false } } }));
    expect(core.delay()).toBeLessThanOrEqual(5_000);
    core.after(4_999).do({ type: "timer" });
    expect(core.has("pull")).toBe(false);
    core.after(1).do({ type: "timer" });
    expect([core.flying("pull").cursor, core.flying("part").off]).toEqual(["e1.s.5", 0]);
  });

  test("that is asked for goes beside photos at once", () => {
    rest().holds(outbox({ photos: photos(2_000_000) }));
    core.after(60_000).kick("button");
    expect([core.has("have"), core.has("pull")]).toEqual([true, true]);
  });

  test("that does not lead on ends", () => {
    core.start(outbox());
    core.answer("pull", page("e1.s.5", true)).stored("store_rows", false);
    expect(core.has("pull")).toBe(false);
  });

  test("of a changed scope begins anew, but not for ever", () => {
    core.start(outbox()).holds(outbox({ cursor: null }));
    for (let i = 0; i < 3; i++) {
      core.answer("pull", problem(409, "scope_changed")).stored("drop_cursor");
      expect(core.flying("pull").cursor).toBeNull();
    }
    core.answer("pull", problem(409, "scope_changed"));
    expect(core.has("drop_cursor")).toBe(false);
    expect(core.state.lanes.pull.failures).toBe(1);
  });

  test("after a push comes when the photos have gone", () => {
    rest()
      .holds(outbox({ ops: ops(1) }))
      .kick("saved");
    core.holds(outbox({ photos: photos(100) })).accept([{ sha256: SHA(1), off: 0 }]);
    expect(core.has("pull")).toBe(false);
    core.answer("part", ok({ off: 100, done: true })).stored("store_photo");
    expect(core.has("pull")).toBe(false);
    expect(core.delay()).toBe(1_500);
    expect(core.holds(outbox()).wake().has("pull")).toBe(true);
  });

  test("that nobody asked for waits until nothing was acknowledged for a while, but some seconds at most", () => {
    rest()
      .holds(outbox({ ops: ops(1) }))
      .after(60_000)
      .kick("online");
    core.holds(outbox());
    core.after(4_000).accept();
    expect(core.has("pull")).toBe(false);
    expect(core.delay()).toBe(1_000);
    expect(core.wake().has("pull")).toBe(true);
  });

  test("of a page that is looked at comes every five minutes", () => {
    core = rested();
    expect(core.delay()).toBe(300_000);
    expect(core.wake().has("pull")).toBe(true);
  });

  test("is not asked for by a page nobody looks at", () => {
    rest().do({ type: "visibility", is_visible: false });
    expect(core.delay()).toBeNull();
  });

  test("is followed, once, by the question what the server lacks", () => {
    core.start(outbox());
    core.answer("pull", page("e1.s.6")).stored("store_rows", true).stored("clean");
    core.holds(outbox({ ops: ops(1) }));
    core.answer("audit", ok({ max_n: 3, missing: [2], photos_missing: [] })).stored("store_audit", 1);
    expect(core.has("push")).toBe(true);
    core.holds(outbox()).accept().wake().answer("pull", page("e1.s.7")).stored("store_rows", true);
    expect(core.has("audit")).toBe(false);
  });
});

describe("a server that was restored", () => {
  test("gets everything again, under its new epoch", () => {
    core.start(outbox({ ops: ops(1), photos: photos(100) }));
    core.holds(outbox({ epoch: "e2", cursor: null, ops: ops(5) }));
    core.answer("push", problem(409, "epoch_changed", { epoch: "e2" }));
    expect(core.find("restart")).toEqual({ do: "restart", device: DEVICE, epoch: "e2" });
    core.stored("restart");
    expect(core.flying("push").epoch).toBe("e2");
    core.accept();
    expect(core.flying("push").ids).toHaveLength(4);
  });

  test("is noticed by a pull too, also when it answers as if nothing had happened", () => {
    core.start(outbox());
    core.answer("pull", ok({ epoch: "e2", rows: [], cursor: "e2.s.1", more: false }));
    expect(core.find("restart")).toMatchObject({ epoch: "e2" });
    expect(core.has("store_rows")).toBe(false);
  });

  test("that changes its mind without end is left alone for a while", () => {
    core.start(outbox({ ops: ops(1) }));
    for (let i = 2; i < 5; i++)
      core.answer("push", problem(409, "epoch_changed", { epoch: `e${i}` })).stored("restart");
    core.answer("push", problem(409, "epoch_changed", { epoch: "e9" }));
    expect(core.has("restart")).toBe(false);
    expect(core.state.lanes.push.failures).toBe(1);
  });
});
