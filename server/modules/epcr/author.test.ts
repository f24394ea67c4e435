import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EPCR_ACTIONS } from '#domain/epcr/actions.ts';
import type { Role } from '#domain/kernel/permission.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import { person } from '../../kernel/identity/testing/identity.ts';
import { derivedId } from '../cad/handoff/derive.ts';
import { type Call, type Floor, floor, later, ORG, takeCall } from '../cad/handoff/testing/floor.ts';
import { workOff } from '../cad/handoff/worker.ts';
import { changeAuthor } from './author.ts';

let at: Floor;
let pam: string;
let pete: string;
beforeAll(async () => {
  at = await floor();
  pam = await person(at.world, ORG, 'pam', ['provider'], at.site);
  pete = await person(at.world, ORG, 'pete', ['provider'], at.site);
});
afterAll(() => at.world.close());

let number = 500;
/** A call that M36 transported from, and the id of the chart that it left. */
async function transported(): Promise<{ readonly call: Call; readonly chart: string }> {
  const call = takeCall(at.station, `26-00${++number}`);
  call.send('m36', later(40));
  call.status('m36', 'onScene', later(400));
  call.status('m36', 'transporting', later(1_500), { destination: { name: 'Mercy' } });
  call.status('m36', 'available', later(3_000), { commitments: [] });
  await at.push(...call.made);
  await workOff(at.ports);
  return { call, chart: derivedId(call.run('m36'), 'chart') };
}

const chartOf = (id: string): Promise<RecordVersion | null> => at.world.log.intake(ORG, (tx) => tx.record('chart', id));
const asked: { site: string; agency: string | null }[] = [];
const change = (chart: string, actor: string, author: string | null, as: 'claim' | 'assignment', reason = 'a test') =>
  changeAuthor(
    { log: at.world.log },
    { org: ORG, actor, reason },
    { chart, author, as, mustBeAllowed: (of) => asked.push({ site: of.site, agency: of.agency }) },
  );
const claim = (chart: string, by: string) => change(chart, by, by, 'claim');

describe('a chart', () => {
  it('is claimed by the first of the crew, once, and the audit says by whom', async () => {
    const { chart } = await transported();
    expect((await chartOf(chart))?.body).toMatchObject({ author: null, state: 'open' });
    expect(await claim(chart, pam)).toEqual({ ok: true, value: { chart, author: pam, version: 2 } });
    expect(asked.at(-1)).toEqual({ site: at.site, agency: null });
    // The answer was lost: asked again it is the same, and nothing is written.
    expect(await claim(chart, pam)).toEqual({ ok: true, value: { chart, author: pam, version: 2 } });
    expect(await claim(chart, pete)).toMatchObject({ ok: false, refusal: { code: 'chart.claimed' } });
    const audit = await at.rows<{ actor: string; author: string }>(
      `select actor, after -> 'body' ->> 'author' as author from audit.entry
       where tbl = 'epcr.chart' and row_id = $1 order by xid, id`,
      [chart],
    );
    expect(audit.at(-1)).toEqual({ actor: pam, author: pam });
  });

  it('goes to one of two who claim it at once', async () => {
    const { chart } = await transported();
    const both = await Promise.all([claim(chart, pam), claim(chart, pete)]);
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
  });

  it('keeps its author when late facts derive it again', async () => {
    const { call, chart } = await transported();
    await claim(chart, pam);
    await at.push(
      call.fact('time.amended', later(4_000), [call.run('m36'), call.incident], {
        element: 'onScene',
        at: later(350),
        reason: 'said so on the radio',
      }),
    );
    await workOff(at.ports);
    expect(await chartOf(chart)).toMatchObject({ version: 2, body: { author: pam } });
  });

  it('is given to another of the crew or released, but to nobody else', async () => {
    const { chart } = await transported();
    await claim(chart, pam);
    const mia = await person(at.world, ORG, 'mia', ['medical_director'], at.site);
    const lead = (author: string | null) => change(chart, mia, author, 'assignment', 'Pam went home');
    expect(await lead(mia)).toMatchObject({ ok: false, refusal: { code: 'person.not_crew', field: 'author' } });
    expect(await lead('nobody')).toMatchObject({ ok: false, refusal: { code: 'person.unknown' } });
    expect(await lead(pete)).toMatchObject({ ok: true, value: { author: pete } });
    expect(await lead(null)).toMatchObject({ ok: true, value: { author: null } });
    expect(await claim(chart, pam)).toMatchObject({ ok: true });
  });

  it('stays with whoever signed it', async () => {
    const { chart } = await transported();
    await claim(chart, pam);
    const held = await chartOf(chart);
    if (!held?.body) throw new Error('there is no chart');
    const { body } = held;
    await at.world.log.intake(ORG, (tx) =>
      tx.putRecord(at.site, { ...held, version: held.version + 1, body: { ...body, state: 'signed' } }),
    );
    expect(await change(chart, pete, pete, 'assignment')).toMatchObject({
      ok: false,
      refusal: { code: 'chart.signed' },
    });
  });

  it('that is not there is not claimed, and who is not let is not', async () => {
    expect(await claim('none', pam)).toMatchObject({ ok: false, refusal: { code: 'chart.unknown' } });
    const { chart } = await transported();
    const refusing = changeAuthor(
      { log: at.world.log },
      { org: ORG, actor: pam },
      {
        chart,
        author: pam,
        as: 'claim',
        mustBeAllowed: () => {
          throw new Error('another agency’s');
        },
      },
    );
    await expect(refusing).rejects.toThrow('another agency’s');
    expect((await chartOf(chart))?.body).toMatchObject({ author: null });
  });

  it('is claimed by crews alone, and given away by who leads them', () => {
    const may = (name: keyof typeof EPCR_ACTIONS): readonly Role[] => EPCR_ACTIONS[name].may;
    expect(may('chart.claim')).toEqual(['provider', 'flight_nurse', 'flight_medic']);
    expect(may('chart.assign')).toEqual(['supervisor', 'hems_supervisor', 'medical_director']);
  });
});
