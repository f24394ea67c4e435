import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MODULES } from '#domain/modules.ts';
import { asMigrator, type TestDatabase, tampering, testDatabase } from '../../testing/postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  for (const org of ['alpha', 'beta']) {
    await database.db.inOrgClient({ org, actor: 'tester' }, async (client) => {
      await client.query('insert into kernel.organisation (org, name, created_at) values ($1, $2, 1)', [org, org]);
      await client.query('insert into kernel.site (org, site, name, created_at) values ($1, $2, $3, 1)', [
        org,
        `${org}-1`,
        org,
      ]);
    });
  }
});
afterAll(() => database.close());

const OWN_SCHEMAS = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'pgboss')`;

describe('row-level security', () => {
  it('shows the application its own organisation with no where clause at all (ASVS 8.4.1)', async () => {
    const seen = await database.db.inOrgClient({ org: 'alpha' }, (client) =>
      client.query('select org from kernel.site'),
    );
    expect(seen.rows).toEqual([{ org: 'alpha' }]);
  });

  it('shows nothing where no organisation is set', async () => {
    const seen = await database.db.preOrg((client) => client.query('select from kernel.organisation'));
    expect(seen.rowCount).toBe(0);
  });

  it('refuses to write for another organisation, and does not reach its rows', async () => {
    await expect(
      database.db.inOrgClient({ org: 'alpha' }, (client) =>
        client.query(`insert into kernel.site (org, site, name, created_at) values ('beta', 'x', 'x', 1)`),
      ),
    ).rejects.toMatchObject({ code: '42501' });
    const touched = await database.db.inOrgClient({ org: 'alpha' }, (client) =>
      client.query(`update kernel.site set name = 'mine' where org = 'beta'`),
    );
    expect(touched.rowCount).toBe(0);
  });

  it('is forced on every table, which all have a policy (ASVS 8.4.1)', async () => {
    const { rows } = await asMigrator(database, (client) =>
      client.query(`select n.nspname || '.' || c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
          (select count(*) from pg_policy p where p.polrelid = c.oid)::int as policies
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and ${OWN_SCHEMAS}`),
    );
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((row) => !row.forced || row.policies === 0)).toEqual([]);
  });

  it('works as a role that owns nothing and cannot bypass it (ASVS 13.2.2)', async () => {
    const { rows } = await database.db.pool.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
        (select count(*) from pg_class c join pg_roles o on o.oid = c.relowner where o.rolname = current_user)::int as owned
       from pg_roles where rolname = current_user`,
    );
    expect(rows).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, owned: 0 },
    ]);
  });
});

