/** What the center asks of others it asks where it was told to, and goes nowhere else that an answer names. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { confirmAt } from '../../modules/webhooks/confirm.ts';
import { makeProviders } from '../identity/sso/provider.ts';
import { vaultMasterKey } from '../keys/master-vault.ts';
import { outboundTo } from './outbound.ts';

const asked: string[] = [];
const servers: Server[] = [];
const serve = async (answer: (path: string) => { readonly to?: string; readonly body?: object }): Promise<string> => {
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host} ${request.url}`);
    const { to, body } = answer(request.url ?? '');
    if (to !== undefined) response.writeHead(307, { location: to }).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Answers as everyone that the center asks would have to, so that following would succeed. */
let inside: string;
/** Sends on to there. */
let sends: string;
beforeAll(async () => {
  inside = await serve(() => ({
    body: {
      ok: true,
      data: { ciphertext: 'vault:v1:x' },
      issuer: sends,
      authorization_endpoint: sends,
      jwks_uri: sends,
    },
  }));
  sends = await serve((path) => ({ to: `${inside}${path}` }));
});
afterAll(() => {
  for (const server of servers) server.close();
});

it('follows no answer elsewhere: not a webhook’s sender, not the keeper of the key, not the provider (ASVS 15.3.2)', async () => {
  expect(await confirmAt(sends)('/messages/1', {})).toBeNull();
  const vault = vaultMasterKey({ url: sends, key: 'k', token: () => 't' });
  await expect(vault.wrap(Buffer.from('x'), 'c')).rejects.toMatchObject({ code: 'key.away' });
  const settings = { issuer: sends, clientId: 'c' } as Parameters<ReturnType<typeof makeProviders>>[0];
  await expect(makeProviders(Date.now, outboundTo([], true))(settings, null)).rejects.toThrow();
  expect(asked.length).toBeGreaterThanOrEqual(3);
  expect(asked.filter((one) => one.startsWith(new URL(inside).host))).toEqual([]);
});
