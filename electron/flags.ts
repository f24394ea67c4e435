/** How this shell was started: a center's profile where it was built for one, and what the command line says instead. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Profile {
  /** Name of the product as this center knows it; of the windows' titles and the menu. */
  readonly name: string;
  /** The center's address, or null where the command line has to give it. */
  readonly center: string | null;
  /** Where updates are announced, or null for none. */
  readonly updates: string | null;
}

export const NO_PROFILE: Profile = { name: 'Quantum Dispatch', center: null, updates: null };

export interface Started {
  /** Folder that the station keeps its store in, absolute; null for the operating system's place for this application. */
  readonly data: string | null;
  /** Flags that go to the station as they are. */
  readonly station: readonly string[];
  /** By what somebody gave a flag or a code at this start: `--enrol`, `QD_ENROL`. The profile gives none. */
  readonly given: readonly string[];
}

/** Reads the profile that packaging put beside the application; what is not there or not readable is no profile. */
export function readProfile(file: string): Profile {
  try {
    const { name, center, updates } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return {
      name: typeof name === 'string' && name !== '' ? name : NO_PROFILE.name,
      center: httpAddress(center),
      // What comes from there is run: nobody on the way may put something else in its place.
      updates: httpAddress(updates)?.startsWith('https:') === true ? httpAddress(updates) : null,
    };
  } catch {
    return NO_PROFILE;
  }
}

function httpAddress(value: unknown): string | null {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href.replace(/\/$/, '') : null;
}

/**
 * The file in which a center's feed says what its newest shell is for a system, or null where nothing is updated by itself.
 * One file for all versions that ask, so that any web server will do.
 */
export function feedOf(updates: string | null, platform: string, arch: string): string | null {
  if (updates === null || (platform !== 'darwin' && platform !== 'win32')) return null;
  return `${updates}/${platform}/${arch}/RELEASES.json`;
}

/**
 * Switches of Chromium that open a packed shell to another program, or take down what its guards rest on. No fuse turns
 * them off.
 */
const UNSAFE = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-allow-origins',
  'load-extension',
  'disable-web-security',
  'disable-site-isolation-trials',
  'allow-file-access-from-files',
  'ignore-certificate-errors',
  'host-rules',
  'host-resolver-rules',
  'proxy-server',
  'proxy-pac-url',
  'log-net-log',
  'js-flags',
  'no-sandbox',
  'single-process',
  'renderer-cmd-prefix',
  'utility-cmd-prefix',
  'gpu-launcher',
] as const;

/** Those of them that it was started with. */
export function unsafeSwitches(has: (name: string) => boolean): readonly string[] {
  return UNSAFE.filter(has);
}

/** Flags of the station; the shell passes them on and understands only `--data`. */
const PASSED = [
  'center',
  'center-ca',
  'console-port',
  'lan-port',
  'lan-host',
  'lan-address',
  'enrol',
  'name',
  'position',
] as const;

/** Variables that say the same as a flag. */
const VARIABLES = ['QD_ENROL', 'QD_PASSPHRASE'] as const;

/** Reads the command line. Chromium has flags of its own on it, so what is not known is left alone. */
export function readStarted(args: readonly string[], profile: Profile, env: NodeJS.ProcessEnv = {}): Started {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      data: { type: 'string' },
      ...Object.fromEntries(PASSED.map((name) => [name, { type: 'string' as const }])),
    },
  });
  const given = (name: string): string | null => (typeof values[name] === 'string' ? values[name] : null);
  const center = given('center') ?? profile.center;
  const passed = PASSED.filter((name) => name !== 'center').flatMap((name) => {
    const value = given(name);
    return value === null ? [] : [`--${name}`, value];
  });
  const data = given('data');
  return {
    data: data === null || data === '' ? null : resolve(data),
    station: [...(center === null ? [] : ['--center', center]), ...passed],
    given: [
      ...PASSED.filter((name) => given(name) !== null).map((name) => `--${name}`),
      ...VARIABLES.filter((name) => (env[name] ?? '') !== ''),
    ],
  };
}

/**
 * What to say where the shell is started a second time with something that only its station's start can use, or null where
 * that was to bring its window to the front. `given`: what the second start says of itself, by another process.
 */
export function ignoredAtSecondStart(name: string, given: unknown): string | null {
  const known: readonly string[] = [...PASSED.map((flag) => `--${flag}`), ...VARIABLES];
  const ignored = known.filter((one) => Array.isArray(given) && given.includes(one));
  if (ignored.length === 0) return null;
  return `${name} runs already, so ${ignored.join(' and ')} changed nothing: close it, and start it with that again.`;
}
