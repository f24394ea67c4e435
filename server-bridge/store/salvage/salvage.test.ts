/** What is read out of damaged stores, on real disks. */
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Folded, settledState } from '../../../domain/kernel/fold.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import { openDatabase, TUNING } from '../file/database.ts';
import { openPages, PAGE } from '../file/sqlcipher-pages.ts';
import { type OpenStore, openStore } from '../open.ts';
import { positions, storeOnDisk } from '../testing/on-disk.ts';
import { AUTHOR, handOver, incidentRef } from '../testing/site.ts';
import { carve } from './carve.ts';
import { salvageStore } from './salvage.ts';

const disk = storeOnDisk();

const stateOf = (store: OpenStore, ref: EntityRef): unknown => {
  const state = store.entity(ref);
  return state && settledState(state as Folded);
};

/** After salvage, a peer that holds everything brings back what was lost, and nothing differs. */
function expectRefilled(
  salvaged: OpenStore,
  whole: OpenStore,
  refs: readonly EntityRef[],
  lost: readonly { log: string; from: number; to: number }[],
): void {
  for (const { log, from, to } of lost) {
    const { frames, keys } = whole.framesFrom(log, from, to - from + 1);
    expect(salvaged.accept(frames, keys, 'peer').problems).toEqual([]);
  }
  handOver(whole, salvaged);
  // Where a body or a key was lost with its page, the center's copy brings it.
  for (const head of whole.heads()) {
    const { frames, keys } = whole.framesFrom(head.log, 1, 100_000);
    salvaged.accept(frames, keys, 'peer');
  }
  for (const ref of refs) expect(stateOf(salvaged, ref)).toEqual(stateOf(whole, ref));
}

