/** What hand-off leaves of a run that took patients more than once: a chart and a trip for each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HANDOFF_SCHEMAS, type Journey } from '#domain/cad/handoff.ts';
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

/** M36 takes one to Mercy, comes back, and takes another to the General. */
function twice(number: string): Call {
  const call = takeCall(at.station, number);
  call.send('m36', later(40));
  call.status('m36', 'onScene', later(400));
  call.status('m36', 'transporting', later(600), { destination: { name: 'Mercy' } });
  call.status('m36', 'atDestination', later(1_200));
  call.status('m36', 'onScene', later(2_000));
  call.status('m36', 'transporting', later(2_400), { destination: { name: 'General' } });
  call.status('m36', 'atDestination', later(3_000));
  call.status('m36', 'available', later(3_600), { commitments: [] });
  return call;
}
const FIRST: Journey = { leftScene: later(600), atDestination: later(1_200), destination: 'Mercy' };
const SECOND: Journey = { leftScene: later(2_400), atDestination: later(3_000), destination: 'General' };

const amend = (call: Call, element: string, time: number | null): Made =>
  call.fact('time.amended', later(4_000), [call.incident, 'unit:m36', call.run('m36')], {
    element,
    at: time,
    reason: 'wrong key',
  });

describe('a crew that took two patients', () => {
  it('has a chart and a trip for each, with the times and the hospital of that journey', async () => {
    const call = twice('26-00601');
    await at.derive(...call.made);
    const run = HANDOFF_SCHEMAS.run.parse((await held(call, 'run'))?.body);
    expect(run).toMatchObject({ transported: true, destination: 'Mercy and General', journeys: [FIRST, SECOND] });
    for (const [patient, journey] of [
      [1, FIRST],
      [2, SECOND],
    ] as const) {
      const chart = HANDOFF_SCHEMAS.chart.parse((await held(call, 'chart', patient))?.body);
      expect(chart).toMatchObject({ patient, state: 'open', run: derivedId(call.run('m36'), 'run') });
      const trip = HANDOFF_SCHEMAS.trip.parse((await held(call, 'trip', patient))?.body);
      expect(trip).toMatchObject({ patient, from: 'B01', state: 'awaiting chart', ...journey });
    }
    expect(await held(call, 'chart', 3)).toBeNull();
    const text = await at.textOfReport(call);
    expect(text).toContain('Patient 1: left scene 14:41:02, at destination 14:51:02, transported to Mercy');
    expect(text).toContain('Patient 2: left scene 15:11:02, at destination 15:21:02, transported to General');
  });

  it('has them in the list of charts, each with its own trip', async () => {
    const call = twice('26-00602');
    await at.derive(...call.made);
    const query = { whose: 'all' as const, limit: 100 };
    const reach = { site: null, agency: null, own: null };
    const scope = { org: ORG, actor: 'lena' };
    const columns = columnsOf('chart') as EntityColumns;
    const listed = await listCharts(at.world.database.db, scope, columns, reach, query);
    if (!listed.ok) throw new Error(listed.refusal.message);
    const of = listed.value.charts.filter(({ number }) => number === '26-00602');
    const run = call.run('m36');
    expect(of.map(({ chart, trip, leftScene, destination }) => ({ chart, trip, leftScene, destination }))).toEqual(
      expect.arrayContaining(
        [FIRST, SECOND].map(({ leftScene, destination }, i) => ({
          chart: derivedId(run, 'chart', i + 1),
          trip: derivedId(run, 'trip', i + 1),
          leftScene,
          destination,
        })),
      ),
    );
    const first = await listCharts(at.world.database.db, scope, columns, reach, { ...query, limit: 1 });
    const next = first.ok ? first.value.next : null;
    const rest = await listCharts(at.world.database.db, scope, columns, reach, { ...query, after: next ?? '' });
    expect(rest.ok && rest.value.charts.length).toBe(listed.value.charts.length - 1);
  });

  it('has them once, however often they are derived', async () => {
    const call = twice('26-00603');
    await at.derive(...call.made);
    const versions = async (): Promise<(number | undefined)[]> =>
      Promise.all(
        [1, 2].flatMap((n) => (['chart', 'trip'] as const).map(async (kind) => (await held(call, kind, n))?.version)),
      );
    expect(await versions()).toEqual([1, 1, 1, 1]);
    await at.derive(call.fact('incident.noted', later(3_700), [call.incident], { text: 'two patients' }));
    expect(await versions()).toEqual([1, 1, 1, 1]);
  });

  it('has one after all where the first was a slip: the chart that is too many goes, and comes back with whoever had claimed it', async () => {
    const call = twice('26-00604');
    await at.derive(...call.made);
    await at.put(await held(call, 'chart', 2), { author: 'mia' });
    const struck = [amend(call, 'leftScene', null), amend(call, 'atDestination', null)];
    await at.derive(...struck);
    expect(await held(call, 'run')).toMatchObject({ body: { transported: true, destination: 'General' } });
    expect(await held(call, 'trip')).toMatchObject({ body: SECOND });
    expect(await held(call, 'chart', 2)).toMatchObject({ body: null });
    expect(await held(call, 'trip', 2)).toMatchObject({ body: null });
    const again = (element: string, time: number, [before]: readonly (Made | undefined)[]): Made =>
      call.fact(
        'time.amended',
        later(4_100),
        [call.incident, 'unit:m36', call.run('m36')],
        { element, at: time, reason: 'was none' },
        [before?.fact.id ?? ''],
      );
    await at.derive(again('leftScene', later(600), struck), again('atDestination', later(1_200), struck.slice(1)));
    expect(await held(call, 'chart', 2)).toMatchObject({ body: { author: 'mia', patient: 2 } });
    expect(await held(call, 'trip', 2)).toMatchObject({ body: SECOND });
  });

  it('and was signed for two says so in words where the facts come to say one', async () => {
    const call = twice('26-00605');
    await at.derive(...call.made);
    await at.put(await held(call, 'run'), { state: 'signed' });
    await at.put(await held(call, 'chart', 2), { state: 'signed' });
    await at.derive(amend(call, 'leftScene', null), amend(call, 'atDestination', null));
    const run = await held(call, 'run');
    expect(run?.body?.discrepancies).toContain('Patients: signed 2, the facts now say 1.');
    expect(await held(call, 'chart', 2)).toMatchObject({
      body: { state: 'signed', discrepancies: ['The facts now say that one patient was transported.'] },
    });
  });
});

