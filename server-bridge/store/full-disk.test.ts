/** A disk that refuses any one write of a call: none of the call is kept, on disk or in memory, and it goes through later. */
import { expect, it } from 'vitest';
import { shown } from '../../domain/kernel/fold.ts';
import { effectsOf } from '../../domain/modules.ts';
import type { Roster } from '../../domain/wire/sync.ts';
import type { OpenStore } from './open.ts';
import { StoreFailure } from './state.ts';
import { workedSite } from './testing/runs.ts';
import { AUTHOR, incidentRef, testCenter } from './testing/site.ts';

const YEAR = 2026;

class Full extends Error {
  readonly code = 'SQLITE_FULL';
}

/** All that a store says of itself but what is of the log of its opening alone. */
function says(store: OpenStore): unknown {
  const byLog = <T extends { readonly log: string }>(logs: readonly T[]): T[] =>
    [...logs].sort((a, b) => (a.log < b.log ? -1 : 1));
  return {
    held: byLog(store.held()),
    heads: byLog(store.heads()),
    frames: byLog(store.heads()).map(({ log }) => store.framesFrom(log, 1, 1_000)),
    unacknowledged: byLog(store.unacknowledged()),
    cursor: [store.cursor(), store.cursorHash()],
    keys: store.keysHeld(),
    roster: store.roster(),
    grants: store.grants(),
    requests: store.requests(),
    records: [store.records('roster_unit'), store.formerRecord('roster_unit', 'm1')],
    states: ['incident', 'unit', 'assignment'].map((kind) =>
      [...store.entities(kind)].sort((a, b) => (a.ref < b.ref ? -1 : 1)),
    ),
    wanting: store.wanting(),
    reads: store.notReadBy('unit.status@1'),
    values: [...store.values('draft', 'p1')],
    erasures: store.erasuresToShow(),
    clock: [store.clock().offset, store.clock().uncertainty],
  };
}

