import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asMigrator, type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import type { Database, Scope } from '../db/database.ts';
import { columnsOf, type EntityColumns } from './columns.ts';
import type { Row } from './read.ts';
import { type ReadRow, rowReader } from './together.ts';

const INCIDENT = columnsOf('incident') as EntityColumns;
const CHART = columnsOf('chart') as EntityColumns;
const UNIT = columnsOf('roster_unit') as EntityColumns;
const EVERYWHERE = { site: null, agency: null, own: null };

let database: TestDatabase;
let flights: string[];
let read: ReadRow;

beforeAll(async () => {
  database = await testDatabase();
  for (const org of ['alpha', 'beta']) {
    await database.db.inOrgClient({ org }, async (client) => {
      for (const [id, site] of [
        ['one', 'north'],
        ['two', 'south'],
      ]) {
        await client.query(
          `insert into cad.incident (org, id, site, number, body, updated_at) values ($1, $2, $3, $1 || '-' || $2, '{}', 5)`,
          [org, id, site],
        );
      }
    });
  }
  await database.db.inOrgClient({ org: 'alpha' }, async (client) => {
    for (const [id, agency] of [
      ['m1', 'ems'],
      ['e1', 'fire'],
    ]) {
      await client.query(
        `insert into cad.roster_unit (org, site, id, version, body, updated_at) values ('alpha', 'north', $1, 1, jsonb_build_object('agency', $2::text), 5)`,
        [id, agency],
      );
      await client.query(
        `insert into epcr.chart (org, site, id, version, body, updated_at) values ('alpha', 'north', 'of-' || $1, 1, jsonb_build_object('unit', $1::text), 5)`,
        [id],
      );
    }
  });
});
afterAll(() => database.close());

beforeEach(async () => {
  flights = [];
  const inFlight: Database['inFlight'] = (scope, ask) => {
    flights.push(scope.org);
    return database.db.inFlight(scope, ask);
  };
  read = rowReader({ inFlight });
});

const by = (name: string, org = 'alpha', reason: string | null = null): Scope => ({
  org,
  actor: name,
  session: `s-${name}`,
  device: `d-${name}`,
  request: `r-${name}`,
  reason,
});

/** What is in the audit by these, as committed. */
async function noted(...names: string[]): Promise<unknown[]> {
  const { rows } = await asMigrator(database, (client) =>
    client.query(
      `select org, actor, session, device, request, reason, decision, op, tbl, row_id, before, after from audit.entry
       where op = 'read' and actor = any ($1) order by actor, id`,
      [names],
    ),
  );
  return rows;
}

const note = (
  name: string,
  tbl: string,
  row_id: string,
  after: object,
  org = 'alpha',
  reason: string | null = null,
) => ({
  ...{ org, actor: name, session: `s-${name}`, device: `d-${name}`, request: `r-${name}`, reason, decision: null },
  ...{ op: 'read', tbl, row_id, before: null, after },
});
const FIELDS = { fields: ['location', 'caller', 'callback', 'patient', 'notes'] };

