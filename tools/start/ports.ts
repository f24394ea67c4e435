import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

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

/** The ports that one start promises to what it begins. */
export interface PromisedPorts {
  /**
   * The port to listen on: the user's, which has to be free, or else the one at home, or else any free one. None is
   * promised twice, nor to another start that begins in the same moment. `host`: where it will be listened on.
   *
   * @throws PortTaken where the user's own is in use
   */
  readonly choose: (flag: string, given: number | null, home: number, host?: string) => Promise<number>;
  /** Whoever they were promised to listens by now, or never will. */
  readonly release: () => void;
}

export function promisePorts(): PromisedPorts {
  const claims = new Map<number, Server | null>();
  const take = async (port: number, host: string): Promise<boolean> => {
    if (claims.has(port) || !(await isFree(port))) return false;
    const claim = host.includes(':') ? null : await claimOf(port);
    if (claim === 'taken') return false;
    claims.set(port, claim);
    return true;
  };
  return {
    choose: async (flag, given, home, host = '127.0.0.1') => {
      if (given !== null) {
        if (!(await take(given, host))) throw new PortTaken(flag, given);
        return given;
      }
      for (let port = home; port < home + 10; port++) if (await take(port, host)) return port;
      for (;;) {
        const port = await anyFreePort();
        if (await take(port, host)) return port;
      }
    },
    release: () => {
      for (const claim of claims.values()) claim?.close();
      claims.clear();
    },
  };
}

/**
 * A port that is free now is listened on only when a process has started, and another start may look meanwhile. What both
 * see, and what goes with its process however it ends, is a listener on the same number at IPv6's loopback, where nothing of
 * ours listens but a LAN port that was told to. Null on a machine that has none: there the later of two ends with a sentence.
 */
async function claimOf(port: number): Promise<Server | null | 'taken'> {
  const claim = createServer();
  const refused = await new Promise<string | null>((resolve) => {
    claim.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    claim.listen({ host: '::1', port, ipv6Only: true, exclusive: true }, () => resolve(null));
  });
  if (refused === null) return claim.unref();
  return refused === 'EADDRINUSE' ? 'taken' : null;
}

/**
 * Below what systems give to outgoing connections (RFC 6335 from 49152 on, Linux from 32768): one of those may be given a port
 * between the moment it is found free and the one in which it is listened on. Above what has a home or a name.
 */
const OWN_PORTS = { from: 10_240, to: 32_767 } as const;

/** Any port of this machine's loopback that is free now. */
export async function anyFreePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (;;) {
    const port = randomInt(OWN_PORTS.from, OWN_PORTS.to + 1);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
