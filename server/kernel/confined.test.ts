import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { sources } from '../../tools/testing/written.ts';
import { CONFINED } from './confined.ts';

it('keeps every thread of the center from its settings, and from more than its share of memory (ASVS 15.2.5)', async () => {
  const beginning = sources('server').filter(({ text }) => text.includes('new Worker('));
  expect(beginning.map(({ file }) => file).sort()).toEqual([
    'server/kernel/intake/verifiers.ts',
    'server/modules/cad/handoff/drawing.ts',
  ]);
  for (const { file, text } of beginning) {
    const confined = text.match(/new Worker\(new URL\([^)]*\), CONFINED\)/g) ?? [];
    expect(text.split('new Worker('), file).toHaveLength(confined.length + 1);
  }
  process.env.QD_TEST_SECRET = 'in the environment';
  const looks = new Worker('require("node:worker_threads").parentPort.postMessage(Object.keys(process.env))', {
    ...CONFINED,
    eval: true,
  });
  expect(await once(looks, 'message')).toEqual([[]]);
  delete process.env.QD_TEST_SECRET;
  const hoards = new Worker('const all = []; for (;;) all.push(new Array(100000).fill({}))', {
    ...CONFINED,
    resourceLimits: { ...CONFINED.resourceLimits, maxOldGenerationSizeMb: 32 },
    eval: true,
  });
  const [error] = await once(hoards, 'error');
  expect(error).toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
});
