import { pino } from 'pino';
import { expect, it } from 'vitest';
import { pushFrames } from '../intake/testing/push.ts';
import { newEntity, opening, pushOf } from '../intake/testing/station.ts';
import { callbackIndex } from './callback-index.ts';
import { ORG, rotating, SCOPE, SITE, world } from './testing/rotating.ts';

type At = Awaited<ReturnType<typeof rotating>>;

/** The index of a center that commits, by `through` in place of its database; how many are found by a number, and how one is taken in. */
function indexing(at: At, through: Partial<At['database']['db']> = {}) {
  const { db, keys } = at.database;
  const index = callbackIndex({ ...db, ...through }, keys, pino({ level: 'silent' }));
  at.log.onCommit(index.committed);
  const found = (number: string): Promise<number> =>
    db.inOrgClient(SCOPE, async (client) => {
      const { rows } = await client.query<{ n: number }>(
        'select count(*)::int as n from cad.callback_index where tag = any ($1)',
        [await index.tagsOf(ORG, number)],
      );
      return rows[0]?.n ?? 0;
    });
  const push = async (input: ReturnType<typeof pushOf>): Promise<void> => {
    const { problems } = await pushFrames(at.log, await keys.centerKeys(ORG), world, ORG, SITE, input);
    expect(problems).toEqual([]);
  };
  return { found, push };
}

it('a callback number is found as soon as it can be read, where its body or its key came after the header', async () => {
  const at = await rotating();
  try {
    const { found, push } = indexing(at);
    const [one, other] = [newEntity('incident'), newEntity('incident')];
    const bodyLater = at.station.append(opening(one, { callback: '(415) 555-0188' }));
    const keyLater = at.station.append(opening(other, { callback: '(415) 555-0199' }));
    const { frame } = bodyLater;
    await push({ frames: [{ ...frame, k: null, b: null }, keyLater.frame], keys: [] });
    await push(pushOf(bodyLater));
    await expect.poll(() => found('4155550188')).toBe(1);
    await push({ frames: [], keys: pushOf(keyLater).keys });
    await expect.poll(() => found('4155550199')).toBe(1);
  } finally {
    await at.close();
  }
}, 60_000);

it('a callback number is found also where the database was away when it was to be indexed, though nothing else happens', async () => {
  const at = await rotating();
  try {
    let away = 2;
    const { db } = at.database;
    const { found, push } = indexing(at, {
      inOrgClient: (scope, run) =>
        away-- > 0 ? Promise.reject(new Error('terminating connection')) : db.inOrgClient(scope, run),
    });
    await push(pushOf(at.station.append(opening(newEntity('incident'), { callback: '(415) 555-0177' }))));
    await expect.poll(() => found('4155550177')).toBe(1);
    expect(away).toBeLessThan(0);
  } finally {
    await at.close();
  }
}, 60_000);
