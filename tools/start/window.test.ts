import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { leftOver } from './hand-over.ts';
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
  const folder = mkdtempSync(join(tmpdir(), 'qd-window-'));
  const shown = (program: string) =>
    openWindow({ in: 'browser', program, why: '' }, 'http://127.0.0.1:1/#secret', folder);
  try {
    expect(await shown('/nowhere/opener')).toMatch(
      /nowhere.opener showed no window .*: open the address in a browser\./,
    );
    // It takes no page for a program.
    expect(await shown(process.execPath)).toContain('showed no window (code 1)');
    expect(readdirSync(folder)).toEqual([]);
    const nowhere = join(folder, 'gone');
    expect(await openWindow({ in: 'browser', program: process.execPath, why: '' }, 'http://x/', nowhere)).toMatch(
      /showed no window \(ENOENT\): open the address in a browser\./,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it.skipIf(process.platform === 'win32')(
  'gives the address to no other user of the machine: the program gets a page that its owner alone reads',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qd-window-'));
    try {
      leftOver(folder);
      const program = join(folder, 'browser');
      const told = join(folder, 'told');
      writeFileSync(
        program,
        `#!/bin/sh\nprintf '%s\\n' "$@" > ${told}; cat "\${1#file://}" > ${told}.page; stat -c %a "\${1#file://}" "$(dirname "\${1#file://}")" > ${told}.modes\n`,
      );
      chmodSync(program, 0o755);
      const url = 'http://127.0.0.1:1/#a-secret&"<more>';
      expect(await openWindow({ in: 'browser', program, why: '' }, url, folder)).toBeNull();
      expect(readFileSync(told, 'utf8')).toMatch(/^file:\/\/\S+\.html\n$/);
      expect(readFileSync(`${told}.page`, 'utf8')).toContain(
        'url=http://127.0.0.1:1/#a-secret&amp;&quot;&lt;more&gt;"',
      );
      expect(readFileSync(`${told}.modes`, 'utf8')).toBe('600\n700\n');
      // What a start that was killed left goes with the next.
      expect(readdirSync(folder).filter((name) => name.startsWith('window-'))).toHaveLength(1);
      leftOver(folder);
      expect(readdirSync(folder).sort()).toEqual(['browser', 'told', 'told.modes', 'told.page']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

it.skipIf(process.platform === 'win32')(
  'tells a window nothing of the secrets that the center and the station are given',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qd-window-'));
    const secrets = ['QD_PASSPHRASE', 'DATABASE_URL', 'VAULT_TOKEN', 'AWS_SECRET_ACCESS_KEY'];
    for (const name of secrets) vi.stubEnv(name, 'a canary');
    vi.stubEnv('XDG_CANARY', 'of the desktop');
    try {
      const program = join(folder, 'browser');
      writeFileSync(program, '#!/bin/sh\nenv > "$0.told"\n');
      chmodSync(program, 0o755);
      expect(await openWindow({ in: 'browser', program, why: '' }, 'http://127.0.0.1:1/', folder)).toBeNull();
      const told = readFileSync(`${program}.told`, 'utf8');
      expect(told).toContain('XDG_CANARY=of the desktop');
      expect(told).not.toContain('a canary');
    } finally {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
