import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '#domain/identity/policy.ts';
import type { Json } from '#domain/kernel/json.ts';
import type { Lease, RequestIn, RequestOut, SessionOut } from '#domain/wire/sync.ts';
import type { AuthenticatedUser } from '../../kernel/http/auth.ts';
import { changePerson } from '../../kernel/identity/people/people.ts';
import { changePolicy, policyShown } from '../../kernel/identity/policy/policy.ts';
import { OPERATOR } from '../../kernel/identity/ports.ts';
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
import { whoAsk } from './asking.ts';
import { type DecideRequest, type RequestPorts, requestDecider } from './requests.ts';

let world: IdentityWorld;
let ports: RequestPorts;
let decide: DecideRequest;
let site: string;
let seat: Workstation;
let other: Workstation;
let adminId: string;
/** The transaction in which a hand-off was marked last. */
let markedIn = '';
let admin: SessionOut;
let dispatcher: SessionOut;

beforeAll(async () => {
  world = await identityWorld();
  const { ports: identity } = world;
  ports = {
    ...identity,
    circumstancesOf: world.circumstancesOf,
    handoffDue: async (client, _org, _site, incident) => {
      const { rows } = await client.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
      markedIn = rows[0]?.xid ?? '';
      return incident === 'known';
    },
  };
  decide = requestDecider(ports);
  site = await organisationWithSite(world, 'alpha');
  seat = await workstation(world, 'alpha', site, 'One');
  other = await workstation(world, 'alpha', site, 'Two');
  adminId = await person(world, 'alpha', 'boss', ['admin'], site);
  await person(world, 'alpha', 'dora', ['dispatcher'], site);
  const at = (user: string) => signIn(identity, { device: seat, user, password: PASSWORD, position: null });
  admin = must(await at('boss')) as SessionOut;
  dispatcher = must(await at('dora')) as SessionOut;
});
afterAll(() => world.close());

const HOUR = 3_600_000;
type Input = { readonly [key: string]: Json };
const request = (kind: string, input: Input, as: SessionOut | null = admin, id: string = randomUUID()): RequestIn => ({
  id,
  kind,
  session: as?.session ?? null,
  by: as?.user ?? null,
  madeAt: world.time.now,
  input: input as RequestIn['input'],
});
const ask = (input: RequestIn, from: Workstation = seat): Promise<RequestOut> => decide(from, input, 'test', null);
const lease = async (log: string, size: number, from: Workstation = seat, year = 2026): Promise<Lease> => {
  const out = await ask(request('numbers.lease', { log, year, size }, null), from);
  expect(out.state).toBe('accepted');
  return out.result as unknown as Lease;
};
const rule = (out: RequestOut): string => out.decision.rules[0]?.rule ?? out.decision.verdict;
const agency = (name: string): Input => ({ name, short: 'AG', discipline: 'ems' });
const recordsOnStream = async (kind: string, id: string): Promise<number[]> => {
  const { items } = await world.log.read('alpha', site, 0, 5_000);
  return items.flatMap((item) =>
    'record' in item && item.record.kind === kind && item.record.id === id ? [item.record.version] : [],
  );
};

