import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../check/program.ts';
import { findChromium } from '../test/chromium.ts';
import { type HandedOver, handOver } from './hand-over.ts';

/** In what the console is shown, and why in that: `why` is one plain sentence for the person who typed `npm start`. */
export type Shown =
  | { readonly in: 'electron'; readonly program: string; readonly why: string }
  | { readonly in: 'chromium'; readonly program: string; readonly why: string }
  | { readonly in: 'browser'; readonly program: string; readonly why: string }
  | { readonly in: 'nothing'; readonly why: string };

/** What the choice depends on, passed in so that every case can be tested on any machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly electron: string | null;
  readonly chromium: string | null;
}

export function thisMachine(): Machine {
  return {
    platform: process.platform,
    env: process.env,
    electron: electronProgram(),
    chromium: findChromium() ?? null,
  };
}

/** Electron's binary: of its npm package when that was allowed to fetch it, or in ELECTRON_OVERRIDE_DIST_PATH. Null without one. */
export function electronProgram(env: NodeJS.ProcessEnv = process.env): string | null {
  const folder = join(root, 'node_modules', 'electron');
  const named = join(folder, 'path.txt');
  const file = existsSync(named) ? readFileSync(named, 'utf8').trim() : null;
  const given = env.ELECTRON_OVERRIDE_DIST_PATH;
  const usual = process.platform === 'win32' ? 'electron.exe' : 'electron';
  const program = given ? join(given, file ?? usual) : file === null ? null : join(folder, 'dist', file);
  return program !== null && existsSync(program) ? program : null;
}

/** Chooses what to show the console in. */
export function chooseWindow(open: boolean, machine: Machine): Shown {
  if (!open)
    return { in: 'nothing', why: 'No window is opened, as --no-open asks: open the address below in a browser.' };
  if (!hasDisplay(machine)) {
    return {
      in: 'nothing',
      why: 'No window is opened, because this machine has no display: open the address below in a browser.',
    };
  }
  if (machine.electron !== null) {
    return { in: 'electron', program: machine.electron, why: 'The console opens in Electron.' };
  }
  const without =
    "The console opens in %, because Electron's binary is not on this machine (it is a download of its own).";
  if (machine.chromium !== null) {
    return { in: 'chromium', program: machine.chromium, why: without.replace('%', 'a Chromium window') };
  }
  const opener = { darwin: 'open', win32: 'cmd' }[machine.platform as string] ?? 'xdg-open';
  return { in: 'browser', program: opener, why: without.replace('%', 'the default browser') };
}

function hasDisplay({ platform, env }: Machine): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** How the chosen program is told to show an address. `profile` is a folder for a Chromium of its own. */
export function openArguments(shown: Shown, url: string, profile: string, asRoot: boolean): readonly string[] {
  if (shown.in === 'browser') return shown.program === 'cmd' ? ['/c', 'start', '', url] : [url];
  if (shown.in !== 'chromium') return [];
  return [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Chromium does not run as root inside its sandbox, and the page is the station's own.
    ...(asRoot ? ['--no-sandbox'] : []),
  ];
}

/** What the center and the station are told by the environment, secrets among it: no window has a use for it. */
const OURS = /^(?:QD_|VAULT_|AWS_|OTEL_|PG|DATABASE_URL$|REDIS_URL$)/;

function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name)));
}

/** A program that ends so soon with an error has shown nothing. ms */
const SHOWN_MS = 3_000;

/** A browser that starts cold has read its page by then. ms */
const READ_MS = 120_000;

/**
 * Opens an address; closing its window ends nothing. `data`: a folder of ours, for what is handed over and Chromium's profile.
 * Resolves to why it could not, or null once it looks as if it could.
 */
export async function openWindow(shown: Shown, url: string, data: string): Promise<string | null> {
  if (shown.in === 'nothing' || shown.in === 'electron') return null;
  const fails = (why: string): string => `${shown.program} showed no window (${why}): open the address in a browser.`;
  let handed: HandedOver;
  try {
    handed = handOver(data, url);
  } catch (error) {
    return fails((error as NodeJS.ErrnoException).code ?? 'its page cannot be written');
  }
  const why = await spawned(shown.program, openArguments(shown, handed.page, join(data, 'browser'), asRoot()));
  if (why === null) {
    process.once('exit', handed.leave);
    setTimeout(handed.leave, READ_MS).unref();
    return null;
  }
  handed.leave();
  return fails(why);
}

const asRoot = (): boolean => process.getuid?.() === 0;

/** Why the program ended at once, or null where it did not, or did well. */
function spawned(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { detached: true, stdio: 'ignore', env: withoutOurs(process.env) });
    child.unref();
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code === 0 ? null : (signal ?? `code ${code}`)));
    setTimeout(() => resolve(null), SHOWN_MS).unref();
  });
}
