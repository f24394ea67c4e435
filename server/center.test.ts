import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHeader } from '#domain/kernel/fact.ts';
import { type StreamPage, StreamPageSchema } from '#domain/kernel/stream.ts';
import { READS } from '#domain/modules.ts';
import {
  type HelloOut,
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

  it('emits what every station of the site reads, and names who holds the rest back to whoever asks', async () => {
    const lacks = ['incident.linked@1'];
    const hello = (by: EnrolledStation, more: object = {}) =>
      center.call<HelloOut>('POST', '/v1/sync/hello', greeting(more), by.token);
    await hello(b, { reads: READS.filter((type) => !lacks.includes(type)) });
    const { body } = await hello(a, { asksOlder: true });
    expect(body.emit).toEqual(READS.filter((type) => !lacks.includes(type)));
    expect(body.older).toEqual([{ station: b.station, lacks }]);
    expect((await hello(a)).body).not.toHaveProperty('older');
    await hello(b);
    const after = await hello(a, { asksOlder: true });
    expect([after.body.emit, after.body.older]).toEqual([[...READS], []]);
  });

  it('takes back a key of its site that it lacks, and gives it to every workstation that greets', async () => {
    const lacked = [{ id: 'made-after-the-backup', key: Buffer.alloc(32, 7).toString('base64url') }];
    const { status, body } = await center.call<HelloOut>('POST', '/v1/sync/hello', greeting({ lacked }), a.token);
    expect([status, body.siteKeys.at(-1)]).toEqual([200, lacked[0]]);
    const other = await center.call<HelloOut>('POST', '/v1/sync/hello', greeting(), b.token);
    expect(other.body.siteKeys).toEqual(body.siteKeys);
    expect(other.body.siteKeys[0]?.id).toBe(a.site.siteKey.id);
    const [made] = await asMigrator(center, async (client) => {
      const entry = `select actor, reason from audit.entry where tbl = 'keys.site' and row_id like '%made-after-the-backup%'`;
      return (await client.query(entry)).rows;
    });
    expect(made).toEqual({ actor: `station:${a.station}`, reason: 'given back by a workstation after a restore' });
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

  it('says when another build came to the site, and only then', async () => {
    const socket = await live(a);
    // What is told once more of an earlier change is told by then.
    await delay(1_200);
    let heard = 0;
    socket.on('roster', () => heard++);
    const hello = (reads: readonly string[]) =>
      center.call('POST', '/v1/sync/hello', greeting({ reads, lanAddress: '127.0.0.1:2' }), b.token);
    await hello(READS);
    const [before, said] = [heard, next(socket, 'roster')];
    await hello(READS.slice(1));
    await said;
    expect([before, heard]).toEqual([0, 1]);
    await hello(READS);
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
