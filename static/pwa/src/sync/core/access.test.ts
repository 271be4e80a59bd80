// @vitest-environment node
import { beforeEach, describe, expect, test } from "vitest";
import { Core, DEVICE, OTHER, ops, outbox, photos, problem } from "../../../test/sync/core_player";
import { T0, uuid } from "../../../test/sync/made";
import { reportOf } from "./report";

let core: Core;
beforeEach(() => {
  core = new Core();
});

describe("an ended sign-in", () => {
  test("pauses everything and deletes nothing", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", problem(401, "signed_out"));
    expect(core.state.stopped).toBe("signed_out");
    expect(core.has("wipe")).toBe(false);
    core.holds(outbox({ ops: ops(2) })).after(999_999);
    expect(core.kick("saved").has("push")).toBe(false);
    expect(core.state.devices[0]?.unsent).toBe(2);
    core.kick("signed_in").accept();
    expect(core.flying("push").ids).toHaveLength(1);
  });

  test("of the reader only leaves the sending alone", () => {
    core.start(outbox());
    core.answer("pull", problem(401, "signed_out"));
    core
      .holds(outbox({ ops: ops(1) }))
      .kick("saved")
      .holds(outbox())
      .accept();
    expect(core.state.in_flight.size).toBe(0);
    expect(reportOf(core.state, { wall: T0, mono: core.mono, random: 0 }).state).toBe("signed_out");
  });

  test("of another host's device keeps that device waiting and nobody else", () => {
    const other = { device: OTHER, is_current: false };
    core.start(outbox(), outbox({ ...other, ops: ops(1, 600, 50) }));
    core.answer("push", problem(401, "signed_out"));
    expect(core.state.stopped).toBeNull();
    expect(core.has("wipe")).toBe(false);
    core.holds(outbox({ ops: ops(1) }), outbox({ ...other, ops: ops(1, 600, 50) })).kick("saved");
    expect(core.flying("push").device).toBe(DEVICE);
    core.holds(outbox(), outbox({ ...other, ops: ops(1, 600, 50) })).accept();
    expect(core.has("push")).toBe(false);
    core.kick("signed_in");
    expect(core.flying("push").device).toBe(OTHER);
  });

  test("a portal's 401 is not ours", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", { kind: "http", status: 401, body: undefined, retry_after_s: null });
    expect(core.state.stopped).toBeNull();
  });
});

describe("a revoked device", () => {
  test("is wiped at once only when told so", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", problem(403, "device_revoked", { wipe: "now" }));
    expect(core.find("wipe")).toEqual({ do: "wipe", device: DEVICE });
    core.holds().stored("wipe");
    expect(core.state.devices).toEqual([]);
  });

  test("else still sends what it has, and goes when nothing is left", () => {
    core.start(outbox({ unsent: 2 }));
    core.answer("pull", problem(403, "device_revoked", { wipe: "after_sync" }));
    expect(core.has("wipe")).toBe(false);
    core.holds(outbox({ ops: ops(1), unsent: 2 })).kick("saved");
    core.holds(outbox({ unsent: 1, photos_kept: 1 })).accept();
    expect(core.has("wipe")).toBe(false);
    core
      .holds(outbox({ ops: ops(1), unsent: 1 }))
      .kick("saved")
      .holds(outbox())
      .accept();
    expect(core.has("wipe")).toBe(true);
  });

  test("that is told so when it sends keeps what it could not send", () => {
    core.start(outbox({ ops: ops(1) }));
    core.answer("push", problem(403, "device_revoked", { wipe: "after_sync" }));
    expect(core.has("wipe")).toBe(false);
    expect(core.state.in_flight.size).toBe(0);
    expect(core.state.devices[0]?.unsent).toBe(1);
  });
});

describe("several hosts on one phone", () => {
  test("records of all go before photos of any; only the one signed in reads", () => {
    const other = { device: OTHER, is_current: false };
    core.start(outbox({ ops: ops(1), photos: photos(100) }), outbox({ ...other, ops: ops(1, 600, 50) }));
    expect(core.flying("push").device).toBe(DEVICE);
    core.holds(outbox({ photos: photos(100) }), outbox({ ...other, ops: ops(1, 600, 50) })).accept();
    expect(core.flying("push")).toMatchObject({ device: OTHER, ids: [uuid(50)] });
    core.holds(outbox({ photos: photos(100) }), outbox({ ...other, photos: photos(100) })).accept();
    expect(core.flying("pull").device).toBe(DEVICE);
    expect(core.flying("have").device).toBe(DEVICE);
  });

  test("what an earlier host left is sent although nobody is signed in", () => {
    core.start(outbox({ device: OTHER, is_current: false, ops: ops(2) }));
    expect(core.flying("push").device).toBe(OTHER);
    core.holds(outbox({ device: OTHER, is_current: false })).accept();
    expect(core.state.in_flight.size).toBe(0);
  });
});
