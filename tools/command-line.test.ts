import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CommandLine, ENDS, readCommandLine, whole } from '../domain/kernel/command-line.ts';
import { commands } from './commands.mjs';
import { type Ended, ranToItsEnd } from './testing/command-run.ts';

const ROOT = join(import.meta.dirname, '..');

function run(name: string, given: readonly string[]): Promise<Ended> {
  const { file, args = [] } = commands[name] as { readonly file: string; readonly args?: readonly string[] };
  // None of what this machine may have set for a center of its own.
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return ranToItsEnd(join(ROOT, file), [...args, ...given], { cwd: ROOT, env: { PATH, HOME, NODE_COMPILE_CACHE } });
}

describe('every command', () => {
  // One after the other: each is a process of its own, and a machine has few processors.
  it.each(Object.keys(commands))(
    '%s says what it takes, and refuses in one sentence what it does not',
    async (name) => {
      const help = await run(name, ['--help']);
      expect(help).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^npm (run |start|test)/) });
      const { code, out, err } = await run(name, ['--no-such-flag', 'x'.repeat(100_000)]);
      expect({ code, out }).toEqual({ code: ENDS.refused, out: '' });
      expect(err).toContain('There is no flag --no-such-flag');
      expect(err.trim()).not.toContain('\n');
      expect(err.length).toBeLessThan(300);
    },
  );
});

/** What each reads and cannot do, beside a file and a folder that are there; null where it does whatever its flags let through. */
const CANNOT: { readonly [name: string]: readonly string[] | null } = {
  start: ['--data', 'FILE', '--no-open'],
  center: ['--demo', '--host', '0.0.0.0'],
  psap: ['--data', 'FOLDER', '--name', 'North'],
  organisation: ['list', '--data', 'FOLDER'],
  replay: ['FOLDER/none.csv'],
  verify: ['rows', '--data', 'FOLDER'],
  'verify:audit': ['--export', 'FOLDER/none'],
  asvs: ['FOLDER/none.json'],
  sbom: ['FILE/bill.json'],
  package: ['--profile', 'none'],
  bench: ['--json', 'FILE/figures.json'],
  ...{ test: null, check: null, typecheck: null, lint: null, build: null, simulate: null, torture: null },
};

describe('what a command cannot do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-refused-'));
  const file = join(folder, 'file');
  beforeAll(() => writeFileSync(file, ''));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is said of every command', () => {
    expect(Object.keys(CANNOT).toSorted()).toEqual(Object.keys(commands).toSorted());
  });
  it.each(Object.entries(CANNOT).flatMap(([name, args]) => (args === null ? [] : [[name, args] as const])))(
    '%s says in one sentence, and ends as every refusal does',
    async (name, args) => {
      const given = args.map((arg) => arg.replace('FOLDER', folder).replace('FILE', file));
      const { code, out, err } = await run(name, given);
      expect({ code, out }).toEqual({ code: ENDS.refused, out: '' });
      expect(err).toMatch(/^\S.{20,400}\n$/);
    },
  );
});

describe('a command line', () => {
  const line: CommandLine<z.ZodObject> = {
    command: 'npm run try',
    usage: 'npm run try\n',
    options: { times: { type: 'string' }, loud: { type: 'boolean' } },
    schema: z.object({ times: whole(1, 9).default(3), loud: z.boolean().default(false) }),
  };
  const worded: CommandLine<z.ZodType> = {
    ...line,
    words: true,
    schema: z.object({ words: z.tuple([z.enum(['up', 'down'], 'Say up or down')], 'Say up or down') }),
  };
  const said = (of: CommandLine<z.ZodType>, ...args: string[]): string => {
    const read = readCommandLine(of, args, parseArgs);
    return read.ok ? JSON.stringify(read.value) : read.refusal.message;
  };

  it('is read with what is left out filled in', () => {
    expect(said(line)).toBe('{"times":3,"loud":false}');
    expect(said(line, '--times', '4', '--loud')).toBe('{"times":4,"loud":true}');
    expect(said(worded, 'up')).toBe('{"words":["up"]}');
    expect(said(line, '--times', 'none', '-h')).toBe('"help"');
  });
  it.each([
    ['--times must be at least 1.', ['--times', '0']],
    ['--times must be at most 9.', ['--times', '10']],
    ['--times must be a whole number.', ['--times', '1e0']],
    ['--times must be a whole number.', ['--times', '']],
    ['--times has no value, or one that it does not take.', ['--times']],
    ['--loud has no value, or one that it does not take.', ['--loud=1']],
    ['There is no flag --quiet.', ['--quiet']],
    ['There is no flag of that name.', ['--\u0007\u001b[31m=1']],
    [`"${'x'.repeat(40)}…" belongs to no flag.`, ['x'.repeat(1_000_000)]],
    ['"once" belongs to no flag.', ['once']],
    ['A word belongs to no flag.', ['\u001b[31m']],
    ['--times holds characters that cannot be read.', ['--times', '4\u0000']],
    ['--times holds characters that cannot be read.', ['--times', '4\u202e']],
    ['--times must be at most 4096 characters.', ['--times', '4'.repeat(10_000_000)]],
    ['--times is given twice.', ['--times', '4', '--times', '5']],
  ])('is refused: %s', (sentence, args) => {
    expect(said(line, ...args)).toBe(`${sentence} See npm run try -- --help.`);
  });
  it('refuses words by what may be said', () => {
    expect(said(worded, 'up\n')).toContain('A word holds characters that cannot be read.');
    for (const words of [[], ['left'], ['up', 'down']]) {
      expect(said(worded, ...words)).toBe('Say up or down. See npm run try -- --help.');
    }
  });
});
