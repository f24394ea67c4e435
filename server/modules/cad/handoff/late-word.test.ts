/** What hand-off makes of what is said of a run or a call afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignmentRef } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import { createBareSite } from '../../../kernel/identity/organisations.ts';
import { OPERATOR } from '../../../kernel/identity/ports.ts';
import type { Report } from './report.ts';
import { type Call, type Floor, floor, later, ORG, takeCall } from './testing/floor.ts';
import { markDue, workOff } from './worker.ts';

let at: Floor;
beforeAll(async () => {
  at = await floor();
});
afterAll(() => at.world.close());

const runOf = async (call: Call, unit: string): Promise<RecordVersion['body'] | undefined> =>
  (await at.derived(call, unit, 'run'))?.body;

/** A call with a unit that pressed "transporting" to Mercy and is free again. */
function pressedTransporting(number: string): Call {
  const call = takeCall(at.station, number);
  call.send('m36', later(40));
  call.status('m36', 'transporting', later(100), { destination: { name: 'Mercy' } });
  call.status('m36', 'available', later(200), { commitments: [] });
  return call;
}

const amend = (call: Call, element: string, time: number | null, replaces: readonly string[] = []) =>
  call.fact(
    'time.amended',
    later(300),
    [call.incident, 'unit:m36', call.run('m36')],
    { element, at: time, reason: 'wrong key' },
    replaces,
  );

describe('a transport', () => {
  it('that was none is taken back by striking its time, though a hospital was named', async () => {
    const call = pressedTransporting('26-00501');
    await at.push(...call.made);
    await workOff(at.ports);
    expect(await at.derived(call, 'm36', 'trip')).toMatchObject({ body: { destination: 'Mercy' } });
    await at.push(amend(call, 'leftScene', null));
    await workOff(at.ports);
    expect(await runOf(call, 'm36')).toMatchObject({ transported: false, destination: null });
    expect(await at.derived(call, 'm36', 'chart')).toMatchObject({ body: null });
    expect(await at.derived(call, 'm36', 'trip')).toMatchObject({ body: null });
    expect(await at.textOfReport(call)).not.toContain('transported to Mercy');
  });

  it('that was taken back by mistake and is one after all leaves the chart with whoever had claimed it', async () => {
    const call = pressedTransporting('26-00513');
    await at.push(...call.made);
    await workOff(at.ports);
    const open = (await at.derived(call, 'm36', 'chart')) as RecordVersion;
    const claimed = { ...open, version: 2, body: { ...open.body, author: 'mia' } };
    await at.world.log.intake(ORG, (tx) => tx.putRecord(at.site, claimed));
    const struck = amend(call, 'leftScene', null);
    await at.push(struck);
    await workOff(at.ports);
    expect(await at.derived(call, 'm36', 'chart')).toMatchObject({ version: 3, body: null });
    await at.push(amend(call, 'leftScene', later(100), [struck.fact.id]));
    await workOff(at.ports);
    expect(await at.derived(call, 'm36', 'chart')).toMatchObject({
      version: 4,
      body: { author: 'mia', state: 'open' },
    });
  });

  it('is one where only the arrival was pressed', async () => {
    const call = takeCall(at.station, '26-00511');
    call.send('m36', later(40));
    call.status('m36', 'atDestination', later(400));
    call.status('m36', 'available', later(500), { commitments: [] });
    await at.push(...call.made);
    await workOff(at.ports);
    expect(await runOf(call, 'm36')).toMatchObject({ transported: true, destination: null });
    expect(await at.derived(call, 'm36', 'chart')).toMatchObject({ body: { state: 'open' } });
  });

  it('that goes on at the call which its own was a duplicate of is one: one chart, one trip', async () => {
    const dup = takeCall(at.station, '26-00502');
    const main = takeCall(at.station, '26-00503');
    dup.send('m36', later(40));
    dup.status('m36', 'transporting', later(100), { destination: { name: 'Mercy' } });
    // As merging has it: canceled there, and here with the status and the times it had.
    dup.status('m36', 'canceled', later(150), { commitments: [main.incident] });
    main.status('m36', 'transporting', later(100), { destination: { name: 'Mercy' }, commitments: [main.incident] });
    const time = { element: 'unitNotified', at: later(40) };
    main.fact('time.recorded', later(150), [main.incident, 'unit:m36', main.run('m36')], time);
    dup.fact('incident.merged', later(150), [dup.incident, main.incident], { merged: true });
    main.status('m36', 'atDestination', later(400));
    main.status('m36', 'available', later(500), { commitments: [] });
    await at.push(...[...dup.made, ...main.made]);
    await workOff(at.ports);
    expect(await runOf(main, 'm36')).toMatchObject({ transported: true });
    expect(await at.derived(main, 'm36', 'trip')).toMatchObject({ body: { destination: 'Mercy' } });
    expect(await runOf(dup, 'm36')).toMatchObject({ transported: false });
    expect(await at.derived(dup, 'm36', 'chart')).toBeNull();
    expect(await at.derived(dup, 'm36', 'trip')).toBeNull();
  });
});

