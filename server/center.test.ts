import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHeader } from '#domain/kernel/fact.ts';
import { type StreamPage, StreamPageSchema } from '#domain/kernel/stream.ts';
import { READS } from '#domain/modules.ts';
import {
  HelloOutSchema,
  type PushOut,
  RosterSchema,
  rosterText,
  type SessionOut,
  SnapshotSchema,
} from '#domain/wire/sync.ts';
import { signatureHolds } from '#sealing/signing.ts';
import { startCenter } from './center.ts';
import { newEntity, opening, pushOf, testStation } from './kernel/intake/testing/station.ts';
import { DEMO_PASSWORD, DEMO_USER } from './modules/demo/sign-in.ts';
import { type EnrolledStation, type TestCenter, testCenter } from './testing/center.ts';
import { asMigrator } from './testing/postgres.ts';

let center: TestCenter;
let a: EnrolledStation;
let b: EnrolledStation;

beforeAll(async () => {
  center = await testCenter();
  a = await center.enrol('Console A');
  b = await center.enrol('Console B');
});
afterAll(() => center?.close());

const greeting = (more: object = {}) => ({
  wire: 1,
  build: 'test',
  reads: [...READS],
  cursor: null,
  logs: [],
  lanAddress: '127.0.0.1:1',
  ...more,
});
const pull = async (station: EnrolledStation, after = 0, epoch?: string): Promise<StreamPage> =>
  StreamPageSchema.parse(
    (
      await center.call(
        'GET',
        `/v1/sync/pull?after=${after}&limit=5000${epoch ? `&epoch=${epoch}` : ''}`,
        undefined,
        station.token,
      )
    ).body,
  );

describe('the folder of a center', () => {
  it('keeps its secrets for its owner alone (ASVS 13.3.2)', () => {
    const secrets = readdirSync(center.dataDir).filter((name) => /\.(key|secret|token)$/.test(name));
    expect(secrets.sort()).toEqual(['master.key', 'metrics.token', 'operator.token', 'postgres.secret']);
    for (const name of secrets) expect(statSync(join(center.dataDir, name)).mode & 0o077, name).toBe(0);
  });
});

