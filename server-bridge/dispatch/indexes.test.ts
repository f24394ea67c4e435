import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saysOfItsUnit } from '../../domain/cad/views/conflicts.ts';
import { shown } from '../../domain/kernel/fold.ts';
import { assignmentRef, type EntityRef } from '../../domain/kernel/ids.ts';
import type { Store } from '../store/store.ts';
import { cleared, dispatched, UNIT, workedSite } from '../store/testing/runs.ts';
import { AUTHOR, handOver, incidentRef, testSite } from '../store/testing/site.ts';
import { createIndexes } from './indexes.ts';

const saying = (store: Store): readonly EntityRef[] =>
  store.refs('assignment').filter((ref) => saysOfItsUnit(store.entity(ref)));

describe('the assignments of a unit', () => {
  it('are those that go on or are to be settled, whatever two stations said of them apart', () => {
    const step = fc.record({
      at: fc.constantFrom('a' as const, 'b' as const),
      on: fc.nat(2),
      say: fc.constantFrom('sent', 'on scene', 'free', 'meet'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const site = testSite();
        const [a, b] = [site.open('a'), site.open('b')];
        const incidents = [0, 1, 2].map((i) => {
          const ref = incidentRef(site);
          a.append([site.opened(ref, `26-${i}`)], AUTHOR);
          return ref;
        });
        handOver(a, b);
        const indexes = createIndexes(a);
        a.onChange((change) => indexes.note(change.entities));
        const asked = (): readonly EntityRef[] => [...indexes.ofUnit(UNIT)].sort();
        for (const { at, on, say } of steps) {
          const [by, incident] = [at === 'a' ? a : b, incidents[on] as EntityRef];
          const run = assignmentRef(incident, UNIT, 0);
          site.now += 1_000;
          if (say === 'meet') {
            handOver(a, b);
            handOver(b, a);
          } else if (say === 'sent') by.append([dispatched(site, by, incident)], AUTHOR);
          else if (by.entity(run)) {
            const draft = cleared(site, by, incident);
            const body = { code: 'OS', standard: 'onScene' };
            const replaces = shown(by.entity(run), 'status');
            by.append([say === 'free' ? draft : { ...draft, replaces, body }], AUTHOR);
          }
          expect(asked()).toEqual([...saying(a)].sort());
        }
        // As it would be found by a station that starts now.
        expect([...createIndexes(a).ofUnit(UNIT)].sort()).toEqual(asked());
      }),
      { numRuns: 60 },
    );
  });

  it('that are over are read once, however often somebody asks', () => {
    const { store } = workedSite(Array.from({ length: 20 }, () => ({ close: true, clear: true })));
    let read = 0;
    const entity: Store['entity'] = (ref) => {
      read++;
      return store.entity(ref);
    };
    const indexes = createIndexes({ ...store, entity });
    for (let n = 0; n < 10; n++) expect(indexes.ofUnit(UNIT)).toEqual([]);
    expect(read).toBe(20);
  });
});
