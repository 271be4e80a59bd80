// @vitest-environment node
import { beforeEach, describe, expect, test } from "vitest";
import { Core, DEVICE, ok, ops, outbox, photos, problem, rested, SHA } from "../../../test/sync/core_player";
import { T0, uuid } from "../../../test/sync/made";

let core: Core;
beforeEach(() => {
  core = new Core();
});

function rest(): Core {
  core = rested();
  return core;
}

describe("a run", () => {
  test("begins by reading what there is, and asks for the lock only when there is something to do", () => {
    rest().kick("saved");
    expect(core.has("load")).toBe(true);
    expect(core.has("lock")).toBe(false);
    core.holds(outbox({ ops: ops(1) })).kick("saved");
    expect(core.has("lock")).toBe(true);
    expect(core.has("push")).toBe(true);
  });

  test("waits when another page has the lock, and sends nothing meanwhile", () => {
    core.isLockFree = false;
    core.start(outbox({ ops: ops(1) }));
    expect(core.has("push")).toBe(false);
    expect(core.delay()).toBe(3_000);
    core.isLockFree = true;
    expect(core.wake().has("push")).toBe(true);
  });

  test("gives the lock back when it ends", () => {
    expect(rest().has("unlock")).toBe(true);
    expect(core.state.run).toBeNull();
  });

  test("gives the lock back when the page is hidden, and sends on without it", () => {
    core.start(outbox({ ops: ops(100) }));
    expect(core.do({ type: "visibility", is_visible: false }).has("unlock")).toBe(true);
    expect(core.accept().has("push")).toBe(true);
  });

  test("a lock that comes when nobody waits for it any more is given back", () => {
    core.start(outbox({ ops: ops(1) })).do({ type: "visibility", is_visible: false });
    expect(core.do({ type: "locked", got: true }).has("unlock")).toBe(true);
  });

  test("a hidden page asks for no lock", () => {
    core.do({ type: "visibility", is_visible: false }).start(outbox({ ops: ops(1) }));
    expect(core.has("lock")).toBe(false);
    expect(core.has("push")).toBe(true);
  });

  test("ends after 25 seconds so that another page comes to its turn, and begins anew", () => {
    core.start(outbox({ ops: ops(100) })).holds(outbox({ ops: ops(36, 600, 65) }));
    core.after(26_000).accept();
    const order = core.effects.map((effect) => effect.do).filter((kind) => ["unlock", "lock", "push"].includes(kind));
    expect(order).toEqual(["unlock", "lock", "push"]);
  });
});

describe("batches", () => {
  test("begin small and grow while answers come briskly", () => {
    core.start(outbox({ ops: ops(1_000, 300) }));
    const sizes = [core.flying("push").ids.length];
    for (let i = 0; i < 4; i++) sizes.push(core.after(100).accept().flying("push").ids.length);
    expect(sizes).toEqual([64, 200, 200, 200, 200]);
  });

  test("hold no more than the protocol's bytes", () => {
    core.start(outbox({ ops: ops(200, 10_000) }));
    const sizes = Array.from({ length: 4 }, () => {
      const { ids } = core.flying("push");
      core.after(10).accept();
      return ids.length * 10_000;
    });
    expect(sizes).toEqual([40_000, 190_000, 240_000, 240_000]);
  });

  test("one operation larger than any batch is sent alone", () => {
    core.start(outbox({ ops: ops(3, 300_000) }));
    expect(core.flying("push").ids).toHaveLength(1);
  });

  test("shrink when an answer takes long", () => {
    core.start(outbox({ ops: ops(100) }));
    core.after(6_000).accept();
    expect(core.flying("push").ids).toHaveLength(32);
  });

  test("carry the epoch, what is unsent and the order of n", () => {
    core.start(outbox({ ops: ops(3), oldest: T0 }));
    expect(core.flying("push")).toMatchObject({
      device: DEVICE,
      epoch: "e1",
      unsent: { count: 3, oldest: T0 },
      ids: [uuid(1), uuid(2), uuid(3)],
    });
  });

  test("are halved on 413 until they pass, and stay small", () => {
    core.start(outbox({ ops: ops(20) }));
    core.answer("push", problem(413, "too_large"));
    expect(core.flying("push").ids).toEqual(ops(10).map(({ id }) => id));
    core.answer("push", problem(413, "too_large"));
    expect(core.flying("push").ids).toHaveLength(5);
    core.after(2_000).accept();
    expect(core.flying("push").ids).toHaveLength(5);
  });
});