it('keeps nothing of a call of which the disk refused one write, whichever, and says what is on disk', () => {
  const other = workedSite([
    { close: true, clear: true },
    { close: false, clear: false },
  ]);
  const { site, center, refs } = other;
  const [closed, , open] = refs;
  if (!closed || !open) throw new Error('no incidents');
  let left = 0;
  const store = site.open('b', {
    onWrite: () => {
      if (left > 0 && --left === 0) throw new Full();
    },
  });
  const unit = { kind: 'roster_unit', id: 'm1', version: 1, body: { callsign: 'M1' } };
  center.put(unit);
  center.put({ ...unit, version: 2, body: null });
  const office = site.open('center', { deviceKey: site.centerKey });
  office.append(
    [{ type: 'entity.erased', v: 1, at: site.now, about: [closed], replaces: [], body: { reason: 'court order' } }],
    AUTHOR,
  );
  const word = office.framesFrom(office.log(), 1, 10);
  center.take(word.frames, word.keys);
  const grant = {
    ...{ id: 'g1', org: site.org, site: site.site, station: 'b', session: 's1', user: 'u1', login: 'ada', name: 'Ada' },
    ...{ roles: ['dispatcher' as const], issuedAt: site.now, expiresAt: site.now + 1, sig: 'x' },
  };
  const key = { id: 'sk2', key: Buffer.alloc(32, 7).toString('base64url') };
  const roster = (version: number): Roster => ({ ...site.roster(), version });
  const made = incidentRef(site);
  const request = { id: 'r1', kind: 'numbers.lease', session: null, by: null, madeAt: 1, input: {} };
  const log = store.log();
  const work: readonly (readonly [name: string, run: () => unknown])[] = [
    ['a page', () => store.applyPage(center.page(0, 6))],
    ['a page of erasure', () => center.pull(store)],
    ['appending', () => store.append([site.opened(made, '26-9', { caller: 'Bo' })], AUTHOR)],
    ['editing', () => store.append([site.edited(made, { caller: 'Cy' }, shown(store.entity(made), 'caller'))], AUTHOR)],
    ['frames of a peer', () => peer()],
    ['a new site key', () => store.saveRoster(roster(2), [key, ...site.siteKeys])],
    ['sealing under it', () => store.append([site.opened(incidentRef(site), '26-10', { caller: 'Di' })], AUTHOR)],
    ['a grant', () => store.saveGrant(grant, 'verifier')],
    ['a newer grant', () => store.saveGrant({ ...grant, id: 'g2', issuedAt: site.now + 1 }, 'verifier')],
    ['a request', () => store.putRequest(request, null)],
    ['its failure', () => store.requestFailed('r1', 'no', 5)],
    ['its answer', () => store.requestAnswered({ id: 'r1', state: 'accepted', result: null } as never)],
    ['a lease', () => store.addLease({ log, year: YEAR, from: 1, to: 9 })],
    ['a number', () => store.takeNumber(YEAR)],
    ['a draft', () => store.saveValue('draft', 'p1', 'intake', { caller: 'half' })],
    ['an offset', () => store.setClockOffset(5_000, 10)],
    ['what a peer reads', () => store.heardReads('c', ['incident.opened@1'])],
    ['what all read', () => store.saveReaders({ emit: ['unit.status@1'], older: [] }, new Set())],
    ['pruning', () => store.prune(site.now + 1)],
    ['a rest', () => store.rest()],
    ['an epoch', () => store.beginEpoch('e2')],
    ['a page of it', () => again()],
    ['a snapshot', () => snapshot()],
    ['an entity', () => store.fillEntity(open, { ...center.page(0), epoch: 'e2' })],
    ['an erasure', () => store.erase(open)],
  ];
  const third = site.open('c');
  third.append([site.opened(incidentRef(site), '26-7', { caller: 'Ed' })], AUTHOR);
  function peer(): void {
    const { frames, keys } = third.framesFrom(third.log(), 1, 10);
    store.accept(frames, keys, 'peer');
  }
  const later = testCenter(site, 'e2');
  const { frames, keys } = other.store.framesFrom(other.store.log(), 1, 2);
  later.take(frames, keys);
  const again = (): unknown => later.pull(store);
  const snapshot = (): void =>
    store.applySnapshot({
      cursor: { epoch: 'e2', n: 2 },
      page: { ...later.page(0), items: [] },
      folded: [other.store.entity(open)] as never,
      heads: [...other.store.heads()],
    });
  const refused: Record<string, number> = {};
  for (const [name, run] of work) {
    for (let nth = 1; ; nth++) {
      left = nth;
      let failure: unknown = null;
      try {
        run();
      } catch (error) {
        failure = error;
      }
      const went = left > 0;
      left = 0;
      const bytes = store.serialize();
      expect([name, nth, says(store)]).toEqual([name, nth, says(site.reopen('b', bytes))]);
      if (went) break;
      expect([name, failure]).toEqual([name, expect.any(StoreFailure)]);
      refused[name] = nth;
    }
  }
  // Each of them wrote something that could be refused.
  expect(work.map(([name]) => [name, (refused[name] ?? 0) > 0])).toEqual(work.map(([name]) => [name, true]));
});

it('drops all that is over in the round in which the disk refused a step at its commit', () => {
  const { site, center } = workedSite(Array.from({ length: 60 }, () => ({ close: true, clear: true })));
  let writes = 0;
  let refused = 0;
  const opened = (): OpenStore => {
    const store = site.open('b', {
      onWrite: () => {
        if (++writes === refused) throw new Full();
      },
    });
    center.pull(store);
    writes = 0;
    return store;
  };
  const round = (store: OpenStore): number => {
    let sum = 0;
    for (let more = true; more; ) {
      const pruned = store.prune(site.now);
      sum += pruned.dropped;
      ({ more } = pruned);
    }
    return sum;
  };
  const probe = opened();
  expect(probe.prune(site.now).more).toBe(true);
  const commit = writes;
  const all = round(opened());
  const store = opened();
  refused = commit;
  expect(() => store.prune(site.now)).toThrow(StoreFailure);
  expect(round(store)).toBe(all);
});

it('works nothing out again that it had read when the disk refused something before', () => {
  const { site, center } = workedSite(Array.from({ length: 20 }, () => ({ close: false, clear: false })));
  let full = false;
  let worked = 0;
  const store = site.open('b', {
    onWrite: () => {
      if (full) throw new Full();
    },
    effectsOf: (fact) => {
      worked++;
      return effectsOf(fact);
    },
  });
  center.pull(store);
  const before = says(store);
  full = true;
  const refused = (): number => {
    const from = worked;
    expect(() => store.saveValue('draft', 'p1', 'intake', { caller: 'half' })).toThrow(StoreFailure);
    return worked - from;
  };
  expect(refused()).toBeGreaterThan(20);
  expect([refused(), refused()]).toEqual([0, 0]);
  expect(says(store)).toEqual(before);
});
