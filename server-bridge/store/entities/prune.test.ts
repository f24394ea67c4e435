/** What becomes of folded state when facts are pruned. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FactDraft } from '../../../domain/kernel/fact.ts';
import { shown, shownValue } from '../../../domain/kernel/fold.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import type { Store } from '../store.ts';
import { anyRuns, cleared, dispatched, HOUR, stateOf, UNIT, workedSite } from '../testing/runs.ts';
import { AUTHOR, incidentRef, testCenter, testSite } from '../testing/site.ts';

/** A whole round. Returns how many facts went. */
function pruneAll(store: Pick<Store, 'prune'>, before: number): number {
  let all = 0;
  for (;;) {
    const { dropped, more } = store.prune(before);
    all += dropped;
    if (!more) return all;
  }
}

describe('pruning', () => {
  it('is not held up by what has to stay, however much of it there is', () => {
    const site = testSite();
    const store = site.open('a');
    const refs = Array.from({ length: 1_010 }, () => incidentRef(site));
    for (const [i, ref] of refs.entries()) {
      store.append([site.opened(ref, String(i))], AUTHOR);
      const life = shown(store.entity(ref), 'life');
      // The first thousand and some are to be settled: two callers, entered beside each other.
      const clash = i < 1_005 ? ['Bo', 'Al'].map((caller) => site.edited(ref, { caller })) : [];
      store.append([...clash, site.closed(ref, life)], AUTHOR);
      site.now += 1;
    }
    testCenter(site).push(store);
    site.now += HOUR;
    // And that the log was opened.
    expect(pruneAll(store, site.now)).toBe(2 * 5 + 1);
    expect(refs.filter((ref) => store.factsAbout(ref).length === 0)).toEqual(refs.slice(1_005));
    expect(pruneAll(store, site.now)).toBe(0);
  });

  it('changes no state, now or after what comes later, and drops all that is over', () => {
    fc.assert(
      fc.property(anyRuns, fc.nat(9), (runs, hours) => {
        const { site, store, center, refs } = workedSite(runs);
        const whole = site.reopen('a', store.serialize());
        const before = site.now - hours * HOUR;
        const dropped = pruneAll(store, before);
        if (hours === 0 && runs.every((run) => run.close)) expect(dropped).toBeGreaterThan(runs.length * 2);
        // Late facts, about everything, made where all facts are held.
        site.now += 1_000;
        for (const ref of refs.filter((one) => one.startsWith('incident:'))) {
          whole.append(
            [site.edited(ref, { caller: 'Bo' }, shown(whole.entity(ref), 'caller')), cleared(site, whole, ref)],
            AUTHOR,
          );
        }
        center.push(whole);
        center.pull(store);
        for (const ref of refs) expect(stateOf(store, ref)).toEqual(stateOf(whole, ref));
        const again = site.reopen('a', store.serialize(), { foldVersion: 1 });
        for (const ref of refs) expect(stateOf(again, ref)).toEqual(stateOf(whole, ref));
      }),
      { numRuns: 40 },
    );
  });

  it('leaves nothing to remember of what replaced what, whichever station’s log is read first: a unit goes on for years', () => {
    const site = testSite();
    const center = testCenter(site);
    const stations = [site.open('a'), site.open('b')] as const;
    const [store] = stations;
    for (let run = 0; run < 12; run++) {
      const ref = incidentRef(site);
      const by = (n: number) => stations[(run + n) % 2] as (typeof stations)[number];
      const each: readonly ((at: typeof store) => FactDraft)[] = [
        () => site.opened(ref, `26-${run}`),
        (at) => dispatched(site, at, ref),
        (at) => cleared(site, at, ref),
        (at) => site.closed(ref, shown(at.entity(ref), 'life')),
      ];
      for (const [n, draft] of each.entries()) {
        by(n).append([draft(by(n))], AUTHOR);
        for (const one of stations) center.push(one);
        for (const one of stations) center.pull(one);
        site.now += 1_000;
      }
    }
    site.now += HOUR;
    expect(pruneAll(store, site.now)).toBeGreaterThan(20);
    for (const of of [store, site.reopen('a', store.serialize(), { foldVersion: 99 })])
      expect(of.entity(UNIT)?.replacedUnseen).toEqual([]);
  });

  it('keeps what the center does not hold', () => {
    const site = testSite();
    const store = site.open('a');
    const ref = incidentRef(site);
    store.append([site.opened(ref, '1')], AUTHOR);
    store.append([site.closed(ref, shown(store.entity(ref), 'life'))], AUTHOR);
    site.now += HOUR;
    expect(store.prune(site.now)).toEqual({ dropped: 0, more: false });
    testCenter(site).push(store);
    // And that the log was opened.
    expect(store.prune(site.now)).toEqual({ dropped: 2 + 1, more: false });
    expect(store.factsAbout(ref)).toEqual([]);
    expect(shownValue(store.entity(ref), 'life')).toBe('closed');
  });

  it('takes no pruned fact again when the stream is read anew', () => {
    const { site, store, refs } = workedSite([
      { close: true, clear: true },
      { close: true, clear: true },
    ]);
    const other = testCenter(site, 'e2');
    const whole = store.framesFrom(store.log(), 1, 1_000);
    const before = refs.map((ref) => stateOf(store, ref));
    expect(store.prune(site.now).dropped).toBeGreaterThan(0);
    other.take(whole.frames, whole.keys);
    store.beginEpoch('e2');
    other.pull(store, 3);
    expect(refs.map((ref) => stateOf(store, ref))).toEqual(before);
  });

  it('keeps what was said of a run for as long as its unit is on it, also of a call that is over', () => {
    const { site, store, center, refs } = workedSite([{ close: true, clear: false }]);
    const [ref, run] = refs as [EntityRef, EntityRef];
    site.now += HOUR;
    expect(pruneAll(store, site.now)).toBeGreaterThan(0);
    expect(store.factsAbout(run).map(({ type }) => type)).toEqual(['unit.dispatched']);
    store.append([cleared(site, store, ref)], AUTHOR);
    center.push(store);
    site.now += HOUR;
    pruneAll(store, site.now);
    expect(store.factsAbout(run)).toEqual([]);
  });

  it('says which entity wants its facts when a verdict comes on one that is gone, and folds it right once they came', () => {
    const { site, store, center, refs } = workedSite([{ close: true, clear: true }]);
    const [ref] = refs as [EntityRef];
    const opened = store.factsAbout(ref)[0];
    const all = store.framesFrom(store.log(), 1, 1_000);
    store.prune(site.now);
    const office = site.open('center', { deviceKey: site.centerKey });
    office.append(
      [
        {
          type: 'fact.contested',
          v: 1,
          at: site.now,
          about: [ref],
          replaces: [],
          body: { fact: opened?.id ?? '', reason: 'revoked' },
        },
      ],
      AUTHOR,
    );
    const verdict = office.framesFrom(office.log(), 1, 10);
    center.take(verdict.frames, verdict.keys);
    center.pull(store);
    expect(store.wanting()).toEqual([ref]);
    const about = all.frames.filter((frame) => frame.h.includes(ref));
    const page = { ...center.page(0), items: about.map((frame, i) => ({ n: i + 1, frame })) };
    store.fillEntity(ref, page);
    expect(store.wanting()).toEqual([]);
    expect(store.entity(ref)?.contested).toEqual([{ fact: opened?.id, reason: 'revoked' }]);
    expect(stateOf(store, UNIT)).toMatchObject({ count: 2 });
  });

  it('keeps what is to be settled whole, for it is shown who entered it where, until it is settled', () => {
    const { site, store, center, refs } = workedSite([{ close: true, clear: true }]);
    const [ref] = refs as [EntityRef];
    store.append([site.edited(ref, { caller: 'Bo' })], AUTHOR);
    center.push(store);
    center.pull(store);
    site.now += HOUR;
    store.prune(site.now);
    expect(store.factsAbout(ref).map(({ type }) => type)).toEqual([
      ...['incident.opened', 'unit.dispatched', 'unit.status', 'incident.closed', 'incident.edited'],
    ]);
    store.append([site.edited(ref, { caller: 'Bo' }, shown(store.entity(ref), 'caller'))], AUTHOR);
    center.push(store);
    center.pull(store);
    site.now += HOUR;
    store.prune(site.now);
    expect(store.factsAbout(ref)).toEqual([]);
  });

  it('wants the facts back of what came to be in conflict after they were dropped', () => {
    const { site, store, center, refs } = workedSite([{ close: true, clear: true }]);
    const [ref] = refs as [EntityRef];
    store.prune(site.now);
    store.append([site.edited(ref, { caller: 'Bo' })], AUTHOR);
    expect(store.wanting()).toEqual([ref]);
    center.push(store);
    store.fillEntity(ref, center.page(0));
    expect(store.wanting()).toEqual([]);
    expect(store.factsAbout(ref)).toHaveLength(5);
  });

  it('forgets what the center said of facts in an epoch that a restore took, whichever it was', () => {
    const { site, store, center, refs } = workedSite([{ close: false, clear: false }]);
    const [ref] = refs as [EntityRef];
    const before = stateOf(store, ref);
    const opened = store.factsAbout(ref)[0]?.id ?? '';
    const office = site.open('center', { deviceKey: site.centerKey });
    const said = (type: string, body: { readonly [field: string]: string }) =>
      office.append(
        [{ type, v: 1, at: site.now, about: [ref], replaces: [], body: { fact: opened, ...body } }],
        AUTHOR,
      );
    said('fact.contested', { reason: 'The sign-in is not known to the center.' });
    said('fact.settled', { verdict: 'confirmed' });
    const words = office.framesFrom(office.log(), 1, 10);
    center.take(words.frames, words.keys);
    center.pull(store);
    expect(store.entity(ref)).toMatchObject({ contested: [], judged: true });
    store.beginEpoch('e2');
    expect(stateOf(store, ref)).toEqual(before);
  });
});
