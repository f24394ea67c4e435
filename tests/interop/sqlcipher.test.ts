/**
 * The station's store, read by the reference SQLCipher: the format is the public one, so a store can be read without us. And
 * what it writes to disk, searched for what nobody may find there.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PeerFolder } from '../../bench/peers/install.ts';
import { loadReference, referenceSqlcipher } from '../../bench/peers/reference-sqlcipher.ts';
import { type OpenStore, openStore } from '../../server-bridge/store/open.ts';
import { AUTHOR, incidentRef, testSite } from '../../server-bridge/store/testing/site.ts';
import { findCanaries, formsOf } from './canaries.ts';

const peers = join(import.meta.dirname, '..', '..', 'bench', 'peers');
/** What the bench measures, compiled in a third of the time and slower: it reads the store. Never measured, so it lies apart. */
const READER: PeerFolder = {
  declared: join(peers, 'sqlcipher'),
  built: { folder: join(peers, '.cache', 'reader'), env: { CFLAGS: '-O0', CXXFLAGS: '-O0' } },
};

/** Building the reference takes minutes, once. */
const BUILD = 900_000;
const CANARIES = ['Wilhelmina Ostergaard', '+1 415 555 0142 77', 'Patient says the dog is called Fenwick.'];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qd-interop-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function worked(path: string, key: Uint8Array | null): { store: OpenStore; facts: number } {
  const site = testSite();
  const opened = openStore(path, key ? site.options('a', { key }) : site.options('a', { plain: true }));
  if (!opened.ok) throw new Error(opened.message);
  const { store } = opened;
  store.saveRoster(site.roster(), []);
  const [caller = '', callback = '', text = ''] = CANARIES;
  for (let i = 0; i < 60; i++) {
    site.now += 1_000;
    const ref = incidentRef(site);
    store.append(
      [
        site.opened(ref, `26-${i}`, { caller, callback }),
        { type: 'incident.noted', v: 1, at: site.now, about: [ref], replaces: [], body: { text } },
      ],
      AUTHOR,
    );
    store.saveValue('draft', 'p1', 'intake', { caller, callback, notes: text });
  }
  return { store, facts: store.heads()[0]?.seq ?? 0 };
}

const files = (): string[] => readdirSync(folder).map((name) => join(folder, name));

describe('the reference SQLCipher', () => {
  it(
    'opens the store with the raw key, finds every page intact and every row there, and we read what it wrote',
    async ({ skip }) => {
      const built = await loadReference(READER).catch((error: unknown) => error as Error);
      if (built instanceof Error) return skip(`@journeyapps/sqlcipher could not be built here: ${built.message}`);
      const path = join(folder, 'station.db');
      const key = randomBytes(32);
      const { store, facts } = worked(path, key);
      store.close();

      const reference = await referenceSqlcipher(path, key, 16_384, READER);
      expect(reference.version).toMatch(/^4\./);
      expect(await reference.all('PRAGMA cipher_integrity_check')).toEqual([]);
      expect(await reference.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      // Its log was closed with one more.
      expect(await reference.all('SELECT count(*) AS n FROM fact')).toEqual([{ n: facts + 1 }]);
      await reference.exec(
        "INSERT INTO value(space, owner, key, value) VALUES('setting', 'reference', 'said', '\"hello\"')",
      );
      await reference.close();

      const again = openStore(path, testSite().options('a', { key }));
      if (!again.ok) throw new Error(again.message);
      expect(again.store.value('setting', 'reference', 'said')).toBe('hello');
      again.store.close();
    },
    BUILD,
  );
});

describe('what lies on disk', () => {
  it('holds no planted name, number or note, in the file or in its log of writes, open or closed', () => {
    const { store } = worked(join(folder, 'station.db'), randomBytes(32));
    expect(files().some((file) => file.endsWith('-wal'))).toBe(true);
    expect(findCanaries(files(), CANARIES)).toEqual([]);
    store.close();
    expect(findCanaries(files(), CANARIES)).toEqual([]);
  });

  it('holds each of them once encryption is turned off, so the search would have found them', () => {
    const { store } = worked(join(folder, 'station.db'), null);
    store.close();
    const found = findCanaries(files(), CANARIES);
    for (const canary of CANARIES) expect(found.some((finding) => finding.canary === canary)).toBe(true);
  });

  it.each([...formsOf(CANARIES[0] ?? '').keys()])('is searched for %s, wherever it stands', (form) => {
    const needle = formsOf(CANARIES[0] ?? '').get(form) as Buffer;
    for (const lead of [0, 1, 2, 5]) {
      writeFileSync(join(folder, 'planted'), Buffer.concat([randomBytes(1_000 + lead), needle, randomBytes(50)]));
      expect(findCanaries(files(), CANARIES).map((finding) => finding.form)).toContain(form);
    }
  });

  it('is found in base64 of any surroundings', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'abcd']) {
      const text = Buffer.from(`${before}${CANARIES[2]}tail`).toString('base64');
      writeFileSync(join(folder, 'planted'), text);
      expect(findCanaries(files(), CANARIES).map((finding) => finding.canary)).toContain(CANARIES[2]);
    }
  });
});