describe('a trip that was closed', () => {
  it('stays, and says in words what the facts now say otherwise', async () => {
    const call = at.transported('26-00606');
    await at.derive(...call.made);
    const open = (await held(call, 'trip')) as RecordVersion;
    await at.put(open, { state: 'closed' });
    const late = amend(call, 'leftScene', later(1_400));
    await at.derive(late);
    expect((await held(call, 'trip'))?.body).toEqual({
      ...open.body,
      state: 'closed',
      discrepancies: ['Time left scene: closed 14:56:02, the facts now say 14:54:22.'],
    });
    await at.derive(
      call.fact(
        'time.amended',
        later(4_200),
        [call.incident, 'unit:m36', call.run('m36')],
        { element: 'leftScene', at: later(1_500), reason: 'right after all' },
        [late.fact.id],
      ),
    );
    expect((await held(call, 'trip'))?.body).toEqual({ ...open.body, state: 'closed' });
  });

  it('of a transport that is none any more says that', async () => {
    const call = at.transported('26-00607');
    await at.derive(...call.made);
    await at.put(await held(call, 'trip'), { state: 'closed' });
    await at.derive(amend(call, 'leftScene', null), amend(call, 'atDestination', null));
    expect((await held(call, 'trip'))?.body).toMatchObject({
      state: 'closed',
      destination: 'Mercy',
      discrepancies: ['The facts now say that there was no such transport.'],
    });
  });
});
