import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { PeerMessage } from '../../domain/wire/sync.ts';
import { newSigningKey, signerOf } from '../../sealing/signing.ts';
import { type Lan, openLan } from './lan.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const open: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface Heard {
  readonly lan: Lan;
  readonly key: string;
  readonly up: string[];
  readonly down: string[];
  readonly messages: PeerMessage[];
  readonly troubles: string[];
  /** When what is heard counts as taken. */
  taking: Promise<void> | undefined;
}

async function station(name: string, steady = () => performance.now()): Promise<Heard> {
  const signer = signerOf(newSigningKey());
  const troubles: string[] = [];
  const onTrouble = (reason: string): void => void troubles.push(reason);
  const lan = await openLan({ station: name, signer, listen: LOOPBACK, steady, onTrouble });
  open.push(() => lan.close());
  const heard: Heard = { lan, key: signer.publicKey, up: [], down: [], messages: [], troubles, taking: undefined };
  lan.on({
    onUp: (who) => heard.up.push(who),
    onDown: (who) => heard.down.push(who),
    onMessage: (_, message) => {
      heard.messages.push(message);
      return heard.taking;
    },
  });
  return heard;
}

/** A proxy that can stall (takes, passes nothing on) and cut, and keeps what went through it. */
async function proxy(port: number): Promise<{ port: number; stall: boolean; seen: Buffer[]; cut: () => void }> {
  const sockets = new Set<Socket>();
  const self = {
    port: 0,
    stall: false,
    seen: [] as Buffer[],
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
  const server: Server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        self.seen.push(bytes);
        if (!self.stall) to.write(bytes);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  self.port = (server.address() as AddressInfo).port;
  open.push(() => {
    self.cut();
    server.close();
  });
  return self;
}

const heads = (logs: { [log: string]: number }): PeerMessage => ({
  t: 'heads',
  cursor: null,
  logs,
  reads: [],
  centerReached: true,
});
const at = (port: number | null): string => `127.0.0.1:${port}`;
const until = async (holds: () => boolean, ms = 5_000): Promise<number> => {
  const began = performance.now();
  while (!holds()) {
    if (performance.now() - began > ms) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - began;
};
const linked = (a: Heard, b: Heard, addressOfB = at(b.lan.port), addressOfA = at(a.lan.port)): void => {
  a.lan.reach([{ station: 'b', key: b.key, address: addressOfB }]);
  b.lan.reach([{ station: 'a', key: a.key, address: addressOfA }]);
};

describe('peers on the LAN', () => {
  it('link both ways, keep one link, and carry messages in order', async () => {
    const [a, b] = [await station('a'), await station('b')];
    linked(a, b);
    await until(() => a.up.length > 0 && b.up.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (let n = 1; n <= 50; n++) expect(a.lan.send('b', heads({ l: n }))).toBe(true);
    await until(() => b.messages.length === 50);
    expect(b.messages.map((m) => m.t === 'heads' && m.logs.l)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(a.up.length - a.down.length).toBe(1);
    expect(b.up.length - b.down.length).toBe(1);
  });

  it('show a proxy nothing, notice within about two seconds that it stalls, and link again when it goes on', async () => {
    const [a, b] = [await station('a'), await station('b')];
    const between = await proxy(b.lan.port as number);
    linked(a, b, at(between.port), '');
    await until(() => a.up.length === 1 && b.up.length === 1);
    a.lan.send('b', {
      t: 'presence',
      presence: { station: 'a', position: 'Fire 1', name: 'Rosa Delgado', incident: null, field: null },
    });
    await until(() => b.messages.length === 1);
    const seen = Buffer.concat(between.seen).toString('latin1');
    for (const secret of ['Rosa', 'presence', 'station', a.key, b.key]) expect(seen).not.toContain(secret);
    between.stall = true;
    expect(await until(() => a.down.length === 1 && b.down.length === 1)).toBeLessThan(2_600);
    expect(a.lan.send('b', heads({}))).toBe(false);
    between.stall = false;
    await until(() => a.up.length === 2 && b.up.length === 2);
    between.cut();
    expect(await until(() => a.down.length === 2)).toBeLessThan(300);
    await until(() => a.up.length === 3);
  });

  it('turn away who is not of the roster, and let go of who leaves it', async () => {
    const [a, b, c] = [await station('a'), await station('b'), await station('c')];
    linked(a, b);
    c.lan.reach([{ station: 'a', key: a.key, address: at(a.lan.port) }]);
    await until(() => a.up.length > 0);
    await until(() => a.troubles.includes('not of the roster'));
    expect(a.up).not.toContain('c');
    expect(c.up).toEqual([]);
    a.lan.reach([]);
    await until(() => b.down.length === b.up.length);
    expect(a.lan.send('b', heads({}))).toBe(false);
  });

  it('close on garbage, on 10 MB and on wrong types, and go on with the others', async () => {
    const [a, b] = [await station('a'), await station('b')];
    linked(a, b);
    await until(() => a.up.length > 0 && b.up.length > 0);
    for (const garbage of [
      Buffer.alloc(10_000_000, 0x41),
      Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      Buffer.from([0, 0, 0, 1, 0]),
    ]) {
      const socket = connect(a.lan.port as number, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(garbage);
      await new Promise((resolve) => socket.once('close', resolve));
    }
    // A station of the roster that says what is not of the protocol is let go of, and links again.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = b.down.length;
    a.lan.send('b', { t: 'heads', logs: { l: -1 } } as unknown as PeerMessage);
    await until(() => b.down.length > before);
    await until(() => b.up.length > b.down.length && a.up.length > a.down.length);
    expect(a.lan.send('b', { t: 'heads', text: 'x'.repeat(10_000_000) } as unknown as PeerMessage)).toBe(false);
    // Each linked to the other at once, so a second link may take the first one's place, and what was said on that is lost: it
    // is said again, as heads are on every link.
    const heard = (): boolean => b.messages.some((m) => m.t === 'heads' && m.logs.l === 7);
    await until(() => a.lan.send('b', heads({ l: 7 })) && heard());
  });

  it('read no further than they can store, and keep the link meanwhile', async () => {
    const [a, b] = [await station('a'), await station('b')];
    linked(a, b);
    await until(() => a.up.length > 0 && b.up.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const stored = Promise.withResolvers<void>();
    b.taking = stored.promise;
    const frame = { h: 'h'.repeat(1_000), s: 's'.repeat(86), k: null, b: 'b'.repeat(2_000) };
    const large: PeerMessage = { t: 'frames', frames: Array.from({ length: 1_000 }, () => frame), keys: [] };
    const [ups, many] = [b.up.length, 11];
    for (let n = 0; n < many; n++) {
      expect(a.lan.send('b', large)).toBe(true);
      if (n >= 5) await until(() => b.messages.length >= Math.min(n + 1, 6));
    }
    // Longer than a silence that would end the link.
    await new Promise((resolve) => setTimeout(resolve, 1_800));
    expect(b.messages.length).toBeLessThan(9);
    stored.resolve();
    await until(() => b.messages.length === many);
    expect([b.up.length, b.down.length]).toEqual([ups, ups - 1]);
  });

  it('let go of one that says without end what is no fact', async () => {
    // Too much is too much in a second: theirs are long enough for a busy machine to hear it all in one.
    const slowly = (): number => performance.now() / 20;
    const [a, b] = [await station('a', slowly), await station('b', slowly)];
    linked(a, b);
    await until(() => a.up.length > 0 && b.up.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const logs = Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`made-up-${n}-${'x'.repeat(80)}`, 1]));
    for (let n = 0; n < 8; n++) a.lan.send('b', heads(logs));
    await until(() => b.troubles.includes('it says more than a station has to say'), 20_000);
    expect(b.messages.length).toBeLessThan(8);
  });

  it('let no one keep what others send waiting behind ever so many messages in which there is nothing', async () => {
    const [a, b] = [await station('a'), await station('b')];
    linked(a, b);
    await until(() => a.up.length > 0 && b.up.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const stored = Promise.withResolvers<void>();
    b.taking = stored.promise;
    const many = 20_000;
    for (let n = 0; n < many; n++) a.lan.send('b', { t: 'frames', frames: [], keys: [] });
    await until(() => b.messages.length > 200);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(b.messages.length).toBeLessThan(4_000);
    stored.resolve();
    await until(() => b.messages.length === many, 20_000);
  });

  it('let go of one that says little, and that without end', async () => {
    const slowly = (): number => performance.now() / 20;
    const [a, b] = [await station('a'), await station('b', slowly)];
    linked(a, b);
    await until(() => a.up.length > 0 && b.up.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (let n = 0; n < 10_000; n++) a.lan.send('b', heads({}));
    await until(() => b.troubles.includes('it says more than a station has to say'), 20_000);
    expect(b.messages.length).toBeLessThan(5_000);
  });

  it('link while somebody of one address holds connections open that say nothing', async () => {
    const [a, b] = [await station('a'), await station('b')];
    const silent = Array.from({ length: 80 }, () =>
      connect({ port: a.lan.port as number, host: '127.0.0.1', localAddress: '127.0.0.9' }),
    );
    for (const socket of silent) socket.on('error', () => undefined);
    open.push(() => silent.forEach((socket) => void socket.destroy()));
    await until(() => silent.filter((socket) => !socket.destroyed).length <= 16);
    a.lan.reach([{ station: 'b', key: b.key, address: '' }]);
    b.lan.reach([{ station: 'a', key: a.key, address: at(a.lan.port) }]);
    // Before the silent ones have been given up on.
    expect(await until(() => b.up.length === 1)).toBeLessThan(1_500);
  });

  it('are let in while they dial more of the roster than answer', async () => {
    const held = new Set<Socket>();
    const mute = createServer((socket) => held.add(socket));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    open.push(() => {
      for (const socket of held) socket.destroy();
      mute.close();
    });
    const [a, b] = [await station('a'), await station('b')];
    const away = Array.from({ length: 80 }, (_, n) => ({
      ...{ station: `away-${n}`, key: b.key, address: at((mute.address() as AddressInfo).port) },
    }));
    a.lan.reach([...away, { station: 'b', key: b.key, address: '' }]);
    b.lan.reach([{ station: 'a', key: a.key, address: at(a.lan.port) }]);
    // Before those that do not answer have been given up on.
    expect(await until(() => b.up.length === 1)).toBeLessThan(1_500);
  });
});
