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
import type { OrgKey, OrgKeys } from './org-key.ts';

export type InnerPurpose = 'secrets' | 'operations' | 'index';

export interface InnerKey {
  readonly id: string;
  readonly purpose: InnerPurpose;
  readonly bytes: Uint8Array;
  readonly retired: boolean;
}

/** What an older build sealed secrets with: the organisation's key itself, named by no id. */
export const UNNAMED = 'unnamed';
const ID_BYTES = 12;

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
    const open: InnerKey[] = [];
    for (const { id, wrapped, retired_at } of rows) {
      const bytes = await keys.open(org, wrapped, innerContext(org, id));
      if (bytes) open.push({ id, purpose, bytes, retired: retired_at !== null });
    }
    return { open, whole: open.length === rows.length };
  };
  /** Two rotations may pass between a row's being read and its being opened: where one did not open, all are read again. */
  const settled = async (): Promise<readonly InnerKey[]> => {
    const first = await read();
    return (first.whole ? first : await read()).open;
  };
  const held = await settled();
  if (held[0] && !held[0].retired) return held;
  await db.inOrgClient({ org, actor: 'center' }, async (client) => {
    const under = await keys.locked(client, org);
    await makeFirst(client, org, under, purpose, world);
  });
  return settled();
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
  await putInner(client, org, under, { id: newInnerId(world), purpose, bytes }, world, false);
}

export function newInnerId({ random }: Pick<InnerWorld, 'random'>): string {
  return Buffer.from(random(ID_BYTES)).toString('base64url');
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

/** A sealed secret names its key: the letter q, the key's id in 12 bytes, and the sealed bytes. */
const MARK = 0x71;

/** A sealed secret that names the key that it is under. */
export function markedSecret(id: string, sealed: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([MARK]), Buffer.from(id, 'base64url'), sealed]);
}

/** Null for one that names no key, as an older build wrote them. */
export function readMark(secret: Uint8Array): { readonly id: string; readonly sealed: Uint8Array } | null {
  if (secret[0] !== MARK || secret.length <= 1 + ID_BYTES) return null;
  return {
    id: Buffer.from(secret.subarray(1, 1 + ID_BYTES)).toString('base64url'),
    sealed: secret.subarray(1 + ID_BYTES),
  };
}
