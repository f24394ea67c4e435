import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { asMigrator, type TestDatabase, testDatabase } from '../../../testing/postgres.ts';
import { eraseEntity } from '../erase.ts';
import { centerLogContract } from '../testing/contract.ts';
import { holdingContract } from '../testing/holding-contract.ts';
import type { LogUnderTest } from '../testing/log-bench.ts';
import { freshOn } from '../testing/pg-log.ts';
import { pushFrames } from '../testing/push.ts';
import { newEntity, opening, pushOf, random, testStation } from '../testing/station.ts';
import { pgLog } from './log.ts';

const suite = {
  start: async () => {
    const database = await testDatabase();
    return { fresh: () => freshOn(database), stop: database.close };
  },
};
centerLogContract('PostgreSQL', suite);
holdingContract('PostgreSQL', suite);

describe('what PostgreSQL keeps', () => {
  let database: TestDatabase;
  let subject: LogUnderTest;
  const signer = signerOf(newSigningKey());
  const keys = { signer, publicKeys: [signer.publicKey] };
  const world = { clock: Date.now, random };

  beforeAll(async () => {
    database = await testDatabase();
    subject = await freshOn(database);
    await subject.admit('s', { user: 'ann', roles: ['dispatcher'], validFrom: 0, validUntil: null });
  });
  afterAll(() => database.close());

  const station = async (name: string) => {
    const made = testStation(name, subject.sites[0], { session: 's', by: 'ann' });
    await subject.enrol({
      org: subject.org,
      site: made.site.site,
      station: name,
      key: made.publicKey,
      revoked: false,
      revokedAt: null,
    });
    return made;
  };
  const rows = (text: string, values: unknown[] = []) =>
    database.db.inOrgClient({ org: subject.org }, async (client) => (await client.query(text, values)).rows);

  it('has the rows of incident, unit and assignment, times as columns, PHI sealed, and audits them', async () => {
    const a = await station('rows');
    const id = 'i1';
    const [incident, unit] = [`incident:${id}`, 'unit:u1'] as const;
    const assignment = `assignment:${id}.u1.0` as const;
    const opened = a.append(opening(incident));
    const sent = a.append({
      type: 'unit.dispatched',
      at: 1000,
      about: [incident, unit, assignment],
      body: { code: 'DP', commitments: [incident] },
    });
    const enRoute = a.append({
      type: 'unit.status',
      at: 2000,
      about: [incident, unit, assignment],
      replaces: [sent.fact.id],
      body: { code: 'ER', standard: 'enRoute' },
    });
    await pushFrames(subject.log, keys, world, subject.org, a.site.site, pushOf(opened, sent, enRoute));
    expect(
      await rows(
        'select number, nature_code, priority, zone, cell, life, answered_at, closed_at from cad.incident where id = $1',
        [id],
      ),
    ).toEqual([
      {
        number: '26-000001',
        nature_code: 'SICK',
        priority: '2',
        zone: 'B01',
        cell: '42078:-107664',
        life: 'open',
        answered_at: 1_700_000_000_000,
        closed_at: null,
      },
    ]);
    expect(
      await rows('select incident, unit, status_code, status, unit_notified, en_route, on_scene from cad.assignment'),
    ).toEqual([
      {
        incident: id,
        unit: 'u1',
        status_code: 'ER',
        status: 'enRoute',
        unit_notified: 1000,
        en_route: 2000,
        on_scene: null,
      },
    ]);
    expect(await rows('select commitments from cad.unit')).toEqual([{ commitments: [incident] }]);
    const [sealed] = await rows('select location, caller, callback, notes from cad.incident where id = $1', [id]);
    expect(sealed.location).toBeInstanceOf(Buffer);
    expect(sealed.notes).toBeNull();
    const audited = await rows(
      `select op, after ->> 'priority' as priority, after ->> 'caller' as caller from audit.entry where tbl = 'cad.incident' and row_id = $1`,
      [id],
    );
    expect(audited).toEqual([{ op: 'insert', priority: '2', caller: expect.stringMatching(/^\\x[0-9a-f]{60,}$/) }]);
  });

  it.each(['earlier', 'later'])(
    'seals a state under a key of a site that holds it, not under one that another site brought: %s',
    async (when) => {
      const a = await station(`sealing-${when}`);
      const [, far] = subject.sites;
      const other = testStation(`far-${when}`, far, { session: 's', by: 'ann' });
      await subject.enrol({
        ...{ org: subject.org, site: far.site, station: other.station },
        ...{ key: other.publicKey, revoked: false, revokedAt: null },
      });
      const incident = newEntity('incident');
      const strange = other.append({ type: 'incident.noted', about: [incident], body: { text: 'from elsewhere' } });
      const opened = a.append(opening(incident));
      for (const made of when === 'later' ? [opened, strange] : [strange, opened])
        await pushFrames(subject.log, keys, world, subject.org, made.fact.site, pushOf(made));
      const sealedUnder = 'select k.site from kernel.entity e join keys.entity k on k.id = e.key where e.ref = $1';
      expect(await rows(sealedUnder, [incident])).toEqual([{ site: a.site.site }]);
      // Read by a node that remembers nothing of it.
      const elsewhere = pgLog(database.db, { keys: database.keys, clock: Date.now, random });
      const noted = a.append({ type: 'incident.noted', about: [incident], body: { text: 'from here' } });
      await pushFrames(elsewhere, keys, world, subject.org, a.site.site, pushOf(noted));
      expect(await rows(sealedUnder, [incident])).toEqual([{ site: a.site.site }]);
      const [row] = await rows('select site from cad.incident where id = $1', [incident.slice(9)]);
      expect(row).toEqual({ site: a.site.site });
    },
  );

  it('holds nothing of a person in clear in any table (ASVS 14.1.1)', async () => {
    const a = await station('canary');
    const incident = newEntity('incident');
    await pushFrames(
      subject.log,
      keys,
      world,
      subject.org,
      a.site.site,
      pushOf(
        a.append(
          opening(incident, {
            caller: 'Zanzibar Quokka',
            callback: '555-0199-77',
            location: { text: '99 Canary Wharf' },
          }),
        ),
        a.append({ type: 'incident.noted', about: [incident], body: { text: 'the wombat fell' } }),
      ),
    );
    const found = await asMigrator(database, async (client) => {
      const tables = await client.query(
        `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind = 'r' and n.nspname in ('kernel', 'keys', 'audit', 'cad')`,
      );
      const hits: string[] = [];
      for (const { name } of tables.rows) {
        const { rowCount } = await client.query(
          `select from ${name} t where t::text ~* 'quokka|0199-77|canary wharf|wombat'`,
        );
        if (rowCount) hits.push(name);
      }
      return hits;
    });
    expect(found).toEqual([]);
  });

  it('leaves sealed columns as they are where nothing in them changed', async () => {
    const a = await station('steady');
    const incident = newEntity('incident');
    const first = a.append(opening(incident));
    const push = (made: ReturnType<typeof a.append>) =>
      pushFrames(subject.log, keys, world, subject.org, a.site.site, pushOf(made));
    await push(first);
    const columns = () =>
      rows('select caller, location, priority from cad.incident where id = $1', [incident.slice('incident:'.length)]);
    const [before] = await columns();
    await push(
      a.append({ type: 'incident.edited', about: [incident], replaces: [first.fact.id], body: { priority: '1' } }),
    );
    const [after] = await columns();
    expect(after.priority).toBe('1');
    expect(after.caller).toEqual(before.caller);
    expect(after.location).toEqual(before.location);
  });

  it('refolds a state of an earlier fold version, and one another node wrote', async () => {
    const a = await station('versions');
    const incident = newEntity('incident');
    const first = a.append(opening(incident));
    await pushFrames(subject.log, keys, world, subject.org, a.site.site, pushOf(first));
    await asMigrator(database, (client) =>
      client.query(`update kernel.entity set fold_version = 0, folded = 'x' where ref = $1`, [incident]),
    );
    const other = pgLog(database.db, { keys: database.keys, clock: Date.now, random });
    const edit = a.append({
      type: 'incident.edited',
      about: [incident],
      replaces: [first.fact.id],
      body: { priority: '4' },
    });
    await pushFrames(other, keys, world, subject.org, a.site.site, pushOf(edit));
    const last = a.append({ type: 'incident.edited', about: [incident], replaces: [edit.fact.id], body: { alarm: 2 } });
    await pushFrames(subject.log, keys, world, subject.org, a.site.site, pushOf(last));
    expect(
      await rows('select priority, alarm, number from cad.incident where id = $1', [
        incident.slice('incident:'.length),
      ]),
    ).toEqual([{ priority: '4', alarm: 2, number: '26-000001' }]);
  });

  it('lets no legal hold be erased around, and keeps what reports count', async () => {
    const a = await station('held');
    const incident = newEntity('incident');
    const id = incident.slice('incident:'.length);
    await pushFrames(subject.log, keys, world, subject.org, a.site.site, pushOf(a.append(opening(incident))));
    const erase = () => subject.log.intake(subject.org, (tx) => eraseEntity(tx, incident, 'asked for', signer, world));
    await rows(
      `insert into kernel.legal_hold (org, id, entity, tbl, row_id, reason, placed_at) values ($1, $2, $3, 'cad.incident', $4, 'court', 1)`,
      [subject.org, `h-${id}`, incident, id],
    );
    await expect(erase()).rejects.toMatchObject({ code: 'QD001' });
    await rows('update kernel.legal_hold set released_at = 2 where id = $1', [`h-${id}`]);
    await erase();
    expect(await rows('select number, priority, zone, location, caller from cad.incident where id = $1', [id])).toEqual(
      [{ number: '26-000001', priority: '2', zone: 'B01', location: null, caller: null }],
    );
  });

  it('audits facts by name and hash, a statement at a time, and lets none be changed', async () => {
    const a = await station('audited');
    const incident = newEntity('incident');
    const made = a.append(opening(incident));
    await pushFrames(subject.log, keys, world, subject.org, a.site.site, pushOf(made));
    const [entry] = await rows(
      `select actor, device, session, after from audit.entry where tbl = 'kernel.fact' order by id desc limit 1`,
    );
    expect(entry).toEqual({
      actor: made.fact.by,
      device: a.station,
      session: made.fact.session,
      after: { rows: 1, each: [[made.fact.id, a.log().hash]] },
    });
    await expect(rows(`update kernel.fact set h = 'x'`)).rejects.toMatchObject({ code: '42501' });
    await expect(rows('delete from kernel.fact')).rejects.toMatchObject({ code: '42501' });
  });
});