describe('single rows read together', () => {
  it('go in one flight, and each is noted as if it had been read alone', async () => {
    const [ann, bob, cy] = await Promise.all([
      read({ columns: INCIDENT, id: 'one', reach: EVERYWHERE, scope: by('ann', 'alpha', 'because "it, {must}') }),
      read({ columns: INCIDENT, id: 'one', reach: EVERYWHERE, scope: by('bob') }),
      read({ columns: CHART, id: 'of-m1', reach: EVERYWHERE, scope: by('cy') }),
    ]);
    // Committed before anybody was answered.
    expect(await noted('ann', 'bob', 'cy')).toEqual([
      note('ann', 'cad.incident', 'one', FIELDS, 'alpha', 'because "it, {must}'),
      note('bob', 'cad.incident', 'one', FIELDS),
      note('cy', 'epcr.chart', 'of-m1', { fields: [] }),
    ]);
    expect(flights).toEqual(['alpha']);
    expect(ann).toMatchObject({ id: 'one', number: 'alpha-one', envelope: null });
    expect(bob).toMatchObject({ id: 'one', number: 'alpha-one', site: 'north' });
    expect(cy).toMatchObject({ id: 'of-m1', version: 1, body: '{"unit": "m1"}' });
  });

  it('are not noted where a row is not there or beyond the reach of who asks, nor where it is about nobody', async () => {
    const answers = await Promise.all([
      read({ columns: INCIDENT, id: 'none', reach: EVERYWHERE, scope: by('dan') }),
      read({ columns: INCIDENT, id: 'one', reach: { site: 'south', agency: null, own: null }, scope: by('eve') }),
      read({ columns: CHART, id: 'of-m1', reach: { site: 'north', agency: 'fire', own: null }, scope: by('fay') }),
      read({ columns: UNIT, id: 'm1', reach: EVERYWHERE, scope: by('gus') }),
      read({ columns: CHART, id: 'of-e1', reach: { site: 'north', agency: 'fire', own: null }, scope: by('hal') }),
      read({ columns: INCIDENT, id: 'two', reach: { site: 'south', agency: null, own: null }, scope: by('ida') }),
    ]);
    expect(flights).toEqual(['alpha']);
    expect(answers.map((row) => row?.id ?? null)).toEqual([null, null, null, 'm1', 'of-e1', 'two']);
    expect(await noted('dan', 'eve', 'fay', 'gus')).toEqual([]);
    expect(await noted('hal', 'ida')).toEqual([
      note('hal', 'epcr.chart', 'of-e1', { fields: [] }),
      note('ida', 'cad.incident', 'two', FIELDS),
    ]);
  });

  it('of two organisations are never in one flight', async () => {
    const rows = await Promise.all(
      ['alpha', 'beta', 'alpha', 'beta'].map((org, i) =>
        read({ columns: INCIDENT, id: 'one', reach: EVERYWHERE, scope: by(`jo${i}`, org) }),
      ),
    );
    expect(flights.toSorted()).toEqual(['alpha', 'beta']);
    expect(rows.map((row) => (row as Row & { number: string }).number)).toEqual([
      'alpha-one',
      'beta-one',
      'alpha-one',
      'beta-one',
    ]);
    expect(await noted('jo0', 'jo1')).toEqual([
      note('jo0', 'cad.incident', 'one', FIELDS),
      note('jo1', 'cad.incident', 'one', FIELDS, 'beta'),
    ]);
  });

  it('that come while flights are on their way wait for the next, all of them together', async () => {
    const first = read({ columns: INCIDENT, id: 'one', reach: EVERYWHERE, scope: by('k') });
    await new Promise((resolve) => setImmediate(resolve));
    const second = read({ columns: INCIDENT, id: 'one', reach: EVERYWHERE, scope: by('k') });
    await new Promise((resolve) => setImmediate(resolve));
    const later = Array.from({ length: 20 }, () =>
      read({ columns: INCIDENT, id: 'two', reach: EVERYWHERE, scope: by('k') }),
    );
    await Promise.all([first, second, ...later]);
    expect(flights).toHaveLength(3);
    expect(await noted('k')).toHaveLength(22);
  });

  it('do not fail with one that cannot be answered', async () => {
    const asked = ['lea', 'max', 'ned'].map((name) =>
      // PostgreSQL takes no zero byte: the note of this one cannot be written.
      read({ columns: INCIDENT, id: 'one', reach: EVERYWHERE, scope: by(name, 'alpha', name === 'max' ? '\0' : null) }),
    );
    const answers = await Promise.allSettled(asked);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await noted('lea', 'max', 'ned')).toEqual([
      note('lea', 'cad.incident', 'one', FIELDS),
      note('ned', 'cad.incident', 'one', FIELDS),
    ]);
  });
});
