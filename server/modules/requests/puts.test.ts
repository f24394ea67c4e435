import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '#domain/kernel/json.ts';
import type { RequestIn, RequestOut, SessionOut } from '#domain/wire/sync.ts';
import { signIn } from '../../kernel/identity/sign-in/sign-in.ts';
import {
  type IdentityWorld,
  identityWorld,
  must,
  organisationWithSite,
  PASSWORD,
  person,
  type Workstation,
  workstation,
} from '../../kernel/identity/testing/identity.ts';
import { asMigrator } from '../../testing/postgres.ts';
import { type DecideRequest, requestDecider } from './requests.ts';

let world: IdentityWorld;
let decide: DecideRequest;
let site: string;
let seat: Workstation;
const sessions: { [name: string]: SessionOut } = {};

beforeAll(async () => {
  world = await identityWorld();
  const { ports, circumstancesOf } = world;
  decide = requestDecider({ ...ports, circumstancesOf, handoffDue: async () => true });
  site = await organisationWithSite(world, 'alpha');
  seat = await workstation(world, 'alpha', site, 'One');
  for (const [name, role] of [
    ['ann', 'admin'],
    ['bob', 'admin'],
    ['dora', 'dispatcher'],
  ] as const) {
    await person(world, 'alpha', name, [role], site);
    sessions[name] = must(
      await signIn(ports, { device: seat, user: name, password: PASSWORD, position: null }),
    ) as SessionOut;
  }
});
afterAll(() => world.close());

type Input = { readonly [key: string]: Json };
const request = (input: Input, as = 'ann', kind = 'record.put'): RequestIn => ({
  ...{ id: randomUUID(), kind, session: sessions[as]?.session ?? null, by: sessions[as]?.user ?? null },
  ...{ madeAt: world.time.now, input: input as RequestIn['input'] },
});
const disposition = (id: string, text: string, version = 0): Input => ({
  ...{ kind: 'disposition', id, version },
  body: { code: 'X', text },
});
const unit = (callsign: string, id: string = randomUUID(), version = 0): Input => ({
  ...{ kind: 'roster_unit', id, version },
  body: { callsign, kind: 'ambulance', agency: null, home: null, capabilities: [], active: true },
});
const ask = (input: RequestIn, call = 'call'): Promise<RequestOut> => decide(seat, input, call, null);
const rule = (out: RequestOut): string => out.decision.rules[0]?.rule ?? out.decision.verdict;
const rows = async (text: string, values: unknown[]): Promise<{ readonly [column: string]: unknown }[]> =>
  (await world.database.db.inOrgClient({ org: 'alpha' }, (client) => client.query(text, values))).rows;
const versions = async (id: string): Promise<number[]> => {
  const { items } = await world.log.read('alpha', site, 0, 5_000);
  return items.flatMap((item) => ('record' in item && item.record.id === id ? [item.record.version] : []));
};

