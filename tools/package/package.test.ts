import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
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
  maintainer: 'Harbor County 911 <console@harbor.example>',
  icon: 'resources/icons/console.png',
  center: 'https://center.example',
  updates: null,
};

type Merged = Awaited<ReturnType<typeof mergedConfig>>;
interface BuilderTarget {
  readonly computeFpmMetaInfoOptions: () => Promise<object>;
  readonly writeManifest: (file: string, arch: number, publisher: string, assets: readonly string[]) => Promise<void>;
}

/** electron-builder's own making of what a deb and an appx say of themselves; it downloads nothing and packs nothing. */
function packagesOf(config: Merged): {
  readonly deb: () => Promise<object>;
  readonly debDepends: unknown;
  readonly appx: () => Promise<string>;
} {
  const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
  const metadata = {
    ...JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
    ...(config.extraMetadata as object),
  };
  const info = { metadata, config, devMetadata: metadata, repositoryInfo: Promise.resolve(null) };
  const { AppInfo } = builder('app-builder-lib/out/appInfo');
  const of = (file: string, options: object): BuilderTarget => {
    const target = Object.create(builder(`app-builder-lib/out/targets/${file}`).default.prototype);
    const packager = { appInfo: new AppInfo(info, null, options), info, config, platformSpecificBuildOptions: options };
    return Object.assign(target, { options, packager: { ...packager, getResource: async () => null } });
  };
  return {
    deb: () => of('FpmTarget', { ...config.linux, ...config.deb }).computeFpmMetaInfoOptions(),
    debDepends: { ...config.linux, ...config.deb }.depends,
    appx: async () => {
      const file = join(mkdtempSync(join(tmpdir(), 'qd-appx-')), 'AppxManifest.xml');
      await of('AppxTarget', { ...config.win, ...config.appx }).writeManifest(file, 1, 'CN=Harbor', []);
      return readFileSync(file, 'utf8');
    },
  };
}

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
    for (const name of ['Fire/EMS', 'Harbor: 911', 'Harbor.', 'Harbor ']) expect(field({ name }), name).toBe('name');
    for (const maintainer of ['Harbor', '<a@b>', 'A <b>', 'A\n <a@b>'])
      expect(field({ maintainer })).toBe('maintainer');
  });

  it('is refused by electron-builder itself where the configuration does not hold', async () => {
    const config = { ...configOf('x', good), compresion: 'store' } as never;
    await expect(mergedConfig(config)).rejects.toThrow('compresion');
  });

  it('brings what the packages of each system ask for, under a name that no other center has', async () => {
    const parts = packagesOf(await mergedConfig(configOf('harbor-county', good)));
    expect(await parts.deb()).toMatchObject({
      name: 'quantum-dispatch-harbor-county',
      maintainer: 'Harbor County 911 <console@harbor.example>',
      url: 'https://center.example',
    });
    // Those of Electron itself, GTK and NSS among them, which a list of our own would take the place of.
    expect(parts.debDepends).toBeUndefined();
    const manifest = await parts.appx();
    expect(manifest).toContain('Name="quantum-dispatch-harbor-county"');
    expect(manifest).toContain('<PublisherDisplayName>Harbor County 911</PublisherDisplayName>');
    expect(manifest).toContain('<Application Id="Console"');
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
