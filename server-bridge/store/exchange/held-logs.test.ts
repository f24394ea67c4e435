import { expect, it } from 'vitest';
import { AUTHOR, handOver, incidentRef, testCenter, testSite } from '../testing/site.ts';

it('names last the logs that the center lacks something of: a greeting has room for so many, and leaves out the first', () => {
  const site = testSite();
  const center = testCenter(site);
  const [a, b, c] = [site.open('a'), site.open('b'), site.open('c')] as const;
  for (const one of [b, c]) {
    one.append([site.opened(incidentRef(site), '26-1')], AUTHOR);
    handOver(one, a);
  }
  a.append([site.opened(incidentRef(site), '26-2')], AUTHOR);
  center.push(c);
  a.beginEpoch(center.epoch);
  a.acknowledge([center.ack(c.log())]);
  for (const store of [a, site.reopen('a', a.serialize())])
    expect(store.held().map(({ log }) => log)).toEqual([c.log(), b.log(), a.log()]);
});