describe("a poison operation", () => {
  /** One exchange with a server that refuses every push that holds the poison. */
  function exchange(status: number, poison: string): void {
    if (!core.state.in_flight.has("push")) {
      core.wake();
      return;
    }
    if (core.flying("push").ids.includes(poison)) core.answer("push", problem(status, "poison"));
    else core.accept();
    if (core.has("refuse")) core.stored("refuse");
    // What has been accepted is no longer in the outbox.
    const [device] = core.state.devices;
    const left = [
      ...(device?.groups.flat() ?? []),
      ...(device?.queue ?? []).map(({ id }) => id),
      ...(device?.skipped ?? []),
    ];
    core.holds(outbox({ ops: left.map((id) => ({ id, size: 600, is_free: false })) }));
  }

  test.each([400, 422, 500])("%i is found by halving; the others pass and it stays on the phone", (status) => {
    core.start(outbox({ ops: ops(20) }));
    for (let i = 0; i < 60 && !core.state.devices[0]?.skipped.size; i++) exchange(status, uuid(7));
    for (let i = 0; i < 20 && core.state.in_flight.has("push"); i++) exchange(status, uuid(7));
    expect(core.state.devices[0]).toMatchObject({ skipped: new Set([uuid(7)]), queue: [], groups: [], unsent: 1 });
  });

  test("is tried again when the host asks for it", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", problem(422, "invalid")).stored("refuse");
    expect(core.state.in_flight.has("push")).toBe(false);
    expect(core.kick("button").flying("push").ids).toEqual([uuid(1)]);
  });

  test("three refusals in a row are the request's fault, not the records': wait", () => {
    core.start(outbox({ ops: ops(8) }));
    while (core.state.in_flight.has("push")) {
      core.answer("push", problem(400, "malformed"));
      if (core.has("refuse")) core.stored("refuse");
    }
    expect(core.state.devices[0]?.skipped.size).toBe(3);
    expect(core.state.lanes.push.failures).toBe(1);
  });
});

describe("acknowledgements", () => {
  const acks = () => core.flying("push").ids.map((id) => ({ id, st: "ok", seq: 1 }));

  test("are made durable before anything else is sent", () => {
    core.start(outbox({ ops: ops(100) }));
    core.answer("push", ok({ acks: acks(), want: [] }));
    expect(core.has("push")).toBe(false);
    expect(core.stored("store_acks").has("push")).toBe(true);
  });

  test("that could not be stored are asked for again: the server will say dup", () => {
    core.start(outbox({ ops: ops(2) }));
    core.answer("push", ok({ acks: acks(), want: [] }));
    const what = core.find("store_acks");
    if (what === undefined) throw new Error("nothing to store");
    core.do({ type: "storage_failed", what });
    expect(core.state.storage.failures).toBe(1);
    expect(core.wake().flying("push").ids).toEqual([uuid(1), uuid(2)]);
  });

  test.each([
    ["no list of them", { want: [] }],
    ["one without a seq", { acks: [{ id: uuid(1), st: "ok" }], want: [] }],
    ["one of an unknown kind", { acks: [{ id: uuid(1), st: "fine", seq: 1 }], want: [] }],
    ["no server time", { acks: [], want: [], server_time: "now" }],
  ])("an answer with %s is no answer of the server's", (_what, body) => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", ok(body));
    expect(core.has("store_acks")).toBe(false);
    expect(core.state.link).toMatchObject({ failures: 1, code: "not_rond" });
  });

  test("an operation the server passed over in silence is left alone until somebody asks", () => {
    core.start(outbox({ ops: ops(2) })).holds(outbox({ ops: [{ id: uuid(2), size: 600, is_free: false }] }));
    core.answer("push", ok({ acks: [{ id: uuid(1), st: "ok", seq: 1 }], want: [] })).stored("store_acks");
    expect(core.state.in_flight.has("push")).toBe(false);
    expect(core.state.devices[0]?.unsent).toBe(1);
  });

  test("of operations that were sent elsewhere meanwhile are not waited for", () => {
    core.start(outbox({ ops: ops(2) })).holds(outbox());
    core.do({ type: "moot", what: core.flying("push") });
    expect(core.state.devices[0]).toMatchObject({ queue: [], groups: [] });
  });
});

test("the same events give the same state", () => {
  const play = () =>
    new Core().start(outbox({ ops: ops(5), photos: photos(100) })).accept([{ sha256: SHA(1), off: 0 }]);
  expect(play().state).toEqual(play().state);
});
