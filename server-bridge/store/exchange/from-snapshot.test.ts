/** What becomes of folded state that came as a snapshot, and of a station that began from one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../domain/kernel/fact.ts';
import { type Folded, shown, shownValue } from '../../../domain/kernel/fold.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import type { OpenStore } from '../open.ts';
import { anyRuns, cleared, HOUR, stateOf, UNIT, workedSite } from '../testing/runs.ts';
import { AUTHOR, testCenter } from '../testing/site.ts';

type Frames = ReturnType<OpenStore['framesFrom']>;

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
    expect(fresh.prune(site.now + HOUR).dropped).toBeGreaterThan(0);
    fresh.beginEpoch('e3');
    again.pull(fresh);
    expect(fresh.wanting()).toEqual([ref]);
    fresh.fillEntity(ref, again.page(0));
    expect(fresh.entity(ref)?.contested).toEqual([{ fact, reason: 'revoked' }]);
  });
});

describe('the word of the center', () => {
  it('is taken from the stream alone: a peer may have it of an epoch that a restore ended', () => {
    const { site, store, center, refs } = workedSite([{ close: true, clear: true }]);
    const [ref] = refs as [EntityRef];
    const office = site.open('center', { deviceKey: site.centerKey });
    const body = { fact: store.factsAbout(ref)[0]?.id ?? '', reason: 'revoked' };
    office.append([{ type: 'fact.contested', v: 1, at: site.now, about: [ref], replaces: [], body }], AUTHOR);
    const [word, made] = [office, store].map((by) => by.framesFrom(by.log(), 1, 1_000)) as [Frames, Frames];
    center.take(word.frames, word.keys);
    const late = site.open('b');
    late.beginEpoch('e1');
    center.pull(late);
    expect(late.entity(ref)?.contested).toHaveLength(1);
    const restored = testCenter(site, 'e2');
    restored.take(made.frames, made.keys);
    store.beginEpoch('e2');
    restored.pull(store);
    const handed = late.framesFrom(office.log(), 1, 1_000);
    expect(handed.frames).toHaveLength(word.frames.length);
    expect(store.accept(handed.frames, handed.keys, 'peer')).toMatchObject({ applied: 0, problems: [] });
    expect(store.entity(ref)?.contested).toEqual([]);
    expect(stateOf(store, ref)).toEqual(stateOf(site.reopen('a', store.serialize()), ref));
    expect(late.heads().map(({ log }) => log)).not.toContain(office.log());
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

  it('stays where a center that was put back knows nothing of it any more, and is folded from its facts once it does', () => {
    const { site, store, center, refs } = workedSite([{ close: true, clear: true }]);
    const [ref] = refs as [EntityRef];
    const fresh = site.open('b');
    const { items, ...page } = center.page(0);
    const cursor = { epoch: 'e1', n: items.length };
    const folded = refs.map((each) => store.entity(each)) as never;
    fresh.applySnapshot({ cursor, page: { ...page, items: [] }, folded, heads: [...store.heads()] });
    const before = stateOf(fresh, ref);
    const restored = testCenter(site, 'e2');
    fresh.beginEpoch('e2');
    fresh.wantFacts(ref);
    fresh.fillEntity(ref, restored.page(0));
    expect([stateOf(fresh, ref), fresh.wanting()]).toEqual([before, [ref]]);
    const made = store.framesFrom(store.log(), 1, 1_000);
    restored.take(made.frames, made.keys);
    restored.pull(fresh);
    fresh.fillEntity(ref, restored.page(0));
    expect([stateOf(fresh, ref), fresh.wanting()]).toEqual([before, []]);
    expect(fresh.factsAbout(ref)).toHaveLength(4);
  });

  it('of a unit is folded on, also where its last facts came with it, and is asked for whole only in another epoch', () => {
    const { site, store, center } = workedSite([{ close: true, clear: true }]);
    const office = site.open('center', { deviceKey: site.centerKey });
    const [first, last] = store.factsAbout(UNIT) as [Fact, Fact];
    const say = (type: string, body: { readonly [field: string]: string }) => {
      office.append([{ type, v: 1, at: site.now, about: [UNIT], replaces: [], body }], AUTHOR);
      const { frames, keys } = office.framesFrom(office.log(), 1, 10);
      center.take(frames.slice(-1), keys);
    };
    say('fact.contested', { fact: first.id, reason: 'The sign-in is not known to the center.' });
    say('fact.settled', { fact: first.id, verdict: 'confirmed' });
    center.pull(store);
    const fresh = site.open('b');
    const lately = center.page(0).items.filter((item) => 'frame' in item && item.frame.h.includes(last.id));
    fresh.applySnapshot({
      cursor: { epoch: 'e1', n: center.page(0).items.length },
      page: { ...center.page(0), items: lately },
      folded: [store.entity(UNIT) as Folded] as never,
      heads: [...store.heads(), { log: office.log(), seq: 2, hash: null }],
    });
    expect(stateOf(fresh, UNIT)).toEqual(stateOf(store, UNIT));
    expect(fresh.factsAbout(UNIT).map(({ id }) => id)).toEqual([last.id]);
    expect(fresh.wanting()).toEqual([]);
    const made = store.append(
      [
        {
          type: 'unit.status',
          v: 1,
          at: site.now,
          about: [UNIT],
          replaces: [last.id],
          body: { code: 'AV', standard: 'available' },
        },
      ],
      AUTHOR,
    );
    center.push(store);
    say('fact.contested', { fact: made[0]?.id ?? '', reason: 'revoked' });
    for (const one of [store, fresh]) center.pull(one);
    expect(fresh.wanting()).toEqual([]);
    expect(stateOf(fresh, UNIT)).toEqual(stateOf(store, UNIT));
    fresh.beginEpoch('e2');
    expect(fresh.wanting()).toEqual([UNIT]);
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
