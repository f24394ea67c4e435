/** The key ring over the schema `keys`: wrapped there, open only in memory. */
import { createHmac } from 'node:crypto';
import type pg from 'pg';
import type { Clock, RandomBytes } from '#domain/kernel/ids.ts';
import { KEY_BYTES, seal, unseal } from '#sealing/cipher.ts';
import { newSigningKey, type Signer, signerOf } from '#sealing/signing.ts';
import type { Database } from '../db/database.ts';
import { CenterFailure } from '../db/failure.ts';
import type { MasterKey } from './master.ts';
import { quickSignerOf } from './quick-signer.ts';
import type { CenterKeys, KeyRing, SiteKey } from './ring.ts';

const orgContext = (org: string): string => `qd.org_key.1|${org}`;
const siteContext = (org: string, site: string, id: string): string => `qd.site_key.1|${org}|${site}|${id}`;
const signingContext = (org: string, id: string): string => `qd.signing_key.1|${org}|${id}`;

export function pgKeyRing(
  db: Database,
  master: MasterKey,
  world: { readonly clock: Clock; readonly random: RandomBytes },
): KeyRing {
  const orgKeys = new Map<string, Uint8Array>();
  const operations = new Map<string, Uint8Array>();
  const signing = new Map<string, CenterKeys>();
  const sites = new Map<string, readonly SiteKey[]>();

  const inOrg = <T>(org: string, work: (client: pg.ClientBase) => Promise<T>): Promise<T> =>
    db.inOrgClient({ org, actor: 'center' }, work);

  const orgKey = async (org: string, client?: pg.ClientBase): Promise<Uint8Array> => {
    const known = orgKeys.get(org);
    if (known) return known;
    const read = (on: pg.ClientBase) =>
      on.query<{ wrapped: Buffer }>('select wrapped from keys.organisation where org = $1', [org]);
    const { rows } = await (client ? read(client) : inOrg(org, read));
    const row = rows[0];
    if (!row) throw new CenterFailure('key.organisation', `Organisation ${org} has no key here.`);
    const key = unseal(master.bytes, row.wrapped, orgContext(org));
    if (!key) {
      throw new CenterFailure(
        'key.wrong',
        'The key file is not the one this data was sealed with; put the right one back from its backup.',
      );
    }
    orgKeys.set(org, key);
    return key;
  };

  return {
    createOrganisation: (org) =>
      inOrg(org, async (client) => {
        const wrapped = seal(master.bytes, world.random(KEY_BYTES), orgContext(org), world.random);
        await client.query(
          'insert into keys.organisation (org, wrapped, under, created_at) values ($1, $2, $3, $4) on conflict do nothing',
          [org, wrapped, master.id, world.clock()],
        );
        // The row's lock makes two makers of one organisation follow each other.
        await client.query('select from keys.organisation where org = $1 for update', [org]);
        const key = await orgKey(org, client);
        const { rowCount } = await client.query('select from keys.signing where org = $1 limit 1', [org]);
        if (rowCount) return;
        const privateKey = newSigningKey();
        const id = signerOf(privateKey).publicKey;
        await client.query('insert into keys.signing (org, id, wrapped, created_at) values ($1, $2, $3, $4)', [
          org,
          id,
          seal(key, Buffer.from(privateKey, 'utf8'), signingContext(org, id), world.random),
          world.clock(),
        ]);
      }),
    createSite: (org, site) =>
      inOrg(org, async (client) => {
        await client.query('select from keys.organisation where org = $1 for update', [org]);
        const { rowCount } = await client.query('select from keys.site where org = $1 and site = $2 limit 1', [
          org,
          site,
        ]);
        if (rowCount) return;
        const id = Buffer.from(world.random(12)).toString('base64url');
        const wrapped = seal(
          await orgKey(org, client),
          world.random(KEY_BYTES),
          siteContext(org, site, id),
          world.random,
        );
        await client.query('insert into keys.site (org, id, site, wrapped, created_at) values ($1, $2, $3, $4, $5)', [
          org,
          id,
          site,
          wrapped,
          world.clock(),
        ]);
        sites.delete(`${org}|${site}`);
      }),
    centerKeys: async (org) => {
      const known = signing.get(org);
      if (known) return known;
      const key = await orgKey(org);
      const { rows } = await inOrg(org, (client) =>
        client.query<{ id: string; wrapped: Buffer }>(
          'select id, wrapped from keys.signing where org = $1 order by retired_at is not null, created_at desc',
          [org],
        ),
      );
      // A key counts by what is wrapped beside it: whoever can write rows could name one of their own.
      const signers = rows.flatMap(({ id, wrapped }): Signer[] => {
        const privateKey = unseal(key, wrapped, signingContext(org, id));
        const signer = privateKey && quickSignerOf(privateKey.toString('utf8'));
        return signer?.publicKey === id ? [signer] : [];
      });
      const [signer] = signers;
      if (!signer || signer.publicKey !== rows[0]?.id) {
        throw new CenterFailure('key.signing', `Organisation ${org} has no signing key here.`);
      }
      const keys = { signer, publicKeys: signers.map(({ publicKey }) => publicKey) };
      signing.set(org, keys);
      return keys;
    },
    siteKeys: async (org, site) => {
      const known = sites.get(`${org}|${site}`);
      if (known) return known;
      const key = await orgKey(org);
      const { rows } = await inOrg(org, (client) =>
        client.query<{ id: string; wrapped: Buffer; retired_at: number | null }>(
          'select id, wrapped, retired_at from keys.site where org = $1 and site = $2 order by retired_at is not null, created_at desc',
          [org, site],
        ),
      );
      const opened = rows.flatMap((row): SiteKey[] => {
        const bytes = unseal(key, row.wrapped, siteContext(org, site, row.id));
        return bytes ? [{ id: row.id, bytes, retired: row.retired_at !== null }] : [];
      });
      // A site without keys is one that is not there yet: ask again next time.
      if (opened.length > 0) sites.set(`${org}|${site}`, opened);
      return opened;
    },
    sealFor: async (org, plain, context) =>
      seal(await orgKey(org), plain, `qd.org_sealed.1|${org}|${context}`, world.random),
    unsealFor: async (org, sealed, context) => unseal(await orgKey(org), sealed, `qd.org_sealed.1|${org}|${context}`),
    operationsKey: async (org) => {
      const known = operations.get(org);
      if (known) return known;
      const key = createHmac('sha256', await orgKey(org))
        .update('qd.operations.1')
        .digest();
      operations.set(org, key);
      return key;
    },
    derived: master.derived,
  };
}
