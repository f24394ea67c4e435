/** What a power cut takes of commits that the disk was not asked to have at once. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { settledState } from '../../../domain/kernel/fold.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import type { StreamPage } from '../../../domain/kernel/stream.ts';
import { type OpenStore, openStore } from '../open.ts';
import { AUTHOR, incidentRef, testCenter, testSite } from '../testing/site.ts';
import { walSync } from './wal-sync.ts';

it('never leaves two commits unsynced, whenever the disk answers and whatever it says', () => {
  const anyStep = fc.constantFrom('now', 'soon', 'soon', 'synced', 'synced', 'refuses');
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const flying: { through: number; done: (error: Error | null) => void }[] = [];
      let commits = 0;
      let onDisk = 0;
      let broken = false;
      // What it could not write it forgets: the next sync finds nothing to do, and says so.
      let forgot = false;
      const refuses = (): Error => {
        forgot = true;
        return new Error('EIO');
      };
      const sync = walSync(
        () => ({
          sync: () => {
            if (broken) throw refuses();
            if (!forgot) onDisk = commits;
          },
          syncBeside: (done) => void flying.push({ through: commits, done }),
          close: () => undefined,
        }),
        () => {
          onDisk = commits;
          forgot = false;
        },
      );
      for (const step of steps) {
        if (step === 'synced' || step === 'refuses') {
          const one = flying.shift();
          if (step === 'synced' && one && !forgot) onDisk = Math.max(onDisk, one.through);
          if (one && one.through > onDisk) one.done(step === 'synced' && !forgot ? null : refuses());
          else one?.done(null);
          continue;
        }
        broken = commits % 7 === 6 && !broken;
        try {
          sync.settle();
        } catch {
          continue;
        }
        expect(onDisk).toBe(commits);
        commits++;
        if (step === 'now') onDisk = commits;
        else sync.owe();
        expect(commits - onDisk).toBeLessThanOrEqual(1);
      }
    }),
  );
});

it('says once that the disk refused, and goes on once all of it was written anew', () => {
  let answer: (error: Error | null) => void = () => undefined;
  let [synced, copied] = [0, 0];
  const sync = walSync(
    () => ({
      sync: () => synced++,
      syncBeside: (done) => {
        answer = done;
      },
      close: () => undefined,
    }),
    () => copied++,
  );
  sync.owe();
  answer(new Error('EIO'));
  expect(() => sync.settle()).toThrow('EIO');
  sync.settle();
  sync.settle();
  expect([synced, copied]).toEqual([0, 1]);
  sync.owe();
  sync.settle();
  expect([synced, copied]).toEqual([1, 1]);
});

it('holds up what is written next, and not what stands, where the log of writes cannot be opened', () => {
  let opens = 0;
  let synced = 0;
  const sync = walSync(
    () => {
      if (++opens < 3) throw new Error('EMFILE');
      return { sync: () => synced++, syncBeside: () => undefined, close: () => undefined };
    },
    () => undefined,
  );
  sync.owe();
  expect(() => sync.settle()).toThrow('EMFILE');
  sync.settle();
  expect([opens, synced]).toEqual([3, 1]);
});

const BLOCK = 4_096;

const HEADER = 32;

/**
 * A log of writes of which the disk wrote any of the blocks that changed, in any order; or `none` of them. Where it begins anew, SQLite
 * has the disk write its header before any of its frames (wal.c, walFrames).
 */
function torn(before: Buffer, after: Buffer, none: boolean): Buffer {
  const left = Buffer.from(after);
  const chosen = randomBytes(after.length / BLOCK + 1);
  for (let at = 0; at < after.length; at += BLOCK) {
    if (!none && (chosen[at / BLOCK] ?? 0) >= 128) continue;
    const end = Math.min(at + BLOCK, after.length);
    left.fill(0, at, end).set(before.subarray(at, end), at);
  }
  left.set(after.subarray(0, HEADER));
  return left;
}