describe('what is somebody’s own', () => {
  /** Charts of these people, and one that is nobody’s. */
  const CHARTS = [
    ['of-pam', 'pam'],
    ['of-pete', 'pete'],
    ['of-nobody', null],
  ] as const;
  const chart = 'insert into epcr.chart (org, site, id, version, body, updated_at) values ($1, $2, $3, 1, $4, 1)';
  const put = (own: string | null, id: string, author: string | null) =>
    database.db.inOrgClient({ org: 'alpha', own }, (client) =>
      client.query(chart, ['alpha', 'alpha-1', id, { author }]),
    );
  /** Ids, with no where clause at all. */
  const seen = async (own: string | null): Promise<string[]> => {
    const ask = 'select id from epcr.chart order by id';
    const [held, flown] = await Promise.all([
      database.db.inOrgClient({ org: 'alpha', own }, (client) => client.query<{ id: string }>(ask)),
      database.db.inFlight({ org: 'alpha', own }, (asking) => asking.query<{ id: string }>(ask)),
    ]);
    expect(flown.rows).toEqual(held.rows);
    return held.rows.map(({ id }) => id);
  };
  beforeAll(async () => {
    for (const [id, author] of CHARTS) await put(null, id, author);
  });

  it('is all that a transaction held to it reads, beside what is nobody’s yet', async () => {
    expect(await seen('pam')).toEqual(['of-nobody', 'of-pam']);
    expect(await seen('pete')).toEqual(['of-nobody', 'of-pete']);
    expect(await seen('somebody who has none')).toEqual(['of-nobody']);
    // The same connections, of the center itself again.
    for (let i = 0; i < 12; i++) expect(await seen(null)).toEqual(['of-nobody', 'of-pam', 'of-pete']);
  });

  it('is all that it writes', async () => {
    const all = (text: string) => database.db.inOrgClient({ org: 'alpha', own: 'pam' }, (client) => client.query(text));
    await expect(put('pam', 'for-pete', 'pete')).rejects.toMatchObject({ code: '42501' });
    await expect(all(`update epcr.chart set body = '{"author": "pete"}' where id = 'of-pam'`)).rejects.toMatchObject({
      code: '42501',
    });
    expect((await all('update epcr.chart set updated_at = 2')).rowCount).toBe(2);
    expect((await all(`delete from epcr.chart where id = 'of-pete'`)).rowCount).toBe(0);
  });

  it('has a policy on the table of every kind that declares it', async () => {
    const { rows } = await asMigrator(database, (client) =>
      client.query<{ name: string }>(
        `select n.nspname || '.' || c.relname as name from pg_policy p join pg_class c on c.oid = p.polrelid
         join pg_namespace n on n.oid = c.relnamespace where p.polname = 'own' and not p.polpermissive and p.polcmd = '*' order by 1`,
      ),
    );
    const declared = MODULES.flatMap((module) => module.entities.filter(({ own }) => own.length > 0));
    expect(rows.map(({ name }) => name)).toEqual(declared.map(({ table }) => table).sort());
  });
});

describe('the catalog', () => {
  it('lets nobody call what runs with its owner’s rights but those it was given to', async () => {
    const { rows } = await asMigrator(database, (client) =>
      client.query(
        `select p.oid::regprocedure::text as name, coalesce(array_to_string(p.proconfig, ',') like '%search_path%', false) as fixed
         from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where p.prosecdef and ${OWN_SCHEMAS} and (not coalesce(array_to_string(p.proconfig, ',') like '%search_path%', false)
           or has_function_privilege('public', p.oid, 'execute'))`,
      ),
    );
    expect(rows).toEqual([]);
  });

  it('has a table for every declared entity', async () => {
    const { rows } = await asMigrator(database, (client) =>
      client.query(
        `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r'`,
      ),
    );
    const there = new Set(rows.map((row) => row.name));
    const declared = MODULES.flatMap((module) => module.entities.map((entity) => entity.table));
    expect(declared.filter((table) => !there.has(table))).toEqual([]);
  });

  it('can be dumped without its keys, and put back with them after it: nothing of the rest hangs on what is in their schema', async () => {
    const named = (of: string): string =>
      `(pg_identify_object(d.${of}classid, d.${of}objid, d.${of}objsubid)).identity`;
    const { rows } = await asMigrator(database, (client) =>
      client.query(
        `select distinct ${named('')} as name, ${named('')} ~ '(^| )keys[.]' as within from pg_depend d
         where d.deptype in ('n', 'a') and ${named('ref')} ~ '(^| )keys[.]'`,
      ),
    );
    expect(rows.filter((row) => row.within).length).toBeGreaterThan(20);
    expect(rows.filter((row) => !row.within)).toEqual([]);
  });

  it('audits every table but the named bookkeeping ones, and holds deletions on all', async () => {
    const { rows } = await asMigrator(database, (client) =>
      client.query(`select n.nspname || '.' || c.relname as name,
          exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'audit') as audited,
          exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'hold') as held
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and ${OWN_SCHEMAS} order by 1`),
    );
    const unheld = rows.filter((row) => !row.held).map((row) => row.name);
    expect(unheld.filter((name) => !['kernel.migration', 'identity.rate_limit'].includes(name))).toEqual([]);
    const unaudited = rows.filter((row) => !row.audited).map((row) => row.name);
    const derived = [
      'audit.entry',
      'audit.read_log',
      'audit.seal',
      'cad.callback_index',
      'cad.handoff_due',
      'identity.rate_limit',
      'identity.refresh_token',
      'identity.sign_in_failures',
      'identity.used_assertion',
      'identity.used_challenge',
      'kernel.entity',
      'kernel.entity_site',
      'kernel.fact_about',
      'kernel.intake',
      'kernel.log_head',
      'kernel.migration',
      'kernel.stream',
      'kernel.stream_item',
      'kernel.awaiting_sign_in',
      'keys.entity',
      'security.attempt',
      'keys.known',
    ];
    expect(unaudited.filter((name) => !derived.includes(name))).toEqual([]);
  });
});

