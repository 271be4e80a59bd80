/** Tests of the front end: *.test.ts(x) beside what they test, in a simulated page with a simulated IndexedDB. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: {
    __PRECACHE__: '["/pwa/", "/pwa/assets/a.js"]',
    __MAP__: '["/pwa/assets/map_view-1.js"]',
    __BUILD__: '"test"',
  },
  test: {
    include: ["static/{pwa,desk}/**/*.test.{ts,tsx}", "tools/vite/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "http://127.0.0.1:8000/pwa/" } },
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 10_000,
  },
});
