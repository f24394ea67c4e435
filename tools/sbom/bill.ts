/**
 * The bill of materials: every package of others that the product is shipped with, by version, hash and licence, as CycloneDX
 * 1.5 writes it. From the lockfile alone, which is what is installed.
 */

/** A package of package-lock.json, as far as it is read here. */
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
}
export type LockedPackages = Readonly<Record<string, Locked>>;

interface Component {
  readonly type: 'library';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly scope: 'required' | 'optional';
  readonly purl: string;
  readonly hashes: readonly { readonly alg: 'SHA-512'; readonly content: string }[];
  readonly licenses: readonly { readonly expression: string }[];
}

export interface Bill {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.5';
  readonly version: 1;
  readonly metadata: {
    readonly component: { readonly type: 'application'; readonly name: string; readonly version: string };
  };
  readonly components: readonly Component[];
}

/** Needed at the desk of whoever builds, and shipped all the same: the shell, and what the center runs on. */
const SHIPPED_TOO: ReadonlySet<string> = new Set(['node_modules/electron', 'node_modules/node']);

/** What their manifests leave to the licence file beside them. */
const LICENCE_FILES: Readonly<Record<string, string>> = { 'png-js': 'MIT', 'xmlhttprequest-ssl': 'MIT' };

/** Licences under which something may be shipped; fonts under theirs. */
const TAKEN: ReadonlySet<string> = new Set([
  'MIT',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'BlueOak-1.0.0',
  'OFL-1.1',
  '(MIT OR Apache-2.0)',
]);

/** Those that are shipped, by their path in the lockfile. */
export function shipped(packages: LockedPackages): readonly (readonly [path: string, locked: Locked])[] {
  return Object.entries(packages).filter(([path, { dev }]) => path !== '' && (dev !== true || SHIPPED_TOO.has(path)));
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const licenceOf = (path: string, { license }: Locked): string | undefined => license ?? LICENCE_FILES[nameOf(path)];

/** SHA-512 in hex; undefined where the lockfile names none. */
function hashOf({ integrity }: Locked): string | undefined {
  const base64 = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(integrity ?? '')?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('hex');
}

/** What of a lockfile may not be shipped, a sentence for each. */
export function objectionsTo(packages: LockedPackages): readonly string[] {
  return shipped(packages).flatMap(([path, locked]) => {
    const licence = licenceOf(path, locked);
    return [
      ...(hashOf(locked) === undefined ? [`${path} is not held to its bytes by a SHA-512.`] : []),
      ...(locked.link === true || locked.resolved !== undefined
        ? [`${path} comes from an address of its own; take it from the registry like the others.`]
        : []),
      ...(licence === undefined
        ? [`${path} names no licence.`]
        : TAKEN.has(licence)
          ? []
          : [`${path} is under ${licence}, which is not one to ship.`]),
    ];
  });
}

/** The bill of what has no objections. */
export function billOf(product: { readonly name: string; readonly version: string }, packages: LockedPackages): Bill {
  const components = new Map<string, Component>();
  for (const [path, locked] of shipped(packages)) {
    const name = nameOf(path);
    const version = locked.version ?? '';
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    components.set(purl, {
      type: 'library',
      'bom-ref': purl,
      name,
      version,
      scope: locked.optional === true ? 'optional' : 'required',
      purl,
      hashes: [{ alg: 'SHA-512', content: hashOf(locked) ?? '' }],
      licenses: [{ expression: (licenceOf(path, locked) ?? '').replace(/^\((.*)\)$/, '$1') }],
    });
  }
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { type: 'application', ...product } },
    components: [...components.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1)),
  };
}
