/** What the center derives from runs, as a workstation holds it: for years, of every run. */
import { expect, it } from 'vitest';
import type { OpenStore } from '../open.ts';
import { testCenter, testSite } from '../testing/site.ts';

const run = (
  i: number,
  body: { readonly [field: string]: string } | null = { incident: `i${i % 1_000}`, unit: 'm1' },
) => ({
  kind: 'run',
  id: `r${String(i).padStart(5, '0')}`,
  version: 1,
  body,
});
const about = (store: OpenStore, incident: string): string[] => store.recordsAbout(incident).map(({ id }) => id);

it('is found by its incident, also once it is another’s or none’s, and by whoever opens the store again', () => {
  const site = testSite();
  const center = testCenter(site);
  const store = site.open('a');
  for (let i = 0; i < 2_500; i++) center.put(run(i));
  center.put({ ...run(1_007), version: 2, body: { incident: 'i8' } });
  center.put({ ...run(2_007), version: 2, body: null });
  center.put({ ...run(7), version: 0, body: { incident: 'i8' } });
  center.put({ kind: 'report', id: 'p7', version: 1, body: { incident: 'i7' } });
  center.pull(store);
  for (const one of [store, site.reopen('a', store.serialize())]) {
    expect(about(one, 'i7')).toEqual(['p7', 'r00007']);
    expect(about(one, 'i8')).toEqual(['r00008', 'r01007', 'r01008', 'r02008']);
    expect(one.record('run', 'r00007')).toEqual(run(7));
    expect(one.record('run', 'r02007')).toEqual({ ...run(2_007, null), version: 2 });
    expect(one.records('run')).toHaveLength(2_499);
  }
});

it('takes up no memory by being there', () => {
  const site = testSite();
  const center = testCenter(site);
  const store = site.open('a');
  for (let i = 0; i < 1_000; i++) center.put(run(i));
  center.pull(store);
  expect(store.record('run', 'r00001')).toEqual(run(1));
  // Each time from the disk: what is kept would be the same object.
  expect(store.record('run', 'r00001')).not.toBe(store.record('run', 'r00001'));
});
