/**
 * Builds the service worker after the app, so that it can carry the list of what the app consists of.
 *
 * The worker is one classic script at an address that never changes (`/pwa/sw.js`): a browser compares it byte by byte, so
 * everything that must make a phone fetch a new app has to change these bytes. Three constants do that:
 * `__PRECACHE__` (addresses of every built file, the page itself as the base address), `__MAP__` (those of the map library and what
 * is drawn with it, which a phone fetches once it has a map to show) and `__BUILD__` (a hash over the contents of all of them).
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { build, type Plugin, type ResolvedConfig } from "vite";

const WORKER_FILE = "sw.js";
const OF_THE_MAP = /^assets\/(map_view|maplibre-gl)[-.]/;

/** Files below `folder`, as paths with forward slashes, in the same order on every machine. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** Addresses to keep on the phone, those of the map apart, and the hash that names this build. */
export function precacheOf(folder: string, base: string): { addresses: string[]; map: string[]; build: string } {
  const files = filesBelow(folder).filter((file) => file !== WORKER_FILE && !file.endsWith(".map"));
  const hash = createHash("sha256");
  for (const file of files) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(folder, file)))
      .update("\0");
  }
  const address = (file: string) => base + (file === "index.html" ? "" : file);
  const addresses = files.filter((file) => !OF_THE_MAP.test(file)).map(address);
  const map = files.filter((file) => OF_THE_MAP.test(file)).map(address);
  return { addresses, map, build: hash.digest("hex").slice(0, 16) };
}

/** Vite plugin that compiles `entry` to `sw.js` beside the app. */
export function serviceWorker(entry: string): Plugin {
  let app: ResolvedConfig;
  let failed = false;
  return {
    name: "rond:service-worker",
    apply: "build",
    configResolved(config) {
      app = config;
    },
    buildEnd(error) {
      failed = error !== undefined;
    },
    closeBundle: {
      order: "post",
      sequential: true,
      async handler() {
        if (failed) return;
        const folder = join(app.root, app.build.outDir);
        rmSync(join(folder, WORKER_FILE), { force: true });
        const precache = precacheOf(folder, app.base);
        await build({
          configFile: false,
          root: app.root,
          mode: app.mode,
          logLevel: "warn",
          define: {
            __PRECACHE__: JSON.stringify(precache.addresses),
            __MAP__: JSON.stringify(precache.map),
            __BUILD__: JSON.stringify(precache.build),
          },
          build: {
            outDir: folder,
            emptyOutDir: false,
            copyPublicDir: false,
            target: app.build.target,
            rolldownOptions: {
              input: join(app.root, entry),
              output: { format: "iife", entryFileNames: WORKER_FILE },
            },
          },
        });
        app.logger.info(`service worker ${precache.build}: ${precache.addresses.length} files precached`);
      },
    },
  };
}
