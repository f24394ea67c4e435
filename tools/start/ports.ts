import { createServer } from 'node:net';

/** What listens where, when the user does not say: a home for each, so that addresses stay the same from start to start. */
export const HOME_PORTS = { center: 7310, console: 7320, lan: 7340 } as const;

/** A port that the user chose and that something else listens on. */
export class PortTaken extends Error {
  readonly port: number;
  constructor(flag: string, port: number) {
    super(
      `Port ${port} is in use: give another with --${flag} N, leave the flag out for a free one, or stop what listens there.`,
    );
    this.port = port;
  }
}

/**
 * The port to listen on: the user's, which has to be free, or else the one at home, or else any free one. `taken` holds
 * ports that are promised already; the answer is added to it.
 *
 * @throws PortTaken where the user's own is in use
 */
export async function choosePort(
  flag: string,
  given: number | null,
  home: number,
  taken: Set<number>,
): Promise<number> {
  if (given !== null) {
    if (taken.has(given) || !(await isFree(given))) throw new PortTaken(flag, given);
    taken.add(given);
    return given;
  }
  for (let port = home; port < home + 10; port++) {
    if (!taken.has(port) && (await isFree(port))) {
      taken.add(port);
      return port;
    }
  }
  const port = await anyFreePort(taken);
  taken.add(port);
  return port;
}

/** Any port of this machine's loopback that is free now. */
export async function anyFreePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (;;) {
    const port = await listen(0);
    if (port !== null && !taken.has(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  return (await listen(port)) !== null;
}

function listen(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      const got = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(got));
    });
  });
}
