import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { platformOf } from '../check/lockfile.ts';
import { root } from '../check/program.ts';
import { ranToItsEnd } from '../testing/command-run.ts';
import { billOf, type LockedPackages, objectionsTo, shipped } from './bill.ts';

const json = <T>(file: string): T => JSON.parse(readFileSync(join(root, file), 'utf8')) as T;
const { packages } = json<{ readonly packages: LockedPackages }>('package-lock.json');
const manifest = json<{ readonly dependencies: Readonly<Record<string, string>> }>('package.json');
const bill = billOf({ name: 'quantum-dispatch', version: '0.1.0' }, packages);

/** All that is reached from what package.json ships, by Node's own search; optional ones for other machines too. */
function reached(): ReadonlySet<string> {
  type Asking = Readonly<Record<'dependencies' | 'optionalDependencies', Readonly<Record<string, string>> | undefined>>;
  const found = new Set<string>();
  const place = (from: string, name: string): string | undefined => {
    for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
      const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
      if (path in packages) return path;
      if (at === '') return undefined;
    }
  };
  const follow = (from: string, names: readonly string[]): void => {
    for (const name of names) {
      const path = place(from, name);
      if (path === undefined || found.has(path)) continue;
      found.add(path);
      const { dependencies, optionalDependencies } = packages[path] as unknown as Asking;
      follow(path, Object.keys({ ...dependencies, ...optionalDependencies }));
    }
  };
  follow('', Object.keys(manifest.dependencies));
  return found;
}

describe('the bill of materials', () => {
  it('has every package that is shipped, with version, hash and licence (ASVS 15.1.2)', () => {
    const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
    const due = [...reached(), 'node_modules/electron', 'node_modules/node'];
    expect(due.length).toBeGreaterThan(200);
    for (const path of due) {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      expect(listed).toContain(`${name}@${packages[path]?.version}`);
    }
    for (const { hashes, licenses, version, purl } of bill.components) {
      expect(hashes[0]?.content, purl).toMatch(/^[0-9a-f]{128}$/);
      expect(licenses[0]?.expression, purl).toMatch(/\w/);
      expect(version, purl).toMatch(/^\d+\.\d+\.\d+/);
    }
  });

  it('is of packages that are held to their very bytes, from nowhere of their own, and asked for by exact versions (ASVS 15.2.4)', () => {
    expect(objectionsTo(packages)).toEqual([]);
    expect(Object.values(manifest.dependencies).filter((version) => !/^\d+\.\d+\.\d+[\w.-]*$/.test(version))).toEqual(
      [],
    );
    // So is what builds it, but for tools' binaries of other machines, which are never asked for here.
    const loose = Object.entries(packages).filter(
      ([path, { integrity, resolved, link, dev, optional }]) =>
        path !== '' &&
        (resolved !== undefined ||
          link === true ||
          (integrity === undefined
            ? dev !== true || optional !== true || platformOf(path) === undefined
            : !integrity.startsWith('sha512-'))),
    );
    expect(loose).toEqual([]);
  });

  it('refuses what has no hash, another address, or a licence that is not one to ship', () => {
    const [[path, good] = ['', {}]] = shipped(packages);
    const { integrity: _, ...bare } = good;
    for (const [bad, words] of [
      [bare, 'not held to its bytes'],
      [{ ...good, integrity: 'sha1-AAAA' }, 'not held to its bytes'],
      [{ ...good, resolved: 'git+ssh://elsewhere.example/x.git' }, 'an address of its own'],
      [{ ...good, license: 'GPL-3.0' }, 'under GPL-3.0'],
    ] as const)
      expect(objectionsTo({ [path]: bad })).toEqual([expect.stringContaining(words)]);
  });

  it('says in one sentence where it cannot be written', async () => {
    for (const [file, why] of [
      [root, 'EISDIR'],
      ['/dev/null/bill.json', 'ENOTDIR'],
    ])
      expect(await ranToItsEnd(join(import.meta.dirname, 'main.ts'), [file ?? ''])).toEqual({
        code: 2,
        out: '',
        err: `${file} cannot be written (${why}): name another file, npm run sbom -- FILE.\n`,
      });
  });
});
