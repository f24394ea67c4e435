import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** What a process says that keeps its memory out of dumps, and one that it starts. */
function said(program: string): unknown {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--no-warnings',
      '--input-type=module',
      '--eval',
      `import { keepOutOfDumps } from './sealing/dumps.ts'; ${program}`,
    ],
    { encoding: 'utf8', env: { ...process.env, VAULT_TOKEN: 'a canary' } },
  );
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('a process that keeps out of dumps', () => {
  it('says nothing of its environment in a diagnostic report', () => {
    const report = 'process.stdout.write(JSON.stringify(process.report.getReport()));';
    expect(JSON.stringify(said(report))).toContain('a canary');
    expect(JSON.stringify(said(`keepOutOfDumps(); ${report}`))).not.toContain('a canary');
  });

  it.runIf(process.platform === 'linux')('has no memory of its own or of its children in a core', () => {
    const filters = `
      import { execFileSync } from 'node:child_process';
      import { readFileSync } from 'node:fs';
      const path = '/proc/self/coredump_filter';
      const both = [readFileSync(path, 'utf8'), execFileSync('cat', [path], { encoding: 'utf8' })];
      process.stdout.write(JSON.stringify(both.map((text) => Number.parseInt(text, 16))));`;
    expect(said(filters)).not.toContain(0);
    expect(said(`keepOutOfDumps(); ${filters}`)).toEqual([0, 0]);
  });
});
