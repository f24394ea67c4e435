/** Stores on real disks: every state in which one does not open, and what is read out of damaged ones. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Folded, settledState, shown } from '../../../domain/kernel/fold.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import { openPages } from '../file/sqlcipher-pages.ts';
import { type OpenStore, openStore } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { StoreFailure } from '../state.ts';
import { AUTHOR, handOver, incidentRef, type TestSite, testCenter, testSite } from '../testing/site.ts';
import { carve } from './carve.ts';
import { salvageStore } from './salvage.ts';

const PAGE = 4_096;
let folder = '';
let path = '';
let site: TestSite;
let options: StoreOptions;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qd-salvage-'));
  path = join(folder, 'station.db');
  site = testSite();
  options = site.options('a', { key: randomBytes(32) });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function opened(over: Partial<StoreOptions> = {}): OpenStore {
  const result = openStore(path, { ...options, ...over });
  if (!result.ok) throw new Error(`${result.state}: ${result.message}`);
  result.store.saveRoster(site.roster(), []);
  return result.store;
}

/** A store with work of its own and of a peer in it; half of it at the center. */
function worked(incidents = 120): { store: OpenStore; peer: OpenStore; refs: EntityRef[] } {
  const store = opened();
  const peer = site.open('b');
  const refs: EntityRef[] = [];
  for (let i = 0; i < incidents; i++) {
    site.now += 1_000;
    const ref = incidentRef(site);
    refs.push(ref);
    const by = i % 4 === 3 ? peer : store;
    by.append([site.opened(ref, `26-${i}`, { caller: `Caller ${i}`, priority: '1' })], AUTHOR);
    by.append([site.edited(ref, { priority: '2' }, shown(by.entity(ref), 'priority'))], AUTHOR);
    handOver(peer, store);
    if (i === incidents / 2) testCenter(site).push(store);
  }
  store.saveValue('draft', 'p1', 'intake', { caller: 'half typed' });
  store.putRequest({ id: 'r1', kind: 'record.put', session: null, by: 'u1', madeAt: 1, input: {} }, null);
  return { store, peer, refs };
}

function flip(at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

function zeroPage(number: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0, (number - 1) * PAGE, number * PAGE);
  writeFileSync(path, bytes);
}

const positions = (store: OpenStore): number =>
  store.heads().reduce((sum, head) => sum + store.framesFrom(head.log, 1, 100_000).frames.length, 0);
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

