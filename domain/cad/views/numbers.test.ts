import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNumberBook, type Opening } from './numbers.ts';

const anyOpenings = fc.uniqueArray(
  fc.record({ id: fc.nat(30), number: fc.constantFrom('26-1', '26-2'), hlc: fc.constantFrom('a', 'b') }),
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
          const first = [...openingsOf(rows)]
            .filter((opening) => opening.number === '26-1')
            .sort((a, b) => (a.hlc + a.fact < b.hlc + b.fact ? -1 : 1))[0];
          if (first) expect(one.numberOf(first.incident)).toBe('26-1');
        },
      ),
    );
  });
});
