/** The bridge's WebSockets. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { MAX_BRIDGE_MESSAGE } from '../../domain/bridge/message.ts';
import { type BridgedStation, type Connection, serveBridge } from '../bridge/serve.ts';

export interface Sockets {
  readonly take: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly close: () => void;
}

/**
 * Bytes read of one message before the socket is cut off (1009). Above {@link MAX_BRIDGE_MESSAGE} characters, so that a
 * message that is merely too large still gets an answer that says so.
 */
const CUT_OFF_BYTES = 16 * MAX_BRIDGE_MESSAGE;
/** A window that has not said hello by then is closed; one that does not answer two pings in a row is gone. */
const HELLO_MS = 10_000;
const PING_MS = 20_000;
/** Windows at once; and connections that have not been welcomed yet, of which the oldest makes room for one more. */
const MAX_WINDOWS = 64;
const MAX_STRANGERS = 16;
/** Asked again this often while a reader is behind. */
const DRAIN_MS = 50;

function connectionOf(socket: WebSocket, onWelcome: () => void): Connection {
  const drains = new Set<() => void>();
  let waiting: NodeJS.Timeout | null = null;
  const lookLater = (): void => {
    if (waiting || socket.bufferedAmount === 0) return;
    waiting = setTimeout(() => {
      waiting = null;
      for (const drain of drains) drain();
      if (socket.readyState === socket.OPEN) lookLater();
    }, DRAIN_MS);
  };
  socket.once('close', () => {
    if (waiting) clearTimeout(waiting);
  });
  return {
    send: (message) => {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(JSON.stringify(message));
      if (message.t === 'welcome') onWelcome();
      lookLater();
    },
    backlog: () => socket.bufferedAmount,
    onMessage: (listener) =>
      socket.on('message', (data: Buffer, binary) => listener(binary ? null : data.toString('utf8'))),
    onDrain: (listener) => drains.add(listener),
    onClose: (listener) => socket.once('close', listener),
    close: (reason) => socket.close(4_000, Buffer.from(reason, 'utf8').subarray(0, 120).toString('utf8')),
  };
}

export function createSockets(served: BridgedStation): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: CUT_OFF_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const alive = new WeakSet<WebSocket>();
  const strangers = new Set<WebSocket>();

  const pings = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_MS);
  pings.unref();

  const welcome = (socket: WebSocket): void => {
    alive.add(socket);
    socket.on('pong', () => alive.add(socket));
    socket.on('error', () => socket.terminate());
    strangers.add(socket);
    socket.once('close', () => strangers.delete(socket));
    const late = setTimeout(() => socket.close(4_000, 'No hello.'), HELLO_MS);
    socket.once('message', () => clearTimeout(late));
    socket.once('close', () => clearTimeout(late));
    serveBridge(
      connectionOf(socket, () => strangers.delete(socket)),
      served,
    );
  };

  return {
    take: (request, socket, head) => {
      // Any program of this machine can connect; one that means ill must not keep the windows out.
      const [oldest] = strangers;
      if (oldest && strangers.size >= MAX_STRANGERS) {
        strangers.delete(oldest);
        oldest.terminate();
      }
      if (server.clients.size - strangers.size >= MAX_WINDOWS)
        return void socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n');
      server.handleUpgrade(request, socket, head, welcome);
    },
    close: () => {
      clearInterval(pings);
      for (const socket of server.clients) socket.close(1001, 'The station is closing.');
      for (const socket of server.clients) setTimeout(() => socket.terminate(), 500).unref();
      server.close();
    },
  };
}
