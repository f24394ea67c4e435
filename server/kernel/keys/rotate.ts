/**
 * Rotating keys while everything runs. Each level leaves what is under it readable throughout: what was sealed stays as it is,
 * and only what wraps its key, or what is used for what comes, is another.
 */
import type pg from 'pg';
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import { KEY_BYTES, seal, unseal, unwrapKey, wrapKey } from '#sealing/cipher.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import type { Scope } from '../db/database.ts';
import { CenterFailure } from '../db/failure.ts';
import type { CenterContext } from '../part.ts';
import { innerContext, orgContext, signingContext, siteContext } from './contexts.ts';
import { type InnerPurpose, makeFirst, putInner } from './inner-keys.ts';
import { newKeyId } from './key-id.ts';
import type { MasterKey, MasterKeys } from './master.ts';
import { masterOf, orgKeys } from './org-key.ts';
import { activate, missing } from './pending.ts';

/** Envelopes wrapped anew in one transaction. */
const BATCH = 500;

export interface RotationPorts extends Pick<CenterContext, 'db' | 'keys' | 'clock' | 'random' | 'rosterChanged'> {
  readonly masters: MasterKeys;
}

/** Wraps an organisation's key under another master key. False where it is already. */
export function rewrapUnder(ports: RotationPorts, scope: Scope, to: MasterKey): Promise<boolean> {
  const { org } = scope;
  return ports.db.inOrgClient(scope, async (client) => {
    const { rows } = await client.query<{ under: string; wrapped: Buffer }>(
      'select under, wrapped from keys.organisation where org = $1 for update',
      [org],
    );
    const row = rows[0];
    if (!row || row.under === to.id) return false;
    const all = [ports.masters.current, ...ports.masters.others];
    const plain = await masterOf(all, row.under).unwrap(row.wrapped, orgContext(org));
    if (!plain) throw new CenterFailure('key.wrong', `The master key ${row.under} does not open the key of ${org}.`);
    await client.query('update keys.organisation set wrapped = $2, under = $3, under_since = $4 where org = $1', [
      org,
      await to.wrap(plain, orgContext(org)),
      to.id,
      ports.clock(),
    ]);
    return true;
  });
}

interface Under {
  readonly table: string;
  readonly id: string;
  readonly wrapped: Buffer;
  readonly context: string;
}

/** A new key for an organisation: all that is under the one before is wrapped anew, in one transaction. How many. */
export async function rotateOrganisation(ports: RotationPorts, scope: Scope): Promise<number> {
  const { org } = scope;
  const bytes = ports.random(KEY_BYTES);
  const to = ports.masters.current;
  const wrapped = await to.wrap(bytes, orgContext(org));
  const count = await ports.db.inOrgClient(scope, async (client) => {
    const before = await orgKeys(ports.db, ports.masters).locked(client, org);
    // What an older build made of the organisation's key itself is kept first.
    for (const purpose of ['secrets', 'operations', 'index'] as const)
      await makeFirst(client, org, before, purpose, ports);
    const all = await underOrganisation(client, org);
    for (const { table, id, wrapped: held, context } of all) {
      const plain = unseal(before.bytes, held, context);
      if (!plain) throw new CenterFailure('key.damaged', `The key ${id} of ${table} is not what was wrapped.`);
      await client.query(`update ${table} set wrapped = $3 where org = $1 and id = $2`, [
        org,
        id,
        seal(bytes, plain, context, ports.random),
      ]);
    }
    await client.query(
      `update keys.organisation set id = $2, wrapped = $3, under = $4, rotated_at = $5,
         under_since = case when under = $4 then under_since else $5 end where org = $1`,
      [org, newKeyId(ports.random), wrapped, to.id, ports.clock()],
    );
    return all.length;
  });
  ports.keys.forget(org);
  return count;
}

async function underOrganisation(client: pg.ClientBase, org: string): Promise<readonly Under[]> {
  const rows = async (table: string, columns: string) =>
    (
      await client.query<{ id: string; site: string; wrapped: Buffer }>(
        `select ${columns}, wrapped from ${table} where org = $1 for update`,
        [org],
      )
    ).rows;
  return [
    ...(await rows('keys.site', 'id, site')).map(({ id, site, wrapped }) => ({
      table: 'keys.site',
      id,
      wrapped,
      context: siteContext(org, site, id),
    })),
    ...(await rows('keys.signing', 'id')).map(({ id, wrapped }) => ({
      table: 'keys.signing',
      id,
      wrapped,
      context: signingContext(org, id),
    })),
    ...(await rows('keys.inner', 'id')).map(({ id, wrapped }) => ({
      table: 'keys.inner',
      id,
      wrapped,
      context: innerContext(org, id),
    })),
  ];
}