describe('a station and the center', () => {
  it('greets: a roster it can verify, keys of its site, what may be emitted', async () => {
    const { status, body } = await center.call('POST', '/v1/sync/hello', greeting(), a.token);
    expect(status).toBe(200);
    const hello = HelloOutSchema.parse(body);
    const { sig, ...roster } = RosterSchema.parse(hello.roster);
    expect(signatureHolds(roster.centerKeys[0] as string, rosterText(roster), sig)).toBe(true);
    expect(roster.peers.map((peer) => peer.name).sort()).toEqual(['Console A', 'Console B']);
    expect(roster.peers.find((peer) => peer.name === 'Console A')?.address).toBe('127.0.0.1:1');
    expect(hello.siteKeys.map((key) => key.id)).toEqual([a.site.siteKey.id]);
    expect(Math.abs(hello.now - Date.now())).toBeLessThan(5_000);
    expect(hello.emit).toEqual([...READS]);
  });

  it('emits what every station of the site reads', async () => {
    await center.call(
      'POST',
      '/v1/sync/hello',
      greeting({ reads: READS.filter((type) => type !== 'incident.linked@1') }),
      b.token,
    );
    const { body } = await center.call<{ emit: string[] }>('POST', '/v1/sync/hello', greeting(), a.token);
    expect(body.emit).toEqual(READS.filter((type) => type !== 'incident.linked@1'));
    await center.call('POST', '/v1/sync/hello', greeting(), b.token);
  });

  it('pushes, is acknowledged, and the other one pulls the same bytes', async () => {
    const from = (await pull(b)).head;
    const incident = newEntity('incident');
    const made = a.append(opening(incident));
    const { status, body } = await a.push(pushOf(made));
    expect(status).toBe(200);
    expect(body.problems).toEqual([]);
    expect(body.acks[0]).toMatchObject({ log: a.log().log, seq: a.log().seq });
    const page = await pull(b, from, body.epoch);
    expect(page.items).toEqual([{ n: from + 1, frame: made.frame }]);
    expect(page.keys).toEqual(made.keys);
    expect(page.head).toBe(from + 1);
  });

  it('answers a pull of another epoch with an empty page that names its own', async () => {
    const page = await pull(a, 3, 'of another time');
    expect(page).toMatchObject({ from: 3, items: [] });
    expect(page.epoch).not.toBe('of another time');
  });

  it('takes compressed bodies and compresses its own', async () => {
    const made = a.append({
      type: 'incident.noted',
      about: [newEntity('incident')],
      body: { text: 'x'.repeat(2_000) },
    });
    const response = await fetch(`${center.url}/v1/sync/push`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        ...center.proven('POST', '/v1/sync/push', a.token),
      },
      body: gzipSync(JSON.stringify(pushOf(made))),
    });
    expect(((await response.json()) as PushOut).acks[0]?.seq).toBe(a.log().seq);
    const { request } = await import('undici');
    const raw = await request(`${center.url}/v1/sync/pull`, {
      headers: { ...center.proven('GET', '/v1/sync/pull', a.token), 'accept-encoding': 'gzip' },
    });
    expect(raw.headers['content-encoding']).toBe('gzip');
    expect(StreamPageSchema.safeParse(JSON.parse(gunzipSync(await raw.body.bytes()).toString())).success).toBe(true);
  });

  it('starts from a snapshot, and reads one entity', async () => {
    const incident = newEntity('incident');
    const made = [
      a.append(opening(incident)),
      a.append({ type: 'incident.noted', about: [incident], body: { text: 'n' } }),
    ];
    await a.push(pushOf(...made));
    const snapshot = SnapshotSchema.parse((await center.call('GET', '/v1/sync/snapshot', undefined, b.token)).body);
    const frames = snapshot.page.items.flatMap((item) => ('frame' in item ? [item.frame.h] : []));
    expect(frames).toEqual(expect.arrayContaining(made.map((one) => one.frame.h)));
    expect(snapshot.page.items.some((item) => 'record' in item && item.record.kind === 'roster_unit')).toBe(true);
    expect(snapshot.heads).toContainEqual(a.log());
    const entity = StreamPageSchema.parse(
      (await center.call('GET', `/v1/sync/entity?ref=${incident}`, undefined, b.token)).body,
    );
    expect(entity.items.map((item) => ('frame' in item ? item.frame : null))).toEqual(made.map((one) => one.frame));
  });

  it('begins a new epoch for its own lost word, through the door', async () => {
    const { body: before } = await a.push(pushOf(a.append(opening(newEntity('incident')))));
    await asMigrator(center, async (client) => {
      await client.query('begin');
      await client.query('set local session_replication_role = replica');
      await client.query('delete from kernel.log_head where log = $1', [a.log().log]);
      await client.query('update kernel.intake set seq = seq + 100');
      await client.query('commit');
    });
    const logs = [{ log: a.log().log, seq: a.log().seq, ack: before.acks[0] }];
    const { body } = await center.call<{ epoch: string; wants: unknown }>(
      'POST',
      '/v1/sync/hello',
      greeting({ logs }),
      a.token,
    );
    expect(body.epoch).not.toBe(before.epoch);
    expect(body.wants).toEqual([{ log: a.log().log, from: 1 }]);
    a.reopen();
  });

  it('put back from a backup, judges by the sign-ins that it gave since and the station shows', async () => {
    const signedIn = async () =>
      (
        await center.call<SessionOut>(
          'POST',
          '/v1/sessions',
          { user: DEMO_USER, password: DEMO_PASSWORD, position: 'P1' },
          a.token,
        )
      ).body;
    const shown = await signedIn();
    const hidden = await signedIn();
    await asMigrator(center, async (client) => {
      const lost = [shown, hidden].flatMap(({ session, grant }) => [session, grant.id]);
      await client.query('begin');
      await client.query('set local session_replication_role = replica');
      await client.query('delete from kernel.standing where session = any ($1)', [lost]);
      await client.query('delete from identity.offline_grant where id = any ($1)', [lost]);
      await client.query('delete from identity.refresh_token where session = any ($1)', [lost]);
      await client.query('delete from identity.session where id = any ($1)', [lost]);
      await client.query('commit');
    });
    const { status } = await center.call('POST', '/v1/sync/hello', greeting({ grants: [shown.grant] }), a.token);
    expect(status).toBe(200);
    const { head, epoch } = await pull(a);
    const under = (session: string) =>
      testStation(a.station, a.site, { session, by: shown.user, privateKey: a.privateKey }).append(
        opening(newEntity('incident')),
      );
    const made = [shown.session, shown.grant.id, hidden.session, hidden.grant.id].map(under);
    for (const one of made) expect((await a.push(pushOf(one))).body.problems).toEqual([]);
    const contested = (await pull(a, head, epoch)).items
      .flatMap((item) => ('frame' in item ? [readHeader(item.frame.h)] : []))
      .flatMap((header) => (header?.type === 'fact.contested' ? header.about : []));
    expect(contested).toEqual(made.slice(2).flatMap((one) => one.fact.about));
    // As where a peer brought them first: they count once their own station shows what it holds.
    const between = await pull(a);
    await center.call('POST', '/v1/sync/hello', greeting({ grants: [hidden.grant] }), a.token);
    const settled = (await pull(a, between.head, between.epoch)).items
      .flatMap((item) => ('frame' in item ? [readHeader(item.frame.h)] : []))
      .flatMap((header) => (header?.type === 'fact.settled' ? header.about : []));
    expect(settled.sort()).toEqual(
      made
        .slice(2)
        .flatMap((one) => one.fact.about)
        .sort(),
    );
  });
});

