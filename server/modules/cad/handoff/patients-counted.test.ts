/** What hand-off leaves of a run on which somebody said how many patients went together: a chart and a trip for each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HANDOFF_SCHEMAS } from '#domain/cad/handoff.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import { columnsOf, type EntityColumns } from '../../../kernel/entities/columns.ts';
import type { Made } from '../../../kernel/intake/testing/station.ts';
import { listCharts } from '../../epcr/listing.ts';
import { derivedId } from './derive.ts';
import { type Call, type Floor, floor, later, ORG, takeCall } from './testing/floor.ts';

let at: Floor;
beforeAll(async () => {
  at = await floor();
});
afterAll(() => at.world.close());

const held = (call: Call, kind: 'run' | 'chart' | 'trip', patient = 1): Promise<RecordVersion | null> =>
  at.derived(call, 'm36', kind, patient);
const count = (call: Call, patients: number, seconds: number, replaces: readonly Made[] = [], journey = 1): Made =>
  call.fact(
    'unit.patients',
    later(seconds),
    [call.incident, 'unit:m36', call.run('m36')],
    { patients, journey },
    replaces.map(({ fact }) => fact.id),
  );
const MERCY = { leftScene: later(1_500), atDestination: later(2_200), destination: 'Mercy' };

describe('a crew that took two to one hospital', () => {
  it('has a chart and a trip for each, and both in the report', async () => {
    const call = at.transported('26-00701');
    count(call, 2, 1_500);
    await at.derive(...call.made);
    const run = HANDOFF_SCHEMAS.run.parse((await held(call, 'run'))?.body);
    expect(run).toMatchObject({ transported: true, destination: 'Mercy', journeys: [MERCY, MERCY] });
    for (const patient of [1, 2]) {
      const chart = HANDOFF_SCHEMAS.chart.parse((await held(call, 'chart', patient))?.body);
      expect(chart).toMatchObject({ patient, state: 'open', run: derivedId(call.run('m36'), 'run') });
      const trip = HANDOFF_SCHEMAS.trip.parse((await held(call, 'trip', patient))?.body);
      expect(trip).toMatchObject({ patient, from: 'B01', state: 'awaiting chart', ...MERCY });
    }
    expect(await held(call, 'chart', 3)).toBeNull();
    const text = await at.textOfReport(call);
    expect(text).toContain('Patients 1 and 2: left scene 14:56:02, at destination 15:07:42, transported to Mercy');
    expect(text).toContain('M36 with 2 patients');
    const reach = { site: null, agency: null, own: null };
    const columns = columnsOf('chart') as EntityColumns;
    const scope = { org: ORG, actor: 'lena' };
    const listed = await listCharts(at.world.database.db, scope, columns, reach, { whose: 'all', limit: 100 });
    const of = listed.ok ? listed.value.charts.filter(({ number }) => number === '26-00701') : [];
    expect(of).toEqual(
      expect.arrayContaining(
        [1, 2].map((patient) =>
          expect.objectContaining({
            chart: derivedId(call.run('m36'), 'chart', patient),
            trip: derivedId(call.run('m36'), 'trip', patient),
            ...{ patient, patients: 2, leftScene: later(1_500), destination: 'Mercy' },
          }),
        ),
      ),
    );
  });

  it('has them once, however often they are derived', async () => {
    const call = at.transported('26-00702');
    count(call, 3, 1_500);
    await at.derive(...call.made);
    const versions = (): Promise<(number | undefined)[]> =>
      Promise.all([1, 2, 3].map(async (n) => (await held(call, 'chart', n))?.version));
    expect(await versions()).toEqual([1, 1, 1]);
    await at.derive(call.fact('incident.noted', later(3_700), [call.incident], { text: 'three patients' }));
    expect(await versions()).toEqual([1, 1, 1]);
  });

  it('of whom nobody had said so before the run was over has the second as soon as somebody does', async () => {
    const call = at.transported('26-00703');
    await at.derive(...call.made);
    const [first, trip] = [await held(call, 'chart'), await held(call, 'trip')];
    expect(await held(call, 'chart', 2)).toBeNull();
    await at.derive(count(call, 2, 3_900));
    // The first is as it was: a chart that somebody works on is not touched by another’s.
    expect(await held(call, 'chart')).toEqual(first);
    expect(await held(call, 'trip')).toMatchObject({ id: trip?.id, body: { patient: 1, ...MERCY } });
    expect(await held(call, 'chart', 2)).toMatchObject({ version: 1, body: { patient: 2, state: 'open' } });
  });

  it('and was one after all: the chart that is too many goes, and comes back with whoever had claimed it', async () => {
    const call = at.transported('26-00704');
    const two = count(call, 2, 1_500);
    await at.derive(...call.made);
    await at.put(await held(call, 'chart', 2), { author: 'mia' });
    const one = count(call, 1, 4_000, [two]);
    await at.derive(one);
    expect((await held(call, 'run'))?.body).not.toHaveProperty('journeys');
    expect(await held(call, 'trip')).toMatchObject({ body: MERCY });
    for (const kind of ['chart', 'trip'] as const) expect(await held(call, kind, 2)).toMatchObject({ body: null });
    await at.derive(count(call, 2, 4_100, [one]));
    expect(await held(call, 'chart', 2)).toMatchObject({ body: { author: 'mia', patient: 2 } });
    expect(await held(call, 'trip', 2)).toMatchObject({ body: MERCY });
  });

  it('and was signed and closed for two says so in words where it was one', async () => {
    const call = at.transported('26-00705');
    const two = count(call, 2, 1_500);
    await at.derive(...call.made);
    await at.put(await held(call, 'run'), { state: 'signed' });
    await at.put(await held(call, 'chart', 2), { state: 'signed' });
    await at.put(await held(call, 'trip', 2), { state: 'closed' });
    await at.derive(count(call, 1, 4_000, [two]));
    expect((await held(call, 'run'))?.body?.discrepancies).toEqual(['Patients: signed 2, the facts now say 1.']);
    expect((await held(call, 'chart', 2))?.body).toMatchObject({
      state: 'signed',
      discrepancies: ['The facts now say that one patient was transported.'],
    });
    expect((await held(call, 'trip', 2))?.body).toMatchObject({
      state: 'closed',
      destination: 'Mercy',
      discrepancies: ['The facts now say that there was no such transport.'],
    });
  });
});

it('a crew that took two and then one more has them as they went', async () => {
  const call = takeCall(at.station, '26-00706');
  call.send('m36', later(40));
  call.status('m36', 'onScene', later(400));
  call.status('m36', 'transporting', later(600), { destination: { name: 'Mercy' } });
  count(call, 2, 600);
  call.status('m36', 'atDestination', later(1_200));
  call.status('m36', 'onScene', later(2_000));
  call.status('m36', 'transporting', later(2_400), { destination: { name: 'General' } });
  call.status('m36', 'atDestination', later(3_000));
  call.status('m36', 'available', later(3_600), { commitments: [] });
  await at.derive(...call.made);
  const FIRST = { leftScene: later(600), atDestination: later(1_200), destination: 'Mercy' };
  const SECOND = { leftScene: later(2_400), atDestination: later(3_000), destination: 'General' };
  expect((await held(call, 'run'))?.body).toMatchObject({ journeys: [FIRST, SECOND, FIRST] });
  for (const [i, journey] of [FIRST, SECOND, FIRST].entries())
    expect((await held(call, 'trip', i + 1))?.body).toMatchObject({ patient: i + 1, ...journey });
  const text = await at.textOfReport(call);
  expect(text).toContain('Patients 1 and 3: left scene 14:41:02, at destination 14:51:02, transported to Mercy');
  expect(text).toContain('Patient 2: left scene 15:11:02, at destination 15:21:02, transported to General');
  // Of the second journey it was one, until it is said that it was two: nobody else’s chart becomes another’s.
  await at.derive(count(call, 2, 4_000, [], 2));
  expect((await held(call, 'run'))?.body).toMatchObject({ journeys: [FIRST, SECOND, FIRST, SECOND] });
});

it('a time of a later journey is amended where that is named, and its trip follows', async () => {
  const call = takeCall(at.station, '26-00709');
  call.send('m36', later(40));
  call.status('m36', 'transporting', later(600), { destination: { name: 'Mercy' } });
  call.status('m36', 'atDestination', later(1_200));
  call.status('m36', 'onScene', later(2_000));
  call.status('m36', 'transporting', later(2_400), { destination: { name: 'General' } });
  call.status('m36', 'available', later(3_600), { commitments: [] });
  await at.derive(...call.made);
  expect((await held(call, 'trip', 2))?.body).toMatchObject({ leftScene: later(2_400), atDestination: null });
  const said = { journey: 2, element: 'atDestination', at: later(3_000), reason: 'radio log' };
  await at.derive(call.fact('journey.amended', later(4_000), [call.incident, 'unit:m36', call.run('m36')], said));
  expect((await held(call, 'trip'))?.body).toMatchObject({ leftScene: later(600), atDestination: later(1_200) });
  expect((await held(call, 'trip', 2))?.body).toMatchObject({ leftScene: later(2_400), atDestination: later(3_000) });
  const text = await at.textOfReport(call);
  expect(text).toContain('Patient 2: left scene 15:11:02, at destination 15:21:02, transported to General');
  expect(text).toContain('M36 at destination on journey 2: amended to 15:21:02');
});

it('a run whose call was a duplicate leaves them where it went on, once', async () => {
  const call = at.transported('26-00707');
  count(call, 2, 1_500);
  await at.derive(...call.made);
  expect(await held(call, 'chart', 2)).toMatchObject({ body: { patient: 2 } });
  const other = takeCall(at.station, '26-00708');
  other.status('m36', 'transporting', later(1_500), { destination: { name: 'Mercy' }, commitments: [other.incident] });
  other.fact('unit.patients', later(3_100), [other.incident, 'unit:m36', other.run('m36')], {
    patients: 2,
    journey: 1,
  });
  other.status('m36', 'available', later(3_200), { commitments: [] });
  const canceled = call.status('m36', 'canceled', later(3_100), { commitments: [other.incident] });
  const again = call.fact('time.amended', later(3_100), [call.incident, 'unit:m36', call.run('m36')], {
    element: 'canceled',
    at: later(3_100),
    reason: 'merged',
  });
  await at.derive(
    ...other.made,
    canceled,
    again,
    call.fact('incident.merged', later(3_100), [call.incident, other.incident], { merged: true }),
  );
  for (const patient of [1, 2]) {
    expect(await held(call, 'chart', patient)).toMatchObject({ body: null });
    expect(await held(other, 'chart', patient)).toMatchObject({ body: { patient } });
  }
});