describe('a store that does not open', () => {
  it('says which: wrong key, missing key, in use, unwritable, not enrolled', () => {
    worked(8).store.close();
    const before = readFileSync(path);
    expect(openStore(path, { ...options, key: randomBytes(32) })).toMatchObject({ ok: false, state: 'wrong key' });
    expect(openStore(path, { ...options, key: null })).toMatchObject({ ok: false, state: 'missing key' });
    expect(readFileSync(path).equals(before)).toBe(true);
    const store = opened();
    expect(openStore(path, options)).toMatchObject({ ok: false, state: 'in use' });
    const probe = `import { openStore } from ${JSON.stringify(join(import.meta.dirname, '..', 'open.ts'))};
      const r = openStore(${JSON.stringify(path)}, { key: Buffer.from('${Buffer.from(options.key as Uint8Array).toString('hex')}', 'hex'), deviceKey: '${options.deviceKey}', effectsOf: () => [], clock: Date.now, random: () => new Uint8Array(32) });
      process.stdout.write(r.ok ? 'opened' : r.state + '|' + r.wayOut);`;
    const other = spawnSync(process.execPath, ['--input-type=module', '-e', probe], { encoding: 'utf8' });
    expect(other.stdout).toMatch(/^in use\|Use the console/);
    store.close();
    const { identity: _, ...rest } = options;
    expect(openStore(join(folder, 'none', 'fresh.db'), rest)).toMatchObject({ ok: false, state: 'not enrolled' });
    expect(openStore(join(path, 'x.db'), options)).toMatchObject({ ok: false, state: 'unwritable' });
    expect(openStore(path, rest)).toMatchObject({ ok: true });
  });

  it('is corrupted, not wrong-keyed, whatever page of it is broken, and is never begun anew', () => {
    worked(40).store.close();
    const whole = readFileSync(path);
    for (const damage of [
      () => flip(20),
      () => zeroPage(1),
      () => truncateSync(path, 5 * PAGE),
      () => truncateSync(path, 0),
      () => truncateSync(path, 100),
    ]) {
      writeFileSync(path, whole);
      damage();
      const damaged = readFileSync(path);
      expect(openStore(path, options)).toMatchObject({
        ok: false,
        state: 'corrupted',
        wayOut: expect.stringContaining('set aside'),
      });
      expect(readFileSync(path).equals(damaged)).toBe(true);
    }
  });

  it('tells damage that it stumbles on as its own state, and finds what it does not by looking', () => {
    worked(60).store.close();
    const pages = statSync(path).size / PAGE;
    for (let number = 2; number <= pages; number += 7) {
      const whole = readFileSync(path);
      flip((number - 1) * PAGE + 700);
      const result = openStore(path, options);
      if (result.ok) {
        let found: string = 'more';
        while (found === 'more') found = result.store.scrub(5);
        expect(found).toBe('corrupted');
        expect(() => {
          for (const head of result.store.heads()) result.store.framesFrom(head.log, 1, 100_000);
          for (const kind of ['incident', 'unit']) [...result.store.entities(kind)];
          result.store.append([site.opened(incidentRef(site), '1')], AUTHOR);
          throw new StoreFailure('corrupted');
        }).toThrow(StoreFailure);
        result.store.abandon();
      } else expect(result.state).toBe('corrupted');
      rmSync(`${path}-wal`, { force: true });
      writeFileSync(path, whole);
    }
    const sound = opened();
    sound.append([site.opened(incidentRef(site), '1')], AUTHOR);
    let found: string = 'more';
    while (found === 'more') found = sound.scrub(50);
    expect(found).toBe('sound');
    sound.close();
  });

  it('refuses on a full disk, keeps nothing of the call, and goes on when there is space', () => {
    const store = opened({ tuning: { maxPages: 40 } });
    let refused: unknown;
    let kept = 0;
    try {
      for (let i = 0; i < 2_000; i++, kept++)
        store.append([site.opened(incidentRef(site), `${i}`, { caller: 'x'.repeat(100) })], AUTHOR);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(StoreFailure);
    expect(refused).toMatchObject({ state: 'disk full', wayOut: expect.stringContaining('space') });
    expect(positions(store)).toBe(kept + 1);
    expect([...store.entities('incident')]).toHaveLength(kept);
    store.close();
    const again = opened();
    expect(positions(again)).toBeGreaterThanOrEqual(kept + 1);
    again.append([site.opened(incidentRef(site), 'after')], AUTHOR);
    again.close();
  });

  it('notes the clock’s offset once there is space, where a full disk refused it', () => {
    const store = opened({ tuning: { maxPages: 40 } });
    const measured = (): number =>
      store.framesFrom(store.log(), 1, 10_000).frames.filter(({ h }) => h.includes('"clock.measured"')).length;
    store.saveValue('draft', 'p1', 'intake', 'x'.repeat(20_000));
    expect(() => {
      for (let i = 0; i < 2_000; i++) store.append([site.opened(incidentRef(site), `${i}`)], AUTHOR);
    }).toThrow(StoreFailure);
    let refused = 0;
    expect(() => {
      for (refused = 2_000; refused < 200_000; refused += 2_000) store.setClockOffset(refused, 10);
    }).toThrow(StoreFailure);
    expect(store.clock().offset).toBe(refused - 2_000);
    const noted = measured();
    store.saveValue('draft', 'p1', 'intake', null);
    store.setClockOffset(refused, 10);
    expect(store.clock().offset).toBe(refused);
    expect(measured()).toBe(noted + 1);
    store.close();
  });
});

describe('salvage', () => {
  it.each<[string, () => void]>([
    [
      'flipped bytes in many pages',
      () => {
        for (const page of [2, 5, 9, 14, 20, 27, 33]) flip((page - 1) * PAGE + 900 + page * 37);
      },
    ],
    [
      'a flipped byte in every page',
      () => Array.from({ length: statSync(path).size / PAGE }, (_, i) => flip(i * PAGE + 1_111)),
    ],
    ['a zeroed first page', () => zeroPage(1)],
    ['zeroed pages in the middle', () => [6, 7, 8, 21].forEach(zeroPage)],
    ['a file cut short', () => truncateSync(path, Math.floor(statSync(path).size * 0.6))],
  ])('of %s sets it aside, saves what is left, declares what is not, and refills', (name, damage) => {
    const { store, refs } = worked();
    const whole = site.open('a');
    handOver(store, whole);
    store.close();
    // Closing wrote one more.
    const held = positions(whole) + 1;
    damage();
    const damaged = readFileSync(path);
    const salvaged = salvageStore(path, options);
    if (!salvaged.ok) throw new Error(salvaged.message);
    const { report } = salvaged;
    expect(readFileSync(report.setAside).equals(damaged)).toBe(true);
    expect(basename(report.setAside)).toMatch(/^station\.db\.damaged-/);
    const lost = report.lost.reduce((sum, range) => sum + range.to - range.from + 1, 0);
    if (name.startsWith('flipped')) expect(report.saved).toBeGreaterThan(held * 0.9);
    if (name.startsWith('a zeroed first')) expect(report.saved).toBe(held);
    expect(report.saved).toBeGreaterThan(held * 0.3);
    expect(report.saved + report.waiting + lost).toBeGreaterThanOrEqual(held * 0.7);
    salvaged.store.saveRoster(site.roster(), []);
    const gaps = salvaged.store
      .heads()
      .flatMap((head) => salvaged.store.framesFrom(head.log, 1, 1_000).frames)
      .filter((frame) => frame.h.includes('"log.gap"'));
    expect(gaps).toHaveLength(report.lost.length);
    expectRefilled(salvaged.store, whole, refs, report.lost);
    salvaged.store.append([site.opened(incidentRef(site), 'after')], AUTHOR);
    salvaged.store.close();
    opened().close();
    expect(readdirSync(folder).some((file) => file.endsWith('.refill') || file.endsWith('.ready'))).toBe(false);
  });

  it('reads commits out of a WAL that SQLite would drop without a word, and leaves a torn last write to it', () => {
    const { store } = worked(30);
    const held = positions(store);
    // As a crash leaves it: not closed, the WAL beside it.
    const [main, wal] = [readFileSync(path), readFileSync(`${path}-wal`)];
    store.abandon();
    const frames = Math.floor((wal.length - 32) / (24 + PAGE));
    expect(frames).toBeGreaterThan(100);
    const copy = join(folder, 'copy.db');
    const crashed = (withWal: Buffer): void => {
      writeFileSync(copy, main);
      writeFileSync(`${copy}-wal`, withWal);
    };

    // Torn: the last frames never reached the disk. That is no damage: what was committed before is there.
    crashed(wal.subarray(0, wal.length - PAGE - 500));
    const torn = openStore(copy, options);
    expect(torn.ok).toBe(true);
    if (torn.ok) torn.store.abandon();

    // Damaged: one bit of a frame in the middle. Everything behind it was said to be on disk.
    const broken = Buffer.from(wal);
    const at = 32 + Math.floor(frames / 2) * (24 + PAGE) + 24 + 2_000;
    broken[at] = (broken[at] ?? 0) ^ 1;
    crashed(broken);
    expect(openStore(copy, options)).toMatchObject({ ok: false, state: 'corrupted' });
    expect(readFileSync(`${copy}-wal`).equals(broken)).toBe(true);
    const salvaged = salvageStore(copy, options);
    if (!salvaged.ok) throw new Error(salvaged.message);
    expect(salvaged.report.saved).toBeGreaterThanOrEqual(held - 3);
    expect(salvaged.store.value('draft', 'p1', 'intake')).toEqual({ caller: 'half typed' });
    expect(salvaged.store.requests().map((request) => request.id)).toEqual(['r1']);
    salvaged.store.close();
  });

  it('declares the end of a log of its own that is lost, by what is left of the word of how long it was', () => {
    const store = opened();
    const log = store.log();
    for (let i = 0; i < 60; i++) store.append([site.opened(incidentRef(site), `26-${i}`)], AUTHOR);
    store.close();
    const held = carve(path, options.key);
    const head = held.logs.get(log)?.seq ?? 0;
    expect(head).toBe(held.frames.get(log)?.size);
    const pages = openPages(path, options.key);
    const last = Array.from({ length: pages.pages }, (_, i) => i + 1).filter((number) =>
      [head, head - 1].some((seq) => pages.page(number)?.bytes.includes(`"seq":${seq},`)),
    );
    pages.close();
    expect(last.length).toBeGreaterThan(0);
    last.forEach(zeroPage);
    const salvaged = salvageStore(path, options);
    if (!salvaged.ok) throw new Error(salvaged.message);
    expect(salvaged.report.saved).toBeGreaterThan(40);
    expect(salvaged.report.lost.at(-1)).toMatchObject({ log, to: head });
    salvaged.store.close();
  });

  it('keeps what was read of patients here until the center has it', () => {
    const store = opened();
    const reads = { log: 'reads', reads: [{ seq: 1, entity: 'incident:1' }] };
    store.saveValue('read', 'center', 'reads/000000000001', reads);
    store.close();
    const salvaged = salvageStore(path, options);
    if (!salvaged.ok) throw new Error(salvaged.message);
    expect(salvaged.store.value('read', 'center', 'reads/000000000001')).toEqual(reads);
    salvaged.store.close();
  });

  it('takes a row of a damaged page only where there is no whole one', () => {
    const { store } = worked(8);
    store.saveValue('draft', 'p1', 'intake', { caller: 'whole' });
    store.close();
    const main = readFileSync(path);
    const again = opened();
    again.saveValue('draft', 'p1', 'intake', { caller: 'later' });
    const wal = readFileSync(`${path}-wal`);
    again.abandon();
    const copy = join(folder, 'copy.db');
    writeFileSync(copy, main);
    writeFileSync(`${copy}-wal`, wal);
    const pages = openPages(copy, options.key);
    const holding = Array.from({ length: pages.frames }, (_, i) => i).filter((i) =>
      pages.frame(i)?.bytes.includes('"later"'),
    );
    pages.close();
    expect(holding.length).toBeGreaterThan(0);
    // Each is broken in its last byte, where no row lies.
    for (const place of holding) {
      const last = 32 + place * (24 + PAGE) + 24 + PAGE - 1;
      wal[last] = (wal[last] ?? 0) ^ 1;
    }
    writeFileSync(`${copy}-wal`, wal);
    const carved = carve(copy, options.key);
    expect(carved.damagedPages).toBeGreaterThan(0);
    expect(carved.values.map(([space, , key, value]) => [space, key, value])).toContainEqual([
      'draft',
      'intake',
      { caller: 'whole' },
    ]);
  });

  it('brings back nothing that was erased, also where the word of it is no longer held', () => {
    const { store, peer, refs } = worked(8);
    const [ref] = refs as [EntityRef];
    const sealed = peer.framesFrom(store.log(), 1, 100);
    store.erase(ref);
    store.close();
    flip(3 * PAGE + 900);
    const salvaged = salvageStore(path, options);
    if (!salvaged.ok) throw new Error(salvaged.message);
    salvaged.store.accept(sealed.frames, sealed.keys, 'peer');
    expect(salvaged.store.entity(ref)).toBeUndefined();
    expect(salvaged.store.entity(refs[1] as EntityRef)).toBeDefined();
    salvaged.store.close();
  });

  it('killed between the two names is finished at the next opening', () => {
    worked(8).store.close();
    const salvaged = salvageStore(path, options);
    if (!salvaged.ok) throw new Error(salvaged.message);
    const held = positions(salvaged.store);
    salvaged.store.close();
    copyFileSync(path, `${path}.ready`);
    rmSync(path);
    const again = opened();
    expect(positions(again)).toBeGreaterThanOrEqual(held);
    again.close();
    expect(existsSync(`${path}.ready`)).toBe(false);
  });
});

describe('the store of a workstation that is enrolled anew', () => {
  it('begins with all that the one before held, as that of another, and signs with its new key, damaged or not', () => {
    const { store, refs } = worked(24);
    const before = {
      station: store.identity.station,
      held: positions(store),
      states: refs.map((ref) => stateOf(store, ref)),
    };
    store.close();
    const anew = { ...site.options('c'), key: options.key };
    const made = salvageStore(path, anew);
    if (!made.ok) throw new Error(made.message);
    expect(made.report).toMatchObject({ lost: [], waiting: 0, damagedPages: 0, requests: 1 });
    expect(basename(made.report.setAside)).toMatch(/^station\.db\.before-/);
    expect(existsSync(made.report.setAside)).toBe(true);
    // The word of the closing of the log came to it.
    expect(positions(made.store)).toBe(before.held + 1);
    expect(refs.map((ref) => stateOf(made.store, ref))).toEqual(before.states);
    expect(made.store.identity.station).not.toBe(before.station);
    expect(made.store.unacknowledged().filter(({ own }) => own)).toEqual([]);
    expect(made.store.value('draft', 'p1', 'intake')).toEqual({ caller: 'half typed' });
    const ref = incidentRef(site);
    const [first] = made.store.append([site.opened(ref, '26-900', { priority: '1' })], AUTHOR);
    expect(first?.station).toBe(made.store.identity.station);
    made.store.close();

    // Opened with the key that its slots still hold.
    const { identity: _, siteKeys: __, ...later } = { ...options };
    zeroPage(6);
    const again = salvageStore(path, later);
    if (!again.ok) throw new Error(again.message);
    expect(basename(again.report.setAside)).toMatch(/^station\.db\.damaged-/);
    expect(again.store.identity.station).toBe(made.store.identity.station);
    expect(again.store.deviceKey).toBe(anew.deviceKey);
    again.store.close();
  });
});
