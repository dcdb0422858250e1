import { defineConfig } from "vite";

export default defineConfig({
  // The page may stand below a path of its host: nothing in it is named from the root.
  base: "./",
  build: {
    outDir: "../wwwroot",
    emptyOutDir: true,
    // The server's content policy lets nothing be written into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
  },
  // `npm run dev` beside a running studio.
  server: { proxy: { "/api": "http://127.0.0.1:5280" } },
});
