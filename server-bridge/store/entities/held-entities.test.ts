/** What a store that runs for months keeps in memory. */
import { expect, it } from 'vitest';
import { shown } from '../../../domain/kernel/fold.ts';
import { AUTHOR, incidentRef, testSite } from '../testing/site.ts';

const HOUR = 3_600_000;

it('is what is open or was closed lately, also where nobody ever looks up what is older', () => {
  const site = testSite();
  const store = site.open('a', { keepMs: HOUR });
  // As a board does once, when it begins.
  store.entities('incident');
  const over = incidentRef(site);
  store.append([site.opened(over, '26-1')], AUTHOR);
  store.append([site.closed(over, shown(store.entity(over), 'life'))], AUTHOR);
  store.rest();
  const inMemory = store.entity(over);
  expect(store.entity(over)).toBe(inMemory);
  site.now += 2 * HOUR;
  const open = Array.from({ length: 300 }, () => Array.from({ length: 16 }, () => incidentRef(site)));
  for (const about of open) store.append([{ ...site.edited(over, { caller: 'Bo' }), about }], AUTHOR);
  const readAgain = store.entity(over);
  expect(readAgain).toEqual(inMemory);
  expect(readAgain).not.toBe(inMemory);
  const live = [...store.entities('incident')].map(({ ref }) => ref);
  expect(live.sort()).toEqual(open.flat().sort());
});
