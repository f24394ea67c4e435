/**
 * A logical backup of the center, row by row as pg_dump writes it (text format, bytea in hex), searched for a name, a number and
 * a note. The same search finds them where they were written without being sealed.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { idOf } from '../../domain/kernel/ids.ts';
import { newEntity, opening, pushOf } from '../../server/kernel/intake/testing/station.ts';
import { type TestCenter, testCenter } from '../../server/testing/center.ts';
import { asMigrator, tampering } from '../../server/testing/postgres.ts';
import { formsOf } from './canaries.ts';

const CANARIES = ['Wilhelmina Ostergaard', '415-555-0142-77', 'The dog in the yard is called Fenwick'];
const [NAME = '', NUMBER = '', NOTE = ''] = CANARIES;
const incident = newEntity('incident');
let center: TestCenter;

beforeAll(async () => {
  center = await testCenter();
  const station = await center.enrol('Console A');
  const opened = station.append(opening(incident, { caller: NAME, callback: NUMBER }));
  const noted = station.append({ type: 'incident.noted', about: [incident], body: { text: NOTE } });
  expect((await station.push(pushOf(opened, noted))).body.problems).toEqual([]);
  const read = await center.call('GET', `/v1/entities/incident/${idOf(incident)}`, undefined, center.adminToken);
  expect(JSON.stringify(read.body)).toContain(NAME);
});
afterAll(() => center?.close());

/** Which canary lies in which table, in which form. */
async function dumped(): Promise<readonly string[]> {
  return asMigrator(center, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname !~ '^pg_' and schemaname <> 'information_schema' order by 1`,
    );
    expect(tables.length).toBeGreaterThan(40);
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      const bytes = Buffer.from(rows.map(({ row }) => row).join('\n'));
      for (const canary of CANARIES) {
        for (const [form, needle] of formsOf(canary))
          if (bytes.includes(needle)) found.push(`${name}: ${canary} (${form})`);
      }
    }
    return found;
  });
}

it('holds none of them, in no table and in no form', async () => {
  // By then the number is in its index too.
  const search = { callback: NUMBER };
  await expect
    .poll(async () => {
      const answer = await center.call('POST', '/v1/entities/incident/search', search, center.adminToken);
      return JSON.stringify(answer.body).includes(idOf(incident));
    })
    .toBe(true);
  expect(await dumped()).toEqual([]);
});

it('would have held them where they were not sealed', async () => {
  await tampering(center, async (client) => {
    await client.query(
      `update cad.incident set caller = convert_to($2, 'UTF8'), body = jsonb_build_object('note', $3::text) where id = $1`,
      [idOf(incident), JSON.stringify(NAME), NOTE],
    );
    await client.query(`update kernel.fact set b = $1 where b is not null and type = 'incident.opened'`, [
      Buffer.from(`{"callback":"${NUMBER}"}`).toString('base64url'),
    ]);
  });
  const found = await dumped();
  expect(found).toContain(`cad.incident: ${NAME} (hex)`);
  expect(found).toContain(`cad.incident: ${NOTE} (UTF-8)`);
  expect(found.some((one) => one.startsWith(`kernel.fact: ${NUMBER} (base64`))).toBe(true);
});
