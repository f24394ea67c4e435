import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemRandom } from '#sealing/random.ts';
import { copiedFolder, emptyDatabase } from '../testing/postgres.ts';
import { onConnection } from './db/connection.ts';
import { migrate, migrationsOfBuild } from './db/migrate.ts';
import { CENTER_LOCK } from './folder-lock.ts';
import { pgKeyRing } from './keys/pg-ring.ts';
import { openStorage } from './storage.ts';

// Servers are made, killed and recovered here, each a matter of seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

describe('a data folder with an own PostgreSQL', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qd-storage-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const key = () => join(folder, 'master.key');
  const mark = () => join(folder, 'postgres', 'postmaster.pid');
  const yes = () => true;
  const no = () => false;
  const pid = () => Number(readFileSync(mark(), 'utf8').split('\n')[0]);
  const makeIn = async (data: string) => {
    const storage = await openStorage(data, undefined);
    await storage.db.inOrgClient({ org: 'alpha' }, (client) =>
      client.query(`insert into kernel.organisation (org, name, created_at) values ('alpha', 'Alpha', 1)`),
    );
    return storage;
  };
  const make = () => makeIn(folder);
  /** As if it had been made here and closed: made once, for a cluster takes seconds. */
  const open = async () => {
    await copiedFolder('storage', async (once) => (await makeIn(once)).close(), folder);
    return openStorage(folder, undefined);
  };
  const organisations = async (storage: Awaited<ReturnType<typeof openStorage>>) =>
    (await storage.db.inOrgClient({ org: 'alpha' }, (client) => client.query('select name from kernel.organisation')))
      .rows;

  it('is made, closed, and found again; durable, on loopback, its key for its owner alone', async () => {
    const first = await make();
    const settings = await first.db.pool.query(
      `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'log_statement', 'log_parameter_max_length')`,
    );
    expect(Object.fromEntries(settings.rows.map((row) => [row.name, row.setting]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      listen_addresses: '127.0.0.1',
      log_statement: 'none',
      log_parameter_max_length: '0',
    });
    expect(statSync(key()).mode & 0o777).toBe(0o600);
    const server = pid();
    await first.close();
    expect(() => process.kill(server, 0)).toThrow();
    const began = Date.now();
    const second = await openStorage(folder, undefined);
    expect(Date.now() - began).toBeLessThan(20_000);
    expect(await organisations(second)).toEqual([{ name: 'Alpha' }]);
    await second.close();
  });

  const connectedBy = async ({ db }: Awaited<ReturnType<typeof openStorage>>): Promise<string> => {
    const { rows } = await db.pool.query('select inet_client_addr() is null as near');
    return rows[0].near ? 'socket' : 'TCP';
  };

  it('is reached by the socket in its folder, which nobody else may enter, and over TCP where it can have none', async () => {
    const storage = await open();
    expect(await connectedBy(storage)).toBe('socket');
    const [, , , port] = readFileSync(mark(), 'utf8').split('\n');
    expect(statSync(join(folder, 'postgres', `.s.PGSQL.${port}`)).mode & 0o777).toBe(0o700);
    await storage.close();
    const deep = await openStorage(join(folder, 'deep'.repeat(20)), undefined);
    expect(await connectedBy(deep)).toBe('TCP');
    await deep.close();
  });

  it('is opened by another secret where its own was lost after the master key had been changed, as the guide of keys says', async () => {
    await (await open()).close();
    writeFileSync(key(), `${randomBytes(32).toString('base64')}\n`);
    rmSync(join(folder, 'postgres.secret'));
    const storage = await openStorage(folder, undefined);
    expect(await organisations(storage)).toEqual([{ name: 'Alpha' }]);
    await storage.close();
    rmSync(join(folder, 'postgres.secret'));
    // Of a master key that is no file none can be made.
    const elsewhere = { key: 'vault:http://127.0.0.1:1/center', vaultToken: 'of the center' };
    const again = await openStorage(folder, undefined, elsewhere);
    expect(await organisations(again)).toEqual([{ name: 'Alpha' }]);
    await again.close();
  });

  it('starts its server again when it is killed, and loses nothing that was committed', async () => {
    const storage = await open();
    const server = pid();
    process.kill(server, 'SIGKILL');
    await vi.waitUntil(() => existsSync(mark()) && pid() !== server, { timeout: 30_000, interval: 20 });
    await vi.waitUntil(() => storage.db.ping().then(yes, no), { timeout: 30_000, interval: 50 });
    expect(await organisations(storage)).toEqual([{ name: 'Alpha' }]);
    await storage.close();
  });

  it('stays its center’s alone when its server was started again', async () => {
    const storage = await open();
    const server = pid();
    const locks = async (): Promise<boolean> =>
      onConnection(storage.migratorUrl, async (client) => {
        const { rowCount } = await client.query(
          `select from pg_locks where locktype = 'advisory' and objid = $1 and granted`,
          [CENTER_LOCK],
        );
        return rowCount === 1;
      });
    expect(await locks()).toBe(true);
    process.kill(server, 'SIGKILL');
    await vi.waitUntil(() => existsSync(mark()) && pid() !== server, { timeout: 30_000, interval: 20 });
    await vi.waitUntil(() => locks().catch(no), { timeout: 30_000, interval: 50 });
    await expect(openStorage(folder, undefined)).rejects.toMatchObject({ code: 'center.running' });
    await storage.close();
    expect(() => process.kill(pid(), 0)).toThrow();
  });

  it('finds the server that a killed center left behind, and refuses a second center beside a living one', async () => {
    await (await open()).close();
    const script = `import { openStorage } from ${JSON.stringify(new URL('storage.ts', import.meta.url).href)};
      await openStorage(${JSON.stringify(folder)}, undefined);
      process.stdout.write('open');
      setInterval(() => undefined, 1_000);`;
    const center = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(center.stdout, 'data');
      const server = pid();
      await expect(openStorage(folder, undefined)).rejects.toMatchObject({ code: 'center.running' });
      expect(center.exitCode).toBeNull();
      center.kill('SIGKILL');
      await once(center, 'exit');
      const found = await openStorage(folder, undefined);
      expect(pid()).toBe(server);
      expect(await organisations(found)).toEqual([{ name: 'Alpha' }]);
      await found.close();
    } finally {
      center.kill('SIGKILL');
    }
  });

  it('clears the mark of a server that is dead, also where its process id is something else’s now', async () => {
    await (await open()).close();
    writeFileSync(mark(), `${process.pid}\n${join(folder, 'postgres')}\n1\n1\n\n127.0.0.1\n`);
    const storage = await openStorage(folder, undefined);
    expect(await organisations(storage)).toEqual([{ name: 'Alpha' }]);
    await storage.close();
  });

  it('makes anew a cluster whose making was cut short, and never touches what it did not make', async () => {
    mkdirSync(join(folder, 'postgres.making'));
    writeFileSync(join(folder, 'postgres.making', 'PG_VERSION'), '18\n');
    await (await make()).close();
    expect(existsSync(join(folder, 'postgres.making'))).toBe(false);
    rmSync(join(folder, 'postgres', 'PG_VERSION'));
    rmSync(key());
    await expect(openStorage(folder, undefined)).rejects.toMatchObject({ code: 'postgres.foreign' });
    expect(existsSync(join(folder, 'postgres', 'base'))).toBe(true);
  });

  it('says so where its key is missing, damaged or open to others, and touches nothing', async () => {
    await (await open()).close();
    renameSync(key(), `${key()}.away`);
    await expect(openStorage(folder, undefined)).rejects.toMatchObject({
      code: 'key.missing',
      message: expect.stringContaining('put the file back'),
    });
    expect(existsSync(key())).toBe(false);
    writeFileSync(key(), 'short\n', { mode: 0o600 });
    await expect(openStorage(folder, undefined)).rejects.toMatchObject({ code: 'key.damaged' });
    renameSync(`${key()}.away`, key());
    chmodSync(key(), 0o644);
    await expect(openStorage(folder, undefined)).rejects.toMatchObject({ code: 'key.open_to_others' });
    chmodSync(key(), 0o600);
    const storage = await openStorage(folder, undefined);
    expect(await organisations(storage)).toEqual([{ name: 'Alpha' }]);
    await storage.close();
  });
});

