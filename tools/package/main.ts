import { build } from 'electron-builder';
import { z } from 'zod';
import { ENDS } from '../../domain/kernel/command-line.ts';
import { commandOf, runShown } from '../check/program.ts';
import { givenTo } from '../command-line.ts';
import { configOf, mergedConfig, writeProfile } from './config.ts';
import { profileNames, readPackageProfile } from './profile.ts';

const COMMAND_LINE = {
  command: 'npm run package',
  usage: `npm run package -- --profile NAME [--check] [--unpacked]
  --profile NAME   of resources/profiles
  --check          only check the profile and the configuration made from it; builds and downloads nothing
  --unpacked       leave a folder to run from, and make no installer
`,
  options: { profile: { type: 'string' }, check: { type: 'boolean' }, unpacked: { type: 'boolean' } },
  schema: z.object({
    profile: z.string(`is missing: say for which center, one of ${profileNames().join(', ')}`),
    check: z.boolean().default(false),
    unpacked: z.boolean().default(false),
  }),
} as const;

/** Packs the desktop shell for one center, for the platform this runs on. */
async function main(): Promise<number> {
  const { profile: name, check, unpacked } = givenTo(COMMAND_LINE);
  const profile = readPackageProfile(name);
  if (!profile.ok) {
    process.stderr.write(`${profile.refusal.message}\n`);
    return ENDS.refused;
  }
  const config = configOf(name, profile.value);
  await mergedConfig(config);
  if (check) {
    process.stdout.write(
      `${name}: ${profile.value.name}, center ${profile.value.center}: profile and configuration hold.\n`,
    );
    return ENDS.done;
  }
  const built = await runShown(commandOf('electron-vite', 'electron-vite'), ['build', '--logLevel', 'warn']);
  if (built !== 0) return ENDS.no;
  writeProfile(name, profile.value);
  const files = await build({ config, ...(unpacked ? { dir: true } : {}) });
  for (const file of files) process.stdout.write(`${file}\n`);
  return ENDS.done;
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return ENDS.no;
});
