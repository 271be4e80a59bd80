// @vitest-environment node
import { beforeEach, describe, expect, test, vi } from "vitest";

type Handler = (event: object) => void;

/** The caches of a browser: name → address → text. */
let caches: Map<string, Map<string, string>>;
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
    const known = caches.get(name) ?? new Map<string, string>();
    caches.set(name, known);
    return { match: async (address: string) => known.get(address), addAll: async () => {} };
  };
  vi.stubGlobal("caches", {
    open: async (name: string) => cacheOf(name),
    keys: async () => [...caches.keys()],
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
  await import("./sw");
});

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
const cached = (name: string, entries: Record<string, string>) => caches.set(name, new Map(Object.entries(entries)));

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
    await fire("install");
    expect(skipWaiting).not.toHaveBeenCalled();
    await fire("message", { data: { type: "hello" } });
    await fire("message", { data: null });
    expect(skipWaiting).not.toHaveBeenCalled();
    await fire("message", { data: { type: "SKIP_WAITING" } });
    expect(skipWaiting).toHaveBeenCalledOnce();
  });

  test("keeps the version before, and no older one, nor what is not the app's", async () => {
    for (const name of ["rond-app-1", "rond-app-2", "tiles", "rond-app-test"]) cached(name, {});
    await fire("activate");
    expect([...caches.keys()]).toEqual(["rond-app-2", "tiles", "rond-app-test"]);
  });
});
