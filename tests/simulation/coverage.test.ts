import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

it('says of a run that store, sync, dispatch and intake are the shipped code, and what of it ran', () => {
  const { stdout, status } = spawnSync(
    process.execPath,
    [MAIN, '--seeds', '1', '--from', '1', '--hours', '1', '--coverage'],
    { encoding: 'utf8' },
  );
  expect(status).toBe(0);
  expect(stdout).toMatch(/^1 seeds, 0 lost, 0 diverged, /);
  const shares = new Map(
    [...stdout.matchAll(/^(\S+) +\d+ of (\d+) functions \((\d+) %\) +\d+ of \d+ lines \((\d+) %\)/gm)].map(
      ([, folder, , functions, lines]) => [folder, Math.min(Number(functions), Number(lines))] as const,
    ),
  );
  for (const folder of ['server-bridge/store', 'server-bridge/sync', 'server-bridge/dispatch', 'server/kernel/intake'])
    expect([folder, (shares.get(folder) ?? 0) > 40]).toEqual([folder, true]);
  // What stands behind a port is replaced, and said to be.
  expect(stdout).toMatch(/^server-bridge\/sync .*not loaded: .*http-center\.ts.*lan\.ts/m);
}, 300_000);
