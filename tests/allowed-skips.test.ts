import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { allowedSkips } from './allowed-skips.ts';

const ROOT = join(import.meta.dirname, '..');
const SKIPS = /\.(?:skipIf|runIf)\(|\breturn skip\(/;

it('every file that may skip a test is on the list of those that may, and no other', () => {
  const files = globSync(
    '{domain,electron,preload,renderer,sealing,server,server-bridge,tests,tools}/**/*.test.{ts,tsx}',
    {
      cwd: ROOT,
    },
  );
  const skipping = files.filter((file) => SKIPS.test(readFileSync(join(ROOT, file), 'utf8')));
  const allowed = allowedSkips.map(({ test }) => test.split(' ')[1] ?? '');
  expect(skipping.map((file) => file.replaceAll('\\', '/')).sort()).toEqual([...new Set(allowed)].sort());
});
