/** A TCP proxy on loopback that a test can close, stall and reopen: the cable that is pulled. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export type CableState = 'open' | 'closed' | 'stalled';

export interface Cable {
  readonly port: number;
  readonly url: string;
  readonly address: string;
  readonly state: () => CableState;
  /** `closed`: connections are reset and new ones refused at once. `stalled`: nothing passes and nobody is told. */
  readonly set: (state: CableState) => void;
  /** What is sent from now on arrives so much later, at either end, in order. */
  readonly slow: (ms: number) => void;
  /** Where it leads; a restarted server may be elsewhere. */
  readonly aim: (port: number) => void;
  readonly stop: () => Promise<void>;
}

/** Listens on a free loopback port (or `port`) and passes bytes to `target` on loopback. */
export async function layCable(target: number, port = 0): Promise<Cable> {
  let state: CableState = 'open';
  let to = target;
  let late = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const passTo = (end: Socket, chunk: Buffer): void => {
    if (state !== 'open') return;
    if (late === 0) end.write(chunk);
    else setTimeout(() => state === 'open' && end.writable && end.write(chunk), late);
  };
  /** What was sent before the end arrives before it. */
  const closeAfter = (end: Socket): void => {
    if (late === 0) end.destroy();
    else setTimeout(() => end.destroy(), late);
  };
  const server: Server = createServer({ pauseOnConnect: true }, (client) => {
    keep(client);
    if (state === 'closed') return void client.resetAndDestroy();
    const upstream = connect({ port: to, host: '127.0.0.1' });
    keep(upstream);
    client.on('close', () => closeAfter(upstream));
    upstream.on('close', () => closeAfter(client));
    client.on('data', (chunk) => passTo(upstream, chunk));
    upstream.on('data', (chunk) => passTo(client, chunk));
    if (state === 'open') client.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const listening = typeof address === 'object' && address ? address.port : port;
  return {
    port: listening,
    url: `http://127.0.0.1:${listening}`,
    address: `127.0.0.1:${listening}`,
    state: () => state,
    set: (next) => {
      const before = state;
      state = next;
      // Bytes swallowed while stalled are gone, so a connection that lived through a stall cannot go on as if nothing was.
      if (next === 'closed' || (before === 'stalled' && next === 'open'))
        for (const socket of sockets) socket.resetAndDestroy();
    },
    slow: (ms) => {
      late = ms;
    },
    aim: (next) => {
      to = next;
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