describe('the live channel', () => {
  const opened: Socket[] = [];
  afterAll(() => {
    for (const socket of opened) socket.disconnect();
  });
  const live = (station: EnrolledStation | null, token = station?.token): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = io(center.url, {
        path: '/v1/live',
        transports: ['websocket'],
        auth: { token, proof: token === undefined ? undefined : center.proven('GET', '/v1/live', token).dpop },
        reconnection: false,
        forceNew: true,
      });
      opened.push(socket);
      socket.once('connect', () => resolve(socket));
      socket.once('connect_error', reject);
    });
  const next = <T>(socket: Socket, event: string): Promise<T> => new Promise((resolve) => socket.once(event, resolve));

  it('brings what was just committed, contiguous with the stream, within milliseconds', async () => {
    const socket = await live(b);
    const { head } = await pull(b);
    const arrives = next<StreamPage>(socket, 'page');
    const made = a.append(opening(newEntity('incident')));
    const answered = a.push(pushOf(made));
    const page = StreamPageSchema.parse(await arrives);
    expect(page).toMatchObject({
      from: head,
      head: head + 1,
      items: [{ n: head + 1, frame: made.frame }],
      keys: made.keys,
    });
    expect(page.epoch).toBe((await answered).body.epoch);
  });

  it('relays presence under the name of the station that signed in, to the others alone', async () => {
    const [mine, theirs] = [await live(a), await live(b)];
    const arrives = next<{ station: string }>(theirs, 'presence');
    let echoed = false;
    mine.on('presence', () => {
      echoed = true;
    });
    mine.emit('presence', { station: 'somebody else', position: 'P1', name: 'Ann', incident: null, field: null });
    expect((await arrives).station).toBe(a.station);
    expect(echoed).toBe(false);
  });

  it('refuses a presence that cannot be read, and goes on', async () => {
    const socket = await live(a);
    for (const bad of [undefined, null, 7, 'x'.repeat(10_000), { station: 1 }, { extra: '\u0000' }]) {
      const refused = next<{ code: string }>(socket, 'refused');
      socket.emit('presence', bad);
      expect((await refused).code).toBe('field.invalid');
    }
    expect(socket.connected).toBe(true);
  });

  it('lets nobody in without a token that is good', async () => {
    for (const token of [undefined, '', 'x', 'x'.repeat(5_000), center.adminToken]) {
      await expect(live(null, token)).rejects.toThrow('device token');
    }
  });

  it('says when the roster changed', async () => {
    const socket = await live(a);
    const said = next(socket, 'roster');
    await center.call('POST', '/v1/sync/hello', greeting({ lanAddress: '127.0.0.1:2' }), b.token);
    await said;
  });
});

