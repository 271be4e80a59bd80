import { beforeEach, describe, expect, test } from "vitest";
import { Core, DEVICE, OTHER, ops, outbox, page, photos, problem, rested, SHA } from "../../../test/sync/core_player";
import { uuid } from "../../../test/sync/made";

let core: Core;
beforeEach(() => {
  core = new Core();
});

const restarts = () => core.effects.filter((effect) => effect.do === "restart");

describe("a server that was restored", () => {
  test("is another one for every store on the phone, whoever is here", () => {
    core.start(outbox(), outbox({ device: OTHER, is_current: false }));
    core.answer("pull", problem(409, "epoch_changed", { epoch: "e2" }));
    expect(restarts().map(({ device, epoch }) => [device, epoch])).toEqual([
      [DEVICE, "e2"],
      [OTHER, "e2"],
    ]);
  });

  test("is noticed for the others by an answer to a store that is new to it", () => {
    core.start(outbox({ epoch: null, cursor: null }), outbox({ device: OTHER, is_current: false }));
    const answer = page("e2.s.6");
    core.answer("pull", { ...answer, body: { ...(answer as { body: object }).body, epoch: "e2" } } as typeof answer);
    expect(restarts()).toEqual([{ do: "restart", device: OTHER, epoch: "e2" }]);
  });

  test.each([
    [401, "signed_out"],
    [403, "forbidden"],
    [403, "device_revoked"],
  ])("is given back what it lost by who may not read: %i %s", (status, code) => {
    core.start(outbox());
    core.answer("pull", problem(status, code, { epoch: "e2", wipe: "after_sync" }));
    expect(restarts()).toEqual([{ do: "restart", device: DEVICE, epoch: "e2" }]);
    core.holds(outbox({ epoch: "e2", cursor: null, ops: ops(1), unsent: 1 })).stored("restart");
    core.kick("saved");
    expect(core.flying("push").ids).toEqual([uuid(1)]);
  });

  test("and a refusal by the same server changes nothing", () => {
    core.start(outbox());
    core.answer("pull", problem(401, "signed_out", { epoch: "e1" }));
    expect(restarts()).toEqual([]);
  });
});

test("a look that is overdue while looking fails does not wake the page again and again", () => {
  core = rested();
  core.holds(outbox()).after(400_000).do({ type: "timer" });
  core.answer("pull", problem(503, "unavailable"));
  expect(core.delay()).toBeGreaterThanOrEqual(250);
  expect(core.wake().has("pull")).toBe(true);
});

test("a revoked store is not deleted while a photo of it is left for later", () => {
  core.start(outbox({ photos: photos(100) }));
  core.answer("pull", problem(403, "device_revoked", { wipe: "after_sync" }));
  core.answer("have", { kind: "http", status: 200, body: { blobs: {} }, retry_after_s: null });
  expect(core.has("wipe")).toBe(false);
  expect(core.state.devices[0]?.photos.has(SHA(1))).toBe(true);
});
