import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asMigrator, emptyDatabase } from '../../server/testing/postgres.ts';
import { type Ended, ranToItsEnd } from '../testing/command-run.ts';
import { operatingUser } from './operating-user.ts';

// Each of its commands is a process of its own.
vi.setConfig({ testTimeout: 120_000 });
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
let database: Awaited<ReturnType<typeof emptyDatabase>>;
let data: string;
beforeAll(async () => {
  database = await emptyDatabase();
  data = mkdtempSync(join(tmpdir(), 'qd-psap-'));
});
afterAll(async () => {
  rmSync(data, { recursive: true, force: true });
  await database.drop();
});

const psap = (args: readonly string[], typed = ''): Promise<Ended> =>
  ranToItsEnd(MAIN, ['--data', data, ...args], { env: { ...process.env, DATABASE_URL: database.migratorUrl }, typed });

const NEW = ['--name', 'North County 911', '--zone', 'America/Denver', '--admin', 'nora'];

describe('npm run psap', () => {
  it('asks for what it needs in one sentence', async () => {
    expect(await psap([])).toMatchObject({ code: 2, err: expect.stringContaining('--name') });
    expect(await psap(['--name', 'N', '--zone', 'UTC'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--admin'),
    });
    expect(await psap(['--name', 'N', '--admin-name', 'Nora'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--admin USER'),
    });
    expect(await psap(['--name', 'N', '--admin', 'nora'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('give --admin and --whole'),
    });
    expect(await psap(['--nme', 'N'])).toMatchObject({ code: 2, err: expect.stringContaining('--nme') });
    const mars = ['--name', 'N', '--zone', 'Mars', '--admin', 'nora'];
    expect(await psap(mars)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--zone must be an IANA time zone'),
    });
    const blank = ['--name', 'N', '--zone', 'UTC', '--admin', 'nora n'];
    expect(await psap(blank)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--admin must be letters, digits'),
    });
    expect(await psap(NEW, 'a long enough phrase\n')).toMatchObject({ code: 2, err: expect.stringContaining('--org') });
  });

  it('makes no center of a folder that was named by mistake', async () => {
    const { DATABASE_URL: _, ...env } = process.env;
    const wrong = join(data, 'wrong');
    const code = await ranToItsEnd(MAIN, ['--data', wrong, '--name', 'North County 911'], { env });
    expect(code).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^There is no center in .*wrong: name its/),
    });
    expect(existsSync(wrong)).toBe(false);
  });

  it('makes organisation, PSAP and administrator, and prints a code; then one more code', async () => {
    const org = ['--org', 'north', '--org-name', 'North County'];
    const weak = await psap([...NEW, ...org], 'nora\n');
    expect(weak).toMatchObject({ code: 2, err: expect.stringContaining('at least 12 characters') });
    // Nothing is left of what was refused: no PSAP that nobody administers, and no code that is still good.
    const left = await asMigrator(database, (client) =>
      client.query(
        'select (select count(*) from kernel.site)::int + (select count(*) from identity.invitation)::int as rows',
      ),
    );
    expect(left.rows).toEqual([{ rows: 0 }]);
    const made = await psap([...NEW, ...org, '--admin-name', 'Nora North'], 'a long enough phrase\n');
    expect(made).toMatchObject({ code: 0, err: '' });
    const code = /: (\w{4}(-\w{4}){6})\n$/.exec(made.out)?.[1];
    expect(code).toBeDefined();
    expect(made.out).not.toContain('phrase');
    expect(made.out).toContain('nora administers the whole organisation');
    expect(made.out).toContain('nora sets up a second factor');
    const named = await asMigrator(database, (client) => client.query('select login, name from identity.person'));
    expect(named.rows).toEqual([{ login: 'nora', name: 'Nora North' }]);
    const more = await psap(['--name', 'North County 911']);
    expect(more.code).toBe(0);
    expect(more.out).not.toContain(code);
    const { rows } = await asMigrator(database, (client) =>
      client.query('select count(*)::int as codes, count(distinct site)::int as sites from identity.enrolment_code'),
    );
    expect(rows).toEqual([{ codes: 2, sites: 1 }]);
    const { rows: audited } = await asMigrator(database, (client) =>
      client.query(
        `select tbl, actor, reason from audit.entry where op = 'insert' and tbl in
           ('kernel.organisation', 'kernel.site', 'identity.invitation', 'identity.enrolment_code') order by id`,
      ),
    );
    const by = { actor: 'operator', reason: `npm run psap, as ${operatingUser(userInfo, process.env)}` };
    const ofAudit = ['kernel.organisation', 'kernel.site', 'identity.invitation', 'identity.enrolment_code'];
    expect(audited).toEqual([...ofAudit, 'identity.enrolment_code'].map((tbl) => ({ tbl, ...by })));
    const again = await psap(NEW, 'a long enough phrase\n');
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('taken') });
    // Who comes later has their own PSAP, unless the operator says otherwise.
    const second = ['--name', 'South County 911', '--zone', 'America/Denver'];
    await psap([...second, '--admin', 'sam'], 'a long enough phrase\n');
    await psap(['--name', 'East', '--zone', 'America/Denver', '--admin', 'eve', '--whole'], 'a long enough phrase\n');
    const { rows: reach } = await asMigrator(database, (client) =>
      client.query('select login, site is null as whole from identity.person order by login'),
    );
    expect(reach).toEqual([
      { login: 'eve', whole: true },
      { login: 'nora', whole: true },
      { login: 'sam', whole: false },
    ]);
    // Whoever administered all of it is gone: no PSAP is made for the sake of another.
    const last = ['--name', 'South County 911', '--admin', 'ola', '--whole'];
    const added = await psap(last, 'a long enough phrase\n');
    expect(added).toMatchObject({ code: 0, err: '' });
    expect(added.out).toContain('ola administers the whole organisation north.');
    expect(added.out).not.toContain('code');
    expect(await psap(last, 'a long enough phrase\n')).toMatchObject({
      code: 2,
      err: expect.stringContaining('taken'),
    });
    const { rows: after } = await asMigrator(database, (client) =>
      client.query(`select site is null as whole, roles, (select count(*) from kernel.site)::int as sites
        from identity.person where login = 'ola'`),
    );
    expect(after).toEqual([{ whole: true, roles: expect.arrayContaining(['admin']), sites: 3 }]);
  });
});