/**
 * A new key for a site, or to sign with. It is used once the workstations hold it; where there are none, at once. A key that
 * is still waiting is not made again. Answers its id.
 */
export async function announceKey(
  ports: RotationPorts,
  scope: Scope,
  level: 'site' | 'signing',
  site: string | null,
): Promise<string> {
  const { org } = scope;
  const table = level === 'site' ? 'keys.site' : 'keys.signing';
  const id = await ports.db.inOrgClient(scope, async (client) => {
    const under = await orgKeys(ports.db, ports.masters).locked(client, org);
    const { rows } = await client.query<{ id: string }>(
      `select id from ${table} where org = $1 and active_at is null and retired_at is null ${level === 'site' ? 'and site = $2' : ''}`,
      level === 'site' ? [org, site] : [org],
    );
    const waiting = rows[0]?.id;
    const made = waiting ?? (await makeKey(client, ports, org, under.bytes, level, site));
    if ((await missing(client, org, { table, id: made })).length === 0)
      await activate(client, org, { table, id: made }, ports.clock());
    return made;
  });
  ports.keys.forget(org);
  await tellSites(ports, org, site);
  return id;
}

async function makeKey(
  client: pg.ClientBase,
  { clock, random }: RotationPorts,
  org: string,
  under: Uint8Array,
  level: 'site' | 'signing',
  site: string | null,
): Promise<string> {
  if (level === 'site') {
    const id = newKeyId(random);
    await client.query('insert into keys.site (org, id, site, wrapped, created_at) values ($1, $2, $3, $4, $5)', [
      org,
      id,
      site,
      seal(under, random(KEY_BYTES), siteContext(org, site ?? '', id), random),
      clock(),
    ]);
    return id;
  }
  const privateKey = newSigningKey();
  const id = signerOf(privateKey).publicKey;
  await client.query('insert into keys.signing (org, id, wrapped, created_at) values ($1, $2, $3, $4)', [
    org,
    id,
    seal(under, Buffer.from(privateKey, 'utf8'), signingContext(org, id), random),
    clock(),
  ]);
  return id;
}

async function tellSites({ db, rosterChanged }: RotationPorts, org: string, site: string | null): Promise<void> {
  if (site !== null) return rosterChanged(org, site);
  const { rows } = await db.inOrgClient({ org, actor: 'center' }, (client) =>
    client.query<{ site: string }>('select site from kernel.site where org = $1', [org]),
  );
  for (const one of rows) rosterChanged(org, one.site);
}

/** Another key for what is the organisation's own: what comes is sealed under it, what was sealed opens under the one before. */
export async function rotateInner(ports: RotationPorts, scope: Scope, purpose: InnerPurpose): Promise<string> {
  const { org } = scope;
  const id = await ports.db.inOrgClient(scope, async (client) => {
    const under = await orgKeys(ports.db, ports.masters).locked(client, org);
    await makeFirst(client, org, under, purpose, ports);
    const made = newKeyId(ports.random);
    await client.query('update keys.inner set retired_at = $3 where org = $1 and purpose = $2 and retired_at is null', [
      org,
      purpose,
      ports.clock(),
    ]);
    await putInner(client, org, under, { id: made, purpose, bytes: ports.random(KEY_BYTES) }, ports, false);
    return made;
  });
  ports.keys.forget(org);
  return id;
}

/** Wraps a batch of entity keys under their site's key of now; how many, 0 where none is left. */
export async function rewrapEntities(ports: RotationPorts, scope: Scope): Promise<number> {
  const { org } = scope;
  return ports.db.inOrgClient(scope, async (client) => {
    const { rows } = await client.query<KeyEnvelope>(
      `select e.id, e.entity, e.org, e.site, e.under, e.wrapped from keys.entity e
       join keys.site s on s.org = e.org and s.id = e.under
       where e.org = $1 and s.retired_at is not null limit $2`,
      [org, BATCH],
    );
    const again: { id: string; was: string; under: string; wrapped: string }[] = [];
    for (const envelope of rows) {
      const keys = await ports.keys.siteKeys(org, envelope.site);
      const old = keys.find(({ id }) => id === envelope.under);
      const now = keys.find(({ state }) => state === 'active');
      const bytes = old && unwrapKey(old.bytes, envelope);
      if (!bytes || !now)
        throw new CenterFailure('key.damaged', `The key ${envelope.id} of an entity cannot be opened.`);
      const { id, wrapped } = wrapKey(now.bytes, bytes, { ...envelope, under: now.id }, ports.random);
      again.push({ id, was: envelope.under, under: now.id, wrapped });
    }
    if (again.length === 0) return 0;
    await client.query('select keys.rewrap_entities($1)', [JSON.stringify(again)]);
    return again.length;
  });
}
