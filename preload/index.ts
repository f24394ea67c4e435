/**
 * The one door between a window and its station. It carries messages and understands none: what a window may say is
 * checked at the station's own door (server-bridge/bridge). Runs sandboxed; the page sees `window.station` and nothing else.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { StationPort, ToStation, ToWindow } from '../domain/bridge/message.ts';

const messages = new Set<(message: ToWindow) => void>();
const states = new Set<(connected: boolean) => void>();
let port: MessagePort | null = null;

function set(next: MessagePort | null): void {
  const before = port;
  port = next;
  if (before && before !== next) {
    before.onmessage = null;
    before.close();
  }
  for (const tell of states) tell(port !== null);
}

ipcRenderer.on('station', (event, { up }: { up: boolean }) => {
  const [next] = event.ports;
  if (!up || !next) return set(null);
  next.onmessage = ({ data }: MessageEvent<ToWindow>) => {
    for (const take of messages) take(data);
  };
  set(next);
});

function listen<T>(to: Set<T>, listener: T): () => void {
  to.add(listener);
  return () => void to.delete(listener);
}

const station: StationPort = {
  send: (message: ToStation) => port?.postMessage(message),
  onMessage: (listener) => listen(messages, listener),
  onState: (listener) => {
    const stop = listen(states, listener);
    listener(port !== null);
    return stop;
  },
};
contextBridge.exposeInMainWorld('station', station);

ipcRenderer.send('station');
