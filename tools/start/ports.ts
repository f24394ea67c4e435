import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** What listens where, when the user does not say: a home for each, so that addresses stay the same from start to start. */
export const HOME_PORTS = { center: 7310, console: 7320, lan: 7340 } as const;

/** Why nothing of ours can listen at a port: something else does, or the system keeps it from this user. */
type Unfree = 'in use' | 'kept';

const WORDS: { readonly [why in Unfree]: readonly [what: string, besides: string] } = {
  'in use': ['is in use', 'or stop what listens there'],
  kept: ['may not be used by this user', 'or take one above 1023'],
};

/** A port that the user chose and that cannot be had. */
export class PortUnfree extends Error {
  readonly port: number;
  constructor(flag: string, port: number, why: Unfree = 'in use') {
    const [what, besides] = WORDS[why];
    super(`Port ${port} ${what}: give another with --${flag} N, leave the flag out for a free one, ${besides}.`);
    this.port = port;
  }
}

/** The ports that one start promises to what it begins. */
export interface PromisedPorts {
  /**
   * The port to listen on: the user's, which has to be free, or else the one at home, or else any free one. None is
   * promised twice, nor to another start that begins in the same moment. `host`: where it will be listened on.
   *
   * @throws PortUnfree where the user's own cannot be had
   */
  readonly choose: (flag: string, given: number | null, home: number, host?: string) => Promise<number>;
  /** Whoever they were promised to listens by now, or never will. */
  readonly release: () => void;
}

export function promisePorts(): PromisedPorts {
  const claims = new Map<number, Server | null>();
  const take = async (port: number, host: string): Promise<Unfree | null> => {
    const unfree = claims.has(port) ? 'in use' : await unfreeFor(port);
    if (unfree !== null) return unfree;
    const claim = host.includes(':') ? null : await claimOf(port);
    if (claim === 'taken') return 'in use';
    claims.set(port, claim);
    return null;
  };
  return {
    choose: async (flag, given, home, host = '127.0.0.1') => {
      if (given !== null) {
        const unfree = await take(given, host);
        if (unfree !== null) throw new PortUnfree(flag, given, unfree);
        return given;
      }
      for (let port = home; port < home + 10; port++) if ((await take(port, host)) === null) return port;
      for (;;) {
        const port = await anyFreePort();
        if ((await take(port, host)) === null) return port;
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
    if (!taken.has(port) && (await unfreeFor(port)) === null) return port;
  }
}

function unfreeFor(port: number): Promise<Unfree | null> {
  const server = createServer();
  return new Promise((resolve) => {
    // A system that keeps ports for itself says so, as for those below 1024.
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EACCES' ? 'kept' : 'in use'));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
