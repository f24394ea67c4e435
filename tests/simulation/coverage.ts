/** What a run was made of: of each folder of shipped code, how much of it ran. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { convert } from 'ast-v8-to-istanbul';
import { parseAstAsync } from 'vite';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Replaced in a run and not looked at: clock, network and the center's PostgreSQL stand behind ports. */
const FOLDERS = [
  'server-bridge/store',
  'server-bridge/sync',
  'server-bridge/dispatch',
  'server/kernel/intake',
  'domain/kernel',
  'domain/cad',
  'sealing',
] as const;
const LEFT_OUT = /(^|\/)(testing|pg)\/|\.test\.ts$|\.d\.ts$/;

interface Share {
  ran: number;
  all: number;
}

interface FolderCoverage {
  readonly folder: string;
  readonly functions: Share;
  readonly lines: Share;
  /** Files that no run of this process loaded. */
  readonly unloaded: readonly string[];
}

/** Runs `work` with a folder for V8's coverage and reads what was written there, folder by folder of the product. */
export async function covered(work: (folder: string) => void): Promise<readonly FolderCoverage[]> {
  const folder = mkdtempSync(join(tmpdir(), 'qd-coverage-'));
  try {
    work(folder);
    const scripts = readdirSync(folder).flatMap(
      (name) =>
        (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { readonly result: Profiler.ScriptCoverage[] }).result,
    );
    const byUrl = new Map(scripts.map((script) => [script.url, script]));
    return await Promise.all(FOLDERS.map((of) => coverageOf(of, byUrl)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function coverageOf(
  folder: string,
  scripts: ReadonlyMap<string, Profiler.ScriptCoverage>,
): Promise<FolderCoverage> {
  const functions: Share = { ran: 0, all: 0 };
  const lines: Share = { ran: 0, all: 0 };
  const unloaded: string[] = [];
  for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || LEFT_OUT.test(name)) continue;
    const path = join(ROOT, folder, name);
    const script = scripts.get(pathToFileURL(path).href);
    // Node blanks the types out and runs the rest, so positions are those of the source.
    const code = readFileSync(path, 'utf8');
    const ast = await parseAstAsync(code, { lang: 'ts' });
    if (!script) {
      // A file of types alone is loaded by nobody, and there is nothing in it to run.
      if (ast.body.some(isCode)) unloaded.push(name);
      continue;
    }
    const parts = await partsOf(code, ast, script);
    add(functions, parts.functions);
    add(lines, parts.lines);
  }
  return { folder, functions, lines, unloaded: unloaded.sort() };
}

function isCode(statement: {
  readonly type: string;
  readonly declaration?: { readonly type: string } | null;
}): boolean {
  if (statement.type === 'ExportNamedDeclaration') return statement.declaration ? isCode(statement.declaration) : false;
  return statement.type !== 'ImportDeclaration' && !statement.type.startsWith('TS');
}

async function partsOf(
  code: string,
  ast: Awaited<ReturnType<typeof parseAstAsync>>,
  coverage: Profiler.ScriptCoverage,
): Promise<{ readonly functions: readonly boolean[]; readonly lines: readonly boolean[] }> {
  const files = Object.values(await convert({ code, ast, coverage, wrapperLength: 0 }));
  const functions = files.flatMap(({ f }) => Object.values(f).map((count) => count > 0));
  const lines = files.flatMap(({ s, statementMap }) => {
    const ran = new Map<number, boolean>();
    for (const [id, { start }] of Object.entries(statementMap))
      ran.set(start.line, (ran.get(start.line) ?? false) || (s[id] ?? 0) > 0);
    return [...ran.values()];
  });
  return { functions, lines };
}

function add(share: Share, parts: readonly boolean[]): void {
  share.all += parts.length;
  share.ran += parts.filter(Boolean).length;
}

const percent = ({ ran, all }: Share): string => `${all === 0 ? 0 : Math.floor((100 * ran) / all)} %`;

/** One line for each folder: how many of its functions and lines ran, and the files that were not there at all. */
export function coverageTable(folders: readonly FolderCoverage[]): string {
  const rows = folders.map(({ folder, functions, lines, unloaded }) =>
    [
      folder.padEnd(24),
      `${functions.ran} of ${functions.all} functions (${percent(functions)})`.padEnd(34),
      `${lines.ran} of ${lines.all} lines (${percent(lines)})`.padEnd(34),
      unloaded.length > 0 ? `not loaded: ${unloaded.join(', ')}` : '',
    ]
      .join('')
      .trimEnd(),
  );
  return ['Shipped code that ran:', ...rows].join('\n');
}
