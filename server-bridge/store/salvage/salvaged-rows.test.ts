/** What is kept of a damaged store besides facts: requests, records, grants, and what was typed or read. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import { openPages, PAGE } from '../file/sqlcipher-pages.ts';
import type { OpenStore } from '../open.ts';
import { storeOnDisk } from '../testing/on-disk.ts';
import { testCenter } from '../testing/site.ts';
import { carve } from './carve.ts';

const disk = storeOnDisk();

describe('what was salvaged', () => {
  it('keeps requests that were refused, with why, for whoever has to see to them', () => {
    const store = disk.opened();
    for (const id of ['r1', 'r2', 'r3'])
      store.putRequest({ id, kind: 'record.put', session: null, by: 'u1', madeAt: 1, input: {} }, null);
    for (const [id, state] of [
      ['r2', 'refused'],
      ['r3', 'accepted'],
    ])
      store.requestAnswered({
        id,
        state,
        decision: { reasons: ['Somebody changed it meanwhile.'] },
        result: null,
      } as never);
    const left = store.requests(['waiting', 'refused']);
    store.close();
    const salvaged = disk.salvaged();
    expect(salvaged.store.requests()).toEqual(left);
    salvaged.store.close();
  });

  it('keeps who and what there is to send, which nobody but the center has: without it a room that is cut off sends nobody', () => {
    const { store, refs } = disk.worked(8);
    const [kept, erased] = refs.map((ref) => ref.slice('incident:'.length));
    const center = testCenter(disk.site);
    const unit = { kind: 'roster_unit', version: 3, body: { callsign: 'M1' } };
    center.put({ ...unit, id: 'm1' });
    center.put({ ...unit, id: 'm2' });
    center.put({ ...unit, id: 'm2', version: 4, body: null });
    for (const incident of [kept, erased])
      center.put({ kind: 'run', id: `${incident}`, version: 1, body: { incident } } as never);
    center.pull(store);
    store.erase(refs[1] as EntityRef);
    const says = (of: OpenStore): unknown => [
      of.records('roster_unit'),
      of.record('roster_unit', 'm2'),
      of.formerRecord('roster_unit', 'm2'),
      of.recordsAbout(kept ?? ''),
    ];
    const before = says(store);
    store.close();
    const salvaged = disk.salvaged();
    expect(says(salvaged.store)).toEqual(before);
    expect(salvaged.store.recordsAbout(erased ?? '')).toEqual([]);
    // As ever, the center's word goes before what was held.
    salvaged.store.beginEpoch('e2');
    const later = testCenter(disk.site, 'e2');
    later.put({ ...unit, id: 'm1', version: 1, body: { callsign: 'M9' } });
    later.pull(salvaged.store);
    expect(salvaged.store.record('roster_unit', 'm1')?.body).toEqual({ callsign: 'M9' });
    salvaged.store.close();
  });

  it('keeps what was read of patients here until the center has it', () => {
    const store = disk.opened();
    const reads = { log: 'reads', reads: [{ seq: 1, entity: 'incident:1' }] };
    store.saveValue('read', 'center', 'reads/000000000001', reads);
    store.close();
    const salvaged = disk.salvaged();
    expect(salvaged.store.value('read', 'center', 'reads/000000000001')).toEqual(reads);
    salvaged.store.close();
  });

  it('takes a row of a damaged page only where there is no whole one', () => {
    const { store } = disk.worked(8);
    store.saveValue('draft', 'p1', 'intake', { caller: 'whole' });
    store.close();
    const main = readFileSync(disk.path);
    const again = disk.opened();
    again.saveValue('draft', 'p1', 'intake', { caller: 'later' });
    const wal = readFileSync(`${disk.path}-wal`);
    again.abandon();
    const copy = disk.copyOf(main, wal);
    const pages = openPages(copy, disk.options.key);
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
    const carved = carve(copy, disk.options.key);
    expect(carved.damagedPages).toBeGreaterThan(0);
    expect(carved.values.map(([space, , key, value]) => [space, key, value])).toContainEqual([
      'draft',
      'intake',
      { caller: 'whole' },
    ]);
  });

  it('has a grant once of which a damaged page gives a second name', () => {
    const id = '0190b1a0-0000-7000-8000-0123456789ab';
    const { store } = disk.worked(8);
    const grant = {
      ...{ id, org: 'o', site: 's', station: 'a', session: 's1', user: 'u1', login: 'ada', name: 'Ada', sig: 'x' },
      ...{ roles: ['dispatcher' as const], issuedAt: 1, expiresAt: disk.site.now + 1 },
    };
    store.saveGrant(grant, 'verifier');
    store.close();
    const main = readFileSync(disk.path);
    const again = disk.opened();
    again.saveGrant({ ...grant, id: 'other', user: 'u2' }, 'verifier');
    const wal = readFileSync(`${disk.path}-wal`);
    again.abandon();
    const copy = disk.copyOf(main, wal);
    const pages = openPages(copy, disk.options.key);
    let garbled = 0;
    for (let number = 2; number <= pages.pages; number++) {
      const at = pages.page(number)?.bytes.indexOf(id) ?? -1;
      if (at < 0) continue;
      // One byte of a block of the cipher is the whole block, and a bit of the next: all of it in the middle of the name.
      const block = (number - 1) * PAGE + Math.ceil(at / 16) * 16;
      main[block] = (main[block] ?? 0) ^ 1;
      garbled++;
    }
    pages.close();
    expect(garbled).toBe(1);
    writeFileSync(copy, main);
    expect(carve(copy, disk.options.key).grants).toHaveLength(3);
    const salvaged = disk.salvaged(copy);
    expect(salvaged.store.grants().map((held) => held.grant.id)).toEqual([id, 'other']);
    salvaged.store.close();
  });
});
