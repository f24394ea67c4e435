import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync } from 'vite';
import type { Import } from './import-rules.ts';

/** Where source is; what is generated, stored or installed is not read. */
const NOT_SOURCE = /(^|\/)(node_modules|dist|coverage|test-results|\.[^/]+)(\/|$)/;

/** Every source file of the house, relative to the root, sorted. */
function sourceFiles(root: string): string[] {
  return globSync('**/*.{ts,tsx,mts,mjs,js}', {
    cwd: root,
    exclude: (path) => NOT_SOURCE.test(path.replaceAll('\\', '/')),
  })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.endsWith('.d.ts'))
    .sort();
}

/**
 * Every import of one file: static, re-exported, dynamic with a fixed name, and `import('…')` in a type. Read from the
 * syntax tree, so a specifier in a comment or a string is none.
 *
 * @param subpaths the `imports` of package.json, `#domain/*` to `./domain/*`
 * @throws when the file cannot be parsed
 */
export function importsOf(file: string, text: string, subpaths: Readonly<Record<string, string>>): Import[] {
  const parsed = parseSync(file, text);
  if (parsed.errors.length > 0) throw new Error(`${file} cannot be parsed: ${parsed.errors[0]?.message}`);
  const found = new Map<string, boolean>();
  const note = (specifier: string, typeOnly: boolean): void => {
    found.set(specifier, typeOnly && (found.get(specifier) ?? true));
  };
  for (const { moduleRequest, entries } of parsed.module.staticImports) {
    note(moduleRequest.value, entries.length > 0 && entries.every((entry) => entry.isType));
  }
  for (const { entries } of parsed.module.staticExports) {
    for (const entry of entries) if (entry.moduleRequest) note(entry.moduleRequest.value, entry.isType);
  }
  for (const { moduleRequest } of parsed.module.dynamicImports) {
    const name = /^(['"`])([^$]*)\1$/s.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[2];
    if (name !== undefined) note(name, false);
  }
  for (const name of importTypes(parsed.program)) note(name, true);
  return [...found].map(([specifier, typeOnly]) => ({
    from: file,
    specifier,
    to: leadsTo(file, specifier, subpaths),
    typeOnly,
  }));
}

/** Specifiers of `import('…')` in types: they are in no module record, so the tree is walked for them. */
function* importTypes(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node && node.type === 'TSImportType' && 'source' in node) {
    const { source } = node;
    if (typeof source === 'object' && source !== null && 'value' in source && typeof source.value === 'string') {
      yield source.value;
    }
  }
  for (const child of Object.values(node)) yield* importTypes(child);
}

function leadsTo(file: string, specifier: string, subpaths: Readonly<Record<string, string>>): Import['to'] {
  // A bundler's instruction after the name (`?url`, `?modulePath`) does not change where it leads.
  const bare = specifier.replace(/\?.*$/, '');
  if (bare.startsWith('.')) return { file: posix.normalize(posix.join(posix.dirname(file), bare)) };
  if (bare.startsWith('/')) return { file: bare.slice(1) };
  for (const [pattern, target] of Object.entries(subpaths)) {
    const prefix = pattern.replace(/\*$/, '');
    if (bare.startsWith(prefix)) return { file: posix.normalize(target.replace(/\*$/, bare.slice(prefix.length))) };
  }
  return { outside: bare };
}

/** The whole house's imports, and complaints about files that cannot be read or that lead to no file. */
export function readImports(root: string): { files: number; imports: Import[]; broken: string[] } {
  const { imports: subpaths = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    imports?: Record<string, string>;
  };
  const files = sourceFiles(root);
  const imports: Import[] = [];
  const broken: string[] = [];
  for (const file of files) {
    try {
      for (const entry of importsOf(file, readFileSync(join(root, file), 'utf8'), subpaths)) {
        imports.push(entry);
        if ('file' in entry.to && !isFile(join(root, entry.to.file))) {
          broken.push(`${file}: "${entry.specifier}" leads to ${entry.to.file}, which is no file`);
        }
      }
    } catch (error) {
      broken.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { files: files.length, imports, broken };
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
