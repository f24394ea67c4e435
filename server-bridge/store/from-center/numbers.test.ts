import { expect, it } from 'vitest';
import { testSite } from '../testing/site.ts';

it('gives leased numbers first, then its log’s own, and never one twice', () => {
  const site = testSite();
  const store = site.open('a');
  expect(store.takeNumber(2026)).toMatch(/^26-AXX[0-9A-Z]{3}-0001$/);
  store.addLease({ log: store.log(), year: 2026, from: 1, to: 2 });
  store.addLease({ log: store.log(), year: 2026, from: 12_345, to: 12_345 });
  store.addLease({ log: 'another', year: 2026, from: 50, to: 90 });
  expect(store.numbersLeft(2026)).toBe(3);
  expect([1, 2, 3].map(() => store.takeNumber(2026))).toEqual(['26-00001', '26-00002', '26-12345']);
  expect(store.takeNumber(2026)).toMatch(/-0002$/);
  expect(store.takeNumber(2027)).toMatch(/^27-AXX[0-9A-Z]{3}-0001$/);
  expect(store.numbersLeft(2026)).toBe(0);
});

it('uses no lease of an earlier opening, whose numbers may be given out already on the disk that this one is a copy of', () => {
  const site = testSite();
  const store = site.open('a');
  store.addLease({ log: store.log(), year: 2026, from: 1, to: 9 });
  const copy = store.serialize();
  const first = store.takeNumber(2026);
  site.now += 60_000;
  const again = site.reopen('a', copy);
  expect(again.numbersLeft(2026)).toBe(0);
  const second = again.takeNumber(2026);
  site.now += 60_000;
  const third = site.reopen('a', copy).takeNumber(2026);
  expect(new Set([first, second, third]).size).toBe(3);
});
