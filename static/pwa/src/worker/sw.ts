/**
 * The service worker: a cache of the app itself, and nothing else.
 *
 * It answers GET for the app's own files, so that the app opens without a network. It sends nothing, keeps no records and takes a new
 * version into use only when the page asks for it: never in the middle of a round. A browser puts a worker that waits to work by itself
 * once every page is gone, as when the phone kills the app: so which version is in use is written down, and a newer worker goes on giving
 * the old one until it is asked.
 */

/// <reference lib="webworker" />

declare const self: ServiceWorkerGlobalScope;
/** Addresses of every file of this build; put in by the build. */
declare const __PRECACHE__: readonly string[];
declare const __BUILD__: string;
/** Addresses of the map's own files: four fifths of the app's bytes, fetched once a phone has a pack to show on it. */
declare const __MAP__: readonly string[];

const PREFIX = "rond-app-";
const CACHE = `${PREFIX}${__BUILD__}`;
const SHELL = "/pwa/";
/** The map's files, of any version: their names change with their content. */
const MAP = "rond-map";
/** Where it is written down which version is in use. */
const CHOICE = "rond-choice";
const CHOSEN = "/pwa/chosen";

self.addEventListener("install", (event) => {
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(begin().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  const asked = (event.data as { type?: unknown } | null)?.type;
  const answer = (value: unknown) => event.ports[0]?.postMessage(value);
  if (asked === "SKIP_WAITING") event.waitUntil(takeOver().then(answer));
  if (asked === "KEEP_MAP") event.waitUntil(keepMap().then(answer, () => answer(false)));
  if (asked === "IS_NEWER") event.waitUntil(inUse().then((name) => answer(name !== CACHE)));
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
  const files = await Promise.all(__PRECACHE__.map(async (address) => [address, await fetched(address)] as const));
  await Promise.all(files.map(([address, file]) => cache.put(address, file)));
  // A host who has the map has it in the new version too, or stays with the old one.
  if (await caches.has(MAP)) await keepMap();
}

/** Fetch those of the map's files that are not here. */
async function keepMap(): Promise<true> {
  const cache = await caches.open(MAP);
  for (const address of __MAP__) {
    if ((await cache.match(address)) === undefined) await cache.put(address, await fetched(address));
  }
  return true;
}

/** One file of this build. Raises TypeError when something else answered: a portal, or a proxy with a page of its own. */
async function fetched(address: string): Promise<Response> {
  const file = await fetch(new Request(address, { cache: "reload", redirect: "error" }));
  if (!file.ok || !(await isOurs(address, file.clone()))) throw new TypeError(`${address} did not come`);
  return file;
}

async function isOurs(address: string, file: Response): Promise<boolean> {
  if (address !== SHELL) return !/^text\/html\b/i.test(file.headers.get("Content-Type") ?? "");
  const page = await file.text();
  return __PRECACHE__.some((other) => other !== SHELL && page.includes(other));
}

/** Go on with the version in use; with this one when there is none. */
async function begin(): Promise<void> {
  const name = await inUse();
  if (name === CACHE) await choose();
  await tidy(name);
}

/** The cache of the version in use: the one that was chosen, while it is there. */
async function inUse(): Promise<string> {
  const written = await (await caches.open(CHOICE)).match(CHOSEN);
  const name = (await written?.text()) ?? CACHE;
  return (await caches.has(name)) ? name : CACHE;
}

async function takeOver(): Promise<true> {
  await choose();
  await self.skipWaiting();
  return true;
}

async function choose(): Promise<void> {
  await (await caches.open(CHOICE)).put(CHOSEN, new Response(CACHE));
}

/** Keep this version, the one in use and the one before: a page that is still open may ask for a file of that one. */
async function tidy(used: string): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE && name !== used);
  await Promise.all((used === CACHE ? others.slice(0, -1) : others).map((name) => caches.delete(name)));
  if (used === CACHE && (await caches.has(MAP))) await tidyMap();
}

/** Keep of the map's files those of this version. */
async function tidyMap(): Promise<void> {
  const cache = await caches.open(MAP);
  const old = (await cache.keys()).filter(({ url }) => !__MAP__.includes(new URL(url).pathname));
  await Promise.all(old.map((request) => cache.delete(request)));
}

/** A file of the version in use, of another one that is here, or from the network. */
async function fromCache(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(await inUse());
  return (await cache.match(address)) ?? (await caches.match(address)) ?? fetch(request);
}
