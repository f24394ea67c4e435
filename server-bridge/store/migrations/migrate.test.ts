import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Folded, settledState } from '../../../domain/kernel/fold.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import { openDatabase, TUNING } from '../file/database.ts';
import { openStore } from '../open.ts';
import { AUTHOR, testSite } from '../testing/site.ts';
import type { Expected } from '../testing/write-fixture.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from './migrate.ts';

const KEY = Buffer.alloc(32, 7);
const FIXTURES = join(import.meta.dirname, '../../../tests/fixtures');
/** Some thirty processes one after the other, on a machine that may be busy. ms */
const PROCESSES = 180_000;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qd-migrate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The kept store of a version, encrypted, at a path of its own. */
function kept(version: number, name: string): { path: string; expected: Expected } {
  const from = join(FIXTURES, `store-v${version}`);
  const path = join(folder, `${name}.db`);
  writeFileSync(path, brotliDecompressSync(readFileSync(join(from, 'store.db.br'))));
  const raw = openDatabase({ path, key: null, tuning: TUNING });
  raw.pragma('journal_mode=DELETE');
  raw.pragma("cipher='sqlcipher'");
  raw.pragma('legacy=4');
  raw.pragma(`rekey="x'${KEY.toString('hex')}'"`);
  raw.close();
  expect(readFileSync(path).subarray(0, 6).toString()).not.toBe('SQLite');
  return {
    path,
    expected: JSON.parse(brotliDecompressSync(readFileSync(join(from, 'expected.json.br'))).toString()) as Expected,
  };
}

function expectAll(path: string, expected: Expected): void {
  const site = testSite();
  // Who the station is and its site's keys are in the store.
  const { identity: _, siteKeys: __, ...rest } = site.options('a', { key: KEY, deviceKey: expected.deviceKey });
  const opened = openStore(path, rest);
  if (!opened.ok) throw new Error(opened.message);
  const { store } = opened;
  expect(store.heads()).toEqual(expected.heads);
  expect(
    store.heads().flatMap((head) => store.framesFrom(head.log, 1, 100_000).frames.map((frame) => frame.h)),
  ).toEqual(expected.headers);
  expect(expected.headers.length).toBeGreaterThan(1_000);
  for (const [ref, state] of Object.entries(expected.states)) {
    expect(settledState(store.entity(ref as EntityRef) as Folded)).toEqual(state);
  }
  expect(store.unsentTotal()).toBe(expected.unsent);
  expect(store.cursor()).toEqual(expected.cursor);
  expect(store.requests().map((request) => request.id)).toEqual(expected.requests);
  expect(store.value('draft', 'p1', 'intake')).toEqual(expected.draft);
  // Folded afresh from the facts, the states are the same: nothing of the old version's folding is taken on trust.
  store.close();
  const again = openStore(path, { ...rest, foldVersion: 99 });
  if (!again.ok) throw new Error(again.message);
  for (const [ref, state] of Object.entries(expected.states)) {
    expect(settledState(again.store.entity(ref as EntityRef) as Folded)).toEqual(state);
  }
  const [ref] = Object.keys(expected.states).filter((one) => one.startsWith('incident:'));
  again.store.append([site.edited(ref as EntityRef, { caller: 'late' })], AUTHOR);
  again.store.close();
}

const versions = Array.from({ length: SCHEMA_VERSION - 1 }, (_, i) => i + 1);

describe('migrations', () => {
  it.each(versions)('bring a kept store of schema %i to this one with everything in it', (version) => {
    const { path, expected } = kept(version, `whole-${version}`);
    expectAll(path, expected);
  });

  it.each([0, ...versions])(
    'killed before any statement after schema %i leave a store that opens and goes on',
    (version) => {
      const from = version === 0 ? null : kept(version, `from-${version}`);
      const path = join(folder, `killed-${version}.db`);
      for (let n = 0; ; n++) {
        rmSync(`${path}-wal`, { force: true });
        rmSync(path, { force: true });
        if (from) copyFileSync(from.path, path);
        const script = join(import.meta.dirname, '../testing/migrate-and-die.ts');
        const run = spawnSync(process.execPath, [script, path, KEY.toString('hex'), String(n)], { encoding: 'utf8' });
        if (run.signal !== 'SIGKILL') {
          expect(run.stderr).toBe('');
          expect(n).toBeGreaterThan(1);
          break;
        }
        expect(existsSync(path)).toBe(true);
        const raw = openDatabase({ path, key: KEY, tuning: TUNING });
        // Whole or not at all: the version says which tables there are.
        expect(schemaVersion(raw)).toBeLessThan(SCHEMA_VERSION);
        migrate(raw);
        expect(schemaVersion(raw)).toBe(SCHEMA_VERSION);
        raw.close();
        if (from && n % 4 === 0) expectAll(path, from.expected);
      }
    },
    PROCESSES,
  );

  it('find by its incident what was derived before it could be found so', () => {
    const { path, expected } = kept(4, 'records');
    const raw = openDatabase({ path, key: KEY, tuning: TUNING });
    const insert = raw.prepare('INSERT INTO record(kind, id, version, body) VALUES(?, ?, 1, ?)');
    insert.run('run', 'r1', JSON.stringify({ incident: 'i1', callsign: 'M1' }));
    insert.run('report', 'r2', null);
    raw.close();
    const { identity: _, siteKeys: __, ...rest } = testSite().options('a', { key: KEY, deviceKey: expected.deviceKey });
    const opened = openStore(path, rest);
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.store.recordsAbout('i1').map(({ id }) => id)).toEqual(['r1']);
    opened.store.close();
  });

  it('leave a store of a newer schema alone, with a clear word', () => {
    const site = testSite();
    const path = join(folder, 'newer.db');
    site.open('a', { key: KEY }, path).close();
    const raw = openDatabase({ path, key: KEY, tuning: TUNING });
    raw.pragma(`user_version=${SCHEMA_VERSION + 1}`);
    raw.close();
    const before = readFileSync(path);
    expect(openStore(path, { ...site.options('a'), key: KEY })).toMatchObject({ ok: false, state: 'newer schema' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});
