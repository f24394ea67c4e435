/** What the database lets the application itself do to an organisation's keys, whatever fault it may have. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, tampering, testDatabase } from '../../testing/postgres.ts';

const YEAR = 365 * 86_400_000;
const ORG = 'ends';
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await run('insert into kernel.organisation (org, name, created_at) values ($1, $1, 1)', [ORG]);
  await run(`insert into keys.organisation (org, wrapped, under, created_at) values ($1, 'w', 'u', 1)`, [ORG]);
});
afterAll(() => database.close());

const run = (text: string, values: readonly unknown[] = []) =>
  database.db.inOrgClient({ org: ORG }, (client) => client.query(text, [...values]));
const destroy = (now: number) =>
  run(`select kernel.destroy_organisation($1, 'whoever', 'because', '{}', 'key', 'signature')`, [now]);
const terminate = (destroyAfter: number | null) =>
  run(`update kernel.organisation set state = 'TERMINATED', destroy_after = $1`, [destroyAfter]);

describe('the keys of an organisation', () => {
  it('are deleted by the one function that asks for its end, and by no other statement (ASVS 13.2.2)', async () => {
    for (const table of ['keys.organisation', 'keys.site', 'keys.signing', 'keys.entity', 'kernel.organisation'])
      await expect(run(`delete from ${table}`), table).rejects.toMatchObject({ code: '42501' });
    await expect(run('update kernel.organisation set destroyed_at = 1')).rejects.toMatchObject({ code: '42501' });
  });

  it('are kept for the retention, whatever day and hour the application says it is', async () => {
    await expect(terminate(1)).rejects.toMatchObject({ code: 'QD005' });
    await expect(terminate(null)).rejects.toMatchObject({ code: 'QD005' });
    await terminate(Date.now() + 8 * YEAR);
    await expect(terminate(Date.now() + 7 * YEAR)).rejects.toMatchObject({ code: 'QD005' });
    await expect(destroy(Date.now() + 9 * YEAR)).rejects.toMatchObject({ code: 'QD003' });
    expect((await run('select from keys.organisation')).rowCount).toBe(1);
  });

  it('are destroyed once it is over', async () => {
    await tampering(database, (client) => client.query('update kernel.organisation set destroy_after = 1'));
    await destroy(Date.now());
    expect((await run('select from keys.organisation')).rowCount).toBe(0);
  });
});
