/** Indexes and folded states follow the facts by some hundred: nobody may be able to tell, whenever the process dies. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { settledState, shown } from '../../../domain/kernel/fold.ts';
import { type EntityRef, entityRef } from '../../../domain/kernel/ids.ts';
import type { OpenStore } from '../open.ts';
import { AUTHOR, handOver, incidentRef, testCenter, testSite } from '../testing/site.ts';

const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('open', 'edit', 'close', 'reopen', 'merge', 'amend'),
      by: fc.constantFrom(0, 1),
      on: fc.nat(5),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('exchange', 'headers', 'keys', 'push', 'pull', 'rest', 'refused', 'prune', 'mark', 'fill'),
      by: fc.constantFrom(0, 1),
      on: fc.nat(5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('many', 'epoch', 'contest', 'erase', 'rotate', 'rotate'),
      by: fc.constantFrom(0, 1),
      on: fc.nat(5),
    }),
  },
);

const NEXT = { id: 'sk2', key: Buffer.alloc(32, 9).toString('base64url') };

/** Everything that a store tells of itself. */
function told(store: OpenStore, refs: readonly EntityRef[]): unknown {
  return {
    heads: [...store.heads()].sort((a, b) => (a.log < b.log ? -1 : 1)),
    cursor: store.cursor(),
    unsent: [...store.unacknowledged()].sort((a, b) => (a.log < b.log ? -1 : 1)),
    entities: refs.map((ref) => {
      const state = store.entity(ref);
      const facts = store.factsAbout(ref);
      return {
        state: state && settledState(state),
        facts: facts.map((fact) => fact.id),
        found: facts.map((fact) => store.fact(fact.id)?.seq),
        unsent: store.unsentAbout(ref),
        marks: facts.map((fact) => store.isUnsent(fact.id)),
      };
    }),
    live: [...store.entities('incident')].map((state) => state.ref).sort(),
    wanting: [...store.wanting()].sort(),
  };
}

it('a store that is killed at any moment tells the same when it is opened again', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 4, maxLength: 25 }), (steps) => {
      const site = testSite();
      const center = testCenter(site);
      const restored = testCenter(site, 'e2');
      const office = site.open('center', { deviceKey: site.centerKey });
      const stores = [site.open('a'), site.open('b')] as [OpenStore, OpenStore];
      const refs = Array.from({ length: 6 }, () => incidentRef(site));
      const unit = entityRef('unit', 'm1');
      let epoch = center;
      const said = (type: string, ref: EntityRef, body: { readonly [key: string]: string }): void => {
        office.append([{ type, v: 1, at: site.now, about: [ref], replaces: [], body }], AUTHOR);
        const { frames, keys } = office.framesFrom(office.log(), 1, 10_000);
        for (const one of [center, restored]) one.take(frames, keys);
      };
      const on = (
        type: string,
        about: readonly EntityRef[],
        body: { readonly [key: string]: string | number | boolean },
        replaces: readonly string[],
      ) => ({ type, v: 1, at: site.now, about, replaces, body });
      for (const step of steps) {
        site.now += 1_000;
        const store = stores[step.by] as OpenStore;
        const ref = refs[step.on] as EntityRef;
        if (step.do === 'open') store.append([site.opened(ref, '1', { caller: 'Ada' })], AUTHOR);
        if (step.do === 'edit')
          store.append([site.edited(ref, { caller: `${site.now}` }, shown(store.entity(ref), 'caller'))], AUTHOR);
        if (step.do === 'close') store.append([site.closed(ref, shown(store.entity(ref), 'life'))], AUTHOR);
        const other = stores[1 - step.by] as OpenStore;
        if (step.do === 'reopen')
          store.append([on('incident.reopened', [ref], {}, shown(store.entity(ref), 'life'))], AUTHOR);
        if (step.do === 'merge') {
          const into = refs[(step.on + 1 + step.by) % refs.length] as EntityRef;
          const merged = step.on % 3 !== 0;
          store.append(
            [on('incident.merged', [ref, into], { merged }, shown(store.entity(ref), 'mergedInto'))],
            AUTHOR,
          );
        }
        if (step.do === 'amend') {
          const body = { element: 'psapCall', at: site.now - 60_000, reason: 'heard so' };
          store.append([on('time.amended', [ref], body, shown(store.entity(ref), 'time:psapCall'))], AUTHOR);
        }
        if (step.do === 'exchange') handOver(store, other);
        if (step.do === 'headers') handOver(store, other, false);
        if (step.do === 'keys')
          for (const { log } of store.heads()) other.accept([], store.framesFrom(log, 1, 100_000).keys, 'peer');
        if (step.do === 'rotate') store.saveRoster({ ...site.roster(), version: site.now }, [NEXT, ...site.siteKeys]);
        if (step.do === 'fill' && store.cursor()?.epoch === epoch.epoch) store.fillEntity(ref, epoch.page(0, 100_000));
        if (step.do === 'push') epoch.push(store);
        if (step.do === 'pull' && (store.cursor()?.epoch ?? epoch.epoch) === epoch.epoch) epoch.pull(store, 7);
        if (step.do === 'rest') store.rest();
        if (step.do === 'prune') store.prune(site.now);
        if (step.do === 'mark') epoch.mark(`log-${step.on}`, 1);
        if (step.do === 'many') {
          const about = [ref, unit];
          const draft = {
            type: 'unit.committed',
            v: 1,
            at: site.now,
            about,
            replaces: [],
            body: { commitments: [ref] },
          };
          store.append(
            Array.from({ length: 260 }, () => draft),
            AUTHOR,
          );
        }
        if (step.do === 'refused') {
          const bad = { ...site.edited(ref, {}), replaces: Array.from({ length: 256 }, () => 'x'.repeat(128)) };
          expect(() => store.append([site.edited(ref, { caller: 'undone' }), bad], AUTHOR)).toThrow(RangeError);
        }
        if (step.do === 'epoch') {
          epoch = restored;
          for (const one of stores) one.beginEpoch('e2');
        }
        if (step.do === 'contest')
          said('fact.contested', ref, { fact: store.factsAbout(ref)[0]?.id ?? 'none', reason: 'revoked' });
        if (step.do === 'erase') said('entity.erased', ref, { reason: 'order' });
        const again = site.reopen(step.by === 0 ? 'a' : 'b', store.serialize());
        expect(told(again, [...refs, unit])).toEqual(told(store, [...refs, unit]));
        again.abandon();
      }
    }),
    { numRuns: 25 },
  );
});
