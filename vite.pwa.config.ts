/** The hosts' phone app: static/pwa → static/pwa/dist, served at /pwa/. */
import { defineConfig } from "vite";
import { serviceWorker } from "./tools/vite/serviceWorker.ts";

export default defineConfig({
  root: "static/pwa",
  base: "/pwa/",
  cacheDir: "../../node_modules/.vite/pwa",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // Phones that hosts carry: iOS 16.4 (first with home screen service workers we rely on) and Android's Chrome of the same age.
    target: ["safari16.4", "chrome111", "firefox114"],
    // Everything is its own file: the strict content security policy lets no data: script or font through.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The map library is 1.1 MB as it comes; it is loaded when a map is first shown.
    chunkSizeWarningLimit: 1200,
  },
  plugins: [serviceWorker("src/worker/sw.ts")],
});
