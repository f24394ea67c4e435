import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BUILD } from './build.ts';

it('names the version of package.json', () => {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(BUILD).toBe((JSON.parse(file) as { version: string }).version);
});
