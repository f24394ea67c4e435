/** What is older than an organisation keeps incidents for goes by itself, on a real database whose clock of entries is set back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { INCIDENTS_KEPT_YEARS } from '#domain/cad/module.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { MODULES } from '#domain/modules.ts';
import { asMigrator, tampering } from '../../../testing/postgres.ts';
import { type Floor, floor, ORG, takeCall } from '../handoff/testing/floor.ts';
import { eraseOld, keepIncidentsFor, yearsKept } from './retention.ts';

let at: Floor;
beforeAll(async () => {
  at = await floor();
});
afterAll(() => at.world.close());

const LONG_AGO = Date.now() - (INCIDENTS_KEPT_YEARS + 1) * 366 * 86_400_000;

/** A call that is over and was entered as long ago. */
async function called(number: string, enteredAt: number): Promise<EntityRef> {
  const call = takeCall(at.station, number, { answeredAt: enteredAt });
  call.fact('incident.closed', enteredAt, [call.incident], { disposition: 'No merit' }, [call.made[0]?.fact.id ?? '']);
  await at.push(...call.made);
  await tampering(at.world.database, (client) =>
    client.query(
      `update kernel.fact f set received_at = $2 from kernel.fact_about a
        where a.org = f.org and a.site = f.site and a.n = f.n and a.ref = $1`,
      [call.incident, enteredAt],
    ),
  );
  return call.incident;
}
const readable = async (incident: EntityRef): Promise<boolean> => {
  const { rows } = await asMigrator(at.world.database, (client) =>
    client.query(
      `select from kernel.fact f join kernel.fact_about a using (org, site, n)
        where f.org = $1 and a.ref = $2 and f.k is not null and f.b is not null`,
      [ORG, incident],
    ),
  );
  return rows.length > 0;
};
const context = () => ({ ...at.world.ports, db: at.world.database.db, log: at.world.log });
const eraseNow = (stopped = () => false): Promise<number> => eraseOld(context(), ORG, stopped);
const keepFor = (years: number | null): Promise<void> =>
  keepIncidentsFor(at.world.database.db, { org: ORG, actor: 'ann' }, years);

it('erases nothing unless it was told for how long, and then what is old, over and under no hold', async () => {
  const old = await called('26-00001', LONG_AGO);
  const held = await called('26-00002', LONG_AGO);
  const young = await called('26-00003', Date.now());
  // It was entered late: a replay of an old day, or one that was on a console for long.
  const late = await called('26-00004', LONG_AGO);
  await at.push(at.station.append({ type: 'incident.noted', about: [late], body: { text: 'found again' } }));
  const open = takeCall(at.station, '26-00005', { answeredAt: LONG_AGO });
  await at.push(...open.made);
  await at.rows(
    `insert into kernel.legal_hold (org, id, entity, tbl, row_id, reason, placed_at) values ($1, 'h', $2, 'cad.incident', $3, 'court', 1)`,
    [ORG, held, held.slice('incident:'.length)],
  );
  expect([await yearsKept(context(), ORG), await eraseNow()]).toEqual([null, 0]);
  await keepFor(INCIDENTS_KEPT_YEARS);
  expect(await eraseNow(() => true)).toBe(0);
  expect(await eraseNow()).toBe(1);
  const still = async () => Promise.all([old, held, young, late, open.incident].map(readable));
  expect(await still()).toEqual([false, true, true, true, true]);
  await at.rows('update kernel.legal_hold set released_at = 2', []);
  await keepFor(null);
  expect(await eraseNow()).toBe(0);
  await keepFor(INCIDENTS_KEPT_YEARS);
  expect(await eraseNow()).toBe(1);
  expect(await still()).toEqual([false, false, true, true, true]);
  const { rows } = await asMigrator(at.world.database, (client) =>
    client.query(`select actor from audit.entry where tbl = 'keys.entity' and op = 'act' and row_id = $1`, [old]),
  );
  expect(rows).toEqual([{ actor: 'center' }]);
}, 60_000);

it('is never told for less than incidents are declared to be kept for (ASVS 14.2.7)', async () => {
  await expect(keepFor(INCIDENTS_KEPT_YEARS - 1)).rejects.toMatchObject({ code: '23514' });
  const incident = MODULES.flatMap(({ entities }) => entities).find(({ kind }) => kind === 'incident');
  expect(incident?.retentionDays).toBe(INCIDENTS_KEPT_YEARS * 365);
});
