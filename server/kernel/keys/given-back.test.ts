import { afterAll, beforeAll, expect, it } from 'vitest';
import { idOf } from '#domain/kernel/ids.ts';
import { readAgain } from '../intake/read-again.ts';
import { newEntity, random, testStation } from '../intake/testing/station.ts';
import { ORG, type Rotating, rotating, SCOPE, SITE } from './testing/rotating.ts';

/** Of a site whose center was put back to before it made this one. */
const newer = { id: 'made-after-the-backup', bytes: random(32) };
const given = { id: newer.id, key: Buffer.from(newer.bytes).toString('base64url') };
const incident = newEntity('incident');
let at: Rotating;
beforeAll(async () => {
  at = await rotating();
});
afterAll(() => at?.close());

const keys = () => at.database.keys;
const row = async () =>
  (
    await at.database.db.inOrgClient(SCOPE, (client) =>
      client.query('select caller is not null as opened from cad.incident where id = $1', [idOf(incident)]),
    )
  ).rows[0];
const unread = async () =>
  (
    await at.database.db.inOrgClient(SCOPE, (client) =>
      client.query<{ n: number }>('select count(*) as n from kernel.fact where unread'),
    )
  ).rows[0]?.n;

it('what came sealed under a key that the center lacks is read once a workstation gives that back', async () => {
  const { privateKey } = at.station;
  const station = testStation('a', { org: ORG, site: SITE, siteKey: newer }, { session: 's', by: 'ann', privateKey });
  await at.take(incident, station);
  expect(await unread()).toBe(1);
  expect(await row()).not.toEqual({ opened: true });

  // Another key under its name opens nothing of it, and is not taken.
  const other = { ...given, key: Buffer.from(random(32)).toString('base64url') };
  expect(await keys().giveBack(SCOPE, SITE, [other])).toEqual([]);
  expect(await keys().giveBack(SCOPE, SITE, [given])).toEqual([newer.id]);
  expect(await readAgain(at.log, ORG, [newer.id])).toContain(incident);
  expect(await unread()).toBe(0);
  expect(await row()).toEqual({ opened: true });
  await at.readAll(keys());
});

it('such a key opens and no more: what is new is sealed under the one that the center had', async () => {
  const [active, ...before] = await keys().siteKeys(ORG, SITE);
  expect(active).toMatchObject({ state: 'active' });
  expect(before).toContainEqual(expect.objectContaining({ id: newer.id, state: 'retired' }));
  expect(await keys().giveBack(SCOPE, SITE, [given, { id: 'short', key: 'AAAA' }])).toEqual([]);
});
