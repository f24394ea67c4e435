import { resolve } from 'node:path';
import { defineConfig } from 'electron-vite';
import screens from './renderer/vite.config.ts';

const root = import.meta.dirname;
const out = resolve(root, 'dist', 'electron');

/**
 * Native code cannot be put into a bundle; everything else is, so that what is packaged is these files and no tree of
 * packages. `ws` asks for the two after them only where they are there.
 */
const native = [
  'better-sqlite3-multiple-ciphers',
  '@node-rs/argon2',
  'keytar',
  'sodium-native',
  'bufferutil',
  'utf-8-validate',
];

/**
 * The desktop shell: its main process and the station (a process of its own, in plain Node) into dist/electron/main, the
 * preload script into dist/electron/preload, the screens into dist/renderer as `npm run build` does.
 */
export default defineConfig({
  main: {
    build: {
      outDir: resolve(out, 'main'),
      externalizeDeps: false,
      target: 'node24',
      sourcemap: true,
      rollupOptions: {
        input: { main: resolve(root, 'electron', 'main.ts'), station: resolve(root, 'server-bridge', 'main.mjs') },
        external: native,
        // Side by side: the station finds the built screens from where its own file lies.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: resolve(out, 'preload'),
      externalizeDeps: false,
      // A sandboxed preload script is CommonJS in one file and may require Electron alone.
      rollupOptions: {
        input: { index: resolve(root, 'preload', 'index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    ...screens,
    root: resolve(root, 'renderer'),
    build: {
      ...screens.build,
      outDir: resolve(root, 'dist', 'renderer'),
      rollupOptions: { input: resolve(root, 'renderer', 'index.html') },
    },
  },
});
