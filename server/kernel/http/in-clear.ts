/**
 * Where bytes may go in clear: to this machine, and within networks that the operator says nobody else is on. Everywhere
 * else they go over TLS or not at all (ASVS 5.0, V12).
 */
import { lookup } from 'node:dns/promises';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import pg from 'pg';
import { CenterFailure } from '../db/failure.ts';
import { withinAny } from './connections.ts';
import type { Network } from './network.ts';
import type { TlsFiles } from './tls.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', '::1', 'localhost']);

/** Whether a host is this machine itself: what goes there is on no wire. */
export function isThisMachine(host: string): boolean {
  return LOOPBACK.has(host);
}

type Closed = Pick<Network, 'closedNetworks'>;

const OR_CLOSED =
  'or, where nobody else is on that network (containers of one machine), name it in QD_CLOSED_NETWORKS, such as 172.18.0.0/16';

/** Throws CenterFailure `tls.missing` where callers from elsewhere would be answered in clear. */
export function mustNotServeInClear(host: string, files: TlsFiles | undefined, { closedNetworks }: Closed): void {
  if (files !== undefined || isThisMachine(host) || closedNetworks.length > 0) return;
  throw new CenterFailure(
    'tls.missing',
    `What listens at ${host} is reached from elsewhere, and would be in clear; give --tls-cert and --tls-key, serve 127.0.0.1 to a proxy on this machine that ends TLS, ${OR_CLOSED}.`,
  );
}

/** A server in clear hears this machine and the closed networks; whoever else connects is cut off before a byte is read. */
export function hearOnlyClosed(server: Server, { closedNetworks }: Closed): void {
  const isHeard = withinAny(['loopback', ...closedNetworks]);
  server.prependListener('connection', (socket: Socket) => {
    if (!isHeard(socket.remoteAddress ?? '')) socket.destroy();
  });
}

/**
 * Whether what goes to a host stays on this machine, or within the closed networks by every address that its name has now.
 * Names of such networks are given out by whoever keeps them.
 */
async function staysClosed(host: string, { closedNetworks }: Closed): Promise<boolean> {
  if (isThisMachine(host)) return true;
  if (closedNetworks.length === 0) return false;
  const isWithin = withinAny(['loopback', ...closedNetworks]);
  const known = await lookup(host.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  return known.length > 0 && known.every(({ address }) => isWithin(address));
}

/** Throws CenterFailure `database.clear` where a connection to PostgreSQL would leave this machine in clear, or to anybody. */
export async function mustNotAskInClear(databaseUrl: string, closed: Closed): Promise<void> {
  const host = hostOfPostgres(databaseUrl);
  // A path is a socket of this machine.
  if (host.startsWith('/')) return;
  // Said twice, the driver goes by the last.
  const modes = new URL(databaseUrl).searchParams.getAll('sslmode');
  if (modes.length > 0 && modes.every((mode) => mode === 'verify-full')) return;
  if (await staysClosed(host, closed)) return;
  throw new CenterFailure(
    'database.clear',
    `DATABASE_URL leads to another machine; add sslmode=verify-full (and sslrootcert=FILE for an authority of your own), so that what goes there is encrypted and goes to nobody else; ${OR_CLOSED}.`,
  );
}

/** As the driver reads the address, with what it takes from the environment (PGHOST). */
function hostOfPostgres(databaseUrl: string): string {
  try {
    return new pg.Client(databaseUrl).host;
  } catch (error) {
    throw new CenterFailure(
      'database.address',
      'DATABASE_URL is no postgres:// address, or names a file that cannot be read (sslrootcert, sslcert, sslkey).',
      error,
    );
  }
}

/** Throws CenterFailure `redis.clear` where Redis would be asked in clear on another machine. */
export async function mustNotShareInClear(redisUrl: string, closed: Closed): Promise<void> {
  const { protocol, hostname } = new URL(redisUrl);
  if (protocol === 'rediss:' || (await staysClosed(hostname, closed))) return;
  throw new CenterFailure(
    'redis.clear',
    `REDIS_URL leads to another machine, and what goes there would be in clear; say rediss:// and have Redis speak TLS, ${OR_CLOSED}.`,
  );
}

/** Throws CenterFailure `otlp.clear` where traces and figures would leave this machine in clear. */
export async function mustNotReportInClear(otlp: string, closed: Closed): Promise<void> {
  const { protocol, hostname } = new URL(otlp);
  if (protocol === 'https:' || (await staysClosed(hostname, closed))) return;
  throw new CenterFailure(
    'otlp.clear',
    `OTEL_EXPORTER_OTLP_ENDPOINT leads to another machine, and what goes there would be in clear; say https://, ${OR_CLOSED}.`,
  );
}
