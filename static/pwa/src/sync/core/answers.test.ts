// @vitest-environment node
import { describe, expect, test } from "vitest";
import { judge } from "./answers";
import type { Answer } from "./model";

const http = (status: number, body?: unknown, retry_after_s: number | null = null): Answer => ({
  kind: "http",
  status,
  body,
  retry_after_s,
});
const GOOD = { proto: 1, epoch: "e1" };

describe("success", () => {
  test("is 200 with JSON, proto and epoch", () => {
    expect(judge(http(200, GOOD), true)).toEqual({ is: "ok", body: GOOD });
    expect(judge(http(200, { off: 1 }), false)).toEqual({ is: "ok", body: { off: 1 } });
  });

  test.each([
    ["a page of HTML", undefined],
    ["a list", []],
    ["null", null],
    ["JSON without proto", { epoch: "e1" }],
    ["another protocol", { proto: 2, epoch: "e1" }],
    ["JSON without epoch", { proto: 1 }],
    ["an empty epoch", { proto: 1, epoch: "" }],
  ])("is not %s: a portal may answer 200 to anything", (_what, body) => {
    expect(judge(http(200, body), true)).toEqual({ is: "link", code: "not_rond" });
  });
});

describe("what did not come", () => {
  test.each([
    ["network", "offline"],
    ["timeout", "timeout"],
  ] as const)("%s is the link's fault: %s", (why, code) => {
    expect(judge({ kind: "none", why }, true)).toEqual({ is: "link", code });
  });

  test.each([302, 307, 401, 403, 404, 409, 422, 511])("%i without our problem's code says nothing", (status) => {
    const verdict = judge(http(status, undefined), true);
    expect(verdict.is).toBe(status === 511 ? "server" : "link");
  });
});

describe("refusals", () => {
  test.each([
    [409, { code: "epoch_changed", epoch: "e2" }, { is: "epoch_changed", epoch: "e2" }],
    [409, { code: "epoch_changed" }, { is: "bad", code: "epoch_changed" }],
    [409, { code: "scope_changed" }, { is: "scope_changed" }],
    [409, { code: "wrong_offset", off: 65_536 }, { is: "wrong_offset", off: 65_536 }],
    [409, { code: "wrong_offset", off: -1 }, { is: "bad", code: "wrong_offset" }],
    [401, { code: "signed_out" }, { is: "signed_out" }],
    [403, { code: "device_revoked", wipe: "now" }, { is: "revoked", wipe: "now" }],
    [403, { code: "device_revoked", wipe: "after_sync" }, { is: "revoked", wipe: "after_sync" }],
    [403, { code: "device_revoked" }, { is: "revoked", wipe: "after_sync" }],
    [403, { code: "forbidden" }, { is: "bad", code: "forbidden" }],
    [426, { code: "update_required" }, { is: "needs_update" }],
    [404, { code: "not_found" }, { is: "unknown" }],
    [413, { code: "too_large" }, { is: "too_large" }],
    [413, undefined, { is: "too_large" }],
    [400, { code: "malformed" }, { is: "bad", code: "malformed" }],
    [422, { code: "invalid" }, { is: "bad", code: "invalid" }],
    [500, { code: "internal" }, { is: "server", code: "internal", status: 500, retry_after_s: null }],
    [502, undefined, { is: "server", code: "http_502", status: 502, retry_after_s: null }],
    [429, { code: "slow_down" }, { is: "server", code: "slow_down", status: 429, retry_after_s: 7 }],
  ])("%i %o is %o", (status, body, verdict) => {
    expect(judge(http(status, body, status === 429 ? 7 : null), true)).toEqual(verdict);
  });
});