describe('number leases', () => {
  it('never overlap, whoever asks and however many at once (ASVS 2.3.4)', async () => {
    const leases = await Promise.all(
      Array.from({ length: 12 }, (_, i) => lease(`log-${i}`, 10 + i, i % 2 ? seat : other)),
    );
    const numbers = leases.flatMap((of) => Array.from({ length: of.to - of.from + 1 }, (_, i) => of.from + i));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.min(...numbers)).toBe(1);
  });

  it('answer the same request with the same lease', async () => {
    const input = request('numbers.lease', { log: 'log-again', year: 2026, size: 50 }, null);
    const first = await ask(input);
    const next = await lease('log-next', 5);
    expect(await ask(input)).toEqual(first);
    expect(next.from).toBe((first.result as unknown as Lease).to + 1);
    const both = request('numbers.lease', { log: 'log-both', year: 2026, size: 50 }, null);
    const answers = await Promise.all([ask(both), ask(both), ask(both), ask(both)]);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('count each year, none before it is near, and refuse another station its log', async () => {
    expect((await lease('log-25', 10, seat, 2025)).from).toBe(1);
    const early = await ask(request('numbers.lease', { log: 'log-40', year: 2040, size: 10 }, null));
    expect(rule(early)).toBe('numbers.year@1');
    await world.database.db.inOrgClient({ org: 'alpha' }, (client) =>
      client.query(
        `insert into kernel.log_head (org, log, station, site, seq) values ('alpha', 'log-of-one', $1, $2, 1)`,
        [seat.station, site],
      ),
    );
    const stolen = await ask(request('numbers.lease', { log: 'log-of-one', year: 2026, size: 5 }, null), other);
    expect(rule(stolen)).toBe('numbers.station@1');
  });

  it('are leased once, also where one backup is put back twice, and go on after what comes back from stations', async () => {
    const inOrg = (text: string, values: unknown[]) =>
      world.database.db.inOrgClient({ org: 'alpha' }, (client) => client.query(text, values));
    const blocks = 'select next, room, room_at from kernel.number_block where site = $1 and year = 2026';
    const backup = (await inOrg(blocks, [site])).rows[0];
    const restore = async (epoch: string): Promise<void> => {
      const { next, room, room_at } = backup;
      await inOrg('update kernel.number_block set next = $2, room = $3, room_at = $4 where site = $1 and year = 2026', [
        site,
        next,
        room,
        room_at,
      ]);
      await world.log.beginEpoch('alpha', epoch, 'test');
    };
    const before = await lease('log-before', 200);
    await restore('after the restore');
    expect(rule(await ask(request('numbers.lease', { log: 'log-at-once', year: 2026, size: 200 }, null)))).toBe(
      'numbers.room@1',
    );
    world.time.now += HOUR;
    const after = await lease('log-after', 200);
    expect(after.to - after.from + 1).toBe(20);
    expect(after.from).toBeGreaterThan(before.to);
    await restore('after the second restore');
    world.time.now += HOUR;
    const again = await lease('log-again-after', 200);
    expect(again.from).toBeGreaterThan(after.to);
    const seen = again.to + 70_000;
    await inOrg(
      `insert into cad.incident (org, id, site, number, body, updated_at) values
        ('alpha', 'i1', $1, $2, '{}', 1), ('alpha', 'i2', $1, '26-K3F2AB-0001', '{}', 1)`,
      [site, `26-${seen}`],
    );
    expect((await lease('log-later', 10)).from).toBe(seen + 1);
    // A year that had no lease in the backup may have had one since.
    expect((await lease('log-of-before', 10, seat, 2024)).from).toBeGreaterThan(20_000);
    // Nothing can have been leased of one that was not near then, nor did who asked too early leave anything.
    const today = world.time.now;
    world.time.now = Date.UTC(2040, 0, 1);
    expect((await lease('log-40', 10, seat, 2040)).from).toBe(1);
    world.time.now = today;
  });
});

describe('records', () => {
  it('are created, changed by version and archived, each version on the stream', async () => {
    const id = randomUUID();
    const put = (version: number, body: Input | null) =>
      ask(request('record.put', { kind: 'agency', id, version, body }));
    expect(await put(0, agency('North'))).toMatchObject({ state: 'accepted' });
    expect(await put(1, agency('North EMS'))).toMatchObject({ state: 'accepted' });
    expect(await put(2, null)).toMatchObject({ state: 'accepted' });
    expect(await recordsOnStream('agency', id)).toEqual([1, 2, 3]);
    const actor = await world.database.db.inOrgClient({ org: 'alpha' }, (client) =>
      client.query(`select distinct actor, session from audit.entry where tbl = 'cad.agency' and row_id = $1`, [id]),
    );
    expect(actor.rows).toEqual([{ actor: adminId, session: admin.session }]);
  });

  it('of a unit that is on an incident are archived once it is free: consoles would not know its callsign any more', async () => {
    const id = randomUUID();
    const body = { callsign: 'M77', kind: 'ambulance', agency: null, home: null, capabilities: [], active: true };
    const put = (version: number, to: Input | null) =>
      ask(request('record.put', { kind: 'roster_unit', id, version, body: to }));
    expect(await put(0, body)).toMatchObject({ state: 'accepted' });
    const onIncident = (status: string) =>
      world.database.db.inOrgClient({ org: 'alpha' }, (client) =>
        client.query(
          `insert into cad.assignment (org, id, site, incident, unit, ordinal, status, body, updated_at)
            values ('alpha', $1, $2, 'i77', $3, 0, $4, '{}', 1) on conflict (org, id) do update set status = $4`,
          [`i77.${id}.0`, site, id, status],
        ),
      );
    await onIncident('onScene');
    const refused = await put(1, null);
    expect([refused.state, rule(refused)]).toEqual(['refused', 'unit.out@1']);
    expect(refused.decision.rules[0]?.reason).toMatch(/^M77 is on an incident\. Clear it first/);
    expect(await put(1, { ...body, active: false })).toMatchObject({ state: 'accepted' });
    await onIncident('available');
    expect(await put(2, null)).toMatchObject({ state: 'accepted' });
  });

  it('of a stale version are refused with what changed', async () => {
    const id = randomUUID();
    await ask(request('record.put', { kind: 'agency', id, version: 0, body: agency('A') }));
    await ask(request('record.put', { kind: 'agency', id, version: 1, body: { ...agency('B'), short: 'BB' } }));
    const stale = await ask(request('record.put', { kind: 'agency', id, version: 1, body: agency('C') }));
    expect(stale.state).toBe('refused');
    expect(rule(stale)).toBe('record.version@1');
    expect(stale.decision.rules[0]?.reason).toContain('name, short');
    expect(stale.decision.next).toContain('read again');
    expect(await recordsOnStream('agency', id)).toEqual([1, 2]);
  });

  it('are not put twice by one request, nor by one whose answer was never kept', async () => {
    const id = randomUUID();
    const input = request('record.put', { kind: 'agency', id, version: 0, body: agency('Once') });
    const first = await ask(input);
    expect(await ask(input)).toEqual(first);
    const crashed = await ask({ ...input, id: randomUUID() });
    expect(crashed.state).toBe('accepted');
    expect(await recordsOnStream('agency', id)).toEqual([1]);
  });

  it('of many go in all or none', async () => {
    const [good, bad] = [randomUUID(), randomUUID()];
    const records = (body: Input): Json => [
      { kind: 'agency', id: good, version: 0, body: agency('Good') },
      { kind: 'roster_unit', id: bad, version: 0, body },
    ];
    const unit = { callsign: 'm36 ', kind: 'ambulance', agency: null, home: null, capabilities: [], active: true };
    const refused = await ask(request('record.put_many', { records: records(unit) }));
    expect(rule(refused)).toBe('record.valid@1');
    expect(refused.decision.rules[0]?.reason).toContain('callsign');
    expect(await recordsOnStream('agency', good)).toEqual([]);
    const taken = await ask(request('record.put_many', { records: records({ ...unit, callsign: 'M36' }) }));
    expect(taken.state).toBe('accepted');
    const twin = await ask(
      request('record.put', { kind: 'roster_unit', id: randomUUID(), version: 0, body: { ...unit, callsign: 'M36' } }),
    );
    expect(rule(twin)).toBe('unit.callsign@1');
  });

  it('are for administrators, and what the center derives is for nobody (ASVS 8.3.3)', async () => {
    const input = { kind: 'agency', id: randomUUID(), version: 0, body: agency('X') };
    expect(rule(await ask(request('record.put', input, dispatcher)))).toBe('role@1');
    expect(rule(await ask(request('record.put', input, null)))).toBe('signed-in@1');
    const run = { kind: 'run', id: randomUUID(), version: 0, body: {} };
    expect(rule(await ask(request('record.put', run)))).toBe('record.kind@1');
    const body = { user: 'boss', name: 'x', roles: ['admin'], active: true };
    const self = { kind: 'person', id: randomUUID(), version: 0, body };
    expect(rule(await ask(request('record.put', self)))).toBe('role@1');
  });

  it('of another site stay that site’s', async () => {
    const id = randomUUID();
    await ask(request('record.put', { kind: 'agency', id, version: 0, body: agency('Mine') }));
    await world.database.db.inOrgClient({ org: 'alpha' }, (client) =>
      client.query(`insert into kernel.site (org, site, name, created_at) values ('alpha', 'south', 'South', 1)`),
    );
    await world.ports.keys.createSite('alpha', 'south');
    const far = await workstation(world, 'alpha', 'south', 'Far');
    const admins = await person(world, 'alpha', 'boss-south', ['admin'], 'south');
    const there = must(
      await signIn(world.ports, { device: far, user: 'boss-south', password: PASSWORD, position: null }),
    ) as SessionOut;
    expect(there.user).toBe(admins);
    const out = await ask(request('record.put', { kind: 'agency', id, version: 1, body: agency('Yours') }, there), far);
    expect(rule(out)).toBe('record.site@1');
    // What they are shown of each other are units to call by name, and nothing else.
    const unit = { callsign: 'N12', kind: 'ambulance', agency: id, home: null, capabilities: [], active: true };
    const unitId = randomUUID();
    const put = (version: number, body: Input | null) =>
      ask(request('record.put', { kind: 'roster_unit', id: unitId, version, body }));
    expect([(await put(0, unit)).state, (await put(1, null)).state]).toEqual(['accepted', 'accepted']);
    const { items } = await world.log.read('alpha', 'south', 0, 5_000);
    expect(items.flatMap((item) => ('record' in item && item.record.id === unitId ? [item.record] : []))).toEqual([
      { kind: 'neighbour_unit', id: unitId, version: 1, body: { callsign: 'N12', kind: 'ambulance', site } },
      { kind: 'neighbour_unit', id: unitId, version: 2, body: null },
    ]);
    expect(items.some((item) => 'record' in item && item.record.id === id)).toBe(false);
    // Incidents are shown across sites: no number means two of them.
    const here = await lease('log-here', 10);
    const south = await lease('log-south', 10, far);
    expect(south.from).toBeGreaterThan(here.to);
    expect((await lease('log-here-too', 10)).from).toBeGreaterThan(south.to);
  });
});

describe('requests', () => {
  it('of an unknown kind or shape are refused in words, another input under one id is not taken', async () => {
    expect(rule(await ask(request('claim.submit', {})))).toBe('request.kind@1');
    expect(rule(await ask(request('toString.x', {})))).toBe('request.kind@1');
    const shape = await ask(request('numbers.lease', { log: 'l', year: 1999, size: 1 }, null));
    expect(rule(shape)).toBe('request.valid@1');
    expect(shape.decision.rules[0]?.reason).toContain('year');
    const id = randomUUID();
    await ask(request('numbers.lease', { log: 'l', year: 2026, size: 1 }, null, id));
    await expect(ask(request('numbers.lease', { log: 'l', year: 2026, size: 2 }, null, id))).rejects.toMatchObject({
      status: 409,
      field: 'id',
    });
    await expect(
      ask(request('numbers.lease', { log: 'l', year: 2026, size: 1 }, null, id), other),
    ).rejects.toMatchObject({
      status: 409,
    });
  });

  it('asked under another station’s session count for nobody', async () => {
    const input = { kind: 'agency', id: randomUUID(), version: 0, body: agency('X') };
    expect(rule(await ask(request('record.put', input), other))).toBe('signed-in@1');
  });

  it('made offline count by the grant, until it ends or the right was withdrawn', async () => {
    const late = await person(world, 'alpha', 'boss-two', ['admin'], site);
    const signedIn = async () =>
      must(
        await signIn(world.ports, { device: seat, user: 'boss-two', password: PASSWORD, position: null }),
      ) as SessionOut;
    const put = (): Input => ({ kind: 'agency', id: randomUUID(), version: 0, body: agency('Off') });
    // By its policy nobody administers without the center: what the grant leaves out, no request under it has.
    const narrowed = await signedIn();
    expect((await ask(request('record.put', put(), narrowed))).state).toBe('accepted');
    expect(rule(await ask(request('record.put', put(), { ...narrowed, session: narrowed.grant.id })))).toBe('role@1');
    const { version } = await policyShown(world.ports, 'alpha');
    const policy = { ...DEFAULT_POLICY, offline: { hours: 72, roles: ['admin' as const] } };
    must(await changePolicy(world.ports, OPERATOR, 'alpha', { policy, version }));
    const session = await signedIn();
    const offline = { ...session, session: session.grant.id };
    expect((await ask(request('record.put', put(), offline))).state).toBe('accepted');
    const tooLate = { ...request('record.put', put(), offline), madeAt: session.grant.expiresAt };
    expect(rule(await ask(tooLate))).toBe('signed-in@1');
    must(await changePerson(world.ports, OPERATOR, 'alpha', late, { active: false }));
    const before = { ...request('record.put', put(), offline), madeAt: world.time.now - 1 };
    const out = await ask(before);
    expect(out.decision.rules[0]?.reason).toContain('withdrawn');
  });

  const atCenter = (as: SessionOut, provenAt = world.time.now): AuthenticatedUser => ({
    ...{ kind: 'user', org: 'alpha', site, agency: null, user: as.user, session: as.session, station: null },
    ...{ roles: as.roles, provenAt, secondFactor: 'not needed', proof: 'bearer', jkt: null },
  });

  it('of one person are answered to nobody else under their id, who may not even ask for it', async () => {
    const at = (as: SessionOut, input: RequestIn) => decide(atCenter(as), { ...input, by: as.user }, 'test', null);
    const id = randomUUID();
    const input = request('record.put', { kind: 'agency', id, version: 0, body: agency('Whose') });
    const mine = await at(admin, input);
    expect(mine.state).toBe('accepted');
    await expect(at(dispatcher, input)).rejects.toMatchObject({ status: 409, code: 'request.differs' });
    const derive = request('handoff.derive', { incident: 'known' });
    expect((await at(dispatcher, derive)).state).toBe('accepted');
    await expect(at(admin, derive)).rejects.toMatchObject({ status: 409, code: 'request.differs' });
    // In another session of theirs too, it is their own.
    const again = await signIn(world.ports, { device: seat, user: 'boss', password: PASSWORD, position: null });
    expect(await at(must(again) as SessionOut, input)).toEqual(mine);
  });

  it('of a person at the center are as proven as their session is, whatever time they name', async () => {
    const provenAt = world.time.now - HOUR;
    const caller = atCenter(admin, provenAt);
    const [asking] = await world.ports.db.inFlight({ org: 'alpha' }, (client) =>
      whoAsk(client, [{ caller, input: request('record.put', {}) }]),
    );
    expect(asking).toMatchObject({ ok: true, value: { person: { user: adminId, provenAt } } });
  });

  it('that cannot be kept fail alone, not those that came with them', async () => {
    const put = (id: string) => ask(request('record.put', { kind: 'agency', id, version: 0, body: agency('Beside') }));
    const good = [randomUUID(), randomUUID(), randomUUID()];
    const [bad, ...others] = await Promise.allSettled([put('a\u0000b'), ...good.map(put)]);
    expect(bad?.status).toBe('rejected');
    expect(others.map((one) => (one.status === 'fulfilled' ? one.value.state : one.status))).toEqual(
      good.map(() => 'accepted'),
    );
  });

  it('for a hand-off ask for the role and the incident', async () => {
    expect((await ask(request('handoff.derive', { incident: 'known' }, dispatcher))).state).toBe('accepted');
    expect(rule(await ask(request('handoff.derive', { incident: 'unknown' }, dispatcher)))).toBe('incident.known@1');
    expect(rule(await ask(request('handoff.derive', { incident: 'known' }, null)))).toBe('signed-in@1');
  });

  it('is marked in the transaction that keeps its answer, and an answer kept is given again without marking', async () => {
    const asked = request('handoff.derive', { incident: 'known' }, dispatcher);
    expect((await ask(asked)).state).toBe('accepted');
    const kept = await world.database.db.inOrgClient({ org: 'alpha' }, (client) =>
      client.query(`select xid::text as xid from audit.entry where tbl = 'requests.request' and row_id = $1`, [
        asked.id,
      ]),
    );
    expect(kept.rows).toEqual([{ xid: markedIn }]);
    markedIn = 'not asked';
    expect((await ask(asked)).state).toBe('accepted');
    expect(markedIn).toBe('not asked');
  });
});
