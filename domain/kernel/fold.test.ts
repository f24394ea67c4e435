import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from './fact.ts';
import { type EffectsOf, emptyFold, foldAll, foldOnto, inConflict, settledState, shownValue } from './fold.ts';
import type { Json } from './json.ts';

const REF = 'incident:1' as const;

const effectsOf: EffectsOf = (fact) => {
  if (fact.type === 'test.unknown') return null;
  const body = fact.content as { set?: Record<string, Json>; note?: string; on?: number };
  return [
    ...Object.entries(body.set ?? {}).map(([set, value]) => ({ on: REF, set, value }) as const),
    ...(body.note === undefined ? [] : [{ on: REF, add: 'notes', value: body.note } as const]),
    ...(body.on === undefined ? [] : [{ on: REF, first: 'onScene', at: body.on } as const]),
  ];
};

function fact(n: number, content: Json, replaces: string[] = [], over: Partial<Fact> = {}): Fact {
  return {
    f: 1,
    id: `f${n}`,
    log: 'l',
    seq: n,
    prev: null,
    hlc: `${n.toString(16).padStart(12, '0')}-0000-s`,
    at: n,
    org: 'o',
    site: 's',
    station: 'a',
    position: null,
    session: null,
    by: null,
    type: 'test.set',
    v: 1,
    about: [REF],
    replaces,
    body: '',
    content,
    ...over,
  };
}

