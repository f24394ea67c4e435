/** The key ring over the schema `keys`: wrapped there, open only in memory. */
import type pg from 'pg';
import type { Clock, RandomBytes } from '#domain/kernel/ids.ts';
import { KEY_BYTES, seal, unseal } from '#sealing/cipher.ts';
import { newSigningKey, type Signer, signerOf } from '#sealing/signing.ts';
import type { Database } from '../db/database.ts';
import { CenterFailure } from '../db/failure.ts';
import { holdsStill } from '../holds-still.ts';
import { orgContext, secretContext, signingContext, siteContext } from './contexts.ts';
import { takeBackSiteKeys } from './given-back.ts';
import { type InnerPurpose, innerKeys, markedSecret, readMark, UNNAMED } from './inner-keys.ts';
import { derivedFrom, type MasterKeys } from './master.ts';
import { orgKeys } from './org-key.ts';
import { notedHeld } from './pending.ts';
import type { CenterKeys, KeyRing, KeyState, SiteKey } from './ring.ts';

/** How long a node goes by what it read: another may have rotated a key. ms */
const LIFE_MS = 5_000;
const MOST_LOOKED = 10_000;

interface StateRow {
  readonly id: string;
  readonly wrapped: Buffer;
  readonly active_at: number | null;
  readonly retired_at: number | null;
}

/** The active key first, then those to come, then those of before, the newest first. */
const IN_ORDER = `order by case when retired_at is not null then 3 when active_at is null then 2 else 1 end, created_at desc`;

