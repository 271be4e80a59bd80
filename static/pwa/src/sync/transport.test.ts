// @vitest-environment node
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { makeOperation, SetClock, sha256Hex, T0, uuid } from "../../test/sync/made";
import { auditQuestion, haveQuestion, partQuestion, pullQuestion, pushQuestion } from "./requests";
import { type Question, transportOver } from "./transport";

afterEach(() => {
  vi.useRealTimers();
});

const DEVICE = uuid(0xd0);
const question = (change: Partial<Question> = {}): Question => ({
  method: "POST",
  path: "/sync/push",
  device: DEVICE,
  timeout_ms: 1_000,
  ...change,
});

/** Ask, and see what went over the wire. */
async function sent(asked: Question, answer: Response = Response.json({ proto: 1 })) {
  const send = vi.fn<typeof fetch>(async () => answer);
  const got = await transportOver(send)(asked);
  const [address, request] = send.mock.calls[0] ?? [];
  return { got, address, request: request ?? {}, headers: new Headers(request?.headers) };
}

describe("what is sent", () => {
  test("tells the device, and on every unsafe request who asks", async () => {
    const { address, headers, request } = await sent(question({ json: { a: 1 } }));
    expect(address).toBe("/api/v1/sync/push");
    expect(headers.get("X-Rond-Device")).toBe(DEVICE);
    expect(headers.get("X-Rond-Client")).toMatch(/^pwa\/\d+\.\d+\.\d+$/);
    expect(headers.get("Content-Type")).toBe("application/json");
    expect(request).toMatchObject({ credentials: "same-origin", redirect: "error", cache: "no-store" });
    expect((await sent(question({ method: "GET" }))).headers.has("X-Rond-Client")).toBe(false);
  });

  test("a large batch is packed, a small one is not", async () => {
    const large = await sent(question({ json: { text: "å".repeat(4_000) }, isPacked: true }));
    expect(large.headers.get("Content-Encoding")).toBe("gzip");
    const body = large.request.body as Uint8Array;
    expect(JSON.parse(gunzipSync(body).toString("utf8"))).toEqual({ text: "å".repeat(4_000) });
    expect(body.byteLength).toBeLessThan(500);
    expect((await sent(question({ json: { a: 1 }, isPacked: true }))).headers.has("Content-Encoding")).toBe(false);
  });

  test("a browser that cannot pack sends plainly", async () => {
    vi.stubGlobal("CompressionStream", undefined);
    const { headers } = await sent(question({ json: { text: "a".repeat(4_000) }, isPacked: true }));
    expect(headers.has("Content-Encoding")).toBe(false);
  });
});

describe("what comes back", () => {
  test("is the parsed JSON, also a problem's", async () => {
    const problem = new Response('{"code":"signed_out"}', {
      status: 401,
      headers: { "Content-Type": "application/problem+json" },
    });
    expect((await sent(question(), problem)).got).toMatchObject({ status: 401, body: { code: "signed_out" } });
  });

  test.each([
    ["a page of HTML", new Response("<html>", { headers: { "Content-Type": "text/html" } })],
    ["JSON that is called HTML", new Response("{}", { headers: { "Content-Type": "text/html" } })],
    ["half a JSON", new Response('{"proto":', { headers: { "Content-Type": "application/json" } })],
    ["nothing", new Response(null, { status: 200 })],
  ])("%s is no JSON", async (_what, answer) => {
    expect((await sent(question(), answer)).got).toMatchObject({ kind: "http", body: undefined });
  });

  test("carries what the server asks to wait, and the document's tag", async () => {
    const busy = new Response(null, { status: 503, headers: { "Retry-After": "30", ETag: '"a"' } });
    expect((await sent(question(), busy)).got).toMatchObject({ retry_after_s: 30, etag: '"a"' });
    const dated = new Response(null, { status: 503, headers: { "Retry-After": "Sun, 22 Nov 2026 18:00:00 GMT" } });
    expect((await sent(question(), dated)).got).toMatchObject({ retry_after_s: null });
  });

  test("an error on the way is nothing", async () => {
    const ask = transportOver(() => Promise.reject(new TypeError("network")));
    expect(await ask(question())).toEqual({ kind: "none", why: "network" });
  });

  test("an answer that breaks off is nothing", async () => {
    const broken = new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError("cut")) }), {
      headers: { "Content-Type": "application/json" },
    });
    expect((await sent(question(), broken)).got).toEqual({ kind: "none", why: "network" });
  });

  test("an answer that does not come is given up in time", async () => {
    vi.useFakeTimers();
    const silent = (_address: unknown, request?: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        request?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      });
    const answer = transportOver(silent)(question());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await answer).toEqual({ kind: "none", why: "timeout" });
  });
});

describe("the protocol's requests", () => {
  const base = { device: DEVICE, timeout_ms: 1_000 };

  test("a push tells both clocks, the epoch and what is unsent", () => {
    const push = {
      ...base,
      do: "push",
      slot: 0,
      is_free: false,
      ids: [],
      epoch: "e1",
      unsent: { count: 3, oldest: T0 },
    } as const;
    const clock = new SetClock(T0, 91_234.6);
    expect(pushQuestion(push, [makeOperation(1)], clock)).toMatchObject({
      method: "POST",
      path: "/sync/push",
      json: { proto: 1, epoch: "e1", clock: { wall: T0, mono: 91_235 }, unsent: { count: 3, oldest: T0 } },
    });
  });

  test("a clock out of all bounds does not keep a batch from being taken", () => {
    const push = {
      ...base,
      do: "push",
      slot: 0,
      is_free: false,
      ids: [],
      epoch: null,
      unsent: { count: 0, oldest: null },
    } as const;
    const { json } = pushQuestion(push, [], new SetClock(-5, 0));
    expect(json).toMatchObject({ clock: { wall: 0, mono: 0 } });
  });

  test("a pull gives the cursor back as it was", () => {
    expect(pullQuestion({ ...base, do: "pull", cursor: "e1.a+b/c.5" }).path).toBe(
      "/sync/pull?cursor=e1.a%2Bb%2Fc.5&limit=500",
    );
    expect(pullQuestion({ ...base, do: "pull", cursor: null }).path).toBe("/sync/pull?limit=500");
  });

  test("a part says where it belongs, whether it is the last, and its digest", async () => {
    const bytes = Uint8Array.from([1, 2, 3]);
    const part = { ...base, do: "part", sha256: "ab".repeat(32), off: 7, size: 3, total: 10 } as const;
    const asked = await partQuestion(part, bytes.buffer);
    expect(asked).toMatchObject({ method: "PATCH", path: `/sync/blobs/${"ab".repeat(32)}` });
    expect(asked.headers).toEqual({
      "Content-Type": "application/octet-stream",
      "Upload-Offset": "7",
      "Upload-Length": "10",
      "Upload-Complete": "?1",
      "Content-Digest": `sha-256=:${Buffer.from(sha256Hex(bytes), "hex").toString("base64")}:`,
    });
    const first = await partQuestion({ ...part, off: 0 }, bytes.buffer);
    expect(first.headers?.["Upload-Complete"]).toBe("?0");
  });

  test("the other questions", () => {
    expect(haveQuestion({ ...base, do: "have", sha256: ["a"] })).toMatchObject({ json: { sha256: ["a"] } });
    expect(auditQuestion({ ...base, do: "audit" })).toMatchObject({ method: "GET", path: "/sync/audit" });
  });
});
