import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'shown-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** How one ends that waits for a script and is asked to stop meanwhile; `itself` is what it does of its own on the signal. */
async function endOf(name: string, itself: string): Promise<{ code: number | null; out: string }> {
  const waits = join(folder, `${name}-waits.mjs`);
  writeFileSync(waits, `console.log('runs'); setTimeout(() => {}, 60_000);`);
  const starts = join(folder, `${name}.mjs`);
  const program = join(root, 'tools', 'check', 'program.ts');
  writeFileSync(
    starts,
    `import { runShown } from ${JSON.stringify(program)};
     ${itself}
     console.log('script ended with', await runShown(${JSON.stringify(waits)}, []));`,
  );
  const child = spawn(process.execPath, ['--no-warnings', starts], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (out === '') child.kill('SIGTERM');
    out += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code, out };
}

describe('a script that is run and shown', () => {
  it('ends with whoever is asked to stop meanwhile', async () => {
    expect(await endOf('plain', '')).toEqual({ code: 143, out: 'runs\n' });
  });

  it('leaves one who stops in an order of their own the time for it', async () => {
    const ordered = `process.on('SIGTERM', () => setTimeout(() => { console.log('stopped'); process.exit(0); }, 500));`;
    expect(await endOf('ordered', ordered)).toEqual({ code: 0, out: 'runs\nscript ended with 1\nstopped\n' });
  });
});
