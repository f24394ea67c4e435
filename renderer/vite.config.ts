import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * The console's screens. One build serves both shells: Electron by its own protocol, the browser from the station's
 * loopback host.
 */
export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses, because the two shells serve the build from different roots.
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome130',
    // The content security policy allows neither inline scripts nor data: addresses, so nothing is put inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
});
