/** Legal holds and erasure through their doors, on a real center: what they refuse, what they leave, and what the audit says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Keeping } from '#domain/cad/keeping-api.ts';
import { type EntityRef, idOf } from '#domain/kernel/ids.ts';
import { newEntity, opening, pushOf } from '../../../kernel/intake/testing/station.ts';
import { type Answer, type EnrolledStation, type TestCenter, testCenter } from '../../../testing/center.ts';
import { DEMO_ORG } from '../../demo/sign-in.ts';

let center: TestCenter;
let seat: EnrolledStation;
beforeAll(async () => {
  center = await testCenter();
  seat = await center.enrol('seat');
});
afterAll(() => center?.close());

const NUMBER = '26-00417';
const ask = <T = Keeping>(
  method: string,
  path: string,
  body?: unknown,
  token = center.adminToken,
): Promise<Answer<T>> => center.call<T>(method, path, body, token);
const refusal = (answer: Answer<unknown>): unknown[] => {
  const { code, field } = answer.body as { readonly code: string; readonly field?: string };
  return field === undefined ? [answer.status, code] : [answer.status, code, field];
};

/** A call of this number; `over`: closed. Returns its id. */
async function called(number: string, over = true): Promise<string> {
  const incident = newEntity('incident');
  const opened = seat.append(opening(incident, { number, caller: 'Ada Canary' }));
  const noted = seat.append({ type: 'incident.noted', about: [incident], body: { text: 'gate code 4471' } });
  const { status } = await seat.push(pushOf(opened, noted));
  expect(status).toBe(200);
  if (over) await close(incident, opened.fact.id);
  return idOf(incident);
}

async function close(incident: EntityRef, opened: string): Promise<void> {
  const body = { disposition: 'No merit' };
  await seat.push(pushOf(seat.append({ type: 'incident.closed', about: [incident], replaces: [opened], body })));
}

const sealedOf = async (id: string): Promise<Record<string, unknown>> =>
  (await ask<{ sealed: Record<string, unknown> }>('GET', `/v1/entities/incident/${id}`)).body.sealed;
const erase = (id: string, number: string, reason = 'court order 26-CV-118') =>
  ask('POST', `/v1/incidents/${id}/erase`, { number, reason });
const audited = async (reason: string): Promise<readonly { actor: string; tbl: string; op: string }[]> => {
  const db = await center.application();
  try {
    return await db.inOrgClient(
      { org: DEMO_ORG },
      async (client) =>
        (await client.query('select actor, tbl, op from audit.entry where reason = $1 order by id', [reason])).rows,
    );
  } finally {
    await db.close();
  }
};

describe('a legal hold', () => {
  it('keeps an incident from being erased while one stands, is listed while it does, and is audited with its reason', async () => {
    const id = await called(NUMBER);
    const first = await ask('POST', `/v1/incidents/${id}/holds`, { reason: 'Doe v. County' });
    expect(first.body).toMatchObject({ erasedAt: null, holds: [{ reason: 'Doe v. County', releasedAt: null }] });
    const second = await ask('POST', `/v1/incidents/${id}/holds`, { reason: 'State inquiry' });
    const holds = second.body.holds.map(({ hold }) => hold);
    const standing = async () => (await ask<{ items: unknown[] }>('GET', '/v1/holds')).body.items;
    expect(await standing()).toMatchObject([
      { incident: id, number: NUMBER, hold: holds[0] },
      { incident: id, number: NUMBER, hold: holds[1] },
    ]);

    expect(refusal(await erase(id, NUMBER))).toEqual([422, 'incident.held']);
    const release = (hold: string | undefined) =>
      ask('POST', `/v1/incidents/${id}/holds/${hold}/release`, { reason: 'settled in court' });
    await release(holds[0]);
    expect(refusal(await erase(id, NUMBER))).toEqual([422, 'incident.held']);
    expect((await sealedOf(id)).caller).toBe('Ada Canary');
    const released = (await release(holds[1])).body.holds;
    expect(released.map(({ releasedAt, releasedBy }) => [typeof releasedAt, releasedBy])).toEqual([
      ['number', released[0]?.placedBy],
      ['number', released[0]?.placedBy],
    ]);
    expect(await standing()).toEqual([]);
    expect(await audited('Doe v. County')).toMatchObject([{ tbl: 'kernel.legal_hold', actor: released[0]?.placedBy }]);
    expect(await audited('settled in court')).toHaveLength(2);

    // Whoever released one first has released it.
    const again = (await release(holds[0])).body.holds[0];
    expect(again?.releasedAt).toBe(released[0]?.releasedAt);
    expect(refusal(await release('nonsense'))).toEqual([404, 'hold.unknown', 'hold']);
  });

  it('is refused without a reason, on what nobody knows, and by the database where the door did not ask', async () => {
    const id = await called('26-00418');
    expect(refusal(await ask('POST', `/v1/incidents/${id}/holds`, { reason: ' ' }))).toEqual([
      400,
      'field.invalid',
      'reason',
    ]);
    expect(refusal(await ask('POST', '/v1/incidents/nonsense/holds', { reason: 'x' }))).toEqual([
      404,
      'incident.unknown',
      'incident',
    ]);
    await ask('POST', `/v1/incidents/${id}/holds`, { reason: 'Doe v. County' });
    const db = await center.application();
    const destroyed = db.inOrgClient({ org: DEMO_ORG }, (client) =>
      client.query('select kernel.destroy_keys($1, $2)', [`incident:${id}`, 'past the door']),
    );
    await expect(destroyed).rejects.toMatchObject({ code: 'QD001' });
    await db.close();
  });
});

