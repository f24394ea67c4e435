/** The key of an organisation, as the master key that wrapped it opens it. */
import type pg from 'pg';
import { unseal } from '#sealing/cipher.ts';
import type { Database } from '../db/database.ts';
import { CenterFailure } from '../db/failure.ts';
import { orgContext } from './contexts.ts';
import type { MasterKey, MasterKeys } from './master.ts';

export interface OrgKey {
  /** Which of the keys the organisation has had. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

export interface OrgKeys {
  /** As it is remembered, or read. */
  readonly of: (org: string, client?: pg.ClientBase) => Promise<OrgKey>;
  /** As it is now, its row locked until the transaction ends: for whoever wraps something under it. */
  readonly locked: (client: pg.ClientBase, org: string) => Promise<OrgKey>;
  /** Opens what is under the organisation's key; where that was replaced meanwhile, under the one that is there now. */
  readonly open: (org: string, wrapped: Uint8Array, context: string) => Promise<Buffer | null>;
  readonly forget: (org: string) => void;
}

interface Row {
  readonly id: string;
  readonly under: string;
  readonly wrapped: Buffer;
}

export function orgKeys(db: Database, masters: MasterKeys): OrgKeys {
  const known = new Map<string, OrgKey>();
  const all = [masters.current, ...masters.others];

  const opened = async (org: string, rows: readonly Row[]): Promise<OrgKey> => {
    const row = rows[0];
    if (!row) throw new CenterFailure('key.organisation', `Organisation ${org} has no key here.`);
    const held = known.get(org);
    if (held?.id === row.id) return held;
    const bytes = await masterOf(all, row.under).unwrap(row.wrapped, orgContext(org));
    if (!bytes) {
      throw new CenterFailure(
        'key.wrong',
        'The master key is not the one this data was sealed with; put the right one back from its backup.',
      );
    }
    const key = { id: row.id, bytes };
    known.set(org, key);
    return key;
  };
  const read = async (org: string, client?: pg.ClientBase): Promise<OrgKey> => {
    const ask = (on: pg.ClientBase) =>
      on.query<Row>('select id, under, wrapped from keys.organisation where org = $1', [org]);
    const { rows } = await (client ? ask(client) : db.inOrgClient({ org, actor: 'center' }, ask));
    return opened(org, rows);
  };
  const of: OrgKeys['of'] = async (org, client) => known.get(org) ?? read(org, client);

  return {
    of,
    locked: async (client, org) => {
      const { rows } = await client.query<Row>(
        'select id, under, wrapped from keys.organisation where org = $1 for update',
        [org],
      );
      return opened(org, rows);
    },
    open: async (org, wrapped, context) => {
      const before = await of(org);
      const plain = unseal(before.bytes, wrapped, context);
      if (plain) return plain;
      const now = await read(org);
      return now.id === before.id ? null : unseal(now.bytes, wrapped, context);
    },
    forget: (org) => void known.delete(org),
  };
}

/**
 * Asked at the start: without the master key of an organisation nothing of it could be read or taken.
 * Throws what {@link masterOf} does.
 */
export async function mustHaveMasters(db: Database, masters: MasterKeys): Promise<void> {
  const { rows } = await db.pool.query<{ org: string }>('select org from kernel.organisations() org');
  for (const { org } of rows) {
    const key = await db.inOrgClient({ org, actor: 'center' }, (client) =>
      client.query<Pick<Row, 'under'>>('select under from keys.organisation where org = $1', [org]),
    );
    for (const { under } of key.rows) masterOf([masters.current, ...masters.others], under);
  }
}

/** Throws CenterFailure `key.other`, `key.wrong`. */
export function masterOf(masters: readonly MasterKey[], id: string): MasterKey {
  const master = masters.find((one) => one.id === id);
  if (master) return master;
  // A key file goes by what it is: another file in its place is the wrong key, whatever it is called.
  if (/^[0-9a-f]{16}$/.test(id) && masters.some(({ kind }) => kind === 'file')) {
    throw new CenterFailure(
      'key.wrong',
      'The key file is not the one this data was sealed with; put the right one back from its backup, or name it in QD_MASTER_KEY_OLD.',
    );
  }
  throw new CenterFailure(
    'key.other',
    `This data was sealed with the master key ${id}, which the center was not given; name it in QD_MASTER_KEY, or in QD_MASTER_KEY_OLD beside the new one.`,
  );
}