describe('what differs from what was signed', () => {
  it('is said also where the clock showed the same, on another day', async () => {
    const call = at.transported('26-00504');
    await at.push(...call.made);
    await workOff(at.ports);
    const held = (await at.derived(call, 'm36', 'run')) as RecordVersion;
    const signed = { ...held, version: held.version + 1, body: { ...held.body, state: 'signed' } };
    await at.world.log.intake(ORG, (tx) => tx.putRecord(at.site, signed));
    await at.push(amend(call, 'onScene', later(400 - 86_400)));
    await workOff(at.ports);
    expect(await runOf(call, 'm36')).toMatchObject({
      discrepancies: ['Time on scene: signed 2026-11-22 14:37:42, the facts now say 2026-11-21 14:37:42.'],
    });
  });
});

describe('a call', () => {
  it('that was merged into another before a unit was sent has its report', async () => {
    const dup = takeCall(at.station, '26-00520');
    const main = takeCall(at.station, '26-00521');
    dup.fact('incident.merged', later(150), [dup.incident, main.incident], { merged: true });
    await at.push(...dup.made, ...main.made);
    await workOff(at.ports);
    expect(await at.textOfReport(dup)).toContain('26-00521');
    expect(await at.reportOf(main)).toBeNull();
  });

  it('that was reopened has no disposition until it is closed again', async () => {
    const call = at.transported('26-00505');
    const [opened] = call.made;
    const closed = call.fact('incident.closed', later(3_100), [call.incident], { disposition: 'No merit' }, [
      opened?.fact.id ?? '',
    ]);
    await at.push(...call.made);
    await workOff(at.ports);
    expect(await runOf(call, 'm36')).toMatchObject({ disposition: 'No merit' });
    await at.push(call.fact('incident.reopened', later(3_200), [call.incident], {}, [closed.fact.id]));
    await workOff(at.ports);
    expect(await runOf(call, 'm36')).toMatchObject({ disposition: null });
  });

  it('that was closed by mistake before a unit was sent, and is opened again, says so too', async () => {
    const call = takeCall(at.station, '26-00524');
    const [opened] = call.made;
    const dispose = (time: number, before: string) =>
      call.fact('incident.closed', later(time), [call.incident], { disposition: 'No merit' }, [before]);
    const closed = dispose(60, opened?.fact.id ?? '');
    await at.push(...call.made);
    await workOff(at.ports);
    const state = async () => (await at.reportOf(call))?.body?.state;
    expect(await state()).toBe('stored');
    const reopened = call.fact('incident.reopened', later(90), [call.incident], {}, [closed.fact.id]);
    await at.push(reopened);
    await workOff(at.ports);
    expect(await state()).toBe('outdated');
    await at.push(dispose(120, reopened.fact.id));
    await workOff(at.ports);
    expect(await state()).toBe('stored');
  });

  it('that goes on again says of its report that it is of before, until that is made anew', async () => {
    const call = at.transported('26-00522');
    const [opened] = call.made;
    const closed = call.fact('incident.closed', later(3_100), [call.incident], { disposition: 'No merit' }, [
      opened?.fact.id ?? '',
    ]);
    await at.push(...call.made);
    await workOff(at.ports);
    const before = await at.reportOf(call);
    const run = assignmentRef(call.incident, 'unit:m36', 1);
    const again = (type: string, time: number, body: Json, replaces: readonly string[] = []) =>
      call.fact(type, time, [call.incident, 'unit:m36', run], body, replaces);
    const reopened = call.fact('incident.reopened', later(90_000), [call.incident], {}, [closed.fact.id]);
    const sent = again('unit.dispatched', later(90_100), { code: 'DP', commitments: [call.incident] });
    await at.push(reopened, sent);
    await workOff(at.ports);
    expect((await at.reportOf(call))?.body).toMatchObject({ state: 'outdated', digest: before?.body?.digest });
    await at.push(call.fact('incident.noted', later(90_200), [call.incident], { text: 'still there' }));
    await workOff(at.ports);
    expect(await at.reportOf(call)).toMatchObject({ version: 2 });
    await at.push(
      again('unit.status', later(91_000), { code: 'AV', standard: 'available', commitments: [] }, [sent.fact.id]),
    );
    await workOff(at.ports);
    expect((await at.reportOf(call))?.body).toMatchObject({ state: 'stored' });
    const text = await at.textOfReport(call);
    expect(text).toMatch(/^Open$/m);
    expect(text).toContain('Reopened');
  });

  it('has its own times alone in the runs of its units', async () => {
    const call = at.transported('26-00506');
    for (const element of ['staged', 'dispatchNotified'])
      call.fact('time.recorded', later(60), [call.incident], { element, at: later(30) });
    await at.push(...call.made);
    await workOff(at.ports);
    const { times } = (await runOf(call, 'e06')) as { times: { [element: string]: Json } };
    expect(times.dispatchNotified).toBe(later(30));
    expect(times.staged).toBeUndefined();
  });

  it('says by its number where a unit went that was taken off it', async () => {
    const [call, other] = [takeCall(at.station, '26-00541'), takeCall(at.station, '26-00542')];
    call.send('m36', later(40));
    call.status('m36', 'canceled', later(100), { commitments: [other.incident] });
    await at.push(...other.made, ...call.made);
    await workOff(at.ports);
    expect(await at.textOfReport(call)).toContain('and is on 26-00542');
  });

  it('that another site comes to hold after its runs ended shows what they left there too', async () => {
    const call = at.transported('26-00507');
    await at.push(...call.made);
    await workOff(at.ports);
    const made = await createBareSite(at.world.ports, OPERATOR, ORG, 'Other');
    if (!made.ok) throw new Error(made.refusal.message);
    const { site } = made.value;
    await at.world.log.intake(ORG, (tx) => tx.hold([{ ref: call.incident, site }]));
    const derive = async (): Promise<string[]> => {
      await at.world.database.db.inOrgClient({ org: ORG }, (client) => markDue(client, ORG, at.site, call.id));
      await workOff(at.ports);
      const kinds = `select item ->> 'kind' as kind from kernel.stream_item where site = $1 and kind = 'record'
        and item -> 'body' ->> 'incident' = $2 order by 1`;
      return (await at.rows<{ kind: string }>(kinds, [site, call.id])).map(({ kind }) => kind);
    };
    expect(await derive()).toEqual(['chart', 'report', 'run', 'run', 'trip']);
    expect(await derive()).toHaveLength(5);
  });
});

