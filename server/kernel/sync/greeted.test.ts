import { afterAll, beforeAll, expect, it } from 'vitest';
import { READS } from '#domain/modules.ts';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { listening } from '../../testing/listening.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await testCenter();
});
afterAll(() => center?.close());

it('tells of each change of what may be emitted once more a moment later: who was on the way to their channel did not hear of it', async () => {
  const here = await listening(center.url, await center.enrol('P1'));
  const there = await center.enrol('P2');
  const greet = (reads: readonly string[]) =>
    center.call(
      'POST',
      '/v1/sync/hello',
      { wire: 1, build: 'test', reads, cursor: null, logs: [], lanAddress: '' },
      there.token,
    );
  const settled = async (): Promise<number> => {
    let before = -1;
    await expect
      .poll(
        () => {
          const same = here.rosters() === before;
          before = here.rosters();
          return same;
        },
        { interval: 1_200 },
      )
      .toBe(true);
    return here.rosters();
  };
  await greet(READS);
  let heard = await settled();
  for (const reads of [READS.slice(1), READS.slice(2)]) {
    await greet(reads);
    expect((await settled()) - heard).toBe(2);
    heard = here.rosters();
  }
  // Nothing changed, so nobody is told.
  await greet(READS.slice(2));
  expect(await settled()).toBe(heard);
  await here.http.close();
}, 60_000);
