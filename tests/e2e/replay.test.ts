/** `npm run replay`: untidy rows as they are, an outage in the middle, and a kept folder verified again. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { openStorage } from '../../server/kernel/storage.ts';
import { replay, UNTIDY } from './replaying.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-replay-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Takes the incident of a call out of a stopped center's tables, as no command does; with its assignments or without. */
async function forgetCalls(
  centerFolder: string,
  calls: { readonly [call: string]: 'whole' | 'incident' },
): Promise<void> {
  const { migratorUrl, close } = await openStorage(centerFolder, undefined);
  const client = new pg.Client(migratorUrl);
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    for (const [call, what] of Object.entries(calls)) {
      const { rows } = await client.query<{ id: string }>(
        "delete from cad.incident where body->'values'->>'ref:call' = $1 returning id",
        [call],
      );
      expect(rows).toHaveLength(1);
      if (what === 'whole') await client.query('delete from cad.assignment where incident = $1', [rows[0]?.id]);
    }
  } finally {
    await client.end();
    await close();
  }
}

describe('replay', () => {
  it('takes untidy rows as facts, names what it cannot read, and finds all of it again', async () => {
    const file = join(folder, 'untidy.csv');
    const data = join(folder, 'kept');
    writeFileSync(file, UNTIDY);
    const played = await replay(file, '--data', data, '--outage');
    expect(`${played.out}${played.err}`).toContain('33 rows, 27 incidents, 0 different');
    expect(played.code).toBe(0);
    expect(played.out).toMatch(/line 16: Dispatch DtTm .*not a time.*the rest of the row goes in/);
    expect(played.out).toMatch(/line 17: row has 4 cells.*the row stays out/);
    expect(played.out).toMatch(/line 18: Call Number is missing.*the row stays out/);
    expect(played.out).toContain('line 14: says again what line 13 says');
    expect(played.err).toContain('0 conflicts, 2 rows stayed out, 1 cells unread, 0 steps refused');
    expect(played.err).toContain('the center was killed');
    const verified = await replay(file, '--data', data, '--verify-only');
    expect(verified.out).toContain('33 rows, 27 incidents, 0 different');
    expect(verified.code).toBe(0);

    const twice = await replay(file, '--data', data);
    expect([twice.code, twice.err]).toEqual([2, expect.stringContaining('holds a replay already')]);

    // The center has lost what the second station still has, wholly and in part, and the file is another by two times and a call,
    // one of them in a row that does not count for its incident.
    await forgetCalls(join(data, 'center'), { 4: 'whole', 3: 'incident' });
    const later = UNTIDY.replace('10:31:00 AM', '10:32:00 AM').replace('12:01:00 PM', '12:01:01 PM');
    writeFileSync(file, later.replace(/^4,.*\n/m, ''));
    const other = await replay(file, '--data', data, '--verify-only');
    const lines = other.out.split('\n').filter((line) => / holds "/.test(line));
    const stray = (where: string, what: string): unknown =>
      expect.stringMatching(new RegExp(`^no line: ${where} holds "${what}", which is not in the file$`));
    const time = 'line 2: Hospital DtTm: the file says "04/09/2020 10:32:00 AM"';
    const gone = 'line 5: Unit ID: the file says "M02 on call 3"';
    expect(lines).toEqual([
      stray('the center', 'assignment \\S+ of M02, whose incident is missing'),
      stray('the center', 'run record \\S+ of M01, whose assignment is missing'),
      `${time}, the center holds "04/09/2020 10:31:00 AM"`,
      `${gone}, the center holds "nothing"`,
      'line 11: Entry DtTm: the file says "04/09/2020 12:01:01 PM", the history at the center holds "something else"',
      `${time}, the second station holds "04/09/2020 10:31:00 AM"`,
      `${gone}, the second station holds "nothing"`,
      stray('the second station', 'incident \\S+ of call 4'),
      stray('the second station', 'assignment \\S+ of M01 on call 4'),
    ]);
    expect(other.out).toContain('32 rows, 26 incidents, 9 different');
    expect(other.code).toBe(1);
  });
});
