/**
 * Keys of a site that the center lacks, as its workstations give them back: a center that was put back to before a rotation does not
 * have the key of after it, while its workstations do, and seal nothing under it any more. They come back as keys that open and no
 * more; what is sealed is sealed under the one that is active here.
 */
import type pg from 'pg';
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { RandomBytes } from '#domain/kernel/ids.ts';
import { KEY_BYTES, seal, unwrapKey } from '#sealing/cipher.ts';
import type { Database, Scope } from '../db/database.ts';
import { siteContext } from './contexts.ts';
import type { OrgKey } from './org-key.ts';

export interface GivenKey {
  readonly id: string;
  /** base64url */
  readonly key: string;
}

/** Keys of a site that are kept at all, so that no workstation fills the database. */
const MOST_KEYS = 1_000;
/** Envelopes that a key is tried on. */
const TRIED = 20;

export interface GivenBackPorts {
  readonly db: Database;
  readonly random: RandomBytes;
  readonly clock: () => number;
  readonly locked: (client: pg.ClientBase, org: string) => Promise<OrgKey>;
}

/**
 * Takes in what opens something here, or what nothing here is sealed under yet; under an id that is known already nothing is taken.
 * The ids of those that were.
 */
export function takeBackSiteKeys(
  { db, random, clock, locked }: GivenBackPorts,
  scope: Scope,
  site: string,
  given: readonly GivenKey[],
): Promise<readonly string[]> {
  const { org } = scope;
  return db.inOrgClient({ ...scope, reason: 'given back by a workstation after a restore' }, async (client) => {
    const under = await locked(client, org);
    const { rows } = await client.query<{ id: string }>('select id from keys.site where org = $1', [org]);
    const known = new Set(rows.map(({ id }) => id));
    const taken: string[] = [];
    for (const { id, key } of given) {
      const bytes = Buffer.from(key, 'base64url');
      if (known.has(id) || known.size >= MOST_KEYS || bytes.length !== KEY_BYTES) continue;
      if (!(await opensWhatIsHere(client, { org, site, id }, bytes))) continue;
      const { rowCount } = await client.query(
        `insert into keys.site (org, id, site, wrapped, created_at, active_at, retired_at) values ($1, $2, $3, $4, $5, $5, $5)
         on conflict do nothing`,
        [org, id, site, seal(under.bytes, bytes, siteContext(org, site, id), random), clock()],
      );
      known.add(id);
      if (rowCount) taken.push(id);
    }
    return taken;
  });
}

async function opensWhatIsHere(
  client: pg.ClientBase,
  { org, site, id }: { readonly org: string; readonly site: string; readonly id: string },
  bytes: Uint8Array,
): Promise<boolean> {
  const { rows } = await client.query<KeyEnvelope>(
    `select id, entity, org, site, under, wrapped from keys.entity where org = $1 and site = $2 and under = $3 limit ${TRIED}`,
    [org, site, id],
  );
  return rows.length === 0 || rows.some((envelope) => unwrapKey(bytes, envelope) !== null);
}
