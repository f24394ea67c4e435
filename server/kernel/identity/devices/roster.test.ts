import { afterAll, beforeAll, expect, it } from 'vitest';
import { type IdentityWorld, identityWorld, organisationWithSite } from '../testing/identity.ts';
import { bumpRoster, signedRoster } from './roster.ts';

let world: IdentityWorld;
let site: string;
beforeAll(async () => {
  world = await identityWorld();
  site = await organisationWithSite(world, 'alpha');
});
afterAll(() => world.close());

it('a roster of a center that was put back is newer than any that stations hold from before: they take no older one', async () => {
  const version = async (): Promise<number> => (await signedRoster(world.ports, 'alpha', site)).version;
  const inOrg = (text: string, values: unknown[]) =>
    world.database.db.inOrgClient({ org: 'alpha' }, (client) => client.query(text, values));
  const ofBackup = await version();
  for (let n = 0; n < 500; n++) await world.ports.db.inOrg({ org: 'alpha' }, (trx) => bumpRoster(trx, site));
  const held = await version();
  expect(held).toBe(ofBackup + 500);
  await inOrg('update kernel.site set roster_version = $2 where site = $1', [site, ofBackup]);
  await world.log.beginEpoch('alpha', 'after the restore', 'it was put back');
  expect(await version()).toBeGreaterThan(held);
});
