/**
 * Keys under an organisation's key for what is its own: secrets, operations, blind indexes. Made when first needed. One of an
 * older build was not kept but derived from the organisation's key, or was that key itself; it is kept from then on, so that
 * replacing the organisation's key leaves what it sealed alone.
 */
import { createHmac } from 'node:crypto';
import type pg from 'pg';
import type { Clock, RandomBytes } from '#domain/kernel/ids.ts';
import { KEY_BYTES, seal } from '#sealing/cipher.ts';
import type { Database } from '../db/database.ts';
import { innerContext } from './contexts.ts';
import { newKeyId } from './key-id.ts';
import type { OrgKey, OrgKeys } from './org-key.ts';
import { settled } from './settled.ts';

export type InnerPurpose = 'secrets' | 'operations' | 'index';

export interface InnerKey {
  readonly id: string;
  readonly purpose: InnerPurpose;
  readonly bytes: Uint8Array;
  readonly retired: boolean;
}

/** What an older build sealed secrets with: the organisation's key itself, named by no id. */
export const UNNAMED = 'unnamed';

interface Row {
  readonly id: string;
  readonly purpose: InnerPurpose;
  readonly wrapped: Buffer;
  readonly retired_at: number | null;
}

export interface InnerWorld {
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** Keys of a purpose, the current one first; made where there is none. */
export async function innerKeys(
  db: Database,
  keys: OrgKeys,
  world: InnerWorld,
  org: string,
  purpose: InnerPurpose,
): Promise<readonly InnerKey[]> {
  const read = async () => {
    const { rows } = await db.inOrgClient({ org, actor: 'center' }, (client) =>
      client.query<Row>(
        `select id, purpose, wrapped, retired_at from keys.inner where org = $1 and purpose = $2
         order by retired_at is not null, created_at desc`,
        [org, purpose],
      ),
    );
    const opened: InnerKey[] = [];
    for (const { id, wrapped, retired_at } of rows) {
      const bytes = await keys.open(org, wrapped, innerContext(org, id));
      if (bytes) opened.push({ id, purpose, bytes, retired: retired_at !== null });
    }
    return { opened, whole: opened.length === rows.length };
  };
  const { opened: held } = await settled(read);
  if (held[0] && !held[0].retired) return held;
  await db.inOrgClient({ org, actor: 'center' }, async (client) => {
    const under = await keys.locked(client, org);
    await makeFirst(client, org, under, purpose, world);
  });
  return (await settled(read)).opened;
}

/** Under the lock of the organisation's key: makes the first key of a purpose, where there is none. */
export async function makeFirst(
  client: pg.ClientBase,
  org: string,
  under: OrgKey,
  purpose: InnerPurpose,
  world: InnerWorld,
): Promise<void> {
  const { rowCount } = await client.query(
    'select from keys.inner where org = $1 and purpose = $2 and retired_at is null',
    [org, purpose],
  );
  if (rowCount) return;
  if (purpose === 'secrets')
    await putInner(client, org, under, { id: UNNAMED, purpose, bytes: under.bytes }, world, true);
  // An older build derived this one, and what it sealed is there.
  const bytes =
    purpose === 'operations'
      ? createHmac('sha256', under.bytes).update('qd.operations.1').digest()
      : world.random(KEY_BYTES);
  await putInner(client, org, under, { id: newKeyId(world.random), purpose, bytes }, world, false);
}

/** Keeps a key of an organisation, wrapped under its own; one of that id that is there stays as it is. */
export async function putInner(
  client: pg.ClientBase,
  org: string,
  under: OrgKey,
  { id, purpose, bytes }: Pick<InnerKey, 'id' | 'purpose' | 'bytes'>,
  { clock, random }: InnerWorld,
  retired: boolean,
): Promise<void> {
  const now = clock();
  await client.query(
    `insert into keys.inner (org, id, purpose, wrapped, created_at, retired_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [org, id, purpose, seal(under.bytes, bytes, innerContext(org, id), random), now, retired ? now : null],
  );
}
