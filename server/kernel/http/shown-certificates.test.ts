/** A database and a Redis that let in nobody without a certificate know the center by its own. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NO_REDIS, testRedis } from '../../testing/redis.ts';
import { applicationUrl } from '../db/application-role.ts';
import { onConnection } from '../db/connection.ts';
import { openDatabase } from '../db/database.ts';
import { type EmbeddedPostgres, startEmbedded } from '../db/embedded.ts';
import { openRedis } from '../redis.ts';
import { certificate } from './testing/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-shown-'));
const files = (name: string) => ({ cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) });
const [server, center, stranger] = [files('server'), files('center'), files('stranger')];
let database: EmbeddedPostgres | undefined;

beforeAll(async () => {
  for (const [name, of] of Object.entries({ server, center, stranger })) await certificate(name, of);
});
afterAll(async () => {
  await database?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The file as its own: written by the server itself, whoever it runs as. */
const written = (name: string, text: string): string =>
  `copy (select unnest(string_to_array($x$${text.trimEnd()}$x$, E'\\n'))) to program 'umask 077; cat > ${name}'`;

it('PostgreSQL: both roles that the center works as, by what DATABASE_URL names (ASVS 12.3.5, 13.2.1)', async () => {
  database = await startEmbedded({ folder: join(folder, 'postgres'), password: 'of the test' });
  await onConnection(database.url, async (client) => {
    await client.query(written('server.pem', readFileSync(server.cert, 'utf8')));
    await client.query(written('server.key', readFileSync(server.key, 'utf8')));
    await client.query(written('clients.pem', readFileSync(center.cert, 'utf8')));
    const rule = 'hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca';
    await client.query(written('pg_hba.conf', rule));
    for (const [name, value] of Object.entries({
      ssl_cert_file: 'server.pem',
      ssl_key_file: 'server.key',
      ssl_ca_file: 'clients.pem',
      ssl: 'on',
    }))
      await client.query(`alter system set ${name} = '${value}'`);
    await client.query('select pg_reload_conf()');
  });
  const by = (shown: { readonly cert: string; readonly key: string } | null): string => {
    const url = new URL(database?.url ?? '');
    url.searchParams.set('sslmode', 'verify-full');
    url.searchParams.set('sslrootcert', server.cert);
    if (shown) url.searchParams.set('sslcert', shown.cert);
    if (shown) url.searchParams.set('sslkey', shown.key);
    return url.href;
  };
  const entered = (url: string): Promise<string> =>
    onConnection(url, (client) => client.query('select 1')).then(
      () => 'entered',
      (error: Error) => error.message,
    );
  await expect.poll(() => entered(by(null))).toMatch(/client certificate|certificate required/);
  expect(await entered(by(stranger))).not.toBe('entered');
  expect(await entered(by(center))).toBe('entered');

  await onConnection(by(center), (client) => client.query('create role qd_app nologin'));
  const url = await applicationUrl(by(center), Buffer.alloc(32, 1));
  expect(new URL(url).username).not.toBe(new URL(by(center)).username);
  const working = openDatabase(url);
  const shown = await working.pool.query<{ client_dn: string }>(
    'select client_dn from pg_stat_ssl where pid = pg_backend_pid()',
  );
  await working.close();
  expect(shown.rows).toEqual([{ client_dn: '/CN=center' }]);
});

it.skipIf(NO_REDIS !== null)(
  'Redis: by QD_REDIS_CERT and QD_REDIS_KEY, renewed as the files are (ASVS 12.3.5, 13.2.1)',
  async () => {
    const shown = files('shown');
    copyFileSync(stranger.cert, shown.cert);
    copyFileSync(stranger.key, shown.key);
    const redis = await testRedis({ ...server, client: center });
    try {
      const authority = readFileSync(server.cert, 'utf8');
      const answers = async (connection: ReturnType<typeof openRedis>): Promise<string> =>
        connection.ping().catch(() => 'nothing');
      const [without, renewed] = [openRedis(redis.url, authority), openRedis(redis.url, authority, shown)];
      for (const until = Date.now() + 1_500; Date.now() < until; await delay(50)) {
        expect(await answers(without)).toBe('nothing');
        expect(await answers(renewed)).toBe('nothing');
      }
      copyFileSync(center.cert, shown.cert);
      copyFileSync(center.key, shown.key);
      await expect.poll(() => answers(renewed)).toBe('PONG');
      expect(await answers(without)).toBe('nothing');
      without.disconnect();
      renewed.disconnect();
    } finally {
      await redis.close();
    }
  },
);
