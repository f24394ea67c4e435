import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandOf, root, runShown } from '../check/program.ts';
import { contentHash } from './content-hash.ts';

/** What the built screens are made of. */
const sources = ['renderer', 'domain', 'package.json', 'package-lock.json'];

interface Screens {
  readonly page: string;
  readonly config: string;
  readonly output: string;
  /** Beside the build and not in it: nothing in the output is there but to be served. */
  readonly stamp: string;
}

const CONSOLE: Screens = {
  page: 'index.html',
  config: join(root, 'renderer', 'vite.config.ts'),
  output: join(root, 'dist', 'renderer'),
  stamp: join(root, 'dist', '.renderer-content'),
};
const CENTER: Screens = {
  page: 'center.html',
  config: join(root, 'renderer', 'center.vite.config.ts'),
  output: join(root, 'dist', 'center'),
  stamp: join(root, 'dist', '.center-content'),
};

/** Whether the console's screens are in this checkout. */
export function hasRenderer(): boolean {
  return existsSync(join(root, 'renderer', CONSOLE.page));
}

/** Something that keeps the screens from being built and is not in them, in one sentence with the way out. */
export class CannotBuild extends Error {}

interface Built {
  readonly folder: string;
  /** Just now; otherwise what was there is current. */
  readonly built: boolean;
}

/**
 * Builds the console's screens into dist/renderer, unless what is there was built from exactly these sources.
 *
 * @param force builds in any case
 * @throws CannotBuild, or another error when the screens are missing or do not build; the message says which
 */
export function buildRenderer({ force = false } = {}): Promise<Built> {
  return buildScreens(CONSOLE, force);
}

/** The same for the center's own page, into dist/center. */
export function buildCenterPage({ force = false } = {}): Promise<Built> {
  return buildScreens(CENTER, force);
}

/** @throws CannotBuild where this user may not write what a build writes in a checkout */
export function mustTakeBuilds(checkout: string): void {
  // Vite keeps what it made of its own configuration beside the packages.
  for (const folder of [existsSync(join(checkout, 'dist')) ? 'dist' : '.', 'node_modules']) {
    try {
      accessSync(join(checkout, folder), constants.W_OK | constants.X_OK);
    } catch {
      throw new CannotBuild(
        `The screens have to be built, and ${join(checkout, folder)} cannot be written to: run "npm run build" once as the user whose it is.`,
      );
    }
  }
}

async function buildScreens({ page, config, output, stamp }: Screens, force: boolean): Promise<Built> {
  if (!existsSync(join(root, 'renderer', page))) {
    throw new Error(`There are no screens to build: renderer/${page} does not exist.`);
  }
  const content = contentHash(root, sources);
  const stamped = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
  if (!force && existsSync(join(output, page)) && content === stamped) return { folder: output, built: false };
  mustTakeBuilds(root);
  // In a process that ends: one that built holds half a gigabyte for good. Under a test runner NODE_ENV says 'test', and React
  // would be built in for its own developers.
  const code = await runShown(commandOf('vite', 'vite'), ['build', '--config', config, '--logLevel', 'warn'], {
    ...process.env,
    NODE_ENV: 'production',
  });
  if (code !== 0) throw new Error(`The screens of ${page} do not build; Vite says why above.`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, content);
  return { folder: output, built: true };
}
