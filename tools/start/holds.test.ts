/** What the process of `npm start` holds for as long as the console is open. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readImports } from '../check/import-graph.ts';
import { root } from '../check/program.ts';

it('holds nothing that builds: the screens are built in a process that ends', () => {
  const from = Map.groupBy(readImports(root).imports, (one) => one.from);
  const reached = new Set<string>();
  const packages = new Set<string>();
  const waiting = ['tools/start/main.ts'];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const { to, typeOnly } of from.get(file) ?? []) {
      if (typeOnly) continue;
      if ('file' in to) waiting.push(to.file);
      else if (!to.outside.startsWith('node:')) packages.add(to.outside);
    }
  }
  expect(reached).toContain('tools/build/renderer.ts');
  expect(packages).toContain('zod');
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly devDependencies: { readonly [name: string]: string };
  };
  expect([...packages].filter((name) => name in devDependencies)).toEqual([]);
});
