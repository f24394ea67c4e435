import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RoleSchema } from '#domain/kernel/permission.ts';
import { acceptInvitation } from '../../kernel/identity/people/invitations.ts';
import { OPERATOR } from '../../kernel/identity/ports.ts';
import { signIn } from '../../kernel/identity/sign-in/sign-in.ts';
import { type IdentityWorld, identityWorld, must, workstation } from '../../kernel/identity/testing/identity.ts';
import { createSite, type SiteIn } from '../sites/create.ts';
import { publishNeighbours } from '../sites/neighbours.ts';
import { readCounty } from './county.ts';
import { type Demo, seedDemo } from './seed.ts';
import { DEMO_ADMIN, DEMO_PASSWORD, DEMO_USER } from './sign-in.ts';

let world: IdentityWorld;
let demo: Demo;
beforeAll(async () => {
  world = await identityWorld();
  demo = await seedDemo(world.ports);
});
afterAll(() => world.close());

const count = async (table: string): Promise<number> => {
  const { rows } = await world.database.db.inOrgClient({ org: demo.org }, (client) =>
    client.query(`select count(*)::int as n from ${table}`),
  );
  return rows[0].n;
};

describe('the demo', () => {
  it('has a county to dispatch for', async () => {
    expect(await count('cad.roster_unit')).toBe(40);
    expect(await count('cad.nature')).toBeGreaterThanOrEqual(40);
    expect(await count('cad.position')).toBe(6);
    const homeless = await world.database.db.inOrgClient({ org: demo.org }, (client) =>
      client.query(`select u.body ->> 'callsign' from cad.roster_unit u
        left join cad.facility f on f.id = u.body ->> 'home' left join cad.agency a on a.id = u.body ->> 'agency'
        where f.id is null or a.id is null`),
    );
    expect(homeless.rows).toEqual([]);
  });

  it('has somebody of each role', async () => {
    const { people } = await readCounty();
    expect([...new Set(people.flatMap(({ roles }) => roles))].sort()).toEqual([...RoleSchema.options].sort());
  });

  it('lets its users in, at a station and for its administrator without one', async () => {
    const seat = await workstation(world, demo.org, demo.site);
    const at = { device: seat, password: DEMO_PASSWORD, position: null };
    expect(must(await signIn(world.ports, { ...at, user: DEMO_USER })).roles).toEqual(['dispatcher']);
    expect(must(await signIn(world.ports, { ...at, device: null, user: DEMO_ADMIN })).roles).toEqual(['admin']);
  });

  it('has an administrator and an auditor of all of it, and everybody else at its site', async () => {
    const { rows } = await world.database.db.inOrgClient({ org: demo.org }, (client) =>
      client.query(`select login from identity.person where site is null order by login`),
    );
    expect(rows.map(({ login }) => login)).toEqual([DEMO_ADMIN, 'auditor1']);
  });

  it('is found again, with what was changed since', async () => {
    const head = await world.log.streamHead(demo.org, demo.site);
    await world.database.db.inOrgClient({ org: demo.org }, (client) =>
      client.query(`update identity.person set name = 'Renamed' where login = 'dispatcher2'`),
    );
    expect(await seedDemo(world.ports)).toEqual(demo);
    expect(await world.log.streamHead(demo.org, demo.site)).toBe(head);
    const { rows } = await world.database.db.inOrgClient({ org: demo.org }, (client) =>
      client.query(`select name from identity.person where login = 'dispatcher2'`),
    );
    expect(rows).toEqual([{ name: 'Renamed' }]);
  });
});

describe('a site of its own', () => {
  const input: SiteIn = {
    name: 'Replay Center',
    timeZone: 'America/Los_Angeles',
    admin: { user: 'replayer' },
  };
  const password = 'a long enough phrase';

  it('comes with statuses, positions and an administrator, who joins and signs in where a code enrolled a station', async () => {
    const { site, invitation } = must(await createSite(world.ports, OPERATOR, demo.org, input));
    const joined = must(await acceptInvitation(world.ports, 'test', { code: invitation.code, password }));
    expect(joined.user).toBe(`replayer@${demo.org}`);
    const device = await workstation(world, demo.org, site, 'One');
    expect((await signIn(world.ports, { device, user: 'replayer', password, position: null })).ok).toBe(true);
    const { items } = await world.log.read(demo.org, site, 0, 1_000);
    const kinds = new Set(items.flatMap((item) => ('record' in item ? [item.record.kind] : [])));
    // Its own, and what the sites beside it are called by.
    const beside = ['neighbour', 'neighbour_unit'];
    expect([...kinds].sort()).toEqual([...beside, 'person', 'position', 'site', 'status_set']);
    const there = await world.log.read(demo.org, demo.site, 0, 5_000);
    expect(there.items).toContainEqual(
      expect.objectContaining({ record: { kind: 'neighbour', id: site, version: 1, body: { name: input.name } } }),
    );
    // One that was there before its center knew of neighbours is shown them once.
    await world.database.db.inOrgClient({ org: demo.org }, (client) =>
      client.query(`insert into kernel.site (org, site, name, created_at) values ($1, 'older', 'Older', 1)`, [
        demo.org,
      ]),
    );
    await publishNeighbours(world.ports, demo.org);
    const shown = await world.log.read(demo.org, 'older', 0, 1_000);
    const names = shown.items.flatMap((item) => ('record' in item ? [item.record.body?.name ?? item.record.kind] : []));
    expect(names).toEqual(expect.arrayContaining([input.name, 'neighbour_unit']));
    await publishNeighbours(world.ports, demo.org);
    expect(await world.log.streamHead(demo.org, 'older')).toBe(shown.items.length);
    expect(await world.log.streamHead(demo.org, site)).toBe(items.length);
    const named = items.flatMap((item) =>
      'record' in item && item.record.kind === 'person' ? [item.record.body?.user] : [],
    );
    // The organisation's administrator and its auditor are known there too.
    expect(named.sort()).toEqual(['admin1', 'auditor1', 'replayer']);
  });

  it('is refused a name that is taken and a zone that is none', async () => {
    const made = (change: object) => createSite(world.ports, OPERATOR, demo.org, { ...input, ...change });
    const admin = { user: 'replayer2' };
    expect(await made({ admin })).toMatchObject({ refusal: { code: 'site.known' } });
    expect(await made({ name: 'N', timeZone: 'Mars/Olympus' })).toMatchObject({ refusal: { field: 'timeZone' } });
    expect(await made({ name: 'N' })).toMatchObject({ refusal: { code: 'person.known' } });
  });
});
