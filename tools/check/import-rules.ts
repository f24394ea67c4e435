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
  electron: { folders: ['domain'], files: ['server-bridge/main.mjs'], node: true, npm: ['electron'] },
};

/**
 * Folders whose subfolders stand on each other in one order: each may import those named before it, those named with it, and what
 * lies in the folder itself, which they share. Every subfolder is named but those of tests.
 */
const storeys: Readonly<Record<string, readonly (string | readonly string[])[]>> = {
  // What the bridge carries are actions and rows of dispatch; the inputs of an action are as the bridge lets them through.
  domain: ['kernel', 'identity', 'wire', ['cad', 'bridge'], ['epcr', 'billing', 'documents', 'webhooks']],
  // A conflict is shown with its sides in words, and words are of what a view makes of facts.
  'domain/cad': [['views', 'sentences'], 'gates', 'actions', 'command'],
  server: ['kernel', 'modules', 'assembly'],
  'server-bridge/store': ['file', 'migrations', 'from-center', 'keys', 'facts', 'entities', 'exchange', 'salvage'],
  'server/kernel/identity': [
    'policy',
    'tokens',
    'grants',
    'notices',
    'sessions',
    'devices',
    'passwords',
    'people',
    'second-factor',
    'sign-in',
    'sso',
  ],
};

/** Why this import goes against the directions of the house, or undefined when it does not. */
export function objection(entry: Import): string | undefined {
  if (!isProduct(entry.from)) return undefined;
  const area = topFolder(entry.from);
  const allowed = directions[area] ?? {};
  return 'file' in entry.to
    ? objectionToFile(entry.from, area, allowed, entry.to.file, entry.typeOnly)
    : objectionToPackage(area, allowed, entry.to.outside);
}

/** Between the subfolders of one folder whose order is written down. */
function objectionInHouse(from: string, to: string): string | undefined {
  for (const [folder, order] of Object.entries(storeys)) {
    const [here, there] = [subfolder(folder, from), subfolder(folder, to)];
    if (here === undefined || there === undefined || here === there) continue;
    const storeyOf = (name: string): number => order.findIndex((one) => [one].flat().includes(name));
    const unnamed = [here, there].find((name) => storeyOf(name) < 0);
    if (unnamed !== undefined) return `${folder}/${unnamed} has no place yet in the order of ${folder}: name it there`;
    if (storeyOf(there) > storeyOf(here)) return `${folder}/${here} stands below ${there} and may not import it`;
  }
  return undefined;
}

/** The subfolder of `folder` in which a file lies; undefined where it lies in none. */
function subfolder(folder: string, file: string): string | undefined {
  if (!file.startsWith(`${folder}/`)) return undefined;
  const [name, rest] = file.slice(folder.length + 1).split('/');
  return rest === undefined ? undefined : name;
}

function objectionToFile(
  from: string,
  area: string,
  allowed: Direction,
  file: string,
  typeOnly: boolean,
): string | undefined {
  if (isTestCode(file)) return `${area} is product code and may not import tests or what serves them`;
  const target = topFolder(file);
  const climbs = objectionInHouse(from, file);
  if (climbs) return climbs;
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
