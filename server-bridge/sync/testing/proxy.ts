/** A TCP proxy that can stall (takes, passes nothing on) and cut, and keeps what went through it. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Cable {
  readonly port: number;
  /** Takes connections and bytes, and passes nothing on. */
  stall: boolean;
  /** Refuses connections. */
  closed: boolean;
  readonly seen: Buffer[];
  readonly cut: () => void;
  readonly close: () => void;
}

export async function openProxy(target: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  const seen: Buffer[] = [];
  const server = createServer((near) => {
    if (proxy.closed) {
      near.destroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        seen.push(bytes);
        if (!proxy.stall) to.write(bytes);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const proxy: Cable = {
    port: (server.address() as AddressInfo).port,
    stall: false,
    closed: false,
    seen,
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
  return proxy;
}
