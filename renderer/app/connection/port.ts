/** The way from this window to its station: the shell's door where there is one, otherwise the loopback WebSocket. */
import type { StationPort } from '#domain/bridge/message.ts';
import { pageEndOf, webSocketPort } from './web-socket-port.ts';

declare global {
  interface Window {
    readonly station?: StationPort;
  }
}

/** In the desktop shell the bridge is there already and needs no token; the shell opens and places the window. */
export function inShell(): boolean {
  return window.station !== undefined;
}

export function portOf(window: Window, token: string | undefined): StationPort {
  if (window.station) return window.station;
  const { protocol, host } = window.location;
  return webSocketPort(
    `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/bridge`,
    token,
    window.sessionStorage,
    pageEndOf(window),
  );
}
