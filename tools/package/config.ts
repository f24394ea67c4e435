import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Configuration } from 'electron-builder';
import { root } from '../check/program.ts';
import { authorOf, type PackageProfile } from './profile.ts';

/** What a profile adds to electron-builder.yml, which electron-builder reads by itself. The shell reads `profile.json` beside it at its start (electron/flags.ts). */
export function configOf(name: string, profile: PackageProfile): Configuration {
  return {
    appId: profile.appId,
    productName: profile.name,
    icon: profile.icon,
    directories: { output: `dist/packages/${name}` },
    // Two centers' consoles are two packages, programs and folders on a machine. What packages of a system ask for besides is the
    // profile's: who looks after them, and where.
    extraMetadata: {
      name: `quantum-dispatch-${name}`,
      productName: profile.name,
      homepage: profile.center,
      author: authorOf(profile),
    },
    extraResources: [{ from: `dist/packages/${name}.profile.json`, to: 'profile.json' }],
  };
}

/** Writes the profile as the shell reads it. */
export function writeProfile(name: string, { name: title, center, updates }: PackageProfile): void {
  const folder = join(root, 'dist', 'packages');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.profile.json`), `${JSON.stringify({ name: title, center, updates }, null, 2)}\n`);
}

/** The parts of electron-builder that read a configuration and hold it to their schema; they download nothing. */
interface BuilderConfiguration {
  readonly getConfig: (root: string, file: null, given: Configuration) => Promise<Configuration>;
  readonly validateConfiguration: (config: Configuration, log: { readonly isEnabled: boolean }) => Promise<void>;
}

/** Merges as electron-builder does and holds the result to its schema. Rejects with what it says is wrong. */
export async function mergedConfig(given: Configuration): Promise<Configuration> {
  const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
  const { getConfig, validateConfiguration } = builder(
    'app-builder-lib/out/util/config/config',
  ) as BuilderConfiguration;
  const merged = await getConfig(root, null, structuredClone(given));
  await validateConfiguration(merged, { isEnabled: false });
  return merged;
}
