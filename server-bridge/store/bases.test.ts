/** What becomes of folded state when facts are pruned, come as a snapshot, are fetched again, or are erased. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FactDraft } from '../../domain/kernel/fact.ts';
import { type Folded, settledState, shown, shownValue } from '../../domain/kernel/fold.ts';
import { assignmentRef, type EntityRef, entityRef } from '../../domain/kernel/ids.ts';
import type { OpenStore } from './open.ts';
import { AUTHOR, incidentRef, type TestSite, testCenter, testSite } from './testing/site.ts';

type Frames = ReturnType<OpenStore['framesFrom']>;

const HOUR = 3_600_000;
const UNIT = entityRef('unit', 'm1');
const stateOf = (store: OpenStore, ref: EntityRef): unknown => {
  const state = store.entity(ref);
  return state && settledState(state);
};

function dispatched(site: TestSite, store: OpenStore, ref: EntityRef): FactDraft {
  return {
    type: 'unit.dispatched',
    v: 1,
    at: site.now,
    about: [ref, UNIT, assignmentRef(ref, UNIT, 0)],
    replaces: shown(store.entity(UNIT), 'commitments'),
    body: { code: 'DP', commitments: [ref] },
  };
}

function cleared(site: TestSite, store: OpenStore, ref: EntityRef): FactDraft {
  const assignment = assignmentRef(ref, UNIT, 0);
  return {
    ...dispatched(site, store, ref),
    type: 'unit.status',
    replaces: [...shown(store.entity(UNIT), 'commitments', 'status'), ...shown(store.entity(assignment), 'status')],
    body: { code: 'AV', standard: 'available', commitments: [] },
  };
}

/** Some hours of runs at one station. */
function workedSite(runs: readonly { readonly close: boolean; readonly clear: boolean }[]) {
  const site = testSite();
  const store = site.open('a');
  const center = testCenter(site);
  const refs: EntityRef[] = [];
  for (const run of runs) {
    const ref = incidentRef(site);
    refs.push(ref, assignmentRef(ref, UNIT, 0));
    store.append([site.opened(ref, `26-${refs.length}`, { caller: 'Ada' })], AUTHOR);
    store.append([dispatched(site, store, ref)], AUTHOR);
    if (run.clear) store.append([cleared(site, store, ref)], AUTHOR);
    if (run.close) store.append([site.closed(ref, shown(store.entity(ref), 'life'))], AUTHOR);
    site.now += HOUR;
  }
  center.push(store);
  center.pull(store);
  return { site, store, center, refs: [...refs, UNIT] };
}

const anyRuns = fc.array(fc.record({ close: fc.boolean(), clear: fc.boolean() }), { minLength: 1, maxLength: 8 });

