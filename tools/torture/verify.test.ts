import { expect, it } from 'vitest';
import { AUTHOR, handOver, incidentRef, testSite } from '../../server-bridge/store/testing/site.ts';
import type { Acknowledged } from './ledger.ts';
import { seeded } from './seeded.ts';
import { differences, type Holder, holderOf } from './verify.ts';

function two() {
  const site = testSite();
  const [a, b] = [site.open('a'), site.open('b')];
  const ref = incidentRef(site);
  const facts = a.append([site.opened(ref, '26-1')], AUTHOR).map(({ id }) => id);
  const ledger: Acknowledged[] = [{ station: 1, call: 'incident.open', facts, incident: ref, number: '26-1' }];
  const holders = (): Holder[] =>
    [a, b].map((store, i) => {
      const { holder, problems } = holderOf(`store ${i + 1}`, store);
      expect(problems).toEqual([]);
      return holder;
    });
  return { site, a, b, ref, ledger, holders };
}

it('finds nothing where both hold everything', () => {
  const { a, b, ledger, holders } = two();
  handOver(a, b);
  expect(differences(holders(), ledger)).toEqual([]);
});

it('finds an acknowledged fact that one of them lacks', () => {
  const { ledger, holders } = two();
  const found = differences(holders(), ledger).join('\n');
  expect(found).toContain('store 2 lacks fact');
  expect(found).toContain('acknowledged by station 1');
});

it('finds a fact that nobody acknowledged and not everybody holds, and the state that differs by it', () => {
  const { site, a, b, ref, ledger, holders } = two();
  handOver(a, b);
  b.append([site.edited(ref, { caller: 'Ada' })], AUTHOR);
  const found = differences(holders(), ledger).join('\n');
  expect(found).toMatch(/store 1 lacks fact \S+ that store 2 holds/);
  expect(found).toContain(`${ref} is not the same at store 1 and store 2`);
});

it('finds a number that two incidents share, and one that is not what was acknowledged', () => {
  const { site, a, b, ref, ledger, holders } = two();
  a.append([site.opened(incidentRef(site), '26-1')], AUTHOR);
  handOver(a, b);
  expect(differences(holders(), ledger).join('\n')).toContain('share number "26-1"');
  const other = [{ station: 1, call: 'incident.open', facts: [], incident: ref, number: '26-2' }];
  expect(differences(holders(), other).join('\n')).toContain('was acknowledged as 26-2');
});

it('does the same from the same seed', () => {
  const draw = (seed: number): number[] => {
    const random = seeded(seed);
    return Array.from({ length: 50 }, () => random.between(1, 6));
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(Math.min(...draw(7))).toBeGreaterThanOrEqual(1);
  expect(Math.max(...draw(7))).toBeLessThanOrEqual(6);
});
