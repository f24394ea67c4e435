import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';
import { isExponential } from '../testing/ambiguity.ts';
import { sources } from '../testing/written.ts';
import { root } from './program.ts';

const FOLDERS = ['domain', 'sealing', 'server', 'server-bridge', 'renderer', 'electron', 'preload'];

interface Pattern {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression that a file writes; one that is put together while running shows as `null`. */
function patternsOf(file: string): readonly (Pattern | null)[] {
  const { program, errors } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  expect(errors, file).toEqual([]);
  const found: (Pattern | null)[] = [];
  const look = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { regex, type, callee } = node as {
      readonly regex?: { readonly pattern: string; readonly flags: string } | null;
      readonly type?: string;
      readonly callee?: { readonly name?: string };
    };
    if (regex) found.push({ file, source: regex.pattern, flags: regex.flags });
    if ((type === 'NewExpression' || type === 'CallExpression') && callee?.name === 'RegExp') found.push(null);
    for (const value of Object.values(node)) look(value);
  };
  look(program);
  return found;
}

describe('a regular expression', () => {
  it.each([
    ['(a+)+$', true],
    ['(a*)*b', true],
    ['(a|a)*b', true],
    ['(?:a|ab|b)*c', true],
    ['(\\w+\\s?)*$', true],
    ['^(?:[a-z]{1,63})+$', true],
    ['^(?=(x+x+)+y)z', true],
    ['(a*b)*c', false],
    ['^\\d{4}-\\d{2}$', false],
    ['^(?:[a-z0-9-]{1,63}\\.)+[a-z]+$', false],
    ['^(?:\\w+ )*\\w+$', false],
    ['[^\\]]*\\]', false],
  ])('%s is found out: %s', (source, exponential) => {
    expect(isExponential(source, 'u')).toBe(exponential);
  });

  it('takes time that does not double with each letter, and none is made of what somebody sent (ASVS 1.3.12)', () => {
    const all = FOLDERS.flatMap((folder) => sources(folder)).flatMap(({ file }) => patternsOf(file));
    const written = all.filter((one) => one !== null);
    expect(written.length).toBeGreaterThan(200);
    expect(all.length - written.length).toBe(0);
    expect(written.filter(({ source, flags }) => isExponential(source, flags))).toEqual([]);
  });
});