describe('salvage', () => {
  it.each<[string, () => void]>([
    [
      'flipped bytes in many pages',
      () => {
        for (const page of [2, 5, 9, 14, 20, 27, 33]) disk.flip((page - 1) * PAGE + 900 + page * 37);
      },
    ],
    [
      'a flipped byte in every page',
      () => Array.from({ length: statSync(disk.path).size / PAGE }, (_, i) => disk.flip(i * PAGE + 1_111)),
    ],
    ['a zeroed first page', () => disk.zeroPage(1)],
    ['zeroed pages in the middle', () => [6, 7, 8, 21].forEach(disk.zeroPage)],
    ['a file cut short', () => truncateSync(disk.path, Math.floor(statSync(disk.path).size * 0.6))],
  ])('of %s sets it aside, saves what is left, declares what is not, and refills', (name, damage) => {
    const { store, refs } = disk.worked();
    const whole = disk.site.open('a');
    handOver(store, whole);
    store.close();
    // Closing wrote one more.
    const held = positions(whole) + 1;
    damage();
    const damaged = readFileSync(disk.path);
    const salvaged = disk.salvaged();
    const { report } = salvaged;
    expect(readFileSync(report.setAside).equals(damaged)).toBe(true);
    expect(basename(report.setAside)).toMatch(/^station\.db\.damaged-/);
    const lost = report.lost.reduce((sum, range) => sum + range.to - range.from + 1, 0);
    if (name.startsWith('flipped')) expect(report.saved).toBeGreaterThan(held * 0.9);
    if (name.startsWith('a zeroed first')) expect(report.saved).toBe(held);
    expect(report.saved).toBeGreaterThan(held * 0.3);
    expect(report.saved + report.waiting + lost).toBeGreaterThanOrEqual(held * 0.7);
    salvaged.store.saveRoster(disk.site.roster(), []);
    const sent = salvaged.store.heads().flatMap((head) => salvaged.store.framesFrom(head.log, 1, 1_000).frames);
    expect(sent.filter((frame) => frame.h.includes('"log.gap"'))).toHaveLength(report.lost.length);
    // The center takes each position once: by a header alone the body that others hold would stay out for good.
    expect(sent.filter(({ b }) => b === null)).toEqual([]);
    expectRefilled(salvaged.store, whole, refs, report.lost);
    salvaged.store.append([disk.site.opened(incidentRef(disk.site), 'after')], AUTHOR);
    salvaged.store.close();
    disk.opened().close();
    expect(readdirSync(disk.folder).some((file) => file.includes('.refill') || file.includes('.ready'))).toBe(false);
  });

  it('reads commits out of a WAL that SQLite would drop without a word, and leaves a torn last write to it', () => {
    const { store } = disk.worked(30);
    const held = positions(store);
    // As a crash leaves it: not closed, the WAL beside it.
    const [main, wal] = [readFileSync(disk.path), readFileSync(`${disk.path}-wal`)];
    store.abandon();
    const frames = Math.floor((wal.length - 32) / (24 + PAGE));
    expect(frames).toBeGreaterThan(100);
    const copy = join(disk.folder, 'copy.db');
    const crashed = (withWal: Buffer): void => {
      writeFileSync(copy, main);
      writeFileSync(`${copy}-wal`, withWal);
    };

    // Torn: the last frames never reached the disk. That is no damage: what was committed before is there.
    crashed(wal.subarray(0, wal.length - PAGE - 500));
    const torn = openStore(copy, disk.options);
    expect(torn.ok).toBe(true);
    if (torn.ok) torn.store.abandon();

    // Damaged: one bit of a frame in the middle. Everything behind it was said to be on disk.
    const broken = Buffer.from(wal);
    const at = 32 + Math.floor(frames / 2) * (24 + PAGE) + 24 + 2_000;
    broken[at] = (broken[at] ?? 0) ^ 1;
    crashed(broken);
    expect(openStore(copy, disk.options)).toMatchObject({ ok: false, state: 'corrupted' });
    expect(readFileSync(`${copy}-wal`).equals(broken)).toBe(true);
    const salvaged = disk.salvaged(copy);
    expect(salvaged.report.saved).toBeGreaterThanOrEqual(held - 3);
    expect(salvaged.store.value('draft', 'p1', 'intake')).toEqual({ caller: 'half typed' });
    expect(salvaged.store.requests().map((request) => request.id)).toEqual(['r1']);
    salvaged.store.close();
  });

  it('takes no last write for torn that was copied back: SQLite would mix its pages with those from before it', () => {
    const { store } = disk.worked(12);
    const { log, seq } = store.heads()[0] as { log: string; seq: number };
    store.rest();
    const [main, wal] = [readFileSync(disk.path), readFileSync(`${disk.path}-wal`)];
    store.abandon();
    const frames = Math.floor((wal.length - 32) / (24 + PAGE));
    const copy = join(disk.folder, 'copy.db');
    writeFileSync(copy, main);
    // The commit that brought indexes up, whose pages lie in the file by now.
    wal[wal.length - 100] = (wal[wal.length - 100] ?? 0) ^ 1;
    writeFileSync(`${copy}-wal`, wal);
    expect(frames).toBeGreaterThan(2);
    expect(openStore(copy, disk.options)).toMatchObject({ ok: false, state: 'corrupted' });
    const salvaged = disk.salvaged(copy);
    expect(salvaged.report.lost).toEqual([]);
    expect(salvaged.store.heads().find((head) => head.log === log)?.seq).toBe(seq);
    salvaged.store.close();
  });

  it('declares the end of a log of its own that is lost, by what is left of the word of how long it was', () => {
    const store = disk.opened();
    const log = store.log();
    for (let i = 0; i < 60; i++) store.append([disk.site.opened(incidentRef(disk.site), `26-${i}`)], AUTHOR);
    store.close();
    const held = carve(disk.path, disk.options.key);
    const head = held.logs.get(log)?.seq ?? 0;
    expect(head).toBe(held.frames.get(log)?.size);
    const pages = openPages(disk.path, disk.options.key);
    const last = Array.from({ length: pages.pages }, (_, i) => i + 1).filter((number) =>
      [head, head - 1].some((seq) => pages.page(number)?.bytes.includes(`"seq":${seq},`)),
    );
    pages.close();
    expect(last.length).toBeGreaterThan(0);
    last.forEach(disk.zeroPage);
    const salvaged = disk.salvaged();
    expect(salvaged.report.saved).toBeGreaterThan(40);
    expect(salvaged.report.lost.at(-1)).toMatchObject({ log, to: head });
    salvaged.store.close();
  });

  it('seals nothing under the name of a key that a damaged page garbled: the body comes again', () => {
    const { store, refs } = disk.worked(24);
    const whole = disk.site.open('a');
    handOver(store, whole);
    const ids = store.heads().flatMap(({ log }) => store.framesFrom(log, 1, 1_000).keys.map(({ id }) => id));
    store.close();
    const pages = openPages(disk.path, disk.options.key);
    const places = Array.from({ length: pages.pages }, (_, i) => i + 1).flatMap((number) => {
      const bytes = pages.page(number)?.bytes;
      // Its row begins with the name, before its entity and the envelope that says both again.
      const at = ids.map((id) => bytes?.indexOf(`${id}incident:`) ?? -1).filter((found) => found >= 0);
      return at.map((found) => (number - 1) * PAGE + found + 2);
    });
    pages.close();
    expect(places.length).toBeGreaterThan(3);
    for (const place of places) disk.flip(place);
    const salvaged = disk.salvaged();
    expect(salvaged.report.damagedPages).toBeGreaterThan(0);
    const named = salvaged.store.heads().flatMap(({ log }) => salvaged.store.framesFrom(log, 1, 1_000).frames);
    expect(named.filter(({ k }) => k !== null && !ids.includes(k))).toEqual([]);
    expectRefilled(salvaged.store, whole, refs, salvaged.report.lost);
    salvaged.store.close();
  });

  it.each([
    [false, 1],
    [true, 1],
    [false, 2],
    [true, 2],
  ])(
    'opens what it wrote under a key whose name was lost with its page, once that comes: erased %s, read out %i times',
    (erased, times) => {
      const store = disk.opened();
      const refs = Array.from({ length: 3 }, () => incidentRef(disk.site));
      for (const [i, ref] of refs.entries())
        store.append([disk.site.opened(ref, `26-${i}`), disk.site.edited(ref, { caller: 'Ada' })], AUTHOR);
      const { frames, keys } = store.framesFrom(store.log(), 1, 100);
      store.close();
      const pages = openPages(disk.path, disk.options.key);
      const [named] = Array.from({ length: pages.pages }, (_, i) => i + 1).filter((number) =>
        pages.page(number)?.bytes.includes(`${keys[0]?.id}incident:`),
      );
      pages.close();
      disk.zeroPage(named ?? 0);
      const salvaged = disk.salvaged();
      expect(salvaged.report.lost).toEqual([{ log: store.log(), from: 2, to: 7 }]);
      const at = salvaged.store;
      const [ref] = refs as [EntityRef];
      if (erased) at.erase(ref);
      at.close();
      for (let n = 1; n < times; n++) {
        const more = salvageStore(disk.path, disk.options);
        if (more.ok) more.store.close();
      }
      const again = disk.opened();
      again.accept([], keys, 'peer');
      const left = frames.slice(erased ? 3 : 1, 7);
      expect(
        again
          .framesFrom(store.log(), 2, 100)
          .frames.filter(({ b }) => b !== null)
          .slice(0, left.length),
      ).toEqual(left);
      expect(again.entity(ref)?.registers.caller?.[0]?.value).toBe(erased ? undefined : 'Ada');
      expect(again.isUnsent(JSON.parse(left[0]?.h ?? '').id)).toBe(true);
      again.close();
      expect(carve(disk.path, disk.options.key).unnamed).toEqual([]);
    },
  );

  it('takes what others wrote once it is known who they are, where the roster was lost with its page', () => {
    const { store, peer, refs } = disk.worked(12);
    const heads = peer.heads().filter(({ log }) => log === peer.log());
    store.close();
    const raw = openDatabase({ path: disk.path, key: disk.options.key, tuning: TUNING });
    raw.exec("DELETE FROM meta WHERE key = 'roster'");
    raw.close();
    const once = disk.salvaged();
    once.store.close();
    const salvaged = disk.salvaged();
    const at = salvaged.store;
    expect([at.roster(), salvaged.report.waiting]).toEqual([null, heads[0]?.seq]);
    // Word of something else comes first.
    at.accept([], [], 'peer');
    at.saveRoster(disk.site.roster(), []);
    expect(at.heads().filter(({ log }) => log === peer.log())).toEqual(heads);
    expect(at.unacknowledged().find(({ log }) => log === peer.log())).toMatchObject({ through: heads[0]?.seq });
    for (const ref of refs) expect(stateOf(at, ref)).toEqual(stateOf(peer, ref) ?? stateOf(at, ref));
    at.close();
  });

  it('brings back nothing that was erased, also where the word of it is no longer held', () => {
    const { store, peer, refs } = disk.worked(8);
    const [ref] = refs as [EntityRef];
    const sealed = peer.framesFrom(store.log(), 1, 100);
    store.erase(ref);
    store.close();
    disk.flip(3 * PAGE + 900);
    const salvaged = disk.salvaged();
    salvaged.store.accept(sealed.frames, sealed.keys, 'peer');
    expect(salvaged.store.entity(ref)).toBeUndefined();
    expect(salvaged.store.entity(refs[1] as EntityRef)).toBeDefined();
    salvaged.store.close();
  });
});

