/** Which incidents leave memory and disk: closed ones, and duplicates that were merged; never one that somebody has to work. */
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConsole, meet } from '../../../domain/cad/testing/memory-world.ts';
import { act } from '../../../domain/cad/testing/random-actions.ts';
import { TEST_ROSTER } from '../../../domain/cad/testing/roster.ts';
import { atTwoCalls } from '../../../domain/cad/testing/typed-lines.ts';
import { lifeOf } from '../../../domain/cad/views/reading.ts';
import type { FactDraft } from '../../../domain/kernel/fact.ts';
import { type Folded, shown } from '../../../domain/kernel/fold.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import type { OpenStore } from '../open.ts';
import { AUTHOR, handOver, incidentRef, type TestSite, testCenter, testSite } from '../testing/site.ts';
import { isDisputed } from './closed.ts';

const DAY = 86_400_000;

function merged(site: TestSite, at: OpenStore, ref: EntityRef, into: EntityRef, is = true): FactDraft {
  const replaces = shown(at.entity(ref), 'mergedInto');
  return { type: 'incident.merged', v: 1, at: site.now, about: [ref, into], replaces, body: { merged: is } };
}
/** Incidents `0` to `n - 1`, opened at the first station and held by all of them. */
function opened(site: TestSite, stores: readonly OpenStore[], n: number): EntityRef[] {
  const [first, ...others] = stores as [OpenStore, ...OpenStore[]];
  const refs = Array.from({ length: n }, () => incidentRef(site));
  for (const [i, ref] of refs.entries()) first.append([site.opened(ref, `26-${i}`)], AUTHOR);
  for (const other of others) handOver(first, other);
  return refs;
}
const inMemory = (store: OpenStore): EntityRef[] => [...store.entities('incident')].map(({ ref }) => ref);
const started = (site: TestSite, store: OpenStore): OpenStore => site.reopen('a', store.serialize());

describe('a duplicate that was merged into another incident', () => {
  it('leaves memory three days after it was last touched, as a closed one does, and comes back with whatever touches it', () => {
    const site = testSite();
    const store = site.open('a');
    const [kept, duplicate] = opened(site, [store], 2) as [EntityRef, EntityRef];
    store.append([merged(site, store, duplicate, kept)], AUTHOR);
    expect(inMemory(store)).toEqual([kept, duplicate]);
    site.now += 3 * DAY + 1;
    expect(inMemory(store)).toEqual([kept]);
    expect(inMemory(started(site, store))).toEqual([kept]);
    store.append([merged(site, store, duplicate, kept, false)], AUTHOR);
    site.now += 9 * DAY;
    expect(inMemory(store).sort()).toEqual([kept, duplicate].sort());
  });

  it('has its facts dropped from the disk once the incident that it is merged into is over too', () => {
    const site = testSite();
    const store = site.open('a');
    const center = testCenter(site);
    const [kept, duplicate] = opened(site, [store], 2) as [EntityRef, EntityRef];
    store.append([merged(site, store, duplicate, kept)], AUTHOR);
    store.append([site.closed(kept, shown(store.entity(kept), 'life'))], AUTHOR);
    center.push(store);
    center.pull(store);
    site.now += DAY;
    while (store.prune(site.now).more);
    expect(store.factsAbout(duplicate)).toEqual([]);
    expect(lifeOf(store.entity(duplicate), { entity: store.entity })).toBe('merged');
    const later = started(site, store);
    site.now += 3 * DAY;
    later.append([site.edited(duplicate, { caller: 'Ada' })], AUTHOR);
    site.now += 3 * DAY + 1;
    expect(inMemory(later)).toEqual([]);
  });

  it('stays while it is to be settled whether it was merged', () => {
    const site = testSite();
    const [a, b] = [site.open('a'), site.open('b')];
    const [kept, other, duplicate] = opened(site, [a, b], 3) as [EntityRef, EntityRef, EntityRef];
    a.append([merged(site, a, duplicate, kept)], AUTHOR);
    b.append([merged(site, b, duplicate, other)], AUTHOR);
    handOver(b, a);
    site.now += 9 * DAY;
    expect(inMemory(a)).toContain(duplicate);
  });

  it('that an earlier build kept for ever leaves with the others when its store is opened', () => {
    const site = testSite();
    const store = site.open('a');
    const [kept, duplicate] = opened(site, [store], 2) as [EntityRef, EntityRef];
    store.append([merged(site, store, duplicate, kept)], AUTHOR);
    store.prune(0);
    const disk = new Database(Buffer.from(store.serialize()));
    expect(disk.prepare('UPDATE entity SET closed = NULL WHERE closed IS NOT NULL').run().changes).toBe(1);
    site.now += 9 * DAY;
    expect(inMemory(site.reopen('a', disk.serialize()))).toEqual([kept]);
  });
});

