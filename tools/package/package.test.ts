import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import { describe, expect, it } from 'vitest';
import { readProfile } from '../../electron/flags.ts';
import { root, runQuietly } from '../check/program.ts';
import { FUSES } from './after-pack.ts';
import { configOf, mergedConfig, writeProfile } from './config.ts';
import { checkProfile, profileNames, readPackageProfile } from './profile.ts';

const good = {
  name: 'Harbor',
  appId: 'org.harbor.console',
  icon: 'resources/icons/console.png',
  center: 'https://center.example',
  updates: null,
};

describe('a profile', () => {
  it.each(profileNames().map((name) => [name]))('%s holds, and so does the configuration it makes', async (name) => {
    const profile = readPackageProfile(name);
    if (!profile.ok) throw new Error(profile.refusal.message);
    const merged = await mergedConfig(configOf(name, profile.value));
    expect(merged.productName).toBe(profile.value.name);
    expect(merged.appId).toBe(profile.value.appId);
    expect(merged.extraMetadata.main).toBe('dist/electron/main/main.js');
    expect(merged.afterPack).toBe('./tools/package/after-pack.ts');
  });

  it('is refused with the field named', () => {
    const field = (over: object): string | undefined => {
      const outcome = checkProfile({ ...good, ...over });
      return outcome.ok ? undefined : outcome.refusal.field;
    };
    expect(field({})).toBeUndefined();
    expect(field({ center: 'http://center.example' })).toBe('center');
    expect(field({ updates: 'ftp://x' })).toBe('updates');
    expect(field({ icon: 'resources/icons/none.png' })).toBe('icon');
    expect(field({ icon: '../secret.png' })).toBe('icon');
    expect(field({ appId: 'Harbor' })).toBe('appId');
    expect(field({ colour: 'red' })).toBe('colour');
  });

  it('is refused by electron-builder itself where the configuration does not hold', async () => {
    const config = { ...configOf('x', good), compresion: 'store' } as never;
    await expect(mergedConfig(config)).rejects.toThrow('compresion');
  });

  it('reaches the shell as the shell reads it', () => {
    writeProfile('test', { ...good, updates: 'https://updates.example/console' });
    const file = join(root, 'dist', 'packages', 'test.profile.json');
    expect(readProfile(file)).toEqual({
      name: 'Harbor',
      center: 'https://center.example',
      updates: 'https://updates.example/console',
    });
    expect(readFileSync(file, 'utf8')).not.toContain('appId');
  });
});

it('decides every fuse that there is', () => {
  const all = Object.values(FuseV1Options).filter((one): one is FuseV1Options => typeof one === 'number');
  for (const fuse of all) expect(typeof FUSES[fuse as keyof typeof FUSES], FuseV1Options[fuse]).toBe('boolean');
});

it('checks from the command line without building anything', async () => {
  const main = join(import.meta.dirname, 'main.ts');
  expect(await runQuietly(main, ['--profile', 'harbor-county', '--check'])).toMatchObject({ code: 0 });
  const unknown = await runQuietly(main, ['--profile', 'nowhere', '--check']);
  expect(unknown.code).toBe(2);
  expect(unknown.output).toContain('harbor-county');
});
