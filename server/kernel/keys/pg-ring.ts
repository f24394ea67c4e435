/** The key ring over the schema `keys`: wrapped there, open only in memory. */
import type { Clock, RandomBytes } from '#domain/kernel/ids.ts';
import type { Database } from '../db/database.ts';
import { CenterFailure } from '../db/failure.ts';
import { remembered } from '../remembered.ts';
import { firstKeyOfSite, firstKeysOf } from './first-keys.ts';
import { takeBackSiteKeys } from './given-back.ts';
import { type InnerKey, type InnerPurpose, innerKeys } from './inner-keys.ts';
import { READ_LIFE_MS } from './kept.ts';
import { derivedFrom, type MasterKeys } from './master.ts';
import { orgKeys } from './org-key.ts';
import { notedHeld } from './pending.ts';
import type { KeyRing } from './ring.ts';
import { openSecret, readMark, sealSecret } from './secrets.ts';
import { signingKeys } from './signing-keys.ts';
import { keysOfSites } from './site-keys.ts';

export function pgKeyRing(
  db: Database,
  masters: MasterKeys,
  world: {
    readonly clock: Clock;
    readonly random: RandomBytes;
    /** What the center's own keys of a purpose are made of. */
    readonly secret: Uint8Array;
  },
): KeyRing {
  const keys = orgKeys(db, masters);
  const signing = signingKeys(db, keys, world.clock);
  const sites = keysOfSites(db, keys, world.clock);
  const inner = remembered<readonly InnerKey[]>({ clock: world.clock, lifeMs: READ_LIFE_MS });
  const innerOf = (org: string, purpose: InnerPurpose, how: 'get' | 'anew' = 'get'): Promise<readonly InnerKey[]> =>
    inner[how](`${org}|${purpose}`, () => innerKeys(db, keys, world, org, purpose));
  const innerNow = async (org: string, purpose: InnerPurpose): Promise<InnerKey> => {
    const [key] = await innerOf(org, purpose);
    if (!key) throw new CenterFailure('key.inner', `Organisation ${org} has no key for ${purpose} here.`);
    return key;
  };
  const forget = (org: string): void => {
    keys.forget(org);
    signing.forget(org);
    sites.forget(org);
    inner.forget((name) => name.startsWith(`${org}|`));
  };

  return {
    createOrganisation: async (org) => {
      await firstKeysOf({ db, keys, ...world }, org, masters.current);
      forget(org);
    },
    createSite: async (org, site) => {
      await firstKeyOfSite({ db, keys, ...world }, org, site);
      sites.forget(org, site);
    },
    centerKeys: signing.centerKeys,
    signerKnownTo: signing.signerKnownTo,
    siteKeys: sites.siteKeys,
    siteKey: sites.siteKey,
    sealFor: async (org, plain, context) =>
      sealSecret(await innerNow(org, 'secrets'), plain, { org, context }, world.random),
    unsealFor: async (org, sealed, context) => {
      const mark = readMark(sealed);
      let held = await innerOf(org, 'secrets');
      // Another node may have made its key since.
      if (mark && !held.some(({ id }) => id === mark.id)) held = await innerOf(org, 'secrets', 'anew');
      return openSecret(held, sealed, { org, context });
    },
    operationsKey: async (org) => (await innerNow(org, 'operations')).bytes,
    indexKeys: (org) => innerOf(org, 'index'),
    held: async (org, site, station, ids) => {
      const { waits, moved } = await notedHeld(db, { org, site, station }, ids, world.clock());
      if (moved) forget(org);
      return { waits, moved };
    },
    giveBack: async (scope, site, given) => {
      const taken = await takeBackSiteKeys({ db, ...world, locked: keys.locked }, scope, site, given);
      if (taken.length > 0) forget(scope.org);
      return taken;
    },
    derived: (purpose) => derivedFrom(world.secret, purpose),
    forget,
  };
}