describe('incidents that consoles cut off from one another merged into each other', () => {
  it('stay, all of them, in whatever order it is heard of and however long ago it was', () => {
    const step = fc.record({ at: fc.nat(2), from: fc.nat(3), into: fc.nat(3), is: fc.boolean(), meet: fc.nat(4) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 14 }), (steps) => {
        const site = testSite();
        const stores = (['a', 'b', 'c'] as const).map((station) => site.open(station));
        const refs = opened(site, stores, 4);
        for (const { at, from, into, is, meet } of steps) {
          const store = stores[at] as OpenStore;
          if (from !== into)
            store.append([merged(site, store, refs[from] as EntityRef, refs[into] as EntityRef, is)], AUTHOR);
          site.now += 4 * DAY;
          for (const each of stores) inMemory(each);
          const [one, other] = [stores[meet % 3] as OpenStore, stores[(meet + 1) % 3] as OpenStore];
          if (meet < 3) handOver(one, other);
        }
        site.now += 9 * DAY;
        for (const store of [...stores, started(site, stores[0] as OpenStore)]) {
          const here = new Set(inMemory(store));
          for (const ref of refs) {
            const life = lifeOf(store.entity(ref), { entity: store.entity });
            if (life === 'open') expect(here).toContain(ref);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are brought back where one had left memory long before the last was merged', () => {
    const site = testSite();
    const [a, b] = [site.open('a'), site.open('b')];
    const [x, y, z] = opened(site, [a, b], 3) as [EntityRef, EntityRef, EntityRef];
    b.append([merged(site, b, y, z)], AUTHOR);
    b.append([merged(site, b, z, x)], AUTHOR);
    a.append([merged(site, a, x, y)], AUTHOR);
    site.now += 4 * DAY;
    expect(inMemory(a).sort()).toEqual([y, z].sort());
    handOver(b, a);
    expect(inMemory(a).sort()).toEqual([x, y, z].sort());
    expect(inMemory(started(site, a)).sort()).toEqual([x, y, z].sort());
  });
});

describe('an assignment of which two said the same time, each for a reason of their own', () => {
  const amended = (time: number, reason: string) => ({ of: 'assignment:k1.m36.0', element: 'onScene', time, reason });
  it('is not kept for somebody to settle it, and is where the times differ', () => {
    const at = atTwoCalls();
    act('unit.dispatch', { incident: 'k1', units: ['m36'] }, at);
    const [b, c] = ['b', 'c'].map((name) => createConsole(name, TEST_ROSTER, at.world.facts()));
    const disputed = () => isDisputed(at.world.entity('assignment:k1.m36.0') as Folded);
    act('time.amend', amended(1_000, 'radio'), at);
    if (b) act('time.amend', amended(1_000, 'crew called'), b);
    if (c) act('time.amend', amended(2_000, 'the log'), c);
    if (b) meet(at, b);
    expect(disputed()).toBe(false);
    if (c) meet(at, c);
    expect(disputed()).toBe(true);
  });
});
