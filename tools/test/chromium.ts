import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Commands a system's package manager gives Chromium or Chrome. */
const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Chromium without the parts that put it on a screen: it makes the same pages in four fifths of the processor's time. */
const HEADLESS = 'chromium-headless-shell';

/** Where Playwright keeps the browsers it downloaded, by platform. */
const CACHES = ['.cache/ms-playwright', 'Library/Caches/ms-playwright', 'AppData/Local/ms-playwright'];

/**
 * A Chromium with windows: `CHROMIUM_PATH`, else the system's, else one that Playwright downloaded; undefined if there is none.
 *
 * @throws when CHROMIUM_PATH names a program that is not there
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return chosen(env) ?? onPath(env, COMMANDS) ?? playwrights(env) ?? macApplication();
}

/** A Chromium for tests, which look at no window: `CHROMIUM_PATH`, else one that has none, else as {@link findChromium}. */
export function findHeadlessChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return chosen(env) ?? onPath(env, [HEADLESS]) ?? findChromium(env);
}

function chosen(env: NodeJS.ProcessEnv): string | undefined {
  const program = env.CHROMIUM_PATH;
  if (!program || isProgram(program)) return program || undefined;
  throw new Error(`CHROMIUM_PATH names ${program}, which is no program: correct it or unset it.`);
}

/**
 * Installs Debian's Chromium, with and without windows, when this is Debian (or made from it) and we are root. Nothing is done elsewhere.
 *
 * @throws where apt-get fails
 */
export function installChromium(): void {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: readonly string[]): boolean =>
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
  const install = (name: string): boolean => apt('install', '-y', '--no-install-recommends', name);
  if (!apt('update') || !install('chromium'))
    throw new Error('apt-get could not install Chromium: install it by hand, or set CHROMIUM_PATH.');
  // Older ones have it with windows alone, which does as well.
  install(HEADLESS);
}

function onPath(env: NodeJS.ProcessEnv, commands: readonly string[]): string | undefined {
  const folders = ['/usr/bin', ...(env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')];
  return commands.flatMap((command) => folders.map((folder) => join(folder, command))).find(isProgram);
}

function playwrights(env: NodeJS.ProcessEnv): string | undefined {
  const chosen = env.PLAYWRIGHT_BROWSERS_PATH;
  const caches = [...(chosen && chosen !== '0' ? [chosen] : []), ...CACHES.map((cache) => join(homedir(), cache))];
  return caches
    .flatMap((cache) =>
      globSync(
        [
          'chromium-*/chrome-linux*/chrome',
          'chromium-*/chrome-win*/chrome.exe',
          'chromium-*/chrome-mac*/*.app/Contents/MacOS/*',
        ],
        { cwd: cache },
      )
        .sort()
        .reverse()
        .map((path) => join(cache, path)),
    )
    .find(isProgram);
}

function macApplication(): string | undefined {
  return ['Google Chrome', 'Chromium']
    .map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
