import type { KnipConfig } from 'knip';
import { commands } from './tools/commands.mjs';

/** A file that runs without any test: its exports are used by what runs without any, too. */
const runs = (file: string): string => `${file}!`;

/**
 * What nothing but tests uses, as `knip --production` reads it: an export of which its own file makes use may be tested by
 * itself; one of which only tests do lies where they are.
 */
const config: KnipConfig = {
  entry: [
    ...Object.values(commands)
      .map((command) => command.file)
      .filter((file) => !file.startsWith('tests/')),
    ...[
      'electron/main.ts',
      'server-bridge/main.mjs',
      'preload/index.ts',
      'renderer/main.tsx',
      'renderer/center/main.tsx',
    ],
    ...['electron.vite.config.ts', 'renderer/vite.config.ts', 'renderer/center.vite.config.ts'],
    // Called by electron-builder, which is told its path.
    'tools/package/after-pack.ts',
    // Started by a bench as a process of its own.
    'bench/bare.ts',
  ].map(runs),
  project: [
    ...['domain', 'sealing', 'server', 'server-bridge', 'renderer', 'electron', 'preload', 'tools', 'bench'].map(
      (folder) => runs(`${folder}/**/*.{ts,tsx,mjs}`),
    ),
    ...['!**/*.test.{ts,tsx}!', '!**/testing/**!', '!tools/test/{reporter,sequencer}.ts!'],
  ],
  include: ['files', 'exports'],
  ignoreExportsUsedInFile: true,
};

export default config;
