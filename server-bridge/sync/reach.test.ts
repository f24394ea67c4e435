import { expect, it } from 'vitest';
import { testSite } from '../store/testing/site.ts';
import { createExchanges } from './exchanges.ts';
import { SyncFailure, UNTRUSTED } from './ports.ts';
import { createReach } from './reach.ts';
import { IDLE, type SyncState } from './state.ts';

const DOWN: SyncState = { ...IDLE, center: 'down' };
const WHY = 'Whoever answers at the center’s address shows a certificate that this workstation does not take.';

it('says of a center that is away why it cannot be asked, once that is known, and no more when it is only away', () => {
  const reach = createReach(testSite().open('a'));
  let told = 0;
  reach.onChange(() => told++);
  reach.saw(DOWN);
  const before = told;
  reach.greeted({ hindrance: WHY });
  reach.saw(DOWN);
  expect(reach.now()).toMatchObject({ center: 'never', refusal: WHY });
  expect(told).toBe(before + 1);
  reach.greeted('not answered');
  reach.saw(DOWN);
  expect(reach.now().refusal).toBeNull();
  reach.greeted({ refusal: 'It was revoked.' });
  reach.saw(DOWN);
  expect(reach.now()).toMatchObject({ center: 'refused', refusal: 'It was revoked.' });
  reach.greeted('taken');
  reach.saw({ ...IDLE, center: 'up' });
  expect(reach.now()).toMatchObject({ center: 'reached', refusal: null });
});

it('hears of an exchange that failed by what it failed', async () => {
  const failed = new Promise((resolve) => {
    const ask = (): Promise<never> => Promise.reject(new SyncFailure('unreachable', WHY, 0, UNTRUSTED));
    createExchanges(
      () => false,
      () => undefined,
    ).run(
      ask,
      () => undefined,
      (...how) => resolve(how),
    );
  });
  expect(await failed).toEqual(['unreachable', WHY, UNTRUSTED]);
});
