import { parseArgs } from 'node:util';
import { build } from 'electron-builder';
import { commandOf, runShown } from '../check/program.ts';
import { configOf, mergedConfig, writeProfile } from './config.ts';
import { profileNames, readPackageProfile } from './profile.ts';

const USAGE = `npm run package -- --profile NAME [--check] [--unpacked]
  --profile NAME   of resources/profiles
  --check          only check the profile and the configuration made from it; builds and downloads nothing
  --unpacked       leave a folder to run from, and make no installer
`;

/** Packs the desktop shell for one center, for the platform this runs on. */
async function main(): Promise<number> {
  let given: { profile?: string; check?: boolean; unpacked?: boolean };
  try {
    given = parseArgs({
      options: { profile: { type: 'string' }, check: { type: 'boolean' }, unpacked: { type: 'boolean' } },
    }).values;
  } catch {
    process.stderr.write(`A flag is not known, or lacks its value.\n${USAGE}`);
    return 2;
  }
  const { profile: name } = given;
  if (name === undefined) {
    process.stderr.write(`Say for which center: --profile with one of ${profileNames().join(', ')}.\n${USAGE}`);
    return 2;
  }
  const profile = readPackageProfile(name);
  if (!profile.ok) {
    process.stderr.write(`${profile.refusal.message}\n`);
    return 2;
  }
  const config = configOf(name, profile.value);
  await mergedConfig(config);
  if (given.check) {
    process.stdout.write(
      `${name}: ${profile.value.name}, center ${profile.value.center}: profile and configuration hold.\n`,
    );
    return 0;
  }
  const built = await runShown(commandOf('electron-vite', 'electron-vite'), ['build', '--logLevel', 'warn']);
  if (built !== 0) return built;
  writeProfile(name, profile.value);
  const files = await build({ config, ...(given.unpacked ? { dir: true } : {}) });
  for (const file of files) process.stdout.write(`${file}\n`);
  return 0;
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
