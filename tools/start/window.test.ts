import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { chooseWindow, type Machine, openArguments, openWindow } from './window.ts';

const machine: Machine = { platform: 'linux', env: { DISPLAY: ':0' }, electron: null, chromium: null };

it('takes Electron where its binary is, else Chromium, else the default browser, and says why', () => {
  const electron = chooseWindow(true, { ...machine, electron: '/e/electron', chromium: '/usr/bin/chromium' });
  expect(electron).toMatchObject({ in: 'electron', program: '/e/electron' });
  const chromium = chooseWindow(true, { ...machine, chromium: '/usr/bin/chromium' });
  expect(chromium).toMatchObject({ in: 'chromium', program: '/usr/bin/chromium' });
  expect(chromium.why).toContain("Chromium window, because Electron's binary is not on this machine");
  const browser = chooseWindow(true, machine);
  expect(browser).toMatchObject({ in: 'browser', program: 'xdg-open' });
  expect(browser.why).toContain('default browser');
  expect(chooseWindow(true, { ...machine, platform: 'darwin', env: {} })).toMatchObject({ program: 'open' });
  expect(openArguments(chooseWindow(true, { ...machine, platform: 'win32' }), 'http://x/', '', false)).toEqual([
    '/c',
    'start',
    '',
    'http://x/',
  ]);
});

it('opens nothing without a display or when asked not to, and says which', () => {
  expect(chooseWindow(true, { ...machine, env: {} })).toMatchObject({ in: 'nothing' });
  expect(chooseWindow(true, { ...machine, env: {} }).why).toContain('no display');
  expect(chooseWindow(true, { ...machine, env: { WAYLAND_DISPLAY: 'wayland-0' } }).in).toBe('browser');
  expect(chooseWindow(false, { ...machine, electron: '/e' }).why).toContain('--no-open');
});

it('gives Chromium a window and a profile of its own, and takes its sandbox away from root alone', () => {
  const shown = chooseWindow(true, { ...machine, chromium: '/c' });
  const args = openArguments(shown, 'http://127.0.0.1:1/#t', '/p', false);
  expect(args).toContain('--app=http://127.0.0.1:1/#t');
  expect(args).toContain('--user-data-dir=/p');
  expect(args).not.toContain('--no-sandbox');
  expect(openArguments(shown, 'http://x/', '/p', true)).toContain('--no-sandbox');
});

it('says so when the program shows nothing', async () => {
  const missing = await openWindow({ in: 'browser', program: '/nowhere/opener', why: '' }, 'http://127.0.0.1:1/', '');
  expect(missing).toMatch(/nowhere.opener showed no window .*: open the address in a browser\./);
  const failing = await openWindow({ in: 'browser', program: process.execPath, why: '' }, '--no-such-flag', '');
  expect(failing).toContain('showed no window (code 9)');
});

it.skipIf(process.platform === 'win32')(
  'tells a window nothing of the secrets that the center and the station are given',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qd-window-'));
    const secrets = ['QD_PASSPHRASE', 'DATABASE_URL', 'VAULT_TOKEN', 'AWS_SECRET_ACCESS_KEY'];
    for (const name of secrets) vi.stubEnv(name, 'a canary');
    vi.stubEnv('XDG_CANARY', 'of the desktop');
    try {
      const program = join(folder, 'browser');
      writeFileSync(program, '#!/bin/sh\nenv > "$1"\n');
      chmodSync(program, 0o755);
      expect(await openWindow({ in: 'browser', program, why: '' }, join(folder, 'told'), '')).toBeNull();
      const told = readFileSync(join(folder, 'told'), 'utf8');
      expect(told).toContain('XDG_CANARY=of the desktop');
      expect(told).not.toContain('a canary');
    } finally {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