describe('audit', () => {
  it('notes before and after, by whom, in the same transaction', async () => {
    const scope = { org: 'alpha', actor: 'ann', session: 's1', request: 'r1', device: 'd1', reason: 'it moved' };
    await database.db.inOrgClient({ ...scope, decision: { rule: 'r@1' } }, (client) =>
      client.query(`update kernel.site set name = 'North'`),
    );
    const entries = await database.db.inOrgClient({ org: 'alpha' }, (client) =>
      client.query(
        `select actor, session, request, device, reason, decision, op, tbl, row_id, before ->> 'name' as was, after ->> 'name' as is from audit.entry where request = 'r1'`,
      ),
    );
    expect(entries.rows).toEqual([
      {
        actor: 'ann',
        session: 's1',
        request: 'r1',
        device: 'd1',
        reason: 'it moved',
        decision: { rule: 'r@1' },
        op: 'update',
        tbl: 'kernel.site',
        row_id: 'alpha-1',
        was: 'alpha',
        is: 'North',
      },
    ]);
  });

  it('leaves nothing of what was rolled back (ASVS 2.3.3)', async () => {
    const work = database.db.inOrgClient({ org: 'alpha', request: 'r2' }, async (client) => {
      await client.query(`update kernel.site set name = 'South'`);
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    const entries = await database.db.inOrgClient({ org: 'alpha' }, (client) =>
      client.query(`select from audit.entry where request = 'r2'`),
    );
    expect(entries.rowCount).toBe(0);
  });

  it('holds by the key that it pairs before and after by: no row takes another', async () => {
    const unit = (statement: string) => database.db.inOrgClient({ org: 'alpha' }, (client) => client.query(statement));
    const row = `insert into cad.unit as t (org, id, site, body, updated_at) values ('alpha', 'k1', 'alpha-1', '{}', 1)`;
    await unit(row);
    await expect(unit(`update cad.unit set id = 'k2' where id = 'k1'`)).rejects.toMatchObject({ code: 'QD002' });
    await expect(unit(`${row} on conflict (org, id) do update set id = 'k2'`)).rejects.toMatchObject({ code: 'QD002' });
    await unit(`${row} on conflict (org, id) do update set updated_at = 2`);
    const { rows } = await unit(
      `select op, before ->> 'updated_at' as was, after ->> 'updated_at' as is from audit.entry where row_id = 'k1' order by id`,
    );
    expect(rows).toEqual([
      { op: 'insert', was: null, is: '1' },
      { op: 'update', was: '1', is: '2' },
    ]);
  });

  it('cannot be written or changed by the application (ASVS 16.4.2)', async () => {
    for (const statement of [
      `update audit.entry set actor = 'x'`,
      'delete from audit.entry',
      `insert into audit.entry (org, at, op, tbl) values ('alpha', 1, 'read', 'x')`,
      `select audit.note('alpha', 'insert', 'x', 'x', null, null)`,
      'truncate kernel.site',
    ]) {
      await expect(
        database.db.inOrgClient({ org: 'alpha' }, (client) => client.query(statement)),
      ).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('cannot be written by a trigger of one’s own on a table of one’s own, for another organisation least of all', async () => {
    const forged = database.db.inOrgClient({ org: 'alpha' }, async (client) => {
      await client.query(
        'create temp table "fact" (org text, id text, hash text, by_user text, session text, station text) on commit drop',
      );
      await client.query(
        'create trigger t after insert on "fact" referencing new table as added for each statement execute function audit.note_facts()',
      );
      await client.query(`insert into "fact" values ('beta', 'x', 'y', 'the chief', 's', 'w')`);
    });
    await expect(forged).rejects.toMatchObject({ code: '42501' });
  });

  it('seals what was committed into a chain that a change breaks', async () => {
    // A transaction anywhere on the server that has not finished may hold the sealer back for a moment.
    const seal = () =>
      vi.waitUntil(
        async () => {
          const { rows } = await database.db.inOrgClient({ org: 'alpha' }, (client) =>
            client.query('select * from audit.seal_next()'),
          );
          return rows[0]?.position ? rows[0] : false;
        },
        { timeout: 10_000 },
      );
    const reckon = (position: number) =>
      database.db.inOrgClient({ org: 'alpha' }, (client) =>
        client.query(
          `select r.hash = s.hash as holds, r.entries::int from audit.seal s, audit.reckon(s.position) r where s.position = $1`,
          [position],
        ),
      );
    const first = await seal();
    expect(first.entries).toBeGreaterThan(0);
    await database.db.inOrgClient({ org: 'alpha', request: 'r3' }, (client) =>
      client.query(`update kernel.site set name = 'East'`),
    );
    // What the first seal left, while somebody held the sealer back, may have one of its own before that.
    const second = await vi.waitUntil(
      async () => {
        await seal();
        const { rows } = await database.db.inOrgClient({ org: 'alpha' }, (client) =>
          client.query(`select s.position::int, s.entries::int, s.previous = p.hash as follows
            from audit.seal s join audit.seal p on p.position = s.position - 1
            where exists (select from audit.entry e where e.request = 'r3'
              and (e.xid, e.id) > (p.to_xid, p.to_id) and (e.xid, e.id) <= (s.to_xid, s.to_id))`),
        );
        return rows[0] ?? false;
      },
      { timeout: 20_000 },
    );
    const { position, entries } = second;
    expect(second.follows).toBe(true);
    expect((await reckon(position)).rows).toEqual([{ holds: true, entries }]);
    await tampering(database, (client) =>
      client.query(`update audit.entry set actor = 'someone else' where request = 'r3'`),
    );
    expect((await reckon(position)).rows).toEqual([{ holds: false, entries }]);
    expect((await reckon(first.position)).rows[0].holds).toBe(true);
  });

  it('is not changed, cut or resealed by its owner either, nor where triggers are off for replication (ASVS 16.4.2)', async () => {
    for (const replicating of ['origin', 'replica']) {
      for (const statement of [
        `update audit.entry set actor = 'x'`,
        'delete from audit.entry',
        'truncate audit.entry',
        'delete from audit.seal',
        `update audit.seal set hash = '\\x00', signature = 'mine'`,
        'truncate audit.seal',
      ]) {
        const tried = asMigrator(database, async (client) => {
          await client.query(`set session_replication_role = ${replicating}`);
          await client.query(statement);
        });
        await expect(tried, `${statement} as ${replicating}`).rejects.toMatchObject({ code: 'QD002' });
      }
    }
  });
});

describe('legal hold', () => {
  it('refuses to delete what is held, and lets it go once released', async () => {
    const place = `insert into kernel.legal_hold (org, id, entity, tbl, row_id, reason, placed_at) values ('beta', 'h', 'unit:u1', 'cad.unit', 'u1', 'court', 1)`;
    await database.db.inOrgClient({ org: 'beta' }, async (client) => {
      await client.query(
        `insert into cad.unit (org, id, site, body, updated_at) values ('beta', 'u1', 'beta-1', '{}', 1)`,
      );
      await client.query(place);
    });
    const remove = () => database.db.inOrgClient({ org: 'beta' }, (client) => client.query('delete from cad.unit'));
    await expect(remove()).rejects.toMatchObject({ code: 'QD001' });
    await database.db.inOrgClient({ org: 'beta' }, (client) =>
      client.query('update kernel.legal_hold set released_at = 2'),
    );
    expect((await remove()).rowCount).toBe(1);
  });
});