describe('the store of a workstation that is enrolled anew', () => {
  it('begins with all that the one before held, as that of another, and signs with its new key, damaged or not', () => {
    const { store, refs } = disk.worked(24);
    const before = {
      station: store.identity.station,
      held: positions(store),
      states: refs.map((ref) => stateOf(store, ref)),
    };
    store.close();
    const anew = { ...disk.site.options('c'), key: disk.options.key };
    const made = salvageStore(disk.path, anew);
    if (!made.ok) throw new Error(made.message);
    expect(made.report).toMatchObject({ lost: [], waiting: 0, damagedPages: 0, requests: 1 });
    expect(basename(made.report.setAside)).toMatch(/^station\.db\.before-/);
    expect(existsSync(made.report.setAside)).toBe(true);
    // The word of the closing of the log came to it.
    expect(positions(made.store)).toBe(before.held + 1);
    expect(refs.map((ref) => stateOf(made.store, ref))).toEqual(before.states);
    expect(made.store.identity.station).not.toBe(before.station);
    expect(made.store.unacknowledged().filter(({ own }) => own)).toEqual([]);
    // The center may have forgotten the one before, and nobody else have heard of it: then it would know nobody by its key.
    const { peers, version } = disk.site.roster();
    const forgetful = peers.filter(({ station }) => station !== before.station);
    made.store.saveRoster({ ...disk.site.roster(), version: version + 1, peers: forgetful }, []);
    expect(made.store.forgottenRoster()?.peers.map(({ station }) => station)).toContain(before.station);
    made.store.saveRoster({ ...disk.site.roster(), version: version + 2, peers }, []);
    expect(made.store.forgottenRoster()).toBeNull();
    expect(made.store.value('draft', 'p1', 'intake')).toEqual({ caller: 'half typed' });
    const ref = incidentRef(disk.site);
    const [first] = made.store.append([disk.site.opened(ref, '26-900', { priority: '1' })], AUTHOR);
    expect(first?.station).toBe(made.store.identity.station);
    made.store.close();

    // Opened with the key that its slots still hold.
    const { identity: _, siteKeys: __, ...later } = { ...disk.options };
    disk.zeroPage(6);
    const again = salvageStore(disk.path, later);
    if (!again.ok) throw new Error(again.message);
    expect(basename(again.report.setAside)).toMatch(/^station\.db\.damaged-/);
    expect(again.store.identity.station).toBe(made.store.identity.station);
    expect(again.store.deviceKey).toBe(anew.deviceKey);
    again.store.close();
  });
});
