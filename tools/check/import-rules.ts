import { isBuiltin } from 'node:module';

/** One import as written in a file, and where it leads. */
export type Import = {
  /** Importing file, relative to the root, with forward slashes. */
  readonly from: string;
  readonly specifier: string;
  /** Where it leads: a file relative to the root (whether it exists or not), or a name outside the repository. */
  readonly to: { readonly file: string } | { readonly outside: string };
  /** Erased before running (`import type`, `import('…').T`). */
  readonly typeOnly: boolean;
};

/** What the code of one top folder may import besides itself. */
type Direction = {
  readonly folders?: readonly string[];
  /** Single files of other folders. */
  readonly files?: readonly string[];
  /** Folders of which it may know the types only. */
  readonly types?: readonly string[];
  readonly node?: boolean;
  /** npm packages: `true` for any but Electron, otherwise these alone. */
  readonly npm?: true | readonly string[];
};

/**
 * The directions of the house. Folders that are not named here (tools, tests, bench) and configuration files may import
 * anything; nothing of the product may import them, because no direction leads there.
 */
const directions: Readonly<Record<string, Direction>> = {
  domain: { npm: ['zod'] },
  sealing: { folders: ['domain'], node: true },
  server: { folders: ['domain', 'sealing'], node: true, npm: true },
  'server-bridge': { folders: ['domain', 'sealing'], node: true, npm: true },
  renderer: { folders: ['domain', 'resources'], types: ['preload'], npm: true },
  preload: { folders: ['domain'], npm: ['electron'] },
  // The shell starts the station as a process of its own, so it names the entry and knows nothing inside.
  electron: { folders: ['domain'], files: ['server-bridge/main.ts'], node: true, npm: ['electron'] },
};

/** Why this import goes against the directions of the house, or undefined when it does not. */
export function objection(entry: Import): string | undefined {
  if (!isProduct(entry.from)) return undefined;
  const area = topFolder(entry.from);
  const allowed = directions[area] ?? {};
  return 'file' in entry.to
    ? objectionToFile(area, allowed, entry.to.file, entry.typeOnly)
    : objectionToPackage(area, allowed, entry.to.outside);
}

function objectionToFile(area: string, allowed: Direction, file: string, typeOnly: boolean): string | undefined {
  if (isTestCode(file)) return `${area} is product code and may not import tests or what serves them`;
  const target = topFolder(file);
  if (target === area || allowed.folders?.includes(target) || allowed.files?.includes(file)) return undefined;
  if (allowed.types?.includes(target)) {
    return typeOnly ? undefined : `${area} may know types of ${target} only: write "import type"`;
  }
  const open = [area, ...(allowed.folders ?? []), ...(allowed.files ?? [])].join(', ');
  return `${area} may import from ${open}, not from ${target}`;
}

function objectionToPackage(area: string, allowed: Direction, specifier: string): string | undefined {
  if (isBuiltin(specifier)) return allowed.node ? undefined : `${area} may not import Node: have it passed in`;
  const name = packageName(specifier);
  if (allowed.npm === true)
    return name === 'electron' ? `${area} runs without Electron and may not import it` : undefined;
  if (allowed.npm?.includes(name)) return undefined;
  return `${area} may import ${allowed.npm ? `only ${allowed.npm.join(', ')}` : 'no package'}, not ${name}`;
}

/** Product code is under the directions; tests, what serves them, and configuration files are not. */
function isProduct(file: string): boolean {
  return topFolder(file) in directions && !isTestCode(file) && !/\.config\.ts$/.test(file);
}

function isTestCode(file: string): boolean {
  return /\.test\.tsx?$/.test(file) || file.includes('/testing/');
}

function topFolder(file: string): string {
  const slash = file.indexOf('/');
  return slash < 0 ? '' : file.slice(0, slash);
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
