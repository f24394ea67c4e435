import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildShell } from '../../tools/build/shell.ts';
import { root, runQuietly } from '../../tools/check/program.ts';
import { startChild } from '../../tools/start/child.ts';
import { DEMO_ADMINISTRATOR } from '../../tools/start/demo.ts';
import { enrolmentCode } from '../../tools/start/enrolment.ts';
import { type Center, startCenterProcess } from '../../tools/start/processes.ts';

/** The built station, which runs under plain Node as well. */
const SHELL_STATION = join(root, 'dist', 'electron', 'main', 'station.js');
const data = mkdtempSync(join(tmpdir(), 'qd-bundle-'));
let center: Center | undefined;

beforeAll(() => buildShell(), 120_000);
afterAll(async () => {
  await center?.child.stop();
  rmSync(data, { recursive: true, force: true });
});

describe('the built station under plain Node', () => {
  it('says in one sentence what it lacks and ends with code 2', async () => {
    const { code, output } = await runQuietly(SHELL_STATION, ['--data', join(data, 'none')]);
    expect(code).toBe(2);
    expect(output).toMatch(/^This workstation is not enrolled yet: .*$/);
  });

  it('enrols, serves the built console and stops cleanly', async () => {
    center = startCenterProcess({ folder: join(data, 'center'), port: 0, demo: true });
    const { center: url } = await center.ready;
    const code = await enrolmentCode(url, DEMO_ADMINISTRATOR);
    const station = startChild({
      name: 'station',
      args: [SHELL_STATION, '--data', join(data, 'station'), '--center', url, '--enrol', code, '--name', 'Bundle'],
    });
    const { console: host, token } = (await station.ready) as { console: string; token: string };
    const page = await fetch(host);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<div id="root">');
    expect(token).toMatch(/^[\w-]{20,}$/);
    expect(await station.stop()).toMatchObject({ code: 0, signal: null });
  }, 90_000);
});