describe('reads derived from the declarations', () => {
  it('lists with filter, sort and pages, without what is sealed (ASVS 1.2.4, 15.3.1)', async () => {
    const zone = `Z${Date.now() % 100_000}`;
    for (const priority of ['1', '3', '2']) {
      await a.push(
        pushOf(a.append(opening(newEntity('incident'), { priority, location: { text: '5 Elm St', zone } }))),
      );
    }
    type List = { items: { id: string; fields: { priority: string }; sealed?: unknown }[]; next: string | null };
    const path = `/v1/entities/incident?filter[zone]=${zone}&sort=-priority&limit=2`;
    const first = await center.call<List>('GET', path, undefined, center.adminToken);
    expect(first.body.items.map((item) => item.fields.priority)).toEqual(['3', '2']);
    expect(JSON.stringify(first.body)).not.toContain('Elm St');
    const second = await center.call<List>('GET', `${path}&after=${first.body.next}`, undefined, center.adminToken);
    expect(second.body.items.map((item) => item.fields.priority)).toEqual(['1']);
    expect(second.body.next).toBeNull();
  });

  it('opens what is sealed for who may read it, and notes who did (ASVS 8.2.3)', async () => {
    const incident = newEntity('incident');
    const id = incident.slice('incident:'.length);
    await a.push(pushOf(a.append(opening(incident, { caller: 'Rosa Reader' }))));
    const { body } = await center.call<{ sealed: { caller: string; location: { text: string } } }>(
      'GET',
      `/v1/entities/incident/${id}`,
      undefined,
      center.adminToken,
    );
    expect(body.sealed).toMatchObject({ caller: 'Rosa Reader', location: { text: '1 Main St' } });
    const noted = await asMigrator(center, (client) =>
      client.query(
        `select actor, after -> 'fields' as fields from audit.entry where op = 'read' and tbl = 'cad.incident' and row_id = $1`,
        [id],
      ),
    );
    expect(noted.rows).toEqual([{ actor: expect.any(String), fields: expect.arrayContaining(['caller', 'notes']) }]);
  });

  it('shows records of the roster, and the facts of an entity in order', async () => {
    const units = await center.call<{ items: { body: { callsign: string }; version: number }[] }>(
      'GET',
      '/v1/entities/roster_unit?limit=5',
      undefined,
      a.token,
    );
    expect(units.body.items).toHaveLength(5);
    expect(units.body.items[0]).toMatchObject({ version: 1, body: { callsign: expect.any(String) } });
    const incident = newEntity('incident');
    await a.push(
      pushOf(
        a.append(opening(incident)),
        a.append({ type: 'incident.noted', about: [incident], body: { text: 'second' } }),
      ),
    );
    const facts = await center.call<{ items: { type: string; body: unknown }[] }>(
      'GET',
      `/v1/facts?entity=${incident}`,
      undefined,
      center.adminToken,
    );
    expect(facts.body.items.map((fact) => fact.type)).toEqual(['incident.opened', 'incident.noted']);
    expect(facts.body.items[1]?.body).toEqual({ text: 'second' });
  });

  it('refuses what it does not know by name', async () => {
    const refused = async (path: string) => {
      const { status, type, body } = await center.call<{ code: string; field?: string }>(
        'GET',
        path,
        undefined,
        center.adminToken,
      );
      expect(type).toContain('application/problem+json');
      return [status, body.code, body.field];
    };
    expect(await refused('/v1/entities/nonsense')).toEqual([404, 'kind.unknown', 'kind']);
    expect(await refused('/v1/entities/incident?filter[caller]=x')).toEqual([400, 'field.unknown', 'filter[caller]']);
    expect(await refused('/v1/entities/incident?sort=location')).toEqual([400, 'field.unknown', 'sort']);
    expect(await refused(`/v1/entities/incident?sort=id;drop%20table`)).toEqual([400, 'field.invalid', 'sort']);
    expect(await refused('/v1/entities/incident?filter[answeredAt]=soon')).toEqual([
      400,
      'field.invalid',
      'filter[answeredAt]',
    ]);
    expect(await refused('/v1/entities/incident?after=x')).toEqual([400, 'field.invalid', 'after']);
    expect(await refused('/v1/entities/incident/unknown')).toEqual([404, 'entity.unknown', 'id']);
  });
});

