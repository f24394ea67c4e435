import { expect, it } from 'vitest';
import { asMigrator, emptyDatabase } from '../../testing/postgres.ts';
import { applicationUrl, logsParameters, mustWorkAs } from './application-role.ts';
import { openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

const secret = new Uint8Array(32);

async function started(migratorUrl: string): Promise<string> {
  await migrate(migratorUrl);
  const url = await applicationUrl(migratorUrl, secret);
  const db = openDatabase(url);
  await db.ping().finally(db.close);
  return new URL(url).username;
}

for (const owner of ['a superuser', 'no superuser']) {
  it(`is one for nodes that start at once and again later, where the owner of the database is ${owner}`, async () => {
    const { migratorUrl, drop } = await emptyDatabase(owner === 'no superuser');
    try {
      const nodes = await Promise.all(Array.from({ length: 6 }, () => started(migratorUrl)));
      nodes.push(await started(migratorUrl));
      expect(new Set(nodes).size).toBe(1);
    } finally {
      await drop();
    }
  });
}

it('is who the center works as, also where an address says behind its question mark as whom and where', async () => {
  const { migratorUrl, drop } = await emptyDatabase();
  try {
    const role = await started(migratorUrl);
    const { username, password, pathname, port } = new URL(migratorUrl);
    const behind = new URLSearchParams({ user: username, password: decodeURIComponent(password) });
    const socket = new URLSearchParams([...behind, ['host', '127.0.0.1'], ['port', port]]);
    for (const url of [`postgres://127.0.0.1:${port}${pathname}?${behind}`, `postgres://${pathname}?${socket}`]) {
      const db = openDatabase(await applicationUrl(url, secret));
      const { rows } = await db.pool.query('select current_user as role').finally(db.close);
      expect(rows, url).toEqual([{ role }]);
    }
  } finally {
    await drop();
  }
});

it('is refused where something between the center and PostgreSQL comes as another', async () => {
  const { migratorUrl, drop } = await emptyDatabase();
  try {
    await migrate(migratorUrl);
    const url = await applicationUrl(migratorUrl, secret);
    const [direct, pooled] = [openDatabase(url), openDatabase(migratorUrl)];
    await mustWorkAs(direct, url).finally(direct.close);
    await expect(mustWorkAs(pooled, url).finally(pooled.close)).rejects.toMatchObject({ code: 'database.pooled' });
  } finally {
    await drop();
  }
});

it('has what statements carry left out of the log of PostgreSQL, where the owner of the database may say so', async () => {
  const [ofSuperuser, ofOwner] = [await emptyDatabase(), await emptyDatabase(true)];
  const asSuperuser = (text: string) => asMigrator(ofSuperuser, (client) => client.query(text));
  const logs = async ({ migratorUrl }: { readonly migratorUrl: string }): Promise<boolean> => {
    await migrate(migratorUrl);
    const db = openDatabase(await applicationUrl(migratorUrl, secret));
    return logsParameters(db).finally(db.close);
  };
  try {
    // As PostgreSQL has it where nobody said otherwise.
    for (const { migratorUrl } of [ofSuperuser, ofOwner])
      await asSuperuser(`alter database ${new URL(migratorUrl).pathname.slice(1)} set log_parameter_max_length = -1`);
    expect(await logs(ofSuperuser)).toBe(false);
    expect(await logs(ofOwner)).toBe(true);
    await asSuperuser(`grant set on parameter log_parameter_max_length to ${new URL(ofOwner.migratorUrl).username}`);
    expect(await logs(ofOwner)).toBe(false);
  } finally {
    await ofOwner.drop();
    await ofSuperuser.drop();
  }
});

it('is left nothing that it was given meanwhile', async () => {
  const { migratorUrl, drop } = await emptyDatabase();
  try {
    const role = await started(migratorUrl);
    const its = (): Promise<object[]> =>
      asMigrator({ migratorUrl }, async (client) => {
        const text = 'select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = $1';
        return (await client.query(text, [role])).rows;
      });
    const without = [{ rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false }];
    expect(await its()).toEqual(without);
    for (const given of ['superuser', 'bypassrls', 'createdb', 'createrole']) {
      await asMigrator({ migratorUrl }, (client) => client.query(`alter role ${role} ${given}`));
      expect(await its()).not.toEqual(without);
      await started(migratorUrl);
      expect(await its(), given).toEqual(without);
    }
  } finally {
    await drop();
  }
});

for (const owner of ['a superuser', 'no superuser']) {
  it(`keeps its password while nodes of another secret work as it, where the owner of the database is ${owner}`, async () => {
    const { migratorUrl, drop } = await emptyDatabase(owner === 'no superuser');
    const other = new Uint8Array(32).fill(1);
    try {
      await migrate(migratorUrl);
      const url = await applicationUrl(migratorUrl, secret);
      const node = openDatabase(url);
      await node.ping();
      await expect(applicationUrl(migratorUrl, other)).rejects.toMatchObject({
        code: 'database.secret',
        message: expect.stringMatching(/^[^\n]*postgres\.secret[^\n]*\.$/),
      });
      const again = openDatabase(url);
      await again.ping().finally(again.close);
      await node.close();
      // Nobody works as it any more: a secret that was lost is made anew.
      await expect.poll(() => applicationUrl(migratorUrl, other).catch(({ code }) => code)).toMatch(/^postgres:/);
      const anew = openDatabase(await applicationUrl(migratorUrl, other));
      await anew.ping().finally(anew.close);
      const late = openDatabase(url);
      await expect(late.ping()).rejects.toMatchObject({ code: '28P01' });
      await late.close();
    } finally {
      await drop();
    }
  });
}