describe('a report', () => {
  it('marks the times of the call itself that were amended, with what they were and why', async () => {
    const call = at.transported('26-00523');
    call.fact('time.amended', later(3_100), [call.incident], {
      element: 'psapCall',
      at: later(-30),
      reason: 'phone log',
    });
    await at.push(...call.made);
    await workOff(at.ports);
    const text = await at.textOfReport(call);
    expect(text).toContain('Call answered*');
    expect(text).toContain('14:30:32');
    expect(text).toContain('* Call answered amended, recorded as 14:31:02: phone log');
  });

  it('of what was known first never takes the place of a later one', async () => {
    const call = at.transported('26-00509');
    await at.push(...call.made);
    await workOff(at.ports);
    const wrong = amend(call, 'onScene', later(350));
    await at.push(wrong);
    let drawn = 0;
    const draw = async (report: Report, madeAt: number): Promise<Uint8Array> => {
      if (++drawn > 1) return at.ports.draw(report, madeAt);
      // Meanwhile it is taken back, and another worker is done before this one is.
      await at.push(amend(call, 'onScene', later(400), [wrong.fact.id]));
      await workOff(at.ports);
      return at.ports.draw(report, madeAt);
    };
    // This one takes one incident, once: another of its lanes might take what is due again.
    let taken = 0;
    await workOff({ ...at.ports, draw }, () => taken++ === 0);
    expect(drawn).toBe(1);
    expect(await at.textOfReport(call)).not.toContain('14:36:52*');
    expect((await at.reportOf(call))?.version).toBe(2);
  });

  it('says both of the clocks that a call which is still open went by', async () => {
    const call = at.transported('26-00512');
    call.fact('incident.noted', Date.UTC(2027, 2, 15), [call.incident], { text: 'asked for by the coroner' });
    await at.push(...call.made);
    await workOff(at.ports);
    expect(await at.textOfReport(call)).toContain('PST, UTC-8; LATER PDT, UTC-7');
  });

  it('warns of what two consoles said of a unit', async () => {
    const call = at.transported('26-00510');
    amend(call, 'onScene', later(350));
    amend(call, 'onScene', later(360));
    await at.push(...call.made);
    await workOff(at.ports);
    expect(await at.textOfReport(call)).toContain('Two values stand for M36 on 26-00510: time on scene');
  });
});
