/** The loopback host: the built console over HTTP, and the bridge over a WebSocket beside it. */
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { PARTING_PATH } from '../../domain/bridge/message.ts';
import type { BridgedStation } from '../bridge/serve.ts';
import { hostHolds, originHolds } from './doorway.ts';
import { filesOf, REPORTS_PATH, say } from './files.ts';
import { takeParting } from './parting.ts';
import { takeReports } from './policy-reports.ts';
import type { Sockets } from './socket.ts';

export interface HostOptions {
  /** 0 for any free port. Bound to 127.0.0.1, never to anything else. */
  readonly port: number;
  /** Folder of the built console. */
  readonly folder: string;
  readonly served: BridgedStation;
}

export interface Host {
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

const HEADER_BYTES = 16_384;
// Imported by name, `node:http` gives every export of it a value, and Node then loads the whole of undici for its WebSocket:
// a tenth of what a station's start takes.
const { createServer } = process.getBuiltinModule('node:http');

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Rejects where the port is taken (`EADDRINUSE`) or may not be used (`EACCES`). */
export async function startHost(options: HostOptions): Promise<Host> {
  const files = filesOf(options.folder);
  let port = options.port;
  let sockets: Promise<Sockets> | null = null;
  const reports = takeReports(options.served.fault, Date.now);
  const parting = takeParting(options.served);

  const server = createServer({ maxHeaderSize: HEADER_BYTES, requestTimeout: 30_000 }, (request, response) => {
    const refuse = (status: number, text: string): void => say(response, status, text);
    if (!hostHolds(request.headers.host, port)) return refuse(421, 'This host answers only at its own address.');
    if (!originHolds(request.headers)) return refuse(403, 'This page may not ask this host.');
    if (request.method === 'POST' && request.url === REPORTS_PATH) return reports(request, refuse);
    if (request.method === 'POST' && request.url === PARTING_PATH) return parting(request, refuse);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET.');
    let path: string;
    try {
      path = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname);
    } catch {
      return refuse(400, 'The address cannot be read.');
    }
    files.answer(path, request.method === 'HEAD', response).catch(() => response.destroy());
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (!hostHolds(request.headers.host, port)) return refuseUpgrade(socket, '421 Misdirected Request');
    if (!originHolds(request.headers)) return refuseUpgrade(socket, '403 Forbidden');
    if (request.url !== '/bridge') return refuseUpgrade(socket, '404 Not Found');
    sockets ??= import('./socket.ts').then(({ createSockets }) => createSockets(options.served));
    sockets.then(
      (ready) => ready.take(request, socket, head),
      () => refuseUpgrade(socket, '503 Service Unavailable'),
    );
  });
  server.on('clientError', (_error, socket) => refuseUpgrade(socket, '400 Bad Request'));

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  port = (server.address() as AddressInfo).port;

  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      (await sockets)?.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
