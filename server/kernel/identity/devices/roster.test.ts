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

const version = async (): Promise<number> => (await signedRoster(world.ports, 'alpha', site)).version;
const inOrg = (text: string, values: unknown[]) =>
  world.database.db.inOrgClient({ org: 'alpha' }, (client) => client.query(text, values));
const changed = async (times: number): Promise<void> => {
  for (let n = 0; n < times; n++) await world.ports.db.inOrg({ org: 'alpha' }, (trx) => bumpRoster(trx, site));
};
const putBack = async (backup: number, epoch: string): Promise<void> => {
  await inOrg('update kernel.site set roster_version = $2 where site = $1', [site, backup]);
  await world.log.beginEpoch('alpha', epoch, 'it was put back');
};

it('a roster of a center that was put back is newer than any that stations hold from before: they take no older one', async () => {
  const ofBackup = await version();
  await changed(500);
  const held = await version();
  expect(held).toBe(ofBackup + 500);
  await putBack(ofBackup, 'after the restore');
  expect(await version()).toBeGreaterThan(held);
});

it('the same where the same backup is put back once more, and workstations came and went in between', async () => {
  const ofBackup = 7;
  await putBack(ofBackup, 'after the first');
  await changed(3);
  const held = await version();
  world.time.now += 60_000;
  await putBack(ofBackup, 'after the second');
  expect(await version()).toBeGreaterThan(held);
});
