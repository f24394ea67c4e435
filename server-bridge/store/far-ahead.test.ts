/** A workstation whose clock was set to another year, and is set right again. */
import { expect, it } from 'vitest';
import { hlcParse } from '../../domain/kernel/hlc.ts';
import type { OpenStore } from './open.ts';
import { AUTHOR, handOver, incidentRef, testSite } from './testing/site.ts';

const YEAR = 365 * 86_400_000;
const MINUTE = 60_000;

const lastReading = (store: OpenStore): number =>
  Math.max(
    ...store
      .framesFrom(store.log(), 1, 10_000)
      .frames.slice(-1)
      .map(({ h }) => hlcParse((JSON.parse(h) as { hlc: string }).hlc).ms),
  );

it('writes by the right time again, also after it was started anew, once the center has said what time it is', () => {
  const site = testSite();
  const { now } = site;
  const a = site.open('a');
  site.now = now + YEAR;
  const ref = incidentRef(site);
  a.append([site.opened(ref, '26-1')], AUTHOR);
  site.now = now;
  a.append([site.edited(ref, { caller: 'before' })], AUTHOR);
  // Nobody who may be wrong as well has said so: the order of what is written here stays.
  expect(lastReading(a)).toBeGreaterThan(now + YEAR - MINUTE);
  a.clockConfirmed();
  a.append([site.edited(ref, { caller: 'after' })], AUTHOR);
  expect(lastReading(a)).toBeLessThan(now + MINUTE);
  expect(a.clock().highest).toBeLessThan(now + MINUTE);
  const again = site.reopen('a', a.serialize());
  again.append([site.edited(ref, { caller: 'again' })], AUTHOR);
  expect(lastReading(again)).toBeLessThan(now + MINUTE);
  expect(again.clock().highest).toBeLessThan(now + MINUTE);
});

it('is believed about the order of what was written while it was a little ahead', () => {
  const site = testSite();
  const { now } = site;
  const a = site.open('a');
  site.now = now + 10 * MINUTE;
  a.append([site.opened(incidentRef(site), '26-1')], AUTHOR);
  site.now = now;
  a.clockConfirmed();
  a.append([site.opened(incidentRef(site), '26-2')], AUTHOR);
  expect(lastReading(a)).toBeGreaterThan(now + 9 * MINUTE);
});

it('draws no other into its year: neither by what it sends nor where that one is killed before it has rested', () => {
  const site = testSite();
  const { now } = site;
  const [a, b] = [site.open('a'), site.open('b')];
  site.now = now + YEAR;
  b.append([site.opened(incidentRef(site), '26-1')], AUTHOR);
  site.now = now;
  handOver(b, a);
  const killed = site.reopen('a', a.serialize());
  killed.append([site.opened(incidentRef(site), '26-2')], AUTHOR);
  expect(lastReading(killed)).toBeLessThan(now + MINUTE);
});
