import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LIVE_PATH } from '#domain/wire/sync.ts';
import { type EnrolledStation, type TestCenter, testCenter } from '../../testing/center.ts';
import type { Dpop } from '../http/dpop.ts';
import { newEntity, opening, pushOf } from '../intake/testing/station.ts';
import { createLive, type Live } from './live.ts';

describe('the live channel, for whoever has not said who they are', () => {
  let center: TestCenter;
  let station: EnrolledStation;
  beforeAll(async () => {
    // 150 channels and 600 calls with facts a minute of one address.
    center = await testCenter({ limitsScale: 0.005 });
    station = await center.enrol('P1');
  });
  afterAll(() => center?.close());

  const address = (transport: string): string => `${center.url}${LIVE_PATH}/?EIO=4&transport=${transport}`;
  const open = (): WebSocket => {
    const socket = new WebSocket(address('websocket').replace('http', 'ws'), { perMessageDeflate: true });
    socket.on('error', () => undefined);
    return socket;
  };
  const opened = (socket: WebSocket): Promise<boolean> =>
    new Promise((resolve) => socket.once('open', () => resolve(true)).once('close', () => resolve(false)));

  it('is a socket alone: nobody has it hold answers back or parse what they post', async () => {
    expect((await fetch(address('polling'))).status).toBe(400);
    expect((await fetch(address('polling'), { method: 'POST', body: '4'.repeat(60_000) })).status).toBe(400);
  });

  it('expands nothing, and ends with a frame that is larger than anything a station says', async () => {
    const socket = open();
    expect(await opened(socket)).toBe(true);
    expect(socket.extensions).toBe('');
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.send('4'.repeat(100_000));
    expect(await closed).toBe(1009);
  });

  it('is opened so often and no more by one address, which costs facts nothing', async () => {
    const many = await Promise.all(Array.from({ length: 250 }, () => opened(open())));
    expect(many.filter((up) => up).length).toBeLessThan(200);
    expect((await station.push(pushOf(station.append(opening(newEntity('incident')))))).status).toBe(200);
  });
});

describe('a center that ends', () => {
  it('waits for nobody who holds a connection open and asks nothing', async () => {
    const center = await testCenter();
    const silent = connect(Number(new URL(center.url).port), '127.0.0.1');
    await new Promise((resolve) => silent.once('connect', resolve));
    const cut = new Promise((resolve) => silent.once('close', resolve));
    silent.on('error', () => undefined);
    const began = performance.now();
    await center.close();
    await cut;
    expect(performance.now() - began).toBeLessThan(10_000);
  }, 60_000);
});

describe('a workstation that is revoked while it comes in', () => {
  let http: Server;
  let live: Live;
  let revoked = false;
  beforeAll(async () => {
    http = createServer();
    // The word of it comes when its token was looked up and its key is being proven.
    const dpop: Dpop = {
      nonce: () => 'nonce',
      judge: async () => {
        revoked = true;
        live.drop('o', 'lost');
        return 'good';
      },
    };
    const device = { kind: 'device' as const, org: 'o', site: 's', station: 'lost', jkt: 'key' };
    live = createLive(http, {
      bearers: { deviceOf: async () => device, stands: async () => !revoked },
      dpop,
      mayOpen: () => true,
      onCount: () => undefined,
      tell: () => undefined,
      pageOf: async () => ({ epoch: 'e', from: 0, items: [], keys: [], head: 0 }),
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => live.close());

  it('hears nothing', async () => {
    const { port } = http.address() as AddressInfo;
    const auth = { token: 'its token of before', proof: 'of its key' };
    const options = { path: LIVE_PATH, transports: ['websocket'], auth, reconnection: false };
    const socket = io(`http://127.0.0.1:${port}`, options);
    const ended = new Promise((resolve) => socket.once('disconnect', resolve).once('connect_error', resolve));
    const soon = new Promise((resolve) => setTimeout(resolve, 2_000, 'still there'));
    expect(await Promise.race([ended, soon])).toBe('io server disconnect');
    socket.close();
  });
});

describe('workstations that are there', () => {
  it('are counted without who is gone or never said who they are', async () => {
    const http = createServer();
    const counts: number[] = [];
    const live = createLive(http, {
      bearers: {
        deviceOf: async (token) =>
          token === 'none' ? null : { kind: 'device', org: 'o', site: 's', station: token, jkt: 'key' },
        stands: async () => true,
      },
      dpop: { nonce: () => 'nonce', judge: async () => 'good' },
      mayOpen: () => true,
      onCount: (stations) => void counts.push(stations),
      tell: () => undefined,
      pageOf: async () => ({ epoch: 'e', from: 0, items: [], keys: [], head: 0 }),
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    const come = (token: string) => {
      const options = { path: LIVE_PATH, transports: ['websocket'], auth: { token, proof: 'p' }, reconnection: false };
      const socket = io(`http://127.0.0.1:${port}`, { ...options, forceNew: true });
      return new Promise<typeof socket>((resolve) => {
        socket.once('connect', () => resolve(socket)).once('connect_error', () => resolve(socket));
      });
    };
    const silent = new WebSocket(`ws://127.0.0.1:${port}${LIVE_PATH}/?EIO=4&transport=websocket`);
    await new Promise((resolve) => silent.once('open', resolve));
    await come('none');
    const [one, two] = [await come('one'), await come('two')];
    expect(counts.at(-1)).toBe(2);
    one.disconnect();
    await expect.poll(() => counts.at(-1)).toBe(1);
    two.disconnect();
    await expect.poll(() => counts.at(-1)).toBe(0);
    silent.terminate();
    await live.close();
  });
});
