import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Roster } from '#domain/wire/sync.ts';
import { rosterText } from '#domain/wire/sync.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { OPERATOR } from '../ports.ts';
import {
  assertion,
  type IdentityWorld,
  identityWorld,
  must,
  organisationWithSite,
  type Workstation,
  workstation,
} from '../testing/identity.ts';
import { revokeDevice, tokenForDevice } from './devices.ts';
import { takeBackDevices } from './returned-devices.ts';
import { signedRoster } from './roster.ts';

let world: IdentityWorld;
let site: string;
let seat: Workstation;
beforeAll(async () => {
  world = await identityWorld();
  site = await organisationWithSite(world, 'alpha');
  seat = await workstation(world, 'alpha', site, 'Seat 1');
});
afterAll(() => world?.close());

const held = (): Promise<Roster> => signedRoster(world.ports, 'alpha', site);
/** The center is put back to what it was before this. */
const forget = (text: string, of: string): Promise<void> =>
  asMigrator(world.database, async (client) => {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    await client.query(text, [of]);
    await client.query('commit');
  });
const show = async (roster: Roster | undefined, at = seat): Promise<boolean> => {
  const { publicKeys } = await world.ports.keys.centerKeys('alpha');
  const { db, clock, random } = world.ports;
  return takeBackDevices(db, publicKeys, at, roster, { clock, random });
};
const isTaken = async (at: Workstation): Promise<boolean> =>
  (await tokenForDevice(world.ports, assertion(at, world.time.now))).ok;

it('a workstation that was let in since the backup is one again, as it was, once its site shows the roster that names it', async () => {
  const since = await workstation(world, 'alpha', site, 'Seat 2');
  const roster = await held();
  expect(await show(roster)).toBe(false);
  await forget('delete from kernel.device where station = $1', since.station);
  expect(await isTaken(since)).toBe(false);
  const { version } = await held();
  expect(await show(roster)).toBe(true);
  expect((await held()).peers).toEqual(roster.peers);
  expect((await held()).version).toBeGreaterThan(version);
  expect(await isTaken(since)).toBe(true);
  expect(await show(roster)).toBe(false);
});

it('one that was revoked since is revoked again, whether it is remembered or not', async () => {
  const [gone, forgotten] = [
    await workstation(world, 'alpha', site, 'A'),
    await workstation(world, 'alpha', site, 'B'),
  ];
  for (const { station } of [gone, forgotten]) must(await revokeDevice(world.ports, OPERATOR, 'alpha', station));
  const roster = await held();
  await forget('update kernel.device set revoked_at = null where station = $1', gone.station);
  await forget('delete from kernel.device where station = $1', forgotten.station);
  expect(await isTaken(gone)).toBe(true);
  expect(await show(roster)).toBe(true);
  expect([await isTaken(gone), await isTaken(forgotten)]).toEqual([false, false]);
  expect((await held()).peers).toEqual(roster.peers);
});

it('where it has forgotten how far its rosters had come it goes on past that: workstations take no older one', async () => {
  await workstation(world, 'alpha', site, 'Seat 4');
  const roster = await held();
  await forget('update kernel.site set roster_version = 1 where site = $1', site);
  const mallory = signerOf(newSigningKey());
  const later = { ...roster, version: roster.version + 1_000 };
  expect(await show({ ...later, sig: mallory.sign(rosterText(later)) })).toBe(false);
  expect((await held()).version).toBe(1);
  expect(await show(roster)).toBe(true);
  expect((await held()).version).toBe(roster.version + 1);
  expect(await show(roster)).toBe(false);
});

it('nothing comes back by a roster that the center did not sign for this site, and none that is revoked by an old one', async () => {
  const since = await workstation(world, 'alpha', site, 'Seat 3');
  const roster = await held();
  await forget('delete from kernel.device where station = $1', since.station);
  const mallory = signerOf(newSigningKey());
  expect(await show(undefined)).toBe(false);
  expect(await show({ ...roster, version: roster.version + 1 })).toBe(false);
  expect(await show({ ...roster, sig: mallory.sign(rosterText(roster)) })).toBe(false);
  expect(await show(roster, { ...seat, site: 'another' })).toBe(false);
  expect(await show(roster, { ...seat, org: 'another' })).toBe(false);
  expect(await isTaken(since)).toBe(false);
  expect(await show(roster)).toBe(true);
  must(await revokeDevice(world.ports, OPERATOR, 'alpha', since.station));
  expect(await show(roster)).toBe(false);
  expect(await isTaken(since)).toBe(false);
});
