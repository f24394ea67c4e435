/** A window to test with: a raw WebSocket that can also say what no console would. */
import { type ClientOptions, WebSocket } from 'ws';
import type { ToWindow } from '../../../domain/bridge/message.ts';

export interface TestWindow {
  readonly say: (message: unknown) => void;
  readonly raw: (text: string | Buffer) => void;
  /** The next message that fits; rejects after five seconds or when the socket closes. */
  readonly next: (fits?: (message: ToWindow) => boolean) => Promise<ToWindow>;
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
  readonly close: () => void;
}

const PATIENCE_MS = 5_000;

/** Connects without saying hello. Rejects with `refused <status>` where the upgrade is refused. */
export function openWindow(url: string, options: ClientOptions = {}): Promise<TestWindow> {
  const at = new URL('/bridge', url);
  at.protocol = 'ws:';
  const socket = new WebSocket(at, { origin: new URL(url).origin, perMessageDeflate: false, ...options });
  const unread: ToWindow[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    unread.push(JSON.parse(String(data)) as ToWindow);
    for (const look of [...waiting]) look();
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const next: TestWindow['next'] = (fits = () => true) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('no such message came')), PATIENCE_MS);
      const look = (): void => {
        const at = unread.findIndex(fits);
        const found = unread[at];
        if (!found) return;
        unread.splice(at, 1);
        clearTimeout(late);
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => reject(new Error(`refused ${response.statusCode}`)));
    socket.once('error', reject);
    socket.once('open', () =>
      resolve({
        say: (message) => socket.send(JSON.stringify(message)),
        raw: (text) => socket.send(text),
        next,
        closed,
        socket,
        close: () => socket.close(),
      }),
    );
  });
}

/** Connects and says hello with a token. */
export async function openConsole(url: string, token: string): Promise<TestWindow> {
  const window = await openWindow(url);
  window.say({ t: 'hello', token });
  const welcome = await window.next((message) => message.t === 'welcome' || message.t === 'unwelcome');
  if (welcome.t !== 'welcome') throw new Error('unwelcome');
  return window;
}
