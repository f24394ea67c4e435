import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HANDOFF_SCHEMAS } from '#domain/cad/handoff.ts';
import type { Json } from '#domain/kernel/json.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import { derivedId } from './derive.ts';
import { startDrawing } from './drawing.ts';
import { type Floor, floor, later, ORG, START, takeCall } from './testing/floor.ts';
import { markDue, startWorker, type WorkerPorts, workOff } from './worker.ts';

let at: Floor;
beforeAll(async () => {
  at = await floor();
});
afterAll(() => at.world.close());

const versions = async (): Promise<string[]> =>
  (
    await at.rows<{ name: string; item: RecordVersion }>(
      `select name, item from kernel.stream_item where kind = 'record' and item ->> 'kind' in ('run', 'chart', 'trip', 'report') order by n`,
    )
  ).map(({ name, item }) => `${name}@${item.version}`);
const mark = (incident: string): Promise<boolean> =>
  at.world.database.db.inOrgClient({ org: ORG }, (client) => markDue(client, ORG, at.site, incident));
const due = async (): Promise<number> => (await at.rows('select incident from cad.handoff_due')).length;

describe('a run that ended', () => {
  it('leaves a run record, a chart and a trip for the patient, and a report once the last unit is free', async () => {
    const call = at.transported('26-00417');
    call.fact('incident.noted', later(50), [call.incident], { text: 'Taking blood thinners' });
    await at.push(...call.made);
    expect(await workOff(at.ports)).toBe(1);

    const run = await at.derived(call, 'm36', 'run');
    expect(HANDOFF_SCHEMAS.run.parse(run?.body)).toEqual({
      incident: call.id,
      assignment: call.run('m36').slice('assignment:'.length),
      unit: 'm36',
      number: '26-00417',
      callsign: 'M36',
      times: {
        psapCall: START,
        unitNotified: later(40),
        enRoute: later(80),
        onScene: later(400),
        atPatient: later(430),
        leftScene: later(1_500),
        atDestination: later(2_200),
        backInService: later(3_000),
      },
      transported: true,
      destination: 'Mercy',
      disposition: null,
      state: 'derived',
      discrepancies: [],
    });
    const chart = HANDOFF_SCHEMAS.chart.parse((await at.derived(call, 'm36', 'chart'))?.body);
    expect(chart).toMatchObject({ incident: call.id, run: run?.id, unit: 'm36', patient: 1, state: 'open' });
    const trip = HANDOFF_SCHEMAS.trip.parse((await at.derived(call, 'm36', 'trip'))?.body);
    expect(trip).toMatchObject({
      // The exact place is PHI: a trip's row is in clear, so it names the zone and nothing closer.
      from: 'B01',
      destination: 'Mercy',
      leftScene: later(1_500),
      state: 'awaiting chart',
    });

    expect((await at.derived(call, 'e06', 'run'))?.body).toMatchObject({
      transported: false,
      times: { canceled: later(100) },
    });
    expect(await at.derived(call, 'e06', 'chart')).toBeNull();
    expect(await at.derived(call, 'e06', 'trip')).toBeNull();

    const report = HANDOFF_SCHEMAS.report.parse((await at.reportOf(call))?.body);
    expect(report).toMatchObject({ incident: call.id, number: '26-00417', state: 'stored' });
    expect(await due()).toBe(0);
  });

  it('has its times, notes and timeline in the report, in the time of the center', async () => {
    const call = at.transported('26-00418');
    call.fact('incident.noted', later(50), [call.incident], { text: 'Taking blood thinners' });
    call.fact('time.amended', later(3_100), [call.run('m36'), call.incident], {
      element: 'onScene',
      at: later(390),
      reason: 'radio log',
    });
    await at.push(...call.made);
    await workOff(at.ports);
    // The chart's page is read without the report: it has to know which times those are.
    expect(HANDOFF_SCHEMAS.run.parse((await at.derived(call, 'm36', 'run'))?.body)).toMatchObject({
      times: { onScene: later(390) },
      amended: ['onScene'],
    });
    const text = await at.textOfReport(call);
    for (const said of [
      'Harbor County 911',
      `Incident report · ${ORG}`,
      '26-00418',
      'Sick person',
      '1 Main St',
      'Sunday, 22 November 2026',
      '14:31:02', // answered
      '14:31:42', // sent
      '14:37:32*', // on scene as amended
      'recorded as 14:37:42: radio log',
      '14:56:02', // left scene
      '15:07:42', // at destination
      '15:21:02', // back in service
      'transported to Mercy',
      'M36',
      'E06',
      'canceled',
      'Taking blood thinners',
      'M36 dispatched',
      'Name of dora',
      'Page 1 of',
      // Which hour of a night that has one twice.
      'AMERICA/LOS ANGELES: PST, UTC-8',
    ]) {
      expect(text).toContain(said);
    }
    // Which of two that were printed is the newer.
    expect(text).toMatch(/26-00418 · made \d{4}-\d\d-\d\d \d\d:\d\d:\d\d P[DS]T/);
  });

  it('leaves its records and its report where somebody wrote moments into it that no clock can show', async () => {
    const call = at.transported('26-00419');
    for (const none of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      call.fact('incident.held', none, [call.incident], { held: true, until: none });
      const amended = { element: 'onScene', at: none, reason: 'none' };
      call.fact('time.amended', none, [call.run('m36'), call.incident], amended);
    }
    await at.push(...call.made);
    expect(await workOff(at.ports)).toBe(1);
    expect(await at.derived(call, 'm36', 'run')).not.toBeNull();
    expect(await at.textOfReport(call)).toContain('26-00419');
  });

  it('is not derived while it goes on, and the report waits for the last unit', async () => {
    const call = takeCall(at.station, '26-00419');
    call.send('m36', later(40));
    call.send('e06', later(45));
    const ended = call.status('e06', 'available', later(100), { commitments: [] });
    await at.push(...call.made);
    await workOff(at.ports);
    expect(await at.derived(call, 'm36', 'run')).toBeNull();
    expect(await at.derived(call, 'e06', 'run')).not.toBeNull();
    expect(await at.reportOf(call)).toBeNull();
    expect(ended.fact.content).toBeDefined();
    await at.push(call.status('m36', 'outOfService', later(200), { commitments: [] }));
    await workOff(at.ports);
    expect((await at.derived(call, 'm36', 'run'))?.body).toMatchObject({ times: { backInService: later(200) } });
    expect(await at.reportOf(call)).not.toBeNull();
  });

  it('closed without any unit still has its report, with the disposition', async () => {
    const call = takeCall(at.station, '26-00420');
    const [opened] = call.made;
    call.fact('incident.closed', later(60), [call.incident], { disposition: 'No merit' }, [opened?.fact.id ?? '']);
    await at.push(...call.made);
    await workOff(at.ports);
    const text = await at.textOfReport(call);
    expect(text).toContain('Closed: No merit');
    expect(text).toContain('No unit was sent.');
  });
});

