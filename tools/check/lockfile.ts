import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { count, type Outcome } from './outcome.ts';
import { root } from './program.ts';

/** One package in package-lock.json, as far as this check reads it. */
type Locked = {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};

/** The `packages` of package-lock.json: by path below the root, `node_modules/a/node_modules/b`. */
export type LockedPackages = Record<string, Locked>;

/** A dependency that a locked package asks for and the lockfile does not have. */
export type Missing = {
  readonly by: string;
  readonly name: string;
  readonly range: string;
  readonly optional: boolean;
};

/**
 * Whether a clean machine can install from the lockfile. `npm install` leaves out optional packages for other platforms
 * that its registry does not carry, and says nothing; `npm ci` then refuses the whole lockfile.
 *
 * @param fix enters such packages by their exact version, so that only the platforms they are for ever ask for them
 */
export async function checkLockfile({ fix = false } = {}): Promise<Outcome> {
  const path = join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: LockedPackages };
  if (fix) {
    for (const missing of missingFrom(lock.packages)) enter(lock.packages, missing);
    lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
    writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  }
  const missing = missingFrom(lock.packages);
  if (missing.length === 0) return { ok: true, summary: `${Object.keys(lock.packages).length} packages, none missing` };
  return {
    ok: false,
    summary: `npm ci would fail: ${count(missing.length, 'package')} missing (npm run check -- lockfile --fix)`,
    detail: missing.map(({ by, name, range }) => `${name}@${range}, asked for by ${by || 'package.json'}`).join('\n'),
  };
}

/** Every dependency that is asked for and not there. */
export function missingFrom(packages: LockedPackages): Missing[] {
  return Object.entries(packages).flatMap(([by, locked]) =>
    Object.entries({ ...locked.dependencies, ...locked.devDependencies, ...locked.optionalDependencies })
      .filter(([name]) => !isThere(packages, by, name))
      .map(([name, range]) => ({ by, name, range, optional: name in (locked.optionalDependencies ?? {}) })),
  );
}

/** Node's own search: beside the package, then in every folder above it. */
function isThere(packages: LockedPackages, by: string, name: string): boolean {
  for (let at = by; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (`${at === '' ? '' : `${at}/`}node_modules/${name}` in packages) return true;
    if (at === '') return false;
  }
}

/** Enters an optional package for one platform; anything else is for npm to resolve and stays missing. */
function enter(packages: LockedPackages, { by, name, range, optional }: Missing): void {
  const platform = platformOf(name);
  if (!optional || !/^\d+\.\d+\.\d+[\w.-]*$/.test(range) || !platform) return;
  packages[`node_modules/${name}`] = {
    version: range,
    ...platform,
    ...(packages[by]?.dev ? { dev: true } : {}),
    optional: true,
  };
}

/** The platform in the name of a package that holds a binary for one: `@oxc-parser/binding-linux-arm64-musl`. */
export function platformOf(name: string): Pick<Locked, 'os' | 'cpu' | 'libc'> | undefined {
  if (/wasm32-wasi$/.test(name)) return { cpu: ['wasm32'] };
  const found = /-(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(-|$)/.exec(
    name,
  );
  if (!found?.[1] || !found[2]) return undefined;
  const libc = /musl/.test(name) ? 'musl' : /gnu/.test(name) ? 'glibc' : undefined;
  return { os: [found[1]], cpu: [found[2]], ...(found[1] === 'linux' && libc ? { libc: [libc] } : {}) };
}