describe('a database that was given', () => {
  it('is not opened with another master key than its data was sealed with, unless the old one is named beside it', async () => {
    const { migratorUrl, drop } = await emptyDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'qd-storage-'));
    const key = join(folder, 'master.key');
    const first = await openStorage(folder, migratorUrl);
    await first.db.inOrgClient({ org: 'alpha' }, (client) =>
      client.query(`insert into kernel.organisation (org, name, created_at) values ('alpha', 'Alpha', 1)`),
    );
    const world = { clock: Date.now, random: systemRandom(), secret: first.secret };
    await pgKeyRing(first.db, first.masters, world).createOrganisation('alpha');
    await first.close();
    renameSync(key, `${key}.old`);
    writeFileSync(key, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    await expect(openStorage(folder, migratorUrl)).rejects.toMatchObject({
      code: 'key.wrong',
      message: expect.stringContaining('QD_MASTER_KEY_OLD'),
    });
    const both = await openStorage(folder, migratorUrl, { old: `file:${key}.old` });
    await both.close();
    rmSync(folder, { recursive: true });
    await drop();
  });
});

describe('migrations', () => {
  it('are applied once, and refuse a database of a newer build or with another past', async () => {
    const { migratorUrl, drop } = await emptyDatabase();
    const build = await migrationsOfBuild();
    expect(await migrate(migratorUrl, build)).toEqual(build.map((one) => one.version));
    expect(await migrate(migratorUrl, build)).toEqual([]);
    const newer = { version: 900, name: '900_later.sql', sql: 'select 1', checksum: 'x' };
    expect(await migrate(migratorUrl, [...build, newer])).toEqual([900]);
    await expect(migrate(migratorUrl, build)).rejects.toMatchObject({ code: 'schema.newer' });
    await expect(migrate(migratorUrl, [...build, { ...newer, checksum: 'y' }])).rejects.toMatchObject({
      code: 'schema.edited',
    });
    const broken = {
      version: 901,
      name: '901_broken.sql',
      sql: 'create table kernel.half (org text); select 1/0',
      checksum: 'z',
    };
    await expect(migrate(migratorUrl, [...build, newer, broken])).rejects.toMatchObject({ code: 'schema.failed' });
    expect(await migrate(migratorUrl, [...build, newer, { ...broken, sql: 'select 1' }])).toEqual([901]);
    // Which version is to be started is told by the newest.
    await expect(migrate(migratorUrl, build)).rejects.toThrow(/schema 901, this version knows \d+/);
    await drop();
  });

  it('wait for each other where two centers start at once', async () => {
    const { migratorUrl, drop } = await emptyDatabase();
    const applied = await Promise.all([migrate(migratorUrl), migrate(migratorUrl)]);
    const all = (await migrationsOfBuild()).map((one) => one.version);
    expect(applied.map((list) => list.length).sort((a, b) => a - b)).toEqual([0, all.length]);
    await drop();
  });
});
