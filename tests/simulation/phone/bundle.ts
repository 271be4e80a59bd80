/**
 * Bundle the phones' side into one file: `node bundle.ts OUTPUT [PATCHES]`, patches as JSON `[{file, find, put}]`.
 *
 * Sizes of parts and chunks are scaled down, so that photos of some hundred bytes travel in several parts. A patch is a mutant's.
 */

import { basename, dirname, resolve } from "node:path";
import { build } from "vite";

interface Patch {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

const HERE = import.meta.dirname;
const SOURCES = resolve(HERE, "../../../static/pwa/src");
const SCALE: readonly Patch[] = [
  { file: "sync/core/model.ts", find: "PART_START = 65_536", put: "PART_START = 100" },
  { file: "sync/core/model.ts", find: "PART_MIN = 32_768", put: "PART_MIN = 50" },
  { file: "sync/core/model.ts", find: "PART_MAX = 1_048_576", put: "PART_MAX = 200" },
  { file: "sync/core/model.ts", find: "TOGETHER_FROM = 262_144", put: "TOGETHER_FROM = 150" },
  { file: "sync/core/model.ts", find: "TOGETHER_BYTES = 1_048_576", put: "TOGETHER_BYTES = 900" },
  { file: "sync/core/model.ts", find: "BATCH_START = { ops: 64,", put: "BATCH_START = { ops: 3," },
  { file: "domain/photo.ts", find: "CHUNK_BYTES = 256 * 1024", put: "CHUNK_BYTES = 64" },
  { file: "sync/requests.ts", find: "PULL_ROWS = 500", put: "PULL_ROWS = 10" },
];

const [output, given] = process.argv.slice(2);
if (output === undefined) throw new Error("usage: node bundle.ts OUTPUT [PATCHES]");
const patches: Patch[] = [...SCALE, ...(JSON.parse(given ?? "[]") as Patch[])];
const waiting = new Set(patches);

await build({
  configFile: false,
  root: HERE,
  logLevel: "warn",
  plugins: [{ name: "patches", enforce: "pre", transform: (code, id) => ({ code: patched(code, id), map: null }) }],
  define: { __BUILD__: '"simulation"' },
  ssr: { noExternal: true },
  build: {
    ssr: resolve(HERE, "main.ts"),
    outDir: dirname(resolve(output)),
    emptyOutDir: false,
    minify: false,
    sourcemap: "inline",
    target: "node22",
    rolldownOptions: { output: { entryFileNames: basename(output) } },
  },
});
if (waiting.size > 0)
  throw new Error(`not found: ${[...waiting].map(({ file, find }) => `${file}: ${find}`).join("; ")}`);

function patched(code: string, id: string): string {
  const mine = patches.filter(({ file }) => id === resolve(SOURCES, file));
  return mine.reduce((text, patch) => {
    // Anything else than once means that the shipped code has changed, and the patch must follow.
    if (text.split(patch.find).length !== 2) throw new Error(`${patch.file} does not have once: ${patch.find}`);
    waiting.delete(patch);
    return text.replace(patch.find, () => patch.put);
  }, code);
}
