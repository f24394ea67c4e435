import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildShell } from '../../tools/build/shell.ts';
import { DEMO_ADMINISTRATOR } from '../../tools/start/demo.ts';
import { enrolmentCode } from '../../tools/start/enrolment.ts';
import { type Center, startCenterProcess } from '../../tools/start/processes.ts';
import { electronArguments } from '../../tools/start/shell.ts';
import { electronProgram } from '../../tools/start/window.ts';

const program = electronProgram();

// Nobody has run these yet where the binary is: see docs/electron-security.md.
describe.skipIf(program === null)('electron: the desktop shell', () => {
  const data = mkdtempSync(join(tmpdir(), 'qd-electron-'));
  let center: Center;
  let shell: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    await buildShell();
    center = startCenterProcess({ folder: join(data, 'center'), port: 0, demo: true });
    const { center: url } = await center.ready;
    const code = await enrolmentCode(url, DEMO_ADMINISTRATOR);
    shell = await _electron.launch({
      executablePath: program ?? '',
      args: [...electronArguments(), '--data', join(data, 'station-1'), '--center', url, '--enrol', code],
    });
    page = await shell.firstWindow();
  }, 180_000);
  afterAll(async () => {
    await shell?.close();
    await center?.child.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it('shows the console from its own scheme, joined to the station', async () => {
    expect(page.url()).toMatch(/^qd:\/\/console\/index\.html/);
    await page.getByLabel('User', { exact: true }).waitFor();
  });

  it('gives the page the station and nothing of Node or Electron', async () => {
    const seen = await page.evaluate('[Object.keys(station).sort(), typeof require, typeof process]');
    expect(seen).toEqual([['onMessage', 'onState', 'send'], 'undefined', 'undefined']);
  });

  it('goes nowhere else, opens nothing else, and is given no permission', async () => {
    const before = page.url();
    await page.evaluate("location.assign('https://example.com/')");
    expect(page.url()).toBe(before);
    expect(await page.evaluate("open('https://example.com/') === null")).toBe(true);
    expect(await page.evaluate('Notification.requestPermission()')).toBe('denied');
  });

  it('starts the station again when it dies, and the window is joined to it anew', async () => {
    const pid = await shell.evaluate(({ app }) => app.getAppMetrics().find(({ name }) => name === 'Station')?.pid ?? 0);
    process.kill(pid, 'SIGKILL');
    await expect
      .poll(() => shell.evaluate(({ app }) => app.getAppMetrics().find(({ name }) => name === 'Station')?.pid ?? 0), {
        timeout: 20_000,
      })
      .not.toBe(pid);
    await page.getByLabel('User', { exact: true }).waitFor();
  });
});
