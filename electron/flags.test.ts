import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { STATION_LINE } from '../server-bridge/flags.ts';
import { afterDeath, NO_DEATHS } from './backoff.ts';
import { environmentOfStation } from './environment.ts';
import { feedOf, ignoredAtSecondStart, NO_PROFILE, readProfile, readStarted, unsafeSwitches } from './flags.ts';

it("takes the profile's center unless the command line says another, and leaves Chromium's flags alone", () => {
  const profile = { ...NO_PROFILE, center: 'https://center.example' };
  expect(readStarted(['--no-sandbox', '--data', '/d', '--lan-port', '7340'], profile)).toEqual({
    data: '/d',
    station: ['--center', 'https://center.example', '--lan-port', '7340'],
    given: ['--lan-port'],
  });
  expect(readStarted(['--center', 'http://127.0.0.1:1'], profile).station).toEqual(['--center', 'http://127.0.0.1:1']);
  // Electron takes absolute folders alone.
  expect(readStarted(['--data', 'd'], NO_PROFILE).data).toBe(join(process.cwd(), 'd'));
  expect(readStarted([], NO_PROFILE)).toEqual({ data: null, station: [], given: [] });
});

it('says what a second start was given in vain, whose code would else seem to have been taken, and never the code itself', () => {
  const { given } = readStarted(['--enrol', 'XXXX-CODE', '--no-sandbox'], NO_PROFILE, { QD_PASSPHRASE: 'gulls' });
  expect(ignoredAtSecondStart('Harbor', given)).toBe(
    'Harbor runs already, so --enrol and QD_PASSPHRASE changed nothing: close it, and start it with that again.',
  );
  expect(JSON.stringify(given)).not.toMatch(/XXXX|gulls/);
  expect(ignoredAtSecondStart('Harbor', readStarted([], NO_PROFILE).given)).toBeNull();
  for (const odd of [undefined, null, {}, 'x', [1, null], ['--evil']])
    expect(ignoredAtSecondStart('Harbor', odd)).toBeNull();
});

it('leaves to windows nothing of what the environment says to the station', () => {
  const env: NodeJS.ProcessEnv = { PATH: '/bin', QD_PASSPHRASE: 'gulls', QD_ENROL: 'XXXX', HOME: undefined };
  expect(environmentOfStation(env)).toEqual({ PATH: '/bin', QD_PASSPHRASE: 'gulls', QD_ENROL: 'XXXX' });
  expect(Object.keys(env)).toEqual(['PATH', 'HOME']);
});

it('passes on every flag of the station but those that are its own to decide', () => {
  const own = ['data', 'console', 'no-host'];
  for (const flag of Object.keys(STATION_LINE.options).filter((one) => !own.includes(one)))
    expect(readStarted([`--${flag}`, 'x'], NO_PROFILE).station, flag).toEqual([`--${flag}`, 'x']);
  for (const flag of own) expect(readStarted([`--${flag}`, 'x'], NO_PROFILE).station, flag).toEqual([]);
});

it('reads a profile, and takes what is unreadable or no web address for none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-profile-'));
  const file = join(folder, 'profile.json');
  try {
    expect(readProfile(file)).toEqual(NO_PROFILE);
    writeFileSync(file, '{"name":"Harbor County","center":"https://c.example/","updates":"file:///x"}');
    expect(readProfile(file)).toEqual({ name: 'Harbor County', center: 'https://c.example', updates: null });
    writeFileSync(file, '{"updates":"http://updates.example"}');
    expect(readProfile(file).updates).toBeNull();
    writeFileSync(file, '{');
    expect(readProfile(file)).toEqual(NO_PROFILE);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('asks one file of the feed for each system, whatever version asks, and none where packages update it', () => {
  const feed = 'https://updates.example/console';
  expect(feedOf(feed, 'win32', 'x64')).toBe('https://updates.example/console/win32/x64/RELEASES.json');
  expect(feedOf(feed, 'darwin', 'arm64')).toBe('https://updates.example/console/darwin/arm64/RELEASES.json');
  expect(feedOf(feed, 'linux', 'x64')).toBeNull();
  expect(feedOf(null, 'win32', 'x64')).toBeNull();
});

it('names what would open it to another program, and leaves the rest of Chromium’s alone', () => {
  const given = new Set(['remote-debugging-port', 'js-flags', 'force-device-scale-factor', 'data']);
  expect(unsafeSwitches((name) => given.has(name))).toEqual(['remote-debugging-port', 'js-flags']);
  expect(unsafeSwitches(() => false)).toEqual([]);
});

it('waits longer after each death in a row, and starts over after a minute of running', () => {
  let deaths = NO_DEATHS;
  const waits = Array.from({ length: 9 }, () => {
    const next = afterDeath(deaths, 1_000);
    deaths = next.deaths;
    return next.waitMs;
  });
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits[0]).toBe(100);
  expect(waits.at(-1)).toBe(10_000);
  expect(afterDeath(deaths, 60_000).waitMs).toBe(100);
});
