import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tailsOf } from './tails.ts';

const SPAN = 2 ** 32;

it('counts what reading would count, whatever is added, taken away or asked before', () => {
  const anyStep = fc.record({
    do: fc.constantFrom('add', 'add', 'ask', 'ask', 'drop', 'forget'),
    entity: fc.nat(2),
    log: fc.constantFrom(1, 2),
    seq: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 80 }), (steps) => {
      const held = new Map<number, Set<number>>();
      const of = (entity: number): Set<number> => held.get(entity) ?? new Set();
      const read = (entity: number, from: number): number[] =>
        [...of(entity)]
          .filter((pos) => pos >= from && Math.floor(pos / SPAN) === Math.floor(from / SPAN))
          .sort((a, b) => a - b);
      const tails = tailsOf(read);
      for (const { do: what, entity, log, seq } of steps) {
        const pos = log * SPAN + seq;
        if (what === 'add' && !of(entity).has(pos)) {
          held.set(entity, of(entity).add(pos));
          tails.add(entity, pos);
        }
        if (what === 'ask') expect(tails.count(entity, pos)).toBe(read(entity, pos).length);
        if (what === 'drop') {
          held.get(entity)?.delete(pos);
          tails.drop(entity);
        }
        if (what === 'forget') tails.forget();
      }
    }),
  );
});
