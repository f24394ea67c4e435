import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Claim, emptyFold } from '../../kernel/fold.ts';
import { createNumberBook, digitsAtEnd, type Opening, openingOf } from './numbers.ts';

const anyOpenings = fc.uniqueArray(
  fc.record({ id: fc.nat(30), number: fc.constantFrom('26-1', '26-2', '26-12'), hlc: fc.constantFrom('a', 'b') }),
  { selector: (one) => one.id, maxLength: 8 },
);

const openingsOf = (rows: readonly { id: number; number: string; hlc: string }[]): Opening[] =>
  rows.map(({ id, number, hlc }) => ({ incident: `incident:${id}`, number, hlc, fact: `f${id}` }));

describe('shown numbers', () => {
  it('are unique, keep the lower opening its number, and tell which others changed', () => {
    fc.assert(
      fc.property(
        anyOpenings.chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length }))),
        ([rows, shuffled]) => {
          const one = createNumberBook();
          for (const opening of openingsOf(rows)) one.add(opening);
          const other = createNumberBook();
          const told = new Map<string, string>();
          for (const opening of openingsOf(shuffled)) {
            const changed = other.add(opening);
            for (const ref of [opening.incident, ...changed]) told.set(ref, other.numberOf(ref));
          }
          const shown = rows.map((row) => one.numberOf(`incident:${row.id}`));
          expect(new Set(shown).size).toBe(rows.length);
          for (const row of rows) {
            expect(other.numberOf(`incident:${row.id}`)).toBe(one.numberOf(`incident:${row.id}`));
            expect(told.get(`incident:${row.id}`)).toBe(one.numberOf(`incident:${row.id}`));
          }
          for (const of of shuffled.slice(shuffled.length / 2)) other.remove(`incident:${of.id}`);
          const left = shuffled.slice(0, shuffled.length / 2).map((row) => `incident:${row.id}` as const);
          for (const text of ['1', '2', '26-1', '26-1/2', '6-2', '12/3', '3']) {
            const named = left.filter((ref) => other.numberOf(ref) === text);
            expect(other.numbered(text)).toEqual(named);
            expect([...other.ending(text)].sort()).toEqual(
              left.filter((ref) => other.numberOf(ref).endsWith(text)).sort(),
            );
            expect(other.endsInDigits(text)).toBe(left.some((ref) => digitsAtEnd(other.numberOf(ref)) === text));
          }
          const first = [...openingsOf(rows)]
            .filter((opening) => opening.number === '26-1')
            .sort((a, b) => (a.hlc + a.fact < b.hlc + b.fact ? -1 : 1))[0];
          if (first) expect(one.numberOf(first.incident)).toBe('26-1');
        },
      ),
    );
  });

  it('move with the opening that counts: the number of one that does not is given back', () => {
    const book = createNumberBook();
    const opening = (id: string, number: string, hlc: string): Opening => ({
      ...{ incident: `incident:${id}`, number, hlc },
      fact: `${id} ${number}`,
    });
    book.add(opening('a', '26-1', 'b'));
    book.add(opening('b', '26-1', 'c'));
    expect(book.numberOf('incident:b')).toBe('26-1/2');
    expect(book.add(opening('a', '26-2', 'a'))).toEqual(['incident:b']);
    expect([book.numberOf('incident:a'), book.numberOf('incident:b')]).toEqual(['26-2', '26-1']);
    expect(book.add(opening('a', '26-2', 'a'))).toEqual([]);
  });

  it('are not those of a contested opening, where one stands that is not', () => {
    const claim = { value: 'F-0', fact: 'f1', at: 1, hlc: 'a', by: null, station: 'x' };
    const late = { ...claim, value: '26-1', fact: 'f2', hlc: 'b' };
    const folded = emptyFold('incident:1');
    const numberIn = (...number: readonly Claim[]) => openingOf({ ...folded, registers: { number } })?.number;
    expect(numberIn({ ...claim, contested: true }, late)).toBe('26-1');
    expect(numberIn(claim, late)).toBe('F-0');
    expect(numberIn({ ...claim, contested: true })).toBe('F-0');
  });
});
