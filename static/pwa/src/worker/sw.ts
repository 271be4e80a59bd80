/**
 * The service worker: a cache of the app itself, and nothing else.
 *
 * It answers GET for the app's own files, so that the app opens without a network. It sends nothing, keeps no records and takes a new
 * version into use only when the page asks for it: never in the middle of a round.
 */

/// <reference lib="webworker" />

declare const self: ServiceWorkerGlobalScope;
/** Addresses of every file of this build; put in by the build. */
declare const __PRECACHE__: readonly string[];
declare const __BUILD__: string;

const PREFIX = "rond-app-";
const CACHE = `${PREFIX}${__BUILD__}`;
const SHELL = "/pwa/";

self.addEventListener("install", (event) => {
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if ((event.data as { type?: unknown } | null)?.type === "SKIP_WAITING") event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin || !pathname.startsWith(SHELL)) return;
  if (request.mode === "navigate") event.respondWith(fromCache(SHELL, request));
  else if (pathname !== `${SHELL}sw.js`) event.respondWith(fromCache(pathname, request));
});

/** Fetch every file of this build past the browser's own cache. Fails as a whole: a half version is none. */
async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(__PRECACHE__.map((address) => new Request(address, { cache: "reload" })));
}

/** Keep this version and the one before: a page that is still open may ask for a file of that one. */
async function tidy(): Promise<void> {
  const mine = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(mine.slice(0, -1).map((name) => caches.delete(name)));
}

/** A file of this version, of the one before, or from the network. */
async function fromCache(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) ?? (await caches.match(address)) ?? fetch(request);
}