describe('requests that put records', () => {
  it('are one transaction with their kept answers, and share it with those that wait beside them', async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    const asked = ids.map((id) => request(disposition(id, 'Together')));
    await Promise.all(asked.map((one) => ask(one)));
    const wrote = await rows(
      `select distinct xmin::text from (select xmin from cad.disposition where id = any ($1)
         union all select xmin from requests.request where id = any ($2)) w`,
      [ids, asked.map(({ id }) => id)],
    );
    expect(wrote).toHaveLength(1);
  });

  it('are looked up by a plan that was made once', async () => {
    for (let i = 0; i < 8; i++) await ask(request(disposition(randomUUID(), 'Again')));
    const planned = await world.log.intakeBeside('alpha', async (_tx, client) => {
      const text = `select sum(custom_plans)::int as anew, sum(generic_plans)::int as kept from pg_prepared_statements
        where name ~ '(asking[.]people|request[.]kept|desk[.]disposition)$'`;
      return (await client.query<{ anew: number; kept: number }>(text)).rows[0];
    });
    expect(planned?.anew).toBe(0);
    expect(planned?.kept).toBeGreaterThan(20);
  });

  it('are each noted under their own author and call', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const asked = [request(disposition(a, 'A')), request(disposition(b, 'B'), 'bob')];
    await Promise.all([ask(asked[0] as RequestIn, 'call-a'), ask(asked[1] as RequestIn, 'call-b')]);
    const noted = await rows(
      `select row_id, actor, session, device, request from audit.entry where tbl in ('cad.disposition', 'requests.request')
         and row_id = any ($1) order by request, tbl`,
      [[a, b, ...asked.map(({ id }) => id)]],
    );
    const by = (name: string, call: string, row_id?: string) => ({
      ...{ row_id, actor: sessions[name]?.user, session: sessions[name]?.session, device: seat.station, request: call },
    });
    expect(noted).toEqual([
      by('ann', 'call-a', a),
      by('ann', 'call-a', asked[0]?.id),
      by('bob', 'call-b', b),
      by('bob', 'call-b', asked[1]?.id),
    ]);
  });

  it('are decided in their order, each by what those before it did; a refusal undoes nothing of another', async () => {
    const id = randomUUID();
    const [first, twin, second, stale, forbidden] = await Promise.all([
      ask(request(unit('M1', id))),
      ask(request(unit('M1'))),
      ask(request(unit('M2', id, 1))),
      ask(request(unit('M3', id, 1))),
      ask(request(unit('M4'), 'dora')),
    ]);
    expect([first, second].map(({ state }) => state)).toEqual(['accepted', 'accepted']);
    expect([twin, stale, forbidden].map(rule)).toEqual(['unit.callsign@1', 'record.version@1', 'role@1']);
    expect(await versions(id)).toEqual([1, 2]);
    // The callsign that was given up in the step before is free, the one in use is not.
    const [free, taken] = await Promise.all([ask(request(unit('M1'))), ask(request(unit('M2')))]);
    expect([free.state, rule(taken)]).toEqual(['accepted', 'unit.callsign@1']);
  });

  it('take no time zone that there is not: everything that tells a time by it would tell another', async () => {
    const waiting = Object.fromEntries(['1', '2', '3', '4'].map((priority) => [priority, [30, 60]]));
    const profile = (timeZone: string): Input => ({
      ...{ kind: 'site', id: site, version: 0 },
      body: { name: 'Alpha', timeZone, waiting },
    });
    const refused = await ask(request(profile('Mars/Olympus')));
    expect([refused.state, rule(refused)]).toEqual(['refused', 'record.valid@1']);
    expect(refused.decision.rules[0]?.evidence).toContain('timeZone');
    const known = await ask(request(profile('Pacific/Chatham')));
    expect(known.state).toBe('accepted');
  });

  it('asked several times at once are decided once, and another under the same id is not taken', async () => {
    const id = randomUUID();
    const once = request(disposition(id, 'Once'));
    const answers = await Promise.all([ask(once), ask(once), ask(once)]);
    expect(answers.map(({ state }) => state)).toEqual(['accepted', 'accepted', 'accepted']);
    const other = { ...once, input: disposition(id, 'Other', 1) as RequestIn['input'] };
    await expect(ask(other)).rejects.toMatchObject({ status: 409 });
    expect(await versions(id)).toEqual([1]);
  });

  it('leave nothing where their answer could not be kept, and are then decided once; others of the step stand', async () => {
    const [lost, beside] = [randomUUID(), randomUUID()];
    const asked = request(disposition(lost, 'Lost'));
    const broken = (text: string) => asMigrator(world.database, (client) => client.query(text));
    await broken(`create function requests.break() returns trigger language plpgsql as $$ begin
        if new.id = '${asked.id}' then raise exception 'the power is gone'; end if; return new; end $$;
      create trigger break before insert on requests.request for each row execute function requests.break()`);
    const [failed, stands] = await Promise.allSettled([ask(asked), ask(request(disposition(beside, 'Beside')))]);
    await broken('drop trigger break on requests.request; drop function requests.break()');
    expect(failed.status).toBe('rejected');
    expect(stands).toMatchObject({ status: 'fulfilled', value: { state: 'accepted' } });
    expect(await rows('select id from cad.disposition where id = any ($1)', [[lost, beside]])).toEqual([
      { id: beside },
    ]);
    expect(await versions(lost)).toEqual([]);
    expect((await ask(asked)).state).toBe('accepted');
    expect((await ask(asked)).state).toBe('accepted');
    expect([await versions(lost), await versions(beside)]).toEqual([[1], [1]]);
  });
});
