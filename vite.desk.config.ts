/**
 * The desk's small modules and its style: static/desk → static/desk/dist, served at /static/desk/.
 *
 * One entry, `src/main.ts` (style, htmx); what only some pages need (the map) it imports when the page asks for it. Flask reads
 * `dist/manifest.json` to know the hashed names.
 */
import { defineConfig } from "vite";

export default defineConfig({
  root: "static/desk",
  base: "/static/desk/",
  cacheDir: "../../node_modules/.vite/desk",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: ["safari16.4", "chrome111", "firefox114"],
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: "static/desk/src/main.ts" },
  },
});
