import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { SEAT } from '../../server-bridge/dispatch/testing/desk.ts';
import { openDeskHost } from '../../server-bridge/host/testing/desk-host.ts';
import { connectBridge } from './client.ts';

/** A station that lets a window in and dies of the first thing that it asks. */
let dying: WebSocketServer;
let url: string;
beforeAll(async () => {
  dying = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  dying.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const { t } = JSON.parse(String(data)) as { t: string };
      const welcome = { t: 'welcome', bearer: 'b'.repeat(22), station: 's', build: 'x' };
      if (t === 'hello') socket.send(JSON.stringify(welcome));
      else socket.terminate();
    });
  });
  await once(dying, 'listening');
  url = `http://127.0.0.1:${(dying.address() as AddressInfo).port}/#token`;
});
afterAll(() => dying?.close());

it('tells whoever waits that the station is gone, and whoever asks it then', async () => {
  const closed = { refusal: { code: 'bridge.closed' } };
  const watching = await connectBridge(url);
  await expect(watching.watch('board')).rejects.toMatchObject(closed);
  const calling = await connectBridge(url);
  await expect(calling.call('session.sign_out', {})).rejects.toMatchObject(closed);
  for (const gone of [watching, calling]) {
    expect(gone.closed()).toBe(true);
    await expect(gone.call('session.sign_out', {})).rejects.toMatchObject(closed);
    await expect(gone.watch('board')).rejects.toMatchObject(closed);
  }
});

it('tells whoever watches a topic that there is none of that name, and may be watched on', async () => {
  const { host, tokens, close } = await openDeskHost();
  const bridge = await connectBridge(`${host.url}/#${tokens.issue(SEAT.seat)}`);
  try {
    await expect(bridge.watch('nosuchtopic')).rejects.toMatchObject({ refusal: { code: 'message.invalid' } });
    expect((await bridge.watch('board')).state()).toHaveProperty('units');
  } finally {
    bridge.close();
    await close();
  }
});
