// @vitest-environment node
import { beforeEach, describe, expect, test, vi } from "vitest";

type Handler = (event: object) => void;

/** The caches of a browser: name → address → what is kept. */
let caches: Map<string, Map<string, unknown>>;
let handlers: Map<string, Handler>;
let skipWaiting: ReturnType<typeof vi.fn>;
let network: ReturnType<typeof vi.fn>;

beforeEach(async () => {
  vi.resetModules();
  caches = new Map();
  handlers = new Map();
  skipWaiting = vi.fn(async () => {});
  network = vi.fn(async (request: { url: string }) => `network ${request.url}`);
  const cacheOf = (name: string) => {
    const known = caches.get(name) ?? new Map<string, unknown>();
    caches.set(name, known);
    return {
      match: async (address: string) => copyOf(known.get(address)),
      put: async (address: string, kept: unknown) => void known.set(address, kept),
      keys: async () => [...known.keys()].map((address) => ({ url: `https://rond.example${address}` })),
      delete: async ({ url }: { url: string }) => known.delete(new URL(url).pathname),
    };
  };
  vi.stubGlobal("caches", {
    open: async (name: string) => cacheOf(name),
    keys: async () => [...caches.keys()],
    has: async (name: string) => caches.has(name),
    delete: async (name: string) => caches.delete(name),
    match: async (address: string) => [...caches.values()].find((cache) => cache.has(address))?.get(address),
  });
  vi.stubGlobal("fetch", network);
  vi.stubGlobal("self", {
    addEventListener: (type: string, handler: Handler) => handlers.set(type, handler),
    location: { origin: "https://rond.example" },
    clients: { claim: async () => {} },
    skipWaiting,
  });
  vi.stubGlobal("Request", FakeRequest);
  await import("./sw");
});

/** One that takes an address without an origin, as in a worker. */
class FakeRequest {
  constructor(readonly url: string) {}
}
const copyOf = (kept: unknown) => (kept instanceof Response ? kept.clone() : kept);
const page = (text: string) => new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } });
const script = () => new Response("code", { headers: { "Content-Type": "text/javascript" } });
const isTold = async (type: string) => {
  const said = vi.fn();
  await fire("message", { data: { type }, ports: [{ postMessage: said }] });
  return said.mock.calls[0]?.[0];
};

/** What the worker answers, or undefined when it leaves the request to the browser. */
async function fetched(path: string, change: object = {}): Promise<unknown> {
  let answer: Promise<unknown> | undefined;
  const request = { method: "GET", url: `https://rond.example${path}`, mode: "cors", ...change };
  handlers.get("fetch")?.({ request, respondWith: (given: Promise<unknown>) => (answer = given) });
  return answer;
}
const fire = async (type: string, event: object = {}) => {
  const waits: Promise<unknown>[] = [];
  handlers.get(type)?.({ ...event, waitUntil: (work: Promise<unknown>) => waits.push(work) });
  await Promise.all(waits);
};
/** What the network gives for this version's files, but for those named. */
const answers = (wrong: Record<string, Response>) => {
  const right = { "/pwa/": page('<script src="/pwa/assets/a.js">'), "/pwa/assets/a.js": script() };
  network.mockImplementation(async ({ url }: FakeRequest) => ({ ...right, ...wrong })[url]);
};
const MAP_FILE = "/pwa/assets/map_view-1.js";
const cached = (name: string, entries: Record<string, unknown>) => caches.set(name, new Map(Object.entries(entries)));