describe('once and idempotently', () => {
  it('derives again without a new version of anything', async () => {
    const call = at.transported('26-00421');
    await at.push(...call.made);
    await workOff(at.ports);
    const before = await versions();
    expect(await mark(call.id)).toBe(true);
    expect(await mark('no such incident')).toBe(false);
    expect(await workOff(at.ports)).toBe(1);
    expect(await versions()).toEqual(before);
    const blobs = await at.rows('select from documents.blob where id = $1', [derivedId(call.incident, 'report')]);
    expect(blobs.length).toBe(1);
  });

  it('loses nothing and repeats nothing when it is cut off at any step', async () => {
    const whole = at.transported('26-00422');
    await at.push(...whole.made);
    await workOff(at.ports);
    for (let cut = 1; cut < 20; cut++) {
      const call = at.transported(`26-1${String(cut).padStart(4, '0')}`);
      await at.push(...call.made);
      const before = (await versions()).length;
      const finished = await dyingAt(cut);
      at.world.time.now += 60_000;
      await workOff(at.ports);
      expect((await versions()).length - before).toBe(5);
      expect((await at.derived(call, 'm36', 'run'))?.version).toBe(1);
      expect((await at.reportOf(call))?.version).toBe(1);
      expect(await due()).toBe(0);
      if (finished) return;
    }
    throw new Error('the work has more steps than were tried');
  });

  it('goes on by itself, woken when something is due, drawing beside the floor', async () => {
    const drawing = startDrawing();
    const worker = startWorker({ ...at.ports, draw: drawing.draw });
    const call = at.transported('26-00423');
    await at.push(...call.made);
    worker.nudge();
    for (let i = 0; i < 100 && !(await at.reportOf(call)); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    await worker.stop();
    await drawing.close();
    expect((await at.reportOf(call))?.body?.bytes).toBeGreaterThan(1_000);
  });

  it('draws what is asked for while its idle thread ends', async () => {
    const drawing = startDrawing();
    const asked: Parameters<typeof drawing.draw>[] = [];
    const draw: typeof drawing.draw = (...what) => {
      asked.push(what);
      return drawing.draw(...what);
    };
    await at.push(...at.transported('26-00424').made);
    await workOff({ ...at.ports, draw });
    const [what] = asked;
    if (!what) throw new Error('nothing was drawn');
    const ending = drawing.close();
    expect((await drawing.draw(...what)).length).toBeGreaterThan(1_000);
    await ending;
    await drawing.close();
  });
});

/** Works until its nth step with the database and dies there: nothing after it happens. True where all was done before. */
async function dyingAt(steps: number): Promise<boolean> {
  let left = steps;
  const died = new Error('killed');
  const step = <A extends readonly unknown[], T>(work: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> => {
      if (left-- <= 0) throw died;
      return work(...args);
    };
  };
  const { db, log } = at.ports;
  const dying: WorkerPorts = {
    ...at.ports,
    db: { ...db, inOrg: step(db.inOrg) as typeof db.inOrg },
    log: { ...log, intakeBeside: step(log.intakeBeside) as typeof log.intakeBeside },
  };
  try {
    await workOff(dying);
    return left >= 0;
  } catch (error) {
    if (error !== died) throw error;
    return false;
  }
}

describe('late facts', () => {
  it('derive again what nobody has signed', async () => {
    const call = at.transported('26-00424');
    await at.push(...call.made);
    await workOff(at.ports);
    const first = await at.reportOf(call);
    await at.push(
      call.fact('time.amended', later(4_000), [call.run('m36'), call.incident], {
        element: 'onScene',
        at: later(350),
        reason: 'said so on the radio',
      }),
    );
    await workOff(at.ports);
    expect(await at.derived(call, 'm36', 'run')).toMatchObject({
      version: 2,
      body: { times: { onScene: later(350) } },
    });
    const second = await at.reportOf(call);
    expect(second?.body?.digest).not.toBe(first?.body?.digest);
    // The report that was there before is still kept.
    const kept = await at.rows('select digest from documents.blob where id = $1', [first?.id]);
    expect(kept.length).toBe(2);
  });

  it('raise a discrepancy in words where it was signed, and change nothing else', async () => {
    const call = at.transported('26-00425');
    await at.push(...call.made);
    await workOff(at.ports);
    const sign = async (kind: 'run' | 'chart') => {
      const held = (await at.derived(call, 'm36', kind)) as RecordVersion;
      await at.world.log.intake(ORG, (tx) =>
        tx.putRecord(at.site, { ...held, version: held.version + 1, body: { ...held.body, state: 'signed' } }),
      );
      return held.body as { [field: string]: Json };
    };
    const signed = await sign('run');
    await sign('chart');
    const amend = (element: string, time: number | null, replaces: readonly string[] = []) =>
      call.fact(
        'time.amended',
        later(4_000),
        [call.run('m36'), call.incident],
        { element, at: time, reason: 'late' },
        replaces,
      );
    const late = amend('onScene', later(350));
    await at.push(late);
    await workOff(at.ports);
    expect((await at.derived(call, 'm36', 'run'))?.body).toEqual({
      ...signed,
      state: 'signed',
      discrepancies: ['Time on scene: signed 14:37:42, the facts now say 14:36:52.'],
    });
    expect((await at.derived(call, 'm36', 'chart'))?.body).toMatchObject({ state: 'signed', discrepancies: [] });
    expect((await at.derived(call, 'm36', 'trip'))?.body).toMatchObject({ state: 'ready' });
    // Taken back, nothing is left to say.
    await at.push(amend('onScene', later(400), [late.fact.id]));
    await workOff(at.ports);
    expect((await at.derived(call, 'm36', 'run'))?.body).toEqual({ ...signed, state: 'signed', discrepancies: [] });
  });

  it('that take a transport back archive its open chart and trip', async () => {
    const call = takeCall(at.station, '26-00426');
    call.send('m36', later(40));
    call.status('m36', 'transporting', later(100));
    call.status('m36', 'available', later(200), { commitments: [] });
    await at.push(...call.made);
    await workOff(at.ports);
    expect((await at.derived(call, 'm36', 'chart'))?.body).not.toBeNull();
    await at.push(
      call.fact('time.amended', later(300), [call.run('m36'), call.incident], {
        element: 'leftScene',
        at: null,
        reason: 'wrong key',
      }),
    );
    await workOff(at.ports);
    expect(await at.derived(call, 'm36', 'run')).toMatchObject({ version: 2, body: { transported: false } });
    expect(await at.derived(call, 'm36', 'chart')).toMatchObject({ version: 2, body: null });
    expect(await at.derived(call, 'm36', 'trip')).toMatchObject({ version: 2, body: null });
  });
});
