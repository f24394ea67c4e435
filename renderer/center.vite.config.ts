import { join } from 'node:path';
import { defineConfig } from 'vite';
import screens from './vite.config.ts';

/** The center's own page: built as the console's screens are, served by the center at `/`. */
export default defineConfig({
  ...screens,
  // The page is shown at every address of the center, so its files are named from the root.
  base: '/',
  build: {
    ...screens.build,
    outDir: '../dist/center',
    rollupOptions: { input: join(import.meta.dirname, 'center.html') },
  },
});