describe("the service worker", () => {
  test("opens the app from its cache, whatever page of it is asked for", async () => {
    cached("rond-app-test", { "/pwa/": "shell" });
    expect(await fetched("/pwa/", { mode: "navigate" })).toBe("shell");
    expect(await fetched("/pwa/whatever?x=1", { mode: "navigate" })).toBe("shell");
    expect(network).not.toHaveBeenCalled();
  });

  test("gives its own files, then the version before's, then the network's", async () => {
    cached("rond-app-test", { "/pwa/assets/a.js": "new a" });
    cached("rond-app-old", { "/pwa/assets/b.js": "old b" });
    expect(await fetched("/pwa/assets/a.js")).toBe("new a");
    expect(await fetched("/pwa/assets/b.js")).toBe("old b");
    expect(await fetched("/pwa/assets/c.js")).toBe("network https://rond.example/pwa/assets/c.js");
  });

  test.each([
    ["a record on its way", "/api/v1/sync/push", { method: "POST" }],
    ["a question to the server", "/api/v1/sync/pull", {}],
    ["the desk", "/desk/", { mode: "navigate" }],
    ["a post below the app", "/pwa/", { method: "POST" }],
    ["another origin", "", { url: "https://elsewhere.example/pwa/" }],
    ["itself", "/pwa/sw.js", {}],
  ])("leaves %s alone", async (_what, path, change) => {
    expect(await fetched(path, change)).toBeUndefined();
  });

  test("comes into use only when it is told to", async () => {
    answers({});
    await fire("install");
    await fire("message", { data: { type: "hello" }, ports: [] });
    await fire("message", { data: null, ports: [] });
    expect(skipWaiting).not.toHaveBeenCalled();
    expect(await isTold("SKIP_WAITING")).toBe(true);
    expect(skipWaiting).toHaveBeenCalledOnce();
  });

  test("fetches every file of its version, or none", async () => {
    answers({});
    await fire("install");
    expect([...(caches.get("rond-app-test")?.keys() ?? [])]).toEqual(["/pwa/", "/pwa/assets/a.js"]);
  });

  test.each([
    ["a portal's page instead of the shell", { "/pwa/": page("<form>Accept the terms</form>") }],
    ["a page instead of a file", { "/pwa/assets/a.js": page("502") }],
    ["an error", { "/pwa/assets/a.js": new Response(null, { status: 502 }) }],
  ])("takes no version in with %s", async (_what, wrong) => {
    answers(wrong);
    await expect(fire("install")).rejects.toThrow(TypeError);
    expect(caches.get("rond-app-test")?.size ?? 0).toBe(0);
  });

  test("put to work by the browser, goes on giving the version in use until it is told", async () => {
    cached("rond-app-old", { "/pwa/": "old shell" });
    cached("rond-app-test", { "/pwa/": "new shell" });
    cached("rond-choice", { "/pwa/chosen": new Response("rond-app-old") });
    await fire("activate");
    expect(await fetched("/pwa/", { mode: "navigate" })).toBe("old shell");
    expect(await isTold("IS_NEWER")).toBe(true);
    expect(await isTold("SKIP_WAITING")).toBe(true);
    expect(await fetched("/pwa/", { mode: "navigate" })).toBe("new shell");
    expect(await isTold("IS_NEWER")).toBe(false);
  });

  test("is the version in use when there is no other, or when that is lost", async () => {
    cached("rond-app-test", { "/pwa/": "new shell" });
    await fire("activate");
    expect(await isTold("IS_NEWER")).toBe(false);
    cached("rond-choice", { "/pwa/chosen": new Response("rond-app-lost") });
    expect(await fetched("/pwa/", { mode: "navigate" })).toBe("new shell");
  });

  test("keeps the version in use, also when another one came between", async () => {
    for (const name of ["rond-app-1", "rond-app-2", "rond-app-test"]) cached(name, {});
    cached("rond-choice", { "/pwa/chosen": new Response("rond-app-1") });
    await fire("activate");
    expect([...caches.keys()]).toEqual(["rond-app-1", "rond-app-test", "rond-choice"]);
  });

  test("keeps the version before, and no older one, nor what is not the app's", async () => {
    for (const name of ["rond-app-1", "rond-app-2", "tiles", "rond-app-test"]) cached(name, {});
    await fire("activate");
    expect([...caches.keys()]).toEqual(["rond-app-2", "tiles", "rond-app-test", "rond-choice"]);
  });

  test("fetches the map's files when it is asked to, once", async () => {
    answers({ [MAP_FILE]: script() });
    expect(await isTold("KEEP_MAP")).toBe(true);
    expect(await isTold("KEEP_MAP")).toBe(true);
    expect([...(caches.get("rond-map")?.keys() ?? [])]).toEqual([MAP_FILE]);
    expect(network).toHaveBeenCalledOnce();
    expect(await fetched(MAP_FILE)).toBeInstanceOf(Response);
  });

  test("says when the map's files do not come", async () => {
    answers({ [MAP_FILE]: page("502") });
    expect(await isTold("KEEP_MAP")).toBe(false);
  });

  test("takes no version in without its map where there was one", async () => {
    answers({ [MAP_FILE]: new Response(null, { status: 502 }) });
    await fire("install");
    cached("rond-map", { "/pwa/assets/map_view-0.js": "old" });
    await expect(fire("install")).rejects.toThrow(TypeError);
    answers({ [MAP_FILE]: script() });
    await fire("install");
    expect([...(caches.get("rond-map")?.keys() ?? [])]).toEqual(["/pwa/assets/map_view-0.js", MAP_FILE]);
  });

  test("in use, keeps of the map's files its own", async () => {
    cached("rond-app-test", {});
    cached("rond-map", { "/pwa/assets/map_view-0.js": "old", [MAP_FILE]: "new" });
    await fire("activate");
    expect([...(caches.get("rond-map")?.keys() ?? [])]).toEqual([MAP_FILE]);
  });
});
