import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'vite';
import { contentHash } from './content-hash.ts';

const root = join(import.meta.dirname, '..', '..');

/** What the built screens are made of. */
const sources = ['renderer', 'domain', 'package.json', 'package-lock.json'];

const output = join(root, 'dist', 'renderer');
/** Beside the build and not in it: nothing in dist/renderer is there but to be served. */
const stamp = join(root, 'dist', '.renderer-content');

/** Whether the console's screens are in this checkout. */
export function hasRenderer(): boolean {
  return existsSync(join(root, 'renderer', 'index.html'));
}

/**
 * Builds the console's screens into dist/renderer, unless what is there was built from exactly these sources.
 *
 * @param force builds in any case
 * @returns the folder, and whether it was built just now
 * @throws when the screens are missing or do not build; the message says which
 */
export async function buildRenderer({ force = false } = {}): Promise<{ folder: string; built: boolean }> {
  if (!hasRenderer()) throw new Error('There are no screens to build: renderer/index.html does not exist.');
  const content = contentHash(root, sources);
  if (!force && existsSync(join(output, 'index.html')) && content === stamped())
    return { folder: output, built: false };
  // Under a test runner it says 'test', and React would be built in for its own developers.
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    await build({ configFile: join(root, 'renderer', 'vite.config.ts'), logLevel: 'warn' });
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, content);
  return { folder: output, built: true };
}

function stamped(): string | undefined {
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
}
