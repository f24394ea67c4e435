import { expect, it } from 'vitest';
import { AUTHOR, handOver, incidentRef, testCenter, testSite } from '../testing/site.ts';

it('counts nothing as unsent that an acknowledgment ran ahead of, a peer filled in, and the stream then brought', () => {
  const site = testSite();
  const author = site.open('a');
  const behind = site.open('b');
  const center = testCenter(site);
  author.append([site.opened(incidentRef(site), '26-1')], AUTHOR);
  handOver(author, behind);
  author.append([site.opened(incidentRef(site), '26-2')], AUTHOR);
  author.append([site.opened(incidentRef(site), '26-3')], AUTHOR);
  center.push(author);
  // The center's word about a log of which less is held here.
  behind.beginEpoch(center.epoch);
  behind.acknowledge([center.ack(author.log())]);
  handOver(author, behind);
  center.pull(behind);
  expect(behind.unacknowledged()).toEqual([]);
  expect(behind.unsentTotal()).toBe(0);
});
