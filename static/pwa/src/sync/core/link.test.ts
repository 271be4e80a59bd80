// @vitest-environment node
import { beforeEach, describe, expect, test } from "vitest";
import { Core, HTML, NONE, OTHER, ok, ops, outbox, page, photos, rested, SHA } from "../../../test/sync/core_player";
import { T0, uuid } from "../../../test/sync/made";
import type { Answer } from "./model";
import { reportOf } from "./report";

let core: Core;
beforeEach(() => {
  core = new Core();
});

function rest(): Core {
  core = rested();
  return core;
}

describe("a link that fails", () => {
  test.each([
    ["nothing", NONE, "offline"],
    ["a portal's page", HTML, "not_rond"],
    ["a gateway's 302", { kind: "http", status: 302, body: undefined, retry_after_s: null } as Answer, "not_rond"],
  ])("%s: everything stays and is tried again, soon at first", (_what, answer, code) => {
    core.start(outbox({ ops: ops(1), cursor: null }));
    const waits = Array.from({ length: 14 }, () => {
      core.answer("push", answer);
      expect(core.state.last_error).toBe(code);
      const wait = core.delay() ?? 0;
      core.wake();
      return wait;
    });
    expect(waits.slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
    expect(Math.max(...waits)).toBe(150_000);
    expect(core.flying("push").ids).toEqual([uuid(1)]);
  });

  test("a success forgets the failures", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", NONE).wake().accept();
    expect(core.state.link.failures).toBe(0);
  });

  test("the host's button tries at once", () => {
    core.start(outbox({ ops: ops(1) }));
    expect(core.answer("push", NONE).has("push")).toBe(false);
    expect(core.kick("button").has("push")).toBe(true);
  });

  test("a record saved does not hammer a dead link", () => {
    core.start(outbox({ ops: ops(1) }));
    core.random = 0.999;
    for (let i = 0; i < 10; i++) core.answer("push", NONE).wake();
    core.answer("push", NONE).after(10);
    expect(core.kick("saved").has("push")).toBe(false);
    expect(core.after(6_000).kick("saved").has("push")).toBe(true);
  });

  test("what the server asks to wait is waited, whatever is saved meanwhile", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", { kind: "http", status: 503, body: undefined, retry_after_s: 60 });
    expect(core.after(20_000).kick("saved").has("push")).toBe(false);
    expect(core.state.lanes.push.retry_at).toBe(61_000);
  });

  test("a slow one makes patience longer and batches smaller", () => {
    core.start(outbox({ ops: ops(100) }));
    expect(core.flying("push")).toMatchObject({ timeout_ms: 20_000 });
    core.answer("push", { kind: "none", why: "timeout" }).wake();
    expect(core.flying("push").timeout_ms).toBe(40_000);
    expect(core.flying("push").ids).toHaveLength(32);
  });

  test("while it is in doubt one request asks whether it is back", () => {
    core.start(outbox({ photos: photos(1_000, 1_000) })).measured();
    core.answer("have", ok({ blobs: { [SHA(1)]: { off: 0, done: false }, [SHA(2)]: { off: 0, done: false } } }));
    core.answer("part", NONE).answer("part", NONE).answer("pull", NONE);
    expect(core.state.link.failures).toBe(1);
    core.wake();
    expect(core.state.in_flight.size).toBe(1);
  });

  test("beside the question how far a photo has come, the part of another one asks too", () => {
    core.start(outbox({ photos: photos(1_000, 1_000, 1_000) })).measured();
    core.answer("pull", page("e1.s.5")).stored("store_rows", false).stored("clean").answer("audit", NONE).wake();
    const known = Object.fromEntries([1, 2, 3].map((number) => [SHA(number), { off: 0, done: false }]));
    core.answer("have", ok({ blobs: known }));
    core.answer("part", NONE).answer("part", NONE).wake();
    expect([...core.state.in_flight.values()].map(({ effect }) => effect.do).sort()).toEqual(["have", "part"]);
    expect(core.flying("have").sha256).toEqual([SHA(1), SHA(2)]);
    expect(core.flying("part").sha256).toBe(SHA(3));
  });
});

describe("what the screens are told", () => {
  const told = () => reportOf(core.state, { wall: T0, mono: core.mono, random: 0 });

  test("counts, what is on its way, and when the next try comes", () => {
    core.start(
      outbox({ ops: ops(2), photos: photos(1), photos_kept: 2 }),
      outbox({ device: OTHER, is_current: false, ops: ops(3, 600, 50) }),
    );
    expect(told()).toMatchObject({
      state: "sending",
      unsent: 2,
      unsent_others: 3,
      photos_left: 3,
      next_try_at: null,
      sending: new Set([uuid(1), uuid(2)]),
    });
    core.answer("push", NONE);
    expect(told()).toMatchObject({ state: "waiting", next_try_at: T0 + 250, last_error: "offline" });
    core.do({ type: "connection", is_online: false });
    expect(told().state).toBe("offline");
  });

  test("how far the phone's clock is from the server's", () => {
    core.start(outbox());
    core.answer("pull", ok({ rows: [], cursor: "e1.s.6", more: false, server_time: T0 + core.mono + 3_600_000 }));
    expect(told().clock_offset_ms).toBe(3_600_000);
  });

  test("nothing left is idle", () => {
    core = rested();
    expect(told()).toMatchObject({ state: "idle", unsent: 0, last_error: null });
  });
});

test("what is kept back wakes the core when its time comes", () => {
  rest()
    .holds(outbox({ unsent: 1, next_release_at: T0 + core.mono + 90_000 }))
    .kick("saved");
  expect(core.delay()).toBe(90_000);
});

test("a lane that waits is woken while another is busy", () => {
  core.start(outbox({ ops: ops(1) }));
  core.answer("push", { kind: "http", status: 500, body: undefined, retry_after_s: null });
  expect(core.state.in_flight.has("pull")).toBe(true);
  expect(core.delay()).toBe(250);
  expect(core.wake().has("push")).toBe(true);
});