describe('erasure', () => {
  it('takes what an incident says of people, leaves what operations count, and says so to whoever opens it', async () => {
    const id = await called('26-00419');
    expect(await sealedOf(id)).toMatchObject({ caller: 'Ada Canary', notes: [{ text: 'gate code 4471' }] });
    const { status, body } = await erase(id, '26-00419');
    expect([status, typeof body.erasedAt]).toEqual([200, 'number']);
    expect(await sealedOf(id)).toEqual({ location: null, caller: null, callback: null, patient: null, notes: null });
    const kept = await ask<{ fields: object }>('GET', `/v1/entities/incident/${id}`);
    expect(kept.body.fields).toMatchObject({
      number: '26-00419',
      life: 'closed',
      disposition: 'No merit',
      zone: 'B01',
    });
    const facts = await ask<{ items: { type: string; body?: unknown }[] }>('GET', `/v1/facts?entity=incident:${id}`);
    expect(facts.body.items.filter(({ body }) => body !== undefined).map(({ type }) => type)).toEqual([
      'entity.erased',
    ]);
    expect(JSON.stringify(facts.body)).not.toContain('court order');
    const acts = await audited('court order 26-CV-118');
    expect(acts.filter(({ tbl, op }) => tbl === 'keys.entity' && op === 'act')).toHaveLength(1);
    expect(refusal(await ask('POST', `/v1/incidents/${id}/holds`, { reason: 'too late' }))).toEqual([
      422,
      'incident.erased',
    ]);
  });

  it('is the center’s word: what a workstation says of one is none, and keeps nobody from holds, erasing and a report', async () => {
    const id = await called('26-00422');
    const about = [`incident:${id}` as EntityRef];
    const { status } = await seat.push(pushOf(seat.append({ type: 'entity.erased', about, body: { reason: 'no' } })));
    expect(status).toBe(200);
    expect((await ask('GET', `/v1/incidents/${id}/keeping`)).body.erasedAt).toBeNull();
    await expect
      .poll(async () => (await ask<Uint8Array>('GET', `/v1/incidents/${id}/report`)).status, { timeout: 20_000 })
      .toBe(200);
    expect((await erase(id, '26-00422')).status).toBe(200);
  });

  it('is refused while the call is worked, with another number, and to whoever is no administrator of the site', async () => {
    const id = await called('26-00420', false);
    expect(refusal(await erase(id, '26-00420'))).toEqual([422, 'incident.open']);
    expect(refusal(await erase(id, '26-00421'))).toEqual([422, 'incident.number', 'number']);
    const supervisor = await center.member('sue', ['supervisor']);
    const asked = { number: '26-00420', reason: 'because' };
    expect((await ask('POST', `/v1/incidents/${id}/erase`, asked, supervisor.token)).status).toBe(403);
    expect((await sealedOf(id)).caller).toBe('Ada Canary');
  });

  it('waits for the last unit, though the call is closed over it', async () => {
    const id = await called('26-00422');
    const incident: EntityRef = `incident:${id}`;
    const unit = newEntity('unit');
    const sent = seat.append({
      type: 'unit.dispatched',
      about: [unit, incident],
      body: { code: 'DP', commitments: [incident] },
    });
    await seat.push(pushOf(sent));
    expect(refusal(await erase(id, '26-00422'))).toEqual([422, 'incident.running']);
  });
});
