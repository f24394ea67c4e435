import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PeopleOutSchema } from '#domain/identity/api/people.ts';
import { newEntity, opening, pushOf } from './kernel/intake/testing/station.ts';
import { type EnrolledStation, type TestCenter, testCenter } from './testing/center.ts';
import { asMigrator } from './testing/postgres.ts';

let center: TestCenter;
let a: EnrolledStation;

beforeAll(async () => {
  center = await testCenter();
  a = await center.enrol('Console A');
});
afterAll(() => center?.close());

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
    // People are shown by what their schema names: no hash of a password, no secret of a factor.
    const people = await center.call('GET', '/v1/people', undefined, center.adminToken);
    expect(PeopleOutSchema.safeParse(people.body).error).toBeUndefined();
    expect(JSON.stringify(people.body)).not.toContain('$argon2');
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
          const answer = await center.call(method, path, body, token);
          // What needs no field but what the path says takes an empty object, or none.
          if (answer.status < 400 && (body === '' || body === '{}')) continue;
          expect([method, path, body.slice(0, 40), answer.status >= 400]).toEqual([
            method,
            path,
            body.slice(0, 40),
            true,
          ]);
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

  it('refuses bodies that are not what they say they are, in words that tell nothing of its inside (ASVS 16.5.1)', async () => {
    const send = async (headers: Record<string, string>, body: string | Buffer) => {
      const response = await fetch(`${center.url}/v1/sync/push`, {
        method: 'POST',
        headers: { ...center.proven('POST', '/v1/sync/push', a.token), ...headers },
        body: new Uint8Array(Buffer.from(body)),
      });
      return { status: response.status, type: response.headers.get('content-type') ?? '', body: await response.json() };
    };
    const json = { 'content-type': 'application/json' };
    const half = Buffer.from('{"frames":"é"}', 'latin1');
    for (const [headers, body, status] of [
      [{ 'content-type': 'text/plain' }, 'x', 415],
      [{ ...json, 'content-encoding': 'zstd' }, '{}', 415],
      [{ ...json, 'content-encoding': 'gzip' }, 'not gzip', 400],
      // A small body that would become a large one.
      [{ ...json, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(40_000_000, 'a')), 413],
      // Bytes that are no UTF-8 are no text, and nothing is put in their place.
      [json, half, 400],
      [{ ...json, 'content-encoding': 'gzip' }, gzipSync(half), 400],
    ] as const) {
      const answer = await send(headers, body);
      clean(answer);
      expect(answer.status).toBe(status);
    }
    expect((await send(json, half)).body).toMatchObject({ code: 'body.text' });
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