describe('every door', () => {
  interface Operation {
    readonly requestBody?: unknown;
    readonly security: readonly object[];
  }
  const doors = async () => {
    const { body } = await center.call<{ openapi: string; paths: Record<string, Record<string, Operation>> }>(
      'GET',
      '/openapi.json',
    );
    expect(body.openapi).toBe('3.1.0');
    return Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/g, 'x'),
        operation,
      })),
    );
  };
  const clean = (answer: { status: number; type: string; body: unknown }): void => {
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.type).toContain('application/problem+json');
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at \w+ \(|select |postgres|\.ts:/i);
  };

  it('is described, the ones of sync among them', async () => {
    const paths = (await doors()).map(({ method, path }) => `${method} ${path}`);
    expect(paths).toEqual(
      expect.arrayContaining([
        'POST /v1/sync/hello',
        'POST /v1/sync/push',
        'GET /v1/sync/pull',
        'GET /v1/sync/snapshot',
        'GET /v1/sync/entity',
        'POST /v1/enrol',
      ]),
    );
  });

  it('refuses whoever it does not know before it reads a body (ASVS 13.4.6)', async () => {
    for (const { method, path, operation } of await doors()) {
      if (operation.security.length === 0 || operation.security.some((way) => Object.keys(way).length === 0)) continue;
      const body = operation.requestBody ? '{not json' : undefined;
      for (const token of [undefined, 'x'.repeat(20), 'a.b.c.d.e']) {
        const answer = await center.call(method, path, body, token);
        expect([path, answer.status]).toEqual([path, 401]);
      }
    }
  });

  it('refuses wrong types, missing and extra fields, control characters and 10 MB, each with a clear answer (ASVS 1.5.2, 2.2.1, 2.2.2, 15.3.3)', async () => {
    const bad = [
      '',
      '[]',
      '7',
      'null',
      '"text"',
      '{',
      '{}',
      '{"unexpected":1}',
      '{"__proto__":{"x":1}}',
      JSON.stringify({ frames: [{ h: '\u0000', s: '\u0007', k: 1, b: [] }], keys: 'none' }),
      `{"frames":"${'x'.repeat(10_000_000)}"}`,
    ];
    for (const { method, path, operation } of await doors()) {
      if (!operation.requestBody) continue;
      for (const token of [a.token, center.adminToken]) {
        for (const body of bad) {
          // What needs no field but what the path says takes an empty object.
          const answer = await center.call(method, path, body, token);
          if (answer.status < 400) continue;
          clean(answer);
          if (body.length > 9_000_000)
            expect([path, [401, 403, 404, 413].includes(answer.status)]).toEqual([path, true]);
        }
      }
    }
    expect((await center.call('GET', '/health')).status).toBe(200);
    // 10 MB twice to every door there is.
  }, 240_000);

  it('refuses queries it does not know (ASVS 1.2.4)', async () => {
    for (const path of [
      '/v1/sync/pull?after=-1',
      '/v1/sync/pull?after=x',
      '/v1/sync/pull?limit=0',
      '/v1/sync/pull?nonsense=1',
      '/v1/sync/entity',
      '/v1/sync/entity?ref=%00',
      `/v1/sync/entity?ref=${'x'.repeat(9_000)}`,
    ]) {
      clean(await center.call('GET', path, undefined, a.token));
    }
  });

  it('fails over nothing that is asked for in an address, at whatever door', async () => {
    const wrong = [
      '%00',
      '%0a',
      '%ff',
      '%F0%9F%92%A9',
      '..%2f..%2fetc',
      "'%20or%201=1--",
      '-1',
      '9'.repeat(40),
      'x'.repeat(500),
    ];
    const { body } = await center.call<{ paths: Record<string, Record<string, unknown>> }>('GET', '/openapi.json');
    const failed: string[] = [];
    for (const [path, methods] of Object.entries(body.paths)) {
      for (const method of Object.keys(methods).map((name) => name.toUpperCase())) {
        const addresses = [
          ...(path.includes('{') ? wrong.map((value) => path.replace(/\{\w+\}/g, value)) : []),
          ...wrong.map(
            (value) => `${path.replace(/\{\w+\}/g, 'x')}?nonsense=1&limit=${value}&after=${value}&ref=${value}`,
          ),
        ];
        const input = method === 'GET' ? undefined : {};
        for (const token of path.startsWith('/v1/sync') ? [a.token] : [center.adminToken]) {
          const answers = await Promise.all(addresses.map((address) => center.call(method, address, input, token)));
          failed.push(...addresses.filter((_, i) => (answers[i]?.status ?? 0) >= 500).map((one) => `${method} ${one}`));
        }
      }
    }
    expect(failed).toEqual([]);
  }, 120_000);

  it('refuses bodies that are not what they say they are (ASVS 16.5.1)', async () => {
    const send = async (headers: Record<string, string>, body: string | Buffer) => {
      const response = await fetch(`${center.url}/v1/sync/push`, {
        method: 'POST',
        headers: { ...center.proven('POST', '/v1/sync/push', a.token), ...headers },
        body: new Uint8Array(Buffer.from(body)),
      });
      return { status: response.status, type: response.headers.get('content-type') ?? '', body: await response.json() };
    };
    const json = { 'content-type': 'application/json' };
    expect((await send({ 'content-type': 'text/plain' }, 'x')).status).toBe(415);
    expect((await send({ ...json, 'content-encoding': 'zstd' }, '{}')).status).toBe(415);
    expect((await send({ ...json, 'content-encoding': 'gzip' }, 'not gzip')).status).toBe(400);
    // A small body that would become a large one.
    expect((await send({ ...json, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(40_000_000, 'a')))).status).toBe(
      413,
    );
  });

  it('keeps another organisation’s entities to itself (ASVS 8.2.2)', async () => {
    await asMigrator(center, (client) =>
      client.query(
        `insert into cad.incident (org, id, site, number, body, updated_at) values ('another', 'foreign', 'there', '26-9', '{}', 1)`,
      ),
    );
    expect((await center.call('GET', '/v1/entities/incident/foreign', undefined, center.adminToken)).status).toBe(404);
    const { body } = await center.call<{ items: unknown[] }>(
      'GET',
      '/v1/facts?entity=incident:foreign',
      undefined,
      center.adminToken,
    );
    expect(body.items).toEqual([]);
  });
});

describe('a center that cannot start', () => {
  it('refuses a demo beyond loopback, a port in use, a folder it cannot write to, each in one sentence (ASVS 13.2.3)', async () => {
    const options = {
      dataDir: '/tmp',
      port: 0,
      host: '127.0.0.1',
      databaseUrl: center.migratorUrl,
      log: 'silent' as const,
    };
    await expect(startCenter({ ...options, host: '0.0.0.0', demo: true })).rejects.toMatchObject({
      code: 'demo.exposed',
    });
    await expect(startCenter({ ...options, dataDir: '/dev/null/x' })).rejects.toMatchObject({
      code: 'folder.unwritable',
    });
    await expect(
      startCenter({ ...options, databaseUrl: 'postgres://nobody:x@127.0.0.1:1/none' }),
    ).rejects.toMatchObject({ code: 'database.away' });
  });
});