function stateOf({ active_at, retired_at }: StateRow): KeyState {
  return retired_at !== null ? 'retired' : active_at === null ? 'pending' : 'active';
}

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
  /** Keys that were looked for in vain, and until when they are not looked for again. */
  const looked = new Map<string, number>();
  const remembered = new Map<string, { readonly until: number; readonly value: Promise<unknown> }>();

  const inOrg = <T>(org: string, work: (client: pg.ClientBase) => Promise<T>): Promise<T> =>
    db.inOrgClient({ org, actor: 'center' }, work);
  const forget = (org: string): void => {
    keys.forget(org);
    for (const name of [...remembered.keys()]) if (name.startsWith(`${org}|`)) remembered.delete(name);
  };
  /** `keep`: whether what was found is worth remembering. */
  const once = <T>(name: string, find: () => Promise<T>, keep: (found: T) => boolean = () => true): Promise<T> => {
    const held = remembered.get(name);
    if (held && holdsStill(held.until, world.clock(), LIFE_MS)) return held.value as Promise<T>;
    const value = find();
    remembered.set(name, { until: world.clock() + LIFE_MS, value });
    value.then(
      (found) => keep(found) || remembered.delete(name),
      () => remembered.delete(name),
    );
    return value;
  };
  const inner = (org: string, purpose: InnerPurpose) =>
    once(`${org}|inner ${purpose}`, () => innerKeys(db, keys, world, org, purpose));
  const randomId = (): string => Buffer.from(world.random(12)).toString('base64url');

  const signing = (org: string): Promise<CenterKeys & { readonly signers: readonly Signer[] }> =>
    once(`${org}|signing`, async () => {
      const { signers, first } = await settled(() => signersOf(org));
      const [signer] = signers;
      if (!signer || !first || signer.publicKey !== first.id || stateOf(first) !== 'active') {
        throw new CenterFailure('key.signing', `Organisation ${org} has no signing key here.`);
      }
      return { signer, signers, publicKeys: signers.map(({ publicKey }) => publicKey) };
    });
  const centerKeys = async (org: string): Promise<CenterKeys> => {
    const { signer, publicKeys } = await signing(org);
    return { signer, publicKeys };
  };
  const signersOf = async (org: string) => {
    const { rows } = await inOrg(org, (client) =>
      client.query<StateRow>(`select id, wrapped, active_at, retired_at from keys.signing where org = $1 ${IN_ORDER}`, [
        org,
      ]),
    );
    // A key counts by what is wrapped beside it: whoever can write rows could name one of their own.
    const signers: Signer[] = [];
    for (const { id, wrapped } of rows) {
      const privateKey = await keys.open(org, wrapped, signingContext(org, id));
      const signer = privateKey && signerOf(privateKey.toString('utf8'));
      if (signer?.publicKey === id) signers.push(signer);
    }
    return { whole: signers.length === rows.length, signers, first: rows[0] };
  };
  const siteKeys = (org: string, site: string): Promise<readonly SiteKey[]> =>
    once(
      `${org}|site ${site}`,
      async () => (await settled(() => siteKeysOf(org, site))).opened,
      // A site without keys is one that is not there yet: ask again next time.
      (found) => found.length > 0,
    );
  const siteKeysOf = async (org: string, site: string) => {
    const { rows } = await inOrg(org, (client) =>
      client.query<StateRow>(
        `select id, wrapped, active_at, retired_at from keys.site where org = $1 and site = $2 ${IN_ORDER}`,
        [org, site],
      ),
    );
    const opened: SiteKey[] = [];
    for (const row of rows) {
      const bytes = await keys.open(org, row.wrapped, siteContext(org, site, row.id));
      if (bytes) opened.push({ id: row.id, bytes, state: stateOf(row) });
    }
    return { whole: opened.length === rows.length, opened };
  };

  const siteKey: KeyRing['siteKey'] = async (org, site, id) => {
    const find = async () => (await siteKeys(org, site)).find((key) => key.id === id)?.bytes ?? null;
    const found = await find();
    const name = `${org}|${site}|${id}`;
    if (found || holdsStill(looked.get(name) ?? 0, world.clock(), LIFE_MS)) return found;
    // Another node may have made it since. One that is nowhere is not looked for at every call.
    if (looked.size > MOST_LOOKED) looked.clear();
    looked.set(name, world.clock() + LIFE_MS);
    remembered.delete(`${org}|site ${site}`);
    return find();
  };

  return {
    createOrganisation: async (org) => {
      const wrapped = await masters.current.wrap(world.random(KEY_BYTES), orgContext(org));
      await inOrg(org, async (client) => {
        await client.query(
          'insert into keys.organisation (org, wrapped, under, created_at) values ($1, $2, $3, $4) on conflict do nothing',
          [org, wrapped, masters.current.id, world.clock()],
        );
        // The row's lock makes two makers of one organisation follow each other.
        const key = await keys.locked(client, org);
        const { rowCount } = await client.query('select from keys.signing where org = $1 limit 1', [org]);
        if (rowCount) return;
        const privateKey = newSigningKey();
        const id = signerOf(privateKey).publicKey;
        await client.query(
          'insert into keys.signing (org, id, wrapped, created_at, active_at) values ($1, $2, $3, $4, $4)',
          [
            org,
            id,
            seal(key.bytes, Buffer.from(privateKey, 'utf8'), signingContext(org, id), world.random),
            world.clock(),
          ],
        );
      });
      forget(org);
    },
    createSite: async (org, site) => {
      await inOrg(org, async (client) => {
        const key = await keys.locked(client, org);
        const { rowCount } = await client.query('select from keys.site where org = $1 and site = $2 limit 1', [
          org,
          site,
        ]);
        if (rowCount) return;
        const id = randomId();
        const wrapped = seal(key.bytes, world.random(KEY_BYTES), siteContext(org, site, id), world.random);
        await client.query(
          'insert into keys.site (org, id, site, wrapped, created_at, active_at) values ($1, $2, $3, $4, $5, $5)',
          [org, id, site, wrapped, world.clock()],
        );
      });
      remembered.delete(`${org}|site ${site}`);
    },
    centerKeys,
    signerKnownTo: async (org, known) => {
      const { signer, signers } = await signing(org);
      return signers.find(({ publicKey }) => known.includes(publicKey)) ?? signer;
    },
    siteKeys,
    siteKey,
    sealFor: async (org, plain, context) => {
      const [key] = await inner(org, 'secrets');
      if (!key) throw new CenterFailure('key.inner', `Organisation ${org} has no key for secrets here.`);
      return markedSecret(key.id, seal(key.bytes, plain, secretContext(org, context), world.random));
    },
    unsealFor: async (org, sealed, context) => {
      const of = secretContext(org, context);
      const mark = readMark(sealed);
      let held = await inner(org, 'secrets');
      if (mark && !held.some(({ id }) => id === mark.id)) {
        remembered.delete(`${org}|inner secrets`);
        held = await inner(org, 'secrets');
      }
      const named = mark && held.find(({ id }) => id === mark.id);
      const plain = mark && named ? unseal(named.bytes, mark.sealed, of) : null;
      if (plain) return plain;
      const unnamed = held.find(({ id }) => id === UNNAMED);
      return unnamed ? unseal(unnamed.bytes, sealed, of) : null;
    },
    operationsKey: async (org) => {
      const [key] = await inner(org, 'operations');
      if (!key) throw new CenterFailure('key.inner', `Organisation ${org} has no key for operations here.`);
      return key.bytes;
    },
    indexKeys: (org) => inner(org, 'index'),
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

/** Two rotations may pass between a row's being read and its being opened: where one did not open, all are read again. */
async function settled<T extends { readonly whole: boolean }>(read: () => Promise<T>): Promise<T> {
  const first = await read();
  return first.whole ? first : read();
}
