/** Every state in which a store on a real disk does not open, or refuses. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGE } from './file/sqlcipher-pages.ts';
import { openStore } from './open.ts';
import { salvageStore } from './salvage/salvage.ts';
import { StoreFailure } from './state.ts';
import { positions, storeOnDisk } from './testing/on-disk.ts';
import { AUTHOR, incidentRef } from './testing/site.ts';

const disk = storeOnDisk();

describe('a store that does not open', () => {
  it('says which: wrong key, missing key, in use, unwritable, not enrolled', () => {
    disk.worked(8).store.close();
    const before = readFileSync(disk.path);
    expect(openStore(disk.path, { ...disk.options, key: randomBytes(32) })).toMatchObject({
      ok: false,
      state: 'wrong key',
    });
    expect(openStore(disk.path, { ...disk.options, key: null })).toMatchObject({ ok: false, state: 'missing key' });
    expect(readFileSync(disk.path).equals(before)).toBe(true);
    const store = disk.opened();
    expect(openStore(disk.path, disk.options)).toMatchObject({ ok: false, state: 'in use' });
    const probe = `import { openStore } from ${JSON.stringify(join(import.meta.dirname, 'open.ts'))};
      const r = openStore(${JSON.stringify(disk.path)}, { key: Buffer.from('${Buffer.from(disk.options.key as Uint8Array).toString('hex')}', 'hex'), deviceKey: '${disk.options.deviceKey}', effectsOf: () => [], clock: Date.now, random: () => new Uint8Array(32) });
      process.stdout.write(r.ok ? 'opened' : r.state + '|' + r.wayOut);`;
    const other = spawnSync(process.execPath, ['--input-type=module', '-e', probe], { encoding: 'utf8' });
    expect(other.stdout).toMatch(/^in use\|Use the console/);
    store.close();
    const { identity: _, ...rest } = disk.options;
    expect(openStore(join(disk.folder, 'none', 'fresh.db'), rest)).toMatchObject({ ok: false, state: 'not enrolled' });
    expect(openStore(join(disk.path, 'x.db'), disk.options)).toMatchObject({ ok: false, state: 'unwritable' });
    expect(openStore(disk.path, rest)).toMatchObject({ ok: true });
  });

  it('is corrupted, not wrong-keyed, whatever page of it is broken, and is never begun anew', () => {
    disk.worked(40).store.close();
    const whole = readFileSync(disk.path);
    for (const damage of [
      () => disk.flip(20),
      () => disk.zeroPage(1),
      () => truncateSync(disk.path, 5 * PAGE),
      () => truncateSync(disk.path, 0),
      () => truncateSync(disk.path, 100),
    ]) {
      writeFileSync(disk.path, whole);
      damage();
      const damaged = readFileSync(disk.path);
      expect(openStore(disk.path, disk.options)).toMatchObject({
        ok: false,
        state: 'corrupted',
        wayOut: expect.stringContaining('set aside'),
      });
      expect(readFileSync(disk.path).equals(damaged)).toBe(true);
    }
  });

  it('takes no log of writes away of which the file is gone or cut to nothing: all that it has is salvaged', () => {
    const { store } = disk.worked(8);
    const held = positions(store);
    const [main, wal] = [readFileSync(disk.path), readFileSync(`${disk.path}-wal`)];
    store.abandon();
    for (const left of [null, 0, 100]) {
      rmSync(disk.path, { force: true });
      if (left !== null) writeFileSync(disk.path, main.subarray(0, left));
      writeFileSync(`${disk.path}-wal`, wal);
      expect(openStore(disk.path, disk.options)).toMatchObject({ ok: false, state: 'corrupted' });
      expect(readFileSync(`${disk.path}-wal`).equals(wal)).toBe(true);
      const salvaged = salvageStore(disk.path, disk.options);
      if (!salvaged.ok) throw new Error(salvaged.message);
      expect(salvaged.report).toMatchObject({ saved: held, lost: [] });
      salvaged.store.close();
    }
  });

  it('tells damage that it stumbles on as its own state, and finds what it does not by looking', () => {
    disk.worked(60).store.close();
    const pages = statSync(disk.path).size / PAGE;
    for (let number = 2; number <= pages; number += 7) {
      const whole = readFileSync(disk.path);
      disk.flip((number - 1) * PAGE + 700);
      const result = openStore(disk.path, disk.options);
      if (result.ok) {
        let found: string = 'more';
        while (found === 'more') found = result.store.scrub(5);
        expect(found).toBe('corrupted');
        expect(() => {
          for (const head of result.store.heads()) result.store.framesFrom(head.log, 1, 100_000);
          for (const kind of ['incident', 'unit']) [...result.store.entities(kind)];
          result.store.append([disk.site.opened(incidentRef(disk.site), '1')], AUTHOR);
          throw new StoreFailure('corrupted');
        }).toThrow(StoreFailure);
        result.store.abandon();
      } else expect(result.state).toBe('corrupted');
      rmSync(`${disk.path}-wal`, { force: true });
      writeFileSync(disk.path, whole);
    }
    const sound = disk.opened();
    sound.append([disk.site.opened(incidentRef(disk.site), '1')], AUTHOR);
    let found: string = 'more';
    while (found === 'more') found = sound.scrub(50);
    expect(found).toBe('sound');
    sound.close();
  });

  it('refuses on a full disk, keeps nothing of the call, and goes on when there is space', () => {
    const store = disk.opened({ tuning: { maxPages: 40 } });
    let refused: unknown;
    let kept = 0;
    try {
      for (let i = 0; i < 2_000; i++, kept++)
        store.append([disk.site.opened(incidentRef(disk.site), `${i}`, { caller: 'x'.repeat(100) })], AUTHOR);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(StoreFailure);
    expect(refused).toMatchObject({ state: 'disk full', wayOut: expect.stringContaining('space') });
    expect(positions(store)).toBe(kept + 1);
    expect([...store.entities('incident')]).toHaveLength(kept);
    store.close();
    const again = disk.opened();
    expect(positions(again)).toBeGreaterThanOrEqual(kept + 1);
    again.append([disk.site.opened(incidentRef(disk.site), 'after')], AUTHOR);
    again.close();
  });

  it('looks for space without letting go of what it holds in memory', () => {
    const store = disk.opened({ tuning: { maxPages: 60 } });
    const ref = incidentRef(disk.site);
    store.append([disk.site.opened(ref, 'first')], AUTHOR);
    expect(() => {
      for (let i = 0; i < 2_000; i++) store.append([disk.site.opened(incidentRef(disk.site), `${i}`)], AUTHOR);
    }).toThrow(StoreFailure);
    const held = store.entity(ref);
    expect(store.takesAgain()).toBe(false);
    expect(store.refuses()).toBe('disk full');
    expect(store.entity(ref)).toBe(held);
    store.close();
    const again = disk.opened();
    expect(again.takesAgain()).toBe(true);
    expect(again.refuses()).toBeNull();
    again.close();
  });

  it('gives the room back that one large transaction took beside it', () => {
    const store = disk.opened();
    const size = (): number => statSync(`${disk.path}-wal`).size;
    store.saveValue('document', 'center', 'large', 'x'.repeat(48 * 1_048_576));
    expect(size()).toBeGreaterThan(48 * 1_048_576);
    store.rest();
    store.saveValue('draft', 'p1', 'intake', { caller: 'half' });
    expect(size()).toBeLessThanOrEqual(32 * 1_048_576);
    store.close();
  });

  it('notes the clock’s offset once there is space, where a full disk refused it', () => {
    const store = disk.opened({ tuning: { maxPages: 40 } });
    const measured = (): number =>
      store.framesFrom(store.log(), 1, 10_000).frames.filter(({ h }) => h.includes('"clock.measured"')).length;
    store.saveValue('draft', 'p1', 'intake', 'x'.repeat(20_000));
    expect(() => {
      for (let i = 0; i < 2_000; i++) store.append([disk.site.opened(incidentRef(disk.site), `${i}`)], AUTHOR);
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
