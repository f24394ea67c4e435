/** `If-Match` and `Idempotency-Key`, at the doors of a real center. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestCenter, testCenter } from '../../testing/center.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await testCenter();
});
afterAll(() => center?.close());

interface Said {
  readonly status: number;
  readonly body: { readonly code?: string; readonly field?: string; readonly [field: string]: unknown };
}
async function send(method: string, path: string, body: object | undefined, headers: object): Promise<Said> {
  const answer = await fetch(`${center.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${center.adminToken}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Said['body'] };
}
const POLICY = '/v1/organisation/policy';

it('a change names by If-Match the version that it was made from, and one that was overtaken fails by 412', async () => {
  const { person } = await center.member('matched', ['dispatcher']);
  const path = `/v1/people/${person}/change`;
  const { body } = await send('GET', '/v1/people', undefined, {});
  const { version = -1 } =
    (body.people as { person: string; version: number }[]).find((one) => one.person === person) ?? {};
  const ifMatch = { 'if-match': `"${version}"` };
  expect((await send('POST', path, { name: 'One' }, ifMatch)).status).toBe(200);
  expect(await send('POST', path, { name: 'Two' }, ifMatch)).toMatchObject({
    status: 412,
    body: { code: 'person.changed' },
  });
  // By the body it is what it was.
  expect(await send('POST', path, { name: 'Two', version }, {})).toMatchObject({
    status: 409,
    body: { code: 'person.changed' },
  });
  expect(await send('POST', path, { name: 'Two', version: version + 1 }, ifMatch)).toMatchObject({
    status: 400,
    body: { code: 'header.differs', field: 'version' },
  });
  for (const wrong of ['*', '3', '"-1"', 'W/"3"', '"1", "2"', '""', `"${'9'.repeat(30)}"`])
    expect([wrong, (await send('POST', path, { name: 'Two' }, { 'if-match': wrong })).body.code]).toEqual([
      wrong,
      'header.invalid',
    ]);
});

it('the policy is set by If-Match too', async () => {
  const { body } = await send('GET', POLICY, undefined, {});
  const change = { policy: body.policy, reason: 'as it is' };
  expect((await send('PUT', POLICY, change, {})).status).toBe(400);
  expect((await send('PUT', POLICY, change, { 'if-match': `"${body.version}"` })).status).toBe(200);
  expect(await send('PUT', POLICY, change, { 'if-match': `"${body.version}"` })).toMatchObject({
    status: 412,
    body: { code: 'policy.changed' },
  });
});

it('a request is known by its Idempotency-Key, and answered as it was', async () => {
  const record = {
    kind: 'agency',
    id: crypto.randomUUID(),
    version: 0,
    body: { name: 'One', short: 'ONE', discipline: 'ems' },
  };
  const request = { kind: 'record.put', session: null, by: null, madeAt: Date.now(), input: record };
  const key = { 'idempotency-key': `"${crypto.randomUUID()}"` };
  const first = await send('POST', '/v1/requests', request, key);
  expect(first.status).toBe(200);
  expect(`"${first.body.id}"`).toBe(key['idempotency-key']);
  expect(await send('POST', '/v1/requests', request, key)).toEqual(first);
  expect(await send('POST', '/v1/requests', { ...request, id: 'another' }, key)).toMatchObject({
    body: { code: 'header.differs' },
  });
});

it('where nothing is told by them they are refused and nothing is done, and what is read needs none', async () => {
  const input = { login: 'nobody-yet', name: 'Nobody', roles: ['dispatcher'], site: center.site };
  for (const header of ['If-Match', 'Idempotency-Key'])
    expect(await send('POST', '/v1/invitations', input, { [header]: '"1"' })).toMatchObject({
      status: 400,
      body: { code: 'header.unread', field: header },
    });
  expect((await send('POST', '/v1/invitations', input, {})).status).toBe(200);
  expect((await send('GET', POLICY, undefined, { 'if-match': '"1"' })).status).toBe(200);
});

it('are on the page of the API where they are taken, and nowhere else', async () => {
  interface Page {
    readonly paths: {
      readonly [path: string]: {
        readonly [method: string]: { readonly parameters: { readonly name: string; readonly in: string }[] };
      };
    };
  }
  const { body } = await send('GET', '/openapi.json', undefined, {});
  const taken = Object.entries((body as unknown as Page).paths).flatMap(([path, methods]) =>
    Object.values(methods).flatMap(({ parameters }) =>
      parameters.filter((one) => one.in === 'header').map(({ name }) => [path, name]),
    ),
  );
  expect(taken.sort()).toEqual([
    ['/v1/organisation/policy', 'If-Match'],
    ['/v1/people/{person}/change', 'If-Match'],
    ['/v1/requests', 'Idempotency-Key'],
  ]);
});
