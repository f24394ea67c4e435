/** The keys that an organisation's secrets and index are under are rotated while two nodes read all there is and facts keep coming. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { seal } from '#sealing/cipher.ts';
import { asMigrator } from '../../testing/postgres.ts';
import { eraseEntity } from '../intake/erase.ts';
import { random } from '../intake/testing/station.ts';
import { verifyAllRows } from '../verification/testing/all-rows.ts';
import { callbackIndex } from './callback-index.ts';
import { resealSecrets } from './reseal.ts';
import type { KeyRing } from './ring.ts';
import { rotateInner, rotateOrganisation } from './rotate.ts';
import { ORG, type Rotating, rotating, SCOPE, SEALED, world } from './testing/rotating.ts';

vi.setConfig({ testTimeout: 60_000 });

let at: Rotating;
beforeEach(async () => {
  at = await rotating();
});
afterEach(() => at?.close());

describe('rotating what is inside of an organisation', () => {
  it('secrets are sealed under another key from then on, and open under the one they name', async () => {
    await at.underLoad(async () => {
      const id = await rotateInner(at.ports, SCOPE, 'secrets');
      const later = await at.database.keys.sealFor(ORG, Buffer.from('another'), 'totp|2');
      expect(later.subarray(1, 13).toString('base64url')).toBe(id);
      expect(at.secret.subarray(1, 13).toString('base64url')).not.toBe(id);
      expect((await at.database.newRing().unsealFor(ORG, later, 'totp|2'))?.toString()).toBe('another');
      expect(await at.database.keys.unsealFor(ORG, later, 'totp|1')).toBeNull();
    });
    await rotateOrganisation(at.ports, SCOPE);
    await at.readAll(at.database.newRing());
  });

  it('secrets that are kept are sealed anew, so that the key of before opens none of them; who changes one meanwhile keeps their change', async () => {
    const kept: { readonly table: string; readonly column: string; readonly id: string; readonly context: string }[] =
      [];
    const keep = async (of: (typeof SEALED)[number], id: string, values: string): Promise<void> => {
      const secret = await at.database.keys.sealFor(
        ORG,
        Buffer.from(`secret ${of.table}.${of.column}`),
        of.contextOf(id),
      );
      await at.database.db.inOrgClient(SCOPE, (client) => client.query(values, [ORG, secret]));
      kept.push({ table: of.table, column: of.column, id: of.id, context: of.contextOf(id) });
    };
    const [totp, sso, endpoint, old, receipt] = SEALED as [
      (typeof SEALED)[number],
      (typeof SEALED)[number],
      (typeof SEALED)[number],
      (typeof SEALED)[number],
      (typeof SEALED)[number],
    ];
    await at.database.db.inOrgClient(SCOPE, (client) =>
      client.query(
        `insert into identity.person (org, id, login, name, password, roles, created_at, changed_at) values ($1, 'ann', 'ann', 'Ann', 'x', '{}', 1, 1)`,
        [ORG],
      ),
    );
    await keep(
      totp,
      't',
      `insert into identity.totp (org, id, person, secret, made_at) values ($1, 't', 'ann', $2, 1)`,
    );
    await keep(
      sso,
      ORG,
      `insert into identity.sso (org, settings, client_secret, changed_at) values ($1, '{}', $2, 1)`,
    );
    await keep(
      endpoint,
      'e',
      `insert into webhooks.endpoint (org, id, provider, name, keys, created_at) values ($1, 'e', 'lob', 'X', $2, 1)`,
    );
    await keep(old, 'e', `update webhooks.endpoint set old_keys = $2 where org = $1 and id = 'e'`);
    await keep(
      receipt,
      'r',
      `insert into webhooks.receipt (org, id, endpoint, event, kind, digest, body, bytes, received_at) values ($1, 'r', 'e', 'v', 'k', 'd', $2, 1, 1)`,
    );
    const opened = async (ring: KeyRing): Promise<{ readonly key: string; readonly text: string | undefined }[]> =>
      Promise.all(
        kept.map(async ({ table, column, context }) => {
          const { rows } = await at.database.db.inOrgClient(SCOPE, (client) =>
            client.query<{ secret: Buffer }>(`select ${column} as secret from ${table} where org = $1`, [ORG]),
          );
          const secret = rows[0]?.secret ?? Buffer.alloc(0);
          const plain = await ring.unsealFor(ORG, secret, context);
          return { key: secret.subarray(1, 13).toString('base64url'), text: plain?.toString() };
        }),
      );
    const first = await opened(at.database.keys);
    const heldByOld = async (): Promise<number> =>
      (await at.keysNow()).reduce(
        (n, { level, state, holds }) => n + (level === 'secrets' && state === 'retired' ? (holds ?? 0) : 0),
        0,
      );
    expect(await heldByOld()).toBe(0);
    let id = '';
    await at.underLoad(async () => {
      id = await rotateInner(at.ports, SCOPE, 'secrets');
      expect(await heldByOld()).toBe(5);
      // One is changed between its being read and its being put: nothing is put over it.
      const changed = await at.database.keys.sealFor(ORG, Buffer.from('changed meanwhile'), totp.contextOf('t'));
      const slow = {
        ...at.ports,
        keys: {
          ...at.ports.keys,
          unsealFor: async (...of: Parameters<KeyRing['unsealFor']>) => {
            await at.database.db.inOrgClient(SCOPE, (client) =>
              client.query('update identity.totp set secret = $2 where org = $1', [ORG, changed]),
            );
            return at.ports.keys.unsealFor(...of);
          },
        },
      };
      await resealSecrets(slow, SCOPE, SEALED);
      for (let moved = 1; moved > 0; ) moved = await resealSecrets(at.ports, SCOPE, SEALED);
    });
    expect(await heldByOld()).toBe(0);
    const now = await opened(at.database.newRing());
    expect(now.map(({ key }) => key)).toEqual(kept.map(() => id));
    expect(now.map(({ text }) => text)).toEqual(['changed meanwhile', ...first.slice(1).map(({ text }) => text)]);
  });

  it('leaves out no secret: every column of bytes that identity and webhooks keep is sealed, or named here', async () => {
    const OPEN = ['identity.passkey.public_key'];
    const rows = await asMigrator(at.database, async (client) => {
      const found = await client.query<{ name: string }>(
        `select table_schema || '.' || table_name || '.' || column_name as name from information_schema.columns
         where table_schema in ('identity', 'webhooks', 'security', 'documents') and data_type = 'bytea' order by 1`,
      );
      return found.rows.map(({ name }) => name);
    });
    const sealed = SEALED.map(({ table, column }) => `${table}.${column}`);
    expect(rows.filter((name) => !name.startsWith('documents.')).sort()).toEqual([...sealed, ...OPEN].sort());
  });

  it('numbers are found throughout while the index is made again under another key', async () => {
    const index = callbackIndex(at.database.db, at.database.keys, pino({ level: 'silent' }));
    const found = async (number: string): Promise<number> =>
      at.database.db.inOrgClient(SCOPE, async (client) => {
        const { rows } = await client.query<{ n: number }>(
          'select count(*)::int as n from cad.callback_index where tag = any ($1)',
          [await index.tagsOf(ORG, number)],
        );
        return rows[0]?.n ?? 0;
      });
    while ((await index.reindex(ORG)) > 0);
    expect(await found('+1 415 555 0142')).toBe(6);
    expect(await found('415-555-0143')).toBe(0);
    await rotateInner(at.ports, SCOPE, 'index');
    expect(await found('4155550142')).toBe(6);
    expect((await at.keysNow()).filter(({ level, holds }) => level === 'index' && holds === 6)).toHaveLength(1);
    while ((await index.reindex(ORG)) > 0);
    expect(await found('4155550142')).toBe(6);
    expect((await at.keysNow()).filter(({ level, holds }) => level === 'index' && holds === 6)).toHaveLength(0);
    const erased = await asMigrator(at.database, async (client) => {
      const { rows } = await client.query<{ incident: string }>('select incident from cad.callback_index limit 1');
      return `incident:${rows[0]?.incident}` as const;
    });
    const { signer } = await at.database.keys.centerKeys(ORG);
    await at.log.intake(ORG, (tx) => eraseEntity(tx, erased, 'asked for', signer, world));
    while ((await index.reindex(ORG)) > 0);
    expect(await found('4155550142')).toBe(5);
  });
});

it('a center of an older build finds its secrets and its state after the organisation’s key was rotated', async () => {
  const bytes = await asMigrator(at.database, async (client) => {
    const { rows } = await client.query<{ wrapped: Buffer }>('select wrapped from keys.organisation');
    // As it was: nothing kept under the organisation's key but sites and signing keys.
    await client.query('delete from keys.inner');
    return at.database.masters.current.unwrap(rows[0]?.wrapped as Buffer, `qd.org_key.1|${ORG}`);
  });
  const old = seal(bytes as Buffer, Buffer.from('from before'), `qd.org_sealed.1|${ORG}|totp|old`, random);
  await rotateOrganisation({ ...at.ports, keys: at.database.newRing() }, SCOPE);
  const ring = at.database.newRing();
  expect((await ring.unsealFor(ORG, old, 'totp|old'))?.toString()).toBe('from before');
  expect((await verifyAllRows(at.database.db, { keys: ring, random }, SCOPE)).different).toEqual([]);
  await asMigrator(at.database, (client) =>
    client.query(
      `insert into webhooks.endpoint (org, id, provider, name, keys, created_at) values ($1, 'old', 'lob', 'X', $2, 1)`,
      [ORG, old],
    ),
  );
  const unnamed = (await at.keysNow()).filter(({ id }) => id === 'unnamed');
  expect(unnamed).toMatchObject([{ level: 'secrets', state: 'retired', holds: 1 }]);
});
