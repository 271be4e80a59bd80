/** The measured phone: bench/phone → one file for Node in .build/bench/phone. */
import { defineConfig } from "vite";

export default defineConfig({
  root: "bench/phone",
  cacheDir: "../../node_modules/.vite/bench",
  logLevel: "warn",
  build: {
    ssr: "phones.ts",
    outDir: "../../.build/bench/phone",
    emptyOutDir: true,
    target: "node22",
    minify: false,
  },
  ssr: { noExternal: true },
});
