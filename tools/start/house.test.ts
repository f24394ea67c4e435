import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startChild } from './child.ts';
import { createHouse } from './house.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-house-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['in its own words', `process.exit(75)`, 'Console ended: The store is put back. It is started again in 250 ms.'],
  [
    'by its signal where it was killed, whatever it said before',
    `process.kill(process.pid, 'SIGKILL')`,
    'Console ended unexpectedly (SIGKILL). It is started again in 250 ms.',
  ],
])('says why a process ended that it starts again: %s', async (_, end, word) => {
  const file = join(folder, 'ends.mjs');
  writeFileSync(
    file,
    `process.on('SIGUSR2', () => { ${end}; }); setInterval(() => {}, 1000);
     console.error('The store is put back.'); console.log('ready {}');`,
  );
  const said: string[] = [];
  const house = createHouse((text) => said.push(text));
  const child = startChild({ name: 'Console', args: [file] });
  await child.ready;
  house.keep(child, 1, () => startChild({ name: 'Console', args: [file] }));
  try {
    process.kill(child.pid, 'SIGUSR2');
    await expect.poll(() => said[0]).toBe(word);
    await expect.poll(() => said[1], { timeout: 10_000 }).toBe('Console is back.');
  } finally {
    await house.stop();
  }
});
