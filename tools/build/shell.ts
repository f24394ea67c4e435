import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, root, runShown } from '../check/program.ts';
import { contentHash } from './content-hash.ts';
import { mustTakeBuilds } from './renderer.ts';

/** What the desktop shell is made of: itself, the station that it runs, and the screens. */
const sources = [
  ...['electron', 'preload', 'server-bridge', 'renderer', 'domain', 'sealing'],
  ...['electron.vite.config.ts', 'package.json', 'package-lock.json'],
];
const stamp = join(root, 'dist', '.electron-content');

/** The built main process. */
export const SHELL_MAIN = join(root, 'dist', 'electron', 'main', 'main.js');

/** Builds the shell by electron-vite, unless what is there was built from exactly these sources. Rejects where it does not build. */
export async function buildShell({ force = false } = {}): Promise<void> {
  const content = contentHash(root, sources);
  const current = existsSync(SHELL_MAIN) && existsSync(stamp) && readFileSync(stamp, 'utf8') === content;
  if (current && !force) return;
  mustTakeBuilds(root);
  const code = await runShown(commandOf('electron-vite', 'electron-vite'), ['build', '--logLevel', 'warn']);
  if (code !== 0) throw new Error('The desktop shell does not build; electron-vite says why above.');
  writeFileSync(stamp, content);
}
