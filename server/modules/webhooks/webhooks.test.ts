import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Provider, ReceiptsOutSchema, WebhookKeys, WebhooksOutSchema } from '#domain/webhooks/api.ts';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { asMigrator } from '../../testing/postgres.ts';
import { DEMO_ORG } from '../demo/sign-in.ts';
import { genuine, KEYS, type Sent } from './testing/deliveries.ts';

type Webhooks = z.infer<typeof WebhooksOutSchema>;
type Receipts = z.infer<typeof ReceiptsOutSchema>;

/** Postmark as it answers who asks for a message: by its token alone, and of messages that it knows. */
const messages = new Set<string>();
let postmark: Server;
let center: TestCenter;
const paths = new Map<Provider, string>();

beforeAll(async () => {
  postmark = createServer((request, response) => {
    const id = /^\/messages\/outbound\/([\w-]+)\/details$/.exec(request.url ?? '')?.[1] ?? '';
    const known = request.headers['x-postmark-server-token'] === KEYS.postmark.serverToken && messages.has(id);
    response.writeHead(known ? 200 : 422, { 'content-type': 'application/json' });
    const events = [{ Type: 'Delivered', ReceivedAt: '2027-01-15T08:00:00Z', Recipient: 'records@example.org' }];
    response.end(JSON.stringify(known ? { MessageID: id, MessageEvents: events } : { ErrorCode: 701 }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => postmark.once('listening', resolve));
  const { port } = postmark.address() as AddressInfo;
  center = await testCenter({ webhooks: { postmark: `http://127.0.0.1:${port}` } });
  for (const keys of Object.values(KEYS)) paths.set(keys.provider, await add(keys));
});
afterAll(async () => {
  await center?.close();
  postmark.close();
});

async function add(keys: WebhookKeys): Promise<string> {
  const body = { name: `Of ${keys.provider}`, keys };
  const { webhooks } = (await center.call<Webhooks>('POST', '/v1/webhooks', body, center.adminToken)).body;
  return webhooks.at(-1)?.path as string;
}
async function deliver(path: string, { headers, body }: Sent): Promise<number> {
  const answer = await fetch(`${center.url}${path}`, { method: 'POST', headers, body: new Uint8Array(body) });
  await answer.arrayBuffer();
  return answer.status;
}
const at = (provider: Provider): string => paths.get(provider) as string;
const receipts = async (): Promise<Receipts['receipts']> =>
  (await center.call<Receipts>('GET', '/v1/webhooks/receipts', undefined, center.adminToken)).body.receipts;
const fresh = (provider: Provider): { readonly event: string; readonly sent: Sent } => {
  const event = randomUUID();
  messages.add(event);
  return { event, sent: genuine(KEYS[provider], event, Date.now()) };
};

describe.each(Object.keys(KEYS) as Provider[])('a webhook of %s', (provider) => {
  it('takes what is genuine, once, however often it is delivered', async () => {
    const { event, sent } = fresh(provider);
    expect(await deliver(at(provider), sent)).toBe(200);
    expect(await deliver(at(provider), sent)).toBe(200);
    expect((await receipts()).filter((receipt) => receipt.event.includes(event))).toHaveLength(1);
  });

  it('refuses everything else, and says nothing of why', async () => {
    const { event, sent } = fresh(provider);
    const unsigned = { 'content-type': 'application/json' };
    expect(await deliver(at(provider), { ...sent, headers: unsigned })).toBe(401);
    const foreign = genuine(KEYS[provider], randomUUID(), Date.now());
    expect(await deliver(`/v1/webhooks/${provider}/${'x'.repeat(22)}`, foreign)).toBe(401);
    const other = provider === 'lob' ? 'stripe' : 'lob';
    expect(await deliver(at(other), sent)).toBe(401);
    expect((await receipts()).filter((receipt) => receipt.event.includes(event))).toEqual([]);
  });
});

describe('a webhook', () => {
  it('of an organisation whose contract has ended takes nothing, though its keys prove it', async () => {
    const operator = readFileSync(join(center.dataDir, 'operator.token'), 'utf8').trim();
    const move = (state: string) =>
      center.call('POST', `/v1/operator/organisations/${DEMO_ORG}/state`, { state, reason: 'a test' }, operator);
    const attempt = () => deliver(at('stripe'), fresh('stripe').sent);
    const kept = () =>
      asMigrator(center, (client) => client.query('select from webhooks.receipt')).then(({ rowCount }) => rowCount);
    expect(await attempt()).toBe(200);
    expect((await move('TERMINATED')).status).toBe(200);
    // Doors may remember for a second how an organisation stands.
    await expect.poll(attempt, { timeout: 10_000 }).toBe(401);
    const before = await kept();
    expect(await attempt()).toBe(401);
    expect(await kept()).toBe(before);
    expect((await move('ACTIVE')).status).toBe(200);
    await expect.poll(attempt, { timeout: 10_000 }).toBe(200);
  });

  it('takes the very bytes: spelled, spaced and typed as the sender did', async () => {
    const { sent } = fresh('stripe');
    expect(await deliver(at('stripe'), { ...sent, headers: { ...sent.headers, 'content-type': 'text/plain' } })).toBe(
      200,
    );
    const respaced = { ...sent, body: Buffer.from(JSON.stringify(JSON.parse(sent.body.toString()), null, 1)) };
    expect(await deliver(at('stripe'), respaced)).toBe(401);
  });

  it('goes to the organisation whose keys prove it, although two have the same provider', async () => {
    const mine: WebhookKeys = { provider: 'lob', secret: randomBytes(24).toString('base64url') };
    const second = await add(mine);
    const sent = genuine(mine, randomUUID(), Date.now());
    expect(await deliver(at('lob'), sent)).toBe(401);
    expect(await deliver(second, sent)).toBe(200);
  });

  it('given other keys takes those of before for a day, and none once it is retired', async () => {
    const before: WebhookKeys = { provider: 'lob', secret: randomBytes(24).toString('base64url') };
    const after: WebhookKeys = { provider: 'lob', secret: randomBytes(24).toString('base64url') };
    const path = await add(before);
    const id = path.split('/').at(-1);
    await center.call('POST', `/v1/webhooks/${id}/keys`, after, center.adminToken);
    for (const keys of [before, after]) expect(await deliver(path, genuine(keys, randomUUID(), Date.now()))).toBe(200);
    await asMigrator(center, (client) =>
      client.query('update webhooks.endpoint set old_keys_until = 1 where id = $1', [id]),
    );
    expect(await deliver(path, genuine(before, randomUUID(), Date.now()))).toBe(401);
    const other = await center.call('POST', `/v1/webhooks/${id}/keys`, KEYS.stripe, center.adminToken);
    expect(other.body).toMatchObject({ code: 'webhook.provider' });
    await center.call('POST', `/v1/webhooks/${id}/retire`, {}, center.adminToken);
    expect(await deliver(path, genuine(after, randomUUID(), Date.now()))).toBe(401);
  });

  it('given the new keys twice takes those of before no more: whoever has them opens nothing', async () => {
    const [out, kept] = [0, 1].map(() => ({ provider: 'lob' as const, secret: randomBytes(24).toString('base64url') }));
    if (!out || !kept) throw new Error('no keys');
    const path = await add(out);
    for (const status of [200, 401]) {
      await center.call('POST', `/v1/webhooks/${path.split('/').at(-1)}/keys`, kept, center.adminToken);
      expect(await deliver(path, genuine(out, randomUUID(), Date.now()))).toBe(status);
      expect(await deliver(path, genuine(kept, randomUUID(), Date.now()))).toBe(200);
    }
  });

  it('keeps bodies and keys sealed', async () => {
    const { sent } = fresh('telnyx');
    await deliver(at('telnyx'), sent);
    const { rows } = await asMigrator(center, (client) =>
      client.query<{ row: string }>(
        `select to_jsonb(r)::text as row from webhooks.receipt r union all select to_jsonb(e)::text from webhooks.endpoint e
         union all select to_jsonb(a)::text from audit.entry a where tbl like 'webhooks.%'`,
      ),
    );
    const text = rows.map(({ row }) => row).join('\n');
    const secrets = [KEYS.lob.secret, KEYS.stripe.secret, KEYS.postmark.password, 'Zoë is on her way'];
    for (const secret of secrets) {
      expect(text.includes(secret)).toBe(false);
      expect(text.includes(Buffer.from(secret).toString('hex'))).toBe(false);
    }
  });

  it('is refused where it cannot be one, naming the field', async () => {
    const keys = { provider: 'telnyx', publicKey: 'short' };
    const answer = await center.call('POST', '/v1/webhooks', { name: 'x', keys }, center.adminToken);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'field.invalid', field: 'keys.publicKey' });
  });

  it('too large is not read (ASVS 5.2.1)', async () => {
    const { sent } = fresh('lob');
    expect(await deliver(at('lob'), { ...sent, body: Buffer.alloc(2_000_000, 'x') })).toBe(413);
  });
});
