/** The calls about legal holds and erasure. */
import { randomUUID } from 'node:crypto';
import { idOf } from '../../domain/kernel/ids.ts';
import { newEntity, opening, pushOf } from '../../server/kernel/intake/testing/station.ts';
import type { Call } from './call.ts';
import { workstation } from './workstations.ts';
import type { AccessWorld, Target } from './world.ts';

/** A call of the target's that is over. It may be erased as often as anybody may. */
async function ended(target: Target, { url }: AccessWorld): Promise<{ readonly id: string; readonly number: string }> {
  const [incident, number] = [newEntity('incident'), `26-${randomUUID().slice(0, 6)}`];
  const opened = target.console.append(opening(incident, { number }));
  const of = { about: [incident], replaces: [opened.fact.id], body: { disposition: 'No merit' } };
  const push = pushOf(opened, target.console.append({ type: 'incident.closed', ...of }));
  const { text } = await (await workstation(url, target.console)).ask('POST', '/v1/sync/push', push);
  if (!text.includes('"problems":[]')) throw new Error(text);
  return { id: idOf(incident), number };
}

async function hold(target: Target, incident: string, { sql }: AccessWorld): Promise<string> {
  const id = `x-${randomUUID()}`;
  await sql(
    `insert into kernel.legal_hold (org, id, entity, tbl, row_id, reason, placed_at)
     values ($1, $2, 'incident:' || $3, 'cad.incident', $3, 'a test', 1)`,
    [target.org, id, incident],
  );
  return id;
}

const reason = { reason: 'a test' };

const over = new Map<Target, ReturnType<typeof ended>>();

export const KEEPING_CALLS: { readonly [call: string]: Call } = {
  'GET /v1/incidents/{incident}/keeping': async (target, world) => {
    const shows = await hold(target, target.incident, world);
    return { path: `/v1/incidents/${target.incident}/keeping`, shows };
  },
  'GET /v1/holds': async (target, world) => ({ path: '/v1/holds', shows: await hold(target, target.incident, world) }),
  'POST /v1/incidents/{incident}/holds': ({ incident }) => ({ path: `/v1/incidents/${incident}/holds`, body: reason }),
  'POST /v1/incidents/{incident}/holds/{hold}/release': async (target, world) => ({
    path: `/v1/incidents/${target.incident}/holds/${await hold(target, target.incident, world)}/release`,
    body: reason,
  }),
  'GET /v1/retention/incidents': () => ({ path: '/v1/retention/incidents', shows: '"years"' }),
  'PUT /v1/retention/incidents': () => ({ path: '/v1/retention/incidents', body: { years: null, ...reason } }),
  'POST /v1/incidents/{incident}/erase': async (target, world) => {
    const made = over.get(target) ?? ended(target, world);
    over.set(target, made);
    const { id, number } = await made;
    return { path: `/v1/incidents/${id}/erase`, body: { number, ...reason } };
  },
};
