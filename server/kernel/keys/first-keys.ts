/** The first keys of an organisation and of a site, each wrapped under the organisation's. Made once, whoever asks and however often. */
import type { Clock, RandomBytes } from '#domain/kernel/ids.ts';
import { KEY_BYTES, seal } from '#sealing/cipher.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import type { Database } from '../db/database.ts';
import { orgContext, signingContext, siteContext } from './contexts.ts';
import { newKeyId } from './key-id.ts';
import type { MasterKey } from './master.ts';
import type { OrgKeys } from './org-key.ts';

export interface FirstKeysPorts {
  readonly db: Database;
  readonly keys: Pick<OrgKeys, 'locked'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** The key of a new organisation, and the one that is signed with for it. */
export async function firstKeysOf(
  { db, keys, clock, random }: FirstKeysPorts,
  org: string,
  master: MasterKey,
): Promise<void> {
  const wrapped = await master.wrap(random(KEY_BYTES), orgContext(org));
  await db.inOrgClient({ org, actor: 'center' }, async (client) => {
    await client.query(
      'insert into keys.organisation (org, wrapped, under, created_at) values ($1, $2, $3, $4) on conflict do nothing',
      [org, wrapped, master.id, clock()],
    );
    // The row's lock makes two makers of one organisation follow each other.
    const key = await keys.locked(client, org);
    const { rowCount } = await client.query('select from keys.signing where org = $1 limit 1', [org]);
    if (rowCount) return;
    const privateKey = newSigningKey();
    const id = signerOf(privateKey).publicKey;
    await client.query(
      'insert into keys.signing (org, id, wrapped, created_at, active_at) values ($1, $2, $3, $4, $4)',
      [org, id, seal(key.bytes, Buffer.from(privateKey, 'utf8'), signingContext(org, id), random), clock()],
    );
  });
}

export async function firstKeyOfSite(
  { db, keys, clock, random }: FirstKeysPorts,
  org: string,
  site: string,
): Promise<void> {
  await db.inOrgClient({ org, actor: 'center' }, async (client) => {
    const key = await keys.locked(client, org);
    const { rowCount } = await client.query('select from keys.site where org = $1 and site = $2 limit 1', [org, site]);
    if (rowCount) return;
    const id = newKeyId(random);
    const wrapped = seal(key.bytes, random(KEY_BYTES), siteContext(org, site, id), random);
    await client.query(
      'insert into keys.site (org, id, site, wrapped, created_at, active_at) values ($1, $2, $3, $4, $5, $5)',
      [org, id, site, wrapped, clock()],
    );
  });
}