const anyFacts = fc
  .array(
    fc.record({
      register: fc.constantFrom('location', 'priority'),
      value: fc.constantFrom('x', 'y'),
      replaces: fc.array(fc.nat(11), { maxLength: 3 }),
      kind: fc.constantFrom('test.set', 'test.set', 'test.set', 'test.unknown', 'fact.contested', 'fact.settled'),
      target: fc.nat(11),
      verdict: fc.constantFrom('confirmed', 'set aside'),
      station: fc.constantFrom('a', 'center'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((rows) =>
    rows.map((row, i) =>
      row.kind === 'fact.contested'
        ? fact(i, { fact: `f${row.target}`, reason: 'r' }, [], { type: row.kind, station: 'center' })
        : row.kind === 'fact.settled'
          ? fact(
              i,
              { fact: `f${row.target}`, verdict: row.verdict },
              row.replaces.map((r) => `f${r}`),
              { type: row.kind, station: row.station },
            )
          : fact(
              i,
              { set: { [row.register]: row.value }, note: `n${i}`, on: i },
              row.replaces.filter((r) => r < i).map((r) => `f${r}`),
              { type: row.kind },
            ),
    ),
  );

describe('fold', () => {
  it('settles the same in any order, one by one or whole, with repetitions', () => {
    fc.assert(
      fc.property(
        anyFacts.chain((facts) =>
          fc.tuple(
            fc.constant(facts),
            fc.shuffledSubarray(facts, { minLength: facts.length, maxLength: facts.length }),
          ),
        ),
        ([facts, shuffled]) => {
          const whole = settledState(foldAll(REF, facts, effectsOf));
          expect(settledState(foldAll(REF, [...shuffled, ...facts], effectsOf))).toEqual(whole);
          let state = emptyFold(REF);
          const got: Fact[] = [];
          for (const one of shuffled) {
            const had = new Set(got.map((g) => g.id));
            got.push(one);
            state = foldOnto(state, one, effectsOf, (id) => had.has(id)) ?? foldAll(REF, got, effectsOf);
          }
          expect(settledState(state)).toEqual(whole);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('remembers of what was replaced only what has not come yet, in whatever order it comes', () => {
    const facts = [
      fact(1, { set: { location: 'A' } }),
      fact(2, { set: { location: 'B' } }, ['f1']),
      fact(3, { set: { priority: '1' } }, ['f2']),
      fact(4, { set: { location: 'C', priority: '2' } }, ['f2', 'f3', 'f9']),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (shuffled) => {
        const whole = foldAll(REF, shuffled, effectsOf);
        expect(whole.replacedUnseen).toEqual(['location f9', 'priority f9']);
        expect(settledState(whole)).toEqual(settledState(foldAll(REF, facts, effectsOf)));
        const [first, ...rest] = shuffled as [Fact, ...Fact[]];
        let state = foldAll(REF, [first], effectsOf);
        const had = new Set([first.id]);
        for (const one of rest) {
          state = foldOnto(state, one, effectsOf, (id) => had.has(id)) as typeof state;
          had.add(one.id);
        }
        expect(state).toEqual(whole);
      }),
    );
  });

  it('folds onto what was judged whatever comes after, and whole what a verdict spoke of before it came', () => {
    const word = (n: number, of: string) =>
      fact(n, { fact: of, reason: 'r' }, [], { type: 'fact.contested', station: 'center' });
    const first = fact(1, { set: { location: 'A' } });
    const judged = foldAll(REF, [first, word(2, 'f1'), word(3, 'f5')], effectsOf);
    const after = foldOnto(judged, fact(4, { set: { location: 'B' } }, ['f1']), effectsOf);
    expect(after).toEqual(
      foldAll(REF, [first, word(2, 'f1'), word(3, 'f5'), fact(4, { set: { location: 'B' } }, ['f1'])], effectsOf),
    );
    expect(after?.judgedUnseen).toEqual(['f5']);
    expect(foldOnto(after as typeof judged, fact(5, { set: { location: 'C' } }), effectsOf)).toBeNull();
    const { judgedUnseen: _, ...ofEarlierBuild } = judged;
    expect(foldOnto(ofEarlierBuild, fact(4, { set: { location: 'B' } }), effectsOf)).toBeNull();
    const whole = foldAll(REF, [fact(6, { note: 'n' })], effectsOf, ofEarlierBuild);
    expect(whole.judged).toBe(true);
    expect(whole.judgedUnseen).toBeUndefined();
  });

  it('folds a fact with the word that it is contested as both are folded whole', () => {
    fc.assert(
      fc.property(anyFacts, fc.boolean(), fc.boolean(), (made, isSettlement, isSpokenOf) => {
        const settled = fact(19, { fact: 'f20', verdict: 'confirmed' }, [], { type: 'fact.settled' });
        const before = isSpokenOf ? [...made, settled] : made;
        const of = fact(20, { set: { location: 'z' }, fact: 'f1', verdict: 'confirmed', on: 1 }, ['f1', 'f3'], {
          ...(isSettlement && { type: 'fact.settled' }),
        });
        const word = fact(21, { fact: 'f20', reason: 'q' }, [], { type: 'fact.contested', station: 'center' });
        const had = new Set(before.map(({ id }) => id));
        const state = foldOnto(foldAll(REF, before, effectsOf), of, effectsOf, (id) => had.has(id), word);
        if (isSettlement || isSpokenOf) expect(state).toBeNull();
        else {
          const whole = foldAll(REF, [...before, of, word], effectsOf);
          expect(state && settledState(state)).toEqual(settledState(whole));
          expect(state?.judgedUnseen).toEqual(whole.judgedUnseen);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('shows a blind edit as a conflict and an ordinary later edit as the value', () => {
    const first = fact(1, { set: { location: 'A' } });
    const later = fact(2, { set: { location: 'B' } }, ['f1']);
    const blind = fact(3, { set: { location: 'C' } }, ['f1']);
    const same = fact(4, { set: { location: 'B' } }, ['f1']);
    expect(shownValue(foldAll(REF, [first, later], effectsOf), 'location')).toBe('B');
    expect(inConflict(foldAll(REF, [first, later], effectsOf), 'location')).toBe(false);
    expect(inConflict(foldAll(REF, [first, later, blind], effectsOf), 'location')).toBe(true);
    expect(inConflict(foldAll(REF, [first, later, same], effectsOf), 'location')).toBe(false);
    const settled = fact(5, { set: { location: 'C' } }, ['f2', 'f3']);
    expect(inConflict(foldAll(REF, [settled, blind, later, first], effectsOf), 'location')).toBe(false);
  });

  it('keeps a contested value beside the old one until a supervisor settles it either way', () => {
    const old = fact(1, { set: { priority: '3' } });
    const revoked = fact(2, { set: { priority: '1' } }, ['f1']);
    const contested = fact(3, { fact: 'f2', reason: 'grant revoked' }, [], {
      type: 'fact.contested',
      station: 'center',
    });
    const open = foldAll(REF, [old, revoked, contested], effectsOf);
    expect(shownValue(open, 'priority')).toBe('3');
    expect(open.registers.priority).toHaveLength(2);
    expect(open.contested).toEqual([{ fact: 'f2', reason: 'grant revoked' }]);
    const confirmed = fact(4, { fact: 'f2', verdict: 'confirmed' }, [], { type: 'fact.settled' });
    const aside = fact(4, { fact: 'f2', verdict: 'set aside' }, [], { type: 'fact.settled' });
    expect(shownValue(foldAll(REF, [old, revoked, contested, confirmed], effectsOf), 'priority')).toBe('1');
    expect(foldAll(REF, [old, revoked, contested, aside], effectsOf).registers.priority).toHaveLength(1);
  });

  it('counts the word of a supervisor who had lost the right once another confirms it, and not before', () => {
    const old = fact(1, { set: { priority: '2' } });
    const revoked = fact(2, { set: { priority: '1' } }, ['f1']);
    const contest = (n: number, of: string) =>
      fact(n, { fact: of, reason: 'grant revoked' }, [], { type: 'fact.contested', station: 'center' });
    const word = (n: number, of: string, verdict: string) =>
      fact(n, { fact: of, verdict }, [], { type: 'fact.settled' });
    const open = [old, revoked, contest(3, 'f2'), word(4, 'f2', 'confirmed'), contest(5, 'f4')];
    expect(foldAll(REF, open, effectsOf).contested.map(({ fact: of }) => of)).toEqual(['f2', 'f4']);
    const confirmed = foldAll(REF, [word(6, 'f4', 'confirmed'), ...open], effectsOf);
    expect(confirmed.contested).toEqual([]);
    expect(shownValue(confirmed, 'priority')).toBe('1');
    const aside = foldAll(REF, [...open, word(6, 'f4', 'set aside')], effectsOf);
    expect(aside.contested.map(({ fact: of }) => of)).toEqual(['f2']);
    // Two that vouch for each other are vouched for by nobody.
    const circle = [
      ...open.slice(0, 3),
      word(4, 'f6', 'confirmed'),
      contest(5, 'f4'),
      word(6, 'f4', 'confirmed'),
      contest(7, 'f6'),
    ];
    expect(foldAll(REF, circle, effectsOf).contested).toHaveLength(3);
  });

  it('lets a supervisor who settled it in an outage stand over the center, which did not know of it', () => {
    const written = fact(1, { set: { priority: '1' } });
    const contested = fact(2, { fact: 'f1', reason: 'unknown' }, [], { type: 'fact.contested', station: 'center' });
    const word = (n: number, verdict: string, station: string) =>
      fact(n, { fact: 'f1', verdict }, [], { type: 'fact.settled', station });
    const judged = [written, contested, word(3, 'set aside', 'a'), word(4, 'confirmed', 'center')];
    expect(foldAll(REF, judged, effectsOf)).toMatchObject({ registers: {}, contested: [] });
    const other = foldAll(REF, [...judged, word(5, 'confirmed', 'b')], effectsOf);
    expect(other.contested).toEqual([{ fact: 'f1', reason: 'unknown' }]);
  });

  it('takes no verdict from a station, only from the center', () => {
    const forged = fact(2, { fact: 'f1', reason: 'no' }, [], { type: 'fact.contested', station: 'b' });
    expect(foldAll(REF, [fact(1, { set: { priority: '1' } }), forged], effectsOf).contested).toEqual([]);
  });

  it('marks what it cannot read and changes nothing else', () => {
    const state = foldAll(
      REF,
      [fact(1, { set: { priority: '1' } }), fact(2, {}, ['f1'], { type: 'test.unknown' })],
      effectsOf,
    );
    expect(state.partly).toBe(true);
    expect(shownValue(state, 'priority')).toBe('1');
  });

  it('is not made to look partly shown by what does not count, until that is let count', () => {
    const unknown = fact(2, {}, [], { type: 'test.unknown' });
    const contested = fact(3, { fact: 'f2', reason: 'no' }, [], { type: 'fact.contested', station: 'center' });
    const word = (verdict: string) => fact(4, { fact: 'f2', verdict }, [], { type: 'fact.settled' });
    expect(foldAll(REF, [unknown, contested], effectsOf).partly).toBe(false);
    expect(foldAll(REF, [unknown, contested, word('set aside')], effectsOf).partly).toBe(false);
    expect(foldAll(REF, [unknown, contested, word('confirmed')], effectsOf).partly).toBe(true);
  });
});
