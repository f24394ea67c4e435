import { expect, it } from 'vitest';
import { shown } from '../../../domain/kernel/fold.ts';
import type { OpenStore } from '../open.ts';
import { HOUR } from '../testing/runs.ts';
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

it('says nothing of a log whose facts all went with what they were about, until there is something of it again', () => {
  const site = testSite();
  const center = testCenter(site);
  const [a, b, c] = [site.open('a'), site.open('b'), site.open('c')] as const;
  const over = (store: OpenStore): void => {
    const ref = incidentRef(site);
    store.append([site.opened(ref, '26-1')], AUTHOR);
    store.append([site.closed(ref, shown(store.entity(ref), 'life'))], AUTHOR);
  };
  for (const one of [b, c]) {
    over(one);
    center.push(one);
  }
  center.pull(a);
  site.now += HOUR;
  while (a.prune(site.now).more);
  a.append([site.opened(incidentRef(site), '26-2')], AUTHOR);
  const names = (of: readonly { readonly log: string }[]): string[] => of.map(({ log }) => log);
  for (const store of [a, site.reopen('a', a.serialize())]) {
    expect(names(store.heads()).sort()).toEqual([a.log(), b.log(), c.log()].sort());
    expect(names(store.spokenHeads())).toEqual([a.log()]);
    expect(names(store.held())).toEqual([a.log()]);
  }
  // More of it comes, from a peer.
  b.append([site.opened(incidentRef(site), '26-3')], AUTHOR);
  const { frames, keys } = b.framesFrom(b.log(), 4, 10);
  expect(a.accept(frames, keys, 'peer').problems).toEqual([]);
  expect(names(a.spokenHeads()).sort()).toEqual([a.log(), b.log()].sort());
  expect(a.spokenHeads().find(({ log }) => log === b.log())?.seq).toBe(4);
  // A center that was put back is asked about all of them.
  a.beginEpoch('another');
  expect(names(a.held()).sort()).toEqual([a.log(), b.log(), c.log()].sort());
});
