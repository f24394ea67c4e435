import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Commands a system's package manager gives Chromium or Chrome. */
const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where Playwright keeps the browsers it downloaded, by platform. */
const playwrightCaches = ['.cache/ms-playwright', 'Library/Caches/ms-playwright', 'AppData/Local/ms-playwright'];

/**
 * A Chromium to drive: `CHROMIUM_PATH`, else the system's, else one that Playwright downloaded; undefined if there is none.
 *
 * @throws when CHROMIUM_PATH names a program that is not there
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const chosen = env.CHROMIUM_PATH;
  if (chosen) {
    if (isProgram(chosen)) return chosen;
    throw new Error(`CHROMIUM_PATH names ${chosen}, which is no program: correct it or unset it.`);
  }
  return onPath(env) ?? playwrights(env) ?? macApplication();
}

/**
 * Installs Debian's Chromium, when this is Debian (or made from it) and we are root.
 *
 * @returns its path, or undefined when this machine is not one where that can be done
 */
export function installChromium(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { status } = spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
    if (status !== 0)
      throw new Error(`"apt-get ${args.join(' ')}" failed: install Chromium by hand, or set CHROMIUM_PATH.`);
  }
  return onPath(process.env);
}

function onPath(env: NodeJS.ProcessEnv): string | undefined {
  const folders = ['/usr/bin', ...(env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')];
  return commands.flatMap((command) => folders.map((folder) => join(folder, command))).find(isProgram);
}

function playwrights(env: NodeJS.ProcessEnv): string | undefined {
  const chosen = env.PLAYWRIGHT_BROWSERS_PATH;
  const caches = [
    ...(chosen && chosen !== '0' ? [chosen] : []),
    ...playwrightCaches.map((cache) => join(homedir(), cache)),
  ];
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