it('a power cut that takes an acknowledgment leaves its facts in the outbox, to be acknowledged again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-wal-'));
  try {
    const site = testSite();
    const center = testCenter(site);
    const path = join(folder, 'station.db');
    const key = randomBytes(32);
    const open = (at: string): OpenStore => {
      const opened = openStore(at, site.options('a', { key }));
      if (!opened.ok) throw new Error(`${opened.state}: ${opened.message}`);
      return opened.store;
    };
    const store = open(path);
    store.saveRoster(site.roster(), []);
    store.beginEpoch(center.epoch);
    const ref = incidentRef(site);
    let lost = 0;
    for (let round = 0; round < 10; round++) {
      store.append([round === 0 ? site.opened(ref, '26-1') : site.edited(ref, { priority: String(round) })], AUTHOR);
      const waiting = store.unacknowledged();
      const wal = readFileSync(`${path}-wal`);
      center.push(store);
      expect(store.unsentTotal()).toBe(0);
      const copy = join(folder, 'left.db');
      copyFileSync(path, copy);
      writeFileSync(`${copy}-wal`, torn(wal, readFileSync(`${path}-wal`), round % 2 === 0));
      const again = open(copy);
      if (again.unsentTotal() > 0) {
        lost++;
        expect(again.unacknowledged()).toEqual(waiting);
        again.acknowledge([center.ack(store.log())]);
      }
      expect(again.unsentTotal()).toBe(0);
      again.abandon();
      rmSync(copy);
      rmSync(`${copy}-wal`, { force: true });
    }
    store.close();
    expect(lost).toBeGreaterThan(4);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('a power cut after a page was shown takes all of it or nothing, and the page comes again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-wal-'));
  try {
    const site = testSite();
    const center = testCenter(site);
    const peer = site.open('b');
    const refs: EntityRef[] = [];
    const elsewhere = (incidents: number): void => {
      for (let i = 0; i < incidents; i++) {
        const ref = incidentRef(site);
        refs.push(ref);
        peer.append([site.opened(ref, `26-${refs.length}`), site.edited(ref, { priority: '1' })], AUTHOR);
      }
      center.push(peer);
    };
    const path = join(folder, 'station.db');
    const options = site.options('a', { key: randomBytes(32), tuning: { checkpointPages: 40 } });
    const open = (at: string): OpenStore => {
      const opened = openStore(at, options);
      if (!opened.ok) throw new Error(`${opened.state}: ${opened.message}`);
      return opened.store;
    };
    const store = open(path);
    store.saveRoster(site.roster(), []);
    store.beginEpoch(center.epoch);
    const from = (): number => store.cursor()?.n ?? 0;
    let kept = 0;
    let lost = 0;
    for (let round = 0; round < 30; round++) {
      elsewhere(1 + (round % 5) * 3);
      // What is appended here is on disk with all that came before it.
      store.append([site.edited(refs[0] as EntityRef, { priority: String(round) })], AUTHOR);
      const before = { n: from(), wal: readFileSync(`${path}-wal`), main: readFileSync(path) };
      const page: StreamPage = center.page(before.n);
      expect(store.applyPage(page)).toBe('applied');
      const wal = readFileSync(`${path}-wal`);
      if (!readFileSync(path).equals(before.main)) continue;
      const copy = join(folder, 'left.db');
      copyFileSync(path, copy);
      writeFileSync(`${copy}-wal`, torn(before.wal, wal, round % 3 === 0));
      const again = open(copy);
      const n = again.cursor()?.n ?? 0;
      expect([before.n, from()]).toContain(n);
      if (n === before.n) {
        lost++;
        expect(again.applyPage(page)).toBe('applied');
      } else kept++;
      expect(again.cursor()).toEqual(store.cursor());
      for (const ref of refs) {
        const [one, other] = [again.entity(ref), store.entity(ref)];
        expect(one && settledState(one)).toEqual(other && settledState(other));
      }
      again.abandon();
      rmSync(copy);
      rmSync(`${copy}-wal`, { force: true });
    }
    store.close();
    expect(lost).toBeGreaterThan(10);
    expect(kept + lost).toBeGreaterThan(15);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