describe('pruning', () => {
  it('changes no state, now or after what comes later, and drops all that is over', () => {
    fc.assert(
      fc.property(anyRuns, fc.nat(9), (runs, hours) => {
        const { site, store, center, refs } = workedSite(runs);
        const whole = site.reopen('a', store.serialize());
        const before = site.now - hours * HOUR;
        let dropped = 0;
        for (let n = store.prune(before); n > 0; n = store.prune(before)) dropped += n;
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

  it('keeps what the center does not hold', () => {
    const site = testSite();
    const store = site.open('a');
    const ref = incidentRef(site);
    store.append([site.opened(ref, '1')], AUTHOR);
    store.append([site.closed(ref, shown(store.entity(ref), 'life'))], AUTHOR);
    site.now += HOUR;
    expect(store.prune(site.now)).toBe(0);
    testCenter(site).push(store);
    expect(store.prune(site.now)).toBe(2);
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
    expect(store.prune(site.now)).toBeGreaterThan(0);
    other.take(whole.frames, whole.keys);
    store.beginEpoch('e2');
    other.pull(store, 3);
    expect(refs.map((ref) => stateOf(store, ref))).toEqual(before);
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

describe('a snapshot', () => {
  it('gives a new station the same board, which later facts fold onto', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const { site, store, center, refs } = workedSite(runs);
        const fresh = site.open('b');
        const head = center.page(0);
        // The center sends whole what is open, and folded what is not.
        const isOpen = (ref: EntityRef): boolean => shownValue(store.entity(ref), 'life') === 'open';
        const folded = refs.filter((ref) => !isOpen(ref)).map((ref) => store.entity(ref) as Folded);
        const items = head.items.filter(
          (item) => 'frame' in item && refs.some((ref) => isOpen(ref) && item.frame.h.includes(`"${ref}"`)),
        );
        fresh.applySnapshot({
          cursor: { epoch: 'e1', n: head.items.length },
          page: { ...head, items },
          folded: folded as never,
          heads: [...store.heads()],
        });
        for (const ref of refs) expect(stateOf(fresh, ref)).toEqual(stateOf(store, ref));
        expect(fresh.unsentTotal()).toBe(0);
        for (const ref of refs.filter((one) => one.startsWith('incident:'))) {
          site.now += 10;
          store.append(
            [site.edited(ref, { caller: 'Bo' }, shown(store.entity(ref), 'caller')), cleared(site, store, ref)],
            AUTHOR,
          );
        }
        center.push(store);
        center.pull(fresh);
        for (const ref of refs) expect(stateOf(fresh, ref)).toEqual(stateOf(store, ref));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a station that began from a snapshot', () => {
  it('hears what the center says again of what it dropped when a restore had taken the word', () => {
    const { site, store, center, refs } = workedSite([{ close: true, clear: true }]);
    const [ref] = refs as [EntityRef];
    const fact = store.factsAbout(ref)[0]?.id ?? '';
    const office = site.open('center', { deviceKey: site.centerKey });
    const body = { fact, reason: 'revoked' };
    office.append([{ type: 'fact.contested', v: 1, at: site.now, about: [ref], replaces: [], body }], AUTHOR);
    const [word, made] = [office, store].map((by) => by.framesFrom(by.log(), 1, 1_000)) as [Frames, Frames];
    center.take(word.frames, word.keys);
    const fresh = site.open('b');
    fresh.applySnapshot({
      cursor: { epoch: 'e1', n: center.page(0).items.length },
      page: center.page(0),
      folded: [],
      heads: [...store.heads(), { log: office.log(), seq: word.frames.length, hash: null }],
    });
    expect(fresh.entity(ref)?.contested).toHaveLength(1);
    const [without, again] = [testCenter(site, 'e2'), testCenter(site, 'e3')];
    for (const one of [without, again]) one.take(made.frames, made.keys);
    again.take(word.frames, word.keys);
    fresh.beginEpoch('e2');
    without.pull(fresh);
    expect(fresh.entity(ref)?.contested).toEqual([]);
    expect(fresh.prune(site.now + HOUR)).toBeGreaterThan(0);
    fresh.beginEpoch('e3');
    again.pull(fresh);
    expect(fresh.wanting()).toEqual([ref]);
    fresh.fillEntity(ref, again.page(0));
    expect(fresh.entity(ref)?.contested).toEqual([{ fact, reason: 'revoked' }]);
  });
});

describe('a state that a snapshot brought', () => {
  /** A closed run at a station whose opening the center contested, as the center folds it, and what it has of it. */
  function contestedRun() {
    const { site, store, center, refs } = workedSite([{ close: true, clear: true }]);
    const [ref] = refs as [EntityRef];
    const made = store.framesFrom(store.log(), 1, 1_000);
    const office = site.open('center', { deviceKey: site.centerKey });
    const body = { fact: store.factsAbout(ref)[0]?.id ?? '', reason: 'revoked' };
    office.append([{ type: 'fact.contested', v: 1, at: site.now, about: [ref], replaces: [], body }], AUTHOR);
    const word = office.framesFrom(office.log(), 1, 10);
    center.take(word.frames, word.keys);
    const uncontested = stateOf(store, ref);
    center.pull(store);
    const fresh = site.open('b');
    const begin = (folded: readonly Folded[]): void =>
      fresh.applySnapshot({
        cursor: { epoch: 'e1', n: center.page(0).items.length },
        page: { ...center.page(0), items: [] },
        folded: folded as never,
        heads: [...store.heads(), { log: office.log(), seq: word.frames.length, hash: null }],
      });
    return { site, store, center, ref, made, fresh, begin, uncontested };
  }

  it('wants its facts where it was judged: of what was judged in an epoch that a restore took nothing stays', () => {
    const { site, store, center, ref, made, fresh, begin, uncontested } = contestedRun();
    begin([store.entity(ref) as Folded]);
    expect(fresh.entity(ref)?.contested).toHaveLength(1);
    expect(fresh.wanting()).toEqual([ref]);
    const filled = site.reopen('b', fresh.serialize());
    filled.fillEntity(ref, center.page(0));
    const without = testCenter(site, 'e2');
    without.take(made.frames, made.keys);
    for (const one of [filled, fresh]) {
      one.beginEpoch('e2');
      without.pull(one);
      for (const wanted of one.wanting()) one.fillEntity(wanted, without.page(0));
      expect(one.wanting()).toEqual([]);
      expect(stateOf(one, ref)).toEqual(uncontested);
    }
  });

  it('wants its facts where the center could not read all of them', () => {
    const { store, center, ref, fresh, begin } = contestedRun();
    const whole = store.entity(ref) as Folded;
    begin([{ ...whole, judged: false, contested: [], partly: true }]);
    expect(fresh.wanting()).toEqual([ref]);
    fresh.fillEntity(ref, center.page(0));
    expect(stateOf(fresh, ref)).toEqual(stateOf(store, ref));
  });

  it('is not filled with what a center of an earlier epoch answers', () => {
    const { site, store, center, ref, made, fresh, begin } = contestedRun();
    begin([store.entity(ref) as Folded]);
    fresh.beginEpoch('e2');
    const toOffer = fresh.unacknowledged();
    fresh.fillEntity(ref, center.page(0));
    expect(fresh.wanting()).toEqual([ref]);
    expect(fresh.unacknowledged()).toEqual(toOffer);
    const restored = testCenter(site, 'e2');
    restored.take(made.frames, made.keys);
    fresh.fillEntity(ref, restored.page(0));
    expect(fresh.entity(ref)?.contested).toEqual([]);
  });
});

describe('erasure', () => {
  it('takes bodies, keys, state and drafts, keeps others’ state and the chain, and lets nothing come back', () => {
    const { site, store, center, refs } = workedSite([{ close: false, clear: false }]);
    const [ref] = refs as [EntityRef];
    const unit = stateOf(store, UNIT);
    const before = store.framesFrom(store.log(), 1, 100);
    store.saveValue('draft', 'p1', ref, { caller: 'Ada' });
    const office = site.open('center', { deviceKey: site.centerKey });
    office.append(
      [{ type: 'entity.erased', v: 1, at: site.now, about: [ref], replaces: [], body: { reason: 'court order' } }],
      AUTHOR,
    );
    const word = office.framesFrom(office.log(), 1, 10);
    center.take(word.frames, word.keys);
    center.pull(store);
    expect(store.entity(ref)).toBeUndefined();
    expect(store.value('draft', 'p1', ref)).toBeUndefined();
    expect(stateOf(store, UNIT)).toEqual(unit);
    const after = store.framesFrom(store.log(), 1, 100);
    expect(after.frames.map((frame) => frame.h)).toEqual(before.frames.map((frame) => frame.h));
    expect(after.keys).toEqual([]);
    expect(after.frames.filter((frame) => frame.h.includes(ref)).map((frame) => frame.b)).toEqual([null, null]);
    expect(store.accept(before.frames, before.keys, 'peer').problems).toEqual([]);
    expect(store.entity(ref)).toBeUndefined();
    const fresh = site.open('b');
    fresh.accept(word.frames, word.keys, 'center');
    fresh.accept(before.frames, before.keys, 'peer');
    expect(fresh.entity(ref)).toBeUndefined();
    expect(
      fresh.framesFrom(store.log(), 1, 100).frames.filter((frame) => frame.k !== null && frame.b !== null),
    ).toEqual([]);
  });

  it('is the center’s word alone', () => {
    const { site, store, refs } = workedSite([{ close: false, clear: false }]);
    const [ref] = refs as [EntityRef];
    const b = site.open('b');
    b.append(
      [{ type: 'entity.erased', v: 1, at: site.now, about: [ref], replaces: [], body: { reason: 'no' } }],
      AUTHOR,
    );
    const { frames, keys } = b.framesFrom(b.log(), 1, 10);
    expect(store.accept(frames, keys, 'peer').applied).toBe(2);
    expect(store.entity(ref)).toBeDefined();
  });
});

describe('lost positions', () => {
  it('are skipped once declared, taken where somebody still has them, and offered until the stream brings them', () => {
    const site = testSite();
    const [a, b, c] = [site.open('a'), site.open('b'), site.open('c')];
    const ref = incidentRef(site);
    a.append([site.opened(ref, '1'), ...['p', 'q', 'r', 's'].map((caller) => site.edited(ref, { caller }))], AUTHOR);
    const { frames, keys } = a.framesFrom(a.log(), 1, 10);
    b.accept(frames, keys, 'peer');
    // A's disk lost 3 and 4; its next log says so.
    site.now += 1_000;
    const d = site.reopen('a', site.open('a').serialize());
    d.append(
      [{ type: 'log.gap', v: 1, at: site.now, about: [], replaces: [], body: { log: a.log(), from: 3, to: 4 } }],
      AUTHOR,
    );
    const word = d.framesFrom(d.log(), 1, 10);
    expect(c.accept([...frames.slice(0, 2), ...frames.slice(4)], keys, 'peer').problems[0]).toMatchObject({
      why: 'ahead',
      seq: 5,
    });
    expect(c.accept([...word.frames, ...frames.slice(4)], keys, 'peer').problems).toEqual([]);
    expect(c.heads().find((head) => head.log === a.log())?.seq).toBe(6);
    expect(c.unsentTotal()).toBe(2 + 2 + 2);
    const center = testCenter(site);
    for (const one of [word.frames, frames.slice(0, 2), frames.slice(4)]) center.take(one, keys);
    center.pull(c);
    expect(c.unsentTotal()).toBe(0);
    // B held them all along: the center has passed over them, and B goes on offering just these.
    center.pull(b);
    expect(b.unacknowledged()).toMatchObject([{ log: a.log(), from: 3, count: 2 }]);
    expect(b.unsentAbout(ref)).toBe(2);
    expect(b.isUnsent(JSON.parse(frames[2]?.h ?? '').id)).toBe(true);
    expect(c.accept(frames.slice(2, 4), keys, 'peer').applied).toBe(2);
    expect(stateOf(c, ref)).toEqual(stateOf(b, ref));
    expect(c.unsentTotal()).toBe(2);
    center.fill(frames.slice(2, 4));
    center.pull(b);
    center.pull(c);
    expect([b.unsentTotal(), c.unsentTotal()]).toEqual([0, 0]);
  });
});
