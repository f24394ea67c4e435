/** The bridge over the loopback WebSocket, for a console that runs in a browser. */
import { PARTING_PATH, type StationPort, type ToStation, type ToWindow } from '#domain/bridge/message.ts';

const BEARER = 'qd.bearer';
const FIRST_RETRY_MS = 150;
const LAST_RETRY_MS = 2_000;

export interface TabStorage {
  readonly getItem: (key: string) => string | null;
  readonly setItem: (key: string, value: string) => void;
  readonly removeItem: (key: string) => void;
}

/** The end of the page: when it comes, and a way out for what is said then; false where the browser does not take it. */
export interface PageEnd {
  readonly onEnding: (listener: (ending: boolean) => void) => void;
  readonly say: (path: string, text: string) => boolean;
}

/** What listens to `pagehide` itself hears of it after this. */
export function pageEndOf(window: Window): PageEnd {
  return {
    onEnding: (listener) => {
      window.addEventListener('pagehide', () => listener(true), { capture: true });
      window.addEventListener('pageshow', () => listener(false));
    },
    say: (path, text) => window.navigator.sendBeacon(path, text),
  };
}

/**
 * Connects, trades the token for this tab's bearer, and keeps connecting again for as long as the window lives. Listeners
 * hear `true` once the station has welcomed the tab. A tab that the station does not know hears `unwelcome` and stays out.
 * What is said as the page ends goes beside the socket, which a browser may cut with what is still on its way.
 */
export function webSocketPort(
  url: string,
  firstToken: string | undefined,
  storage: TabStorage,
  page: PageEnd,
): StationPort {
  const listeners = new Set<(message: ToWindow) => void>();
  const states = new Set<(connected: boolean) => void>();
  let token = firstToken;
  let socket: WebSocket | null = null;
  let welcomed = false;
  let wait = FIRST_RETRY_MS;
  let ending = false;
  page.onEnding((now) => {
    ending = now;
  });

  const turn = (connected: boolean): void => {
    if (welcomed === connected) return;
    welcomed = connected;
    for (const listener of states) listener(connected);
  };

  const hear = (message: ToWindow): void => {
    if (message.t === 'welcome') {
      storage.setItem(BEARER, message.bearer);
      token = undefined;
      wait = FIRST_RETRY_MS;
      turn(true);
    }
    if (message.t === 'unwelcome') {
      // A token that was used up (the page was opened again) leaves the bearer of this tab to try.
      if (token !== undefined && storage.getItem(BEARER) !== null) token = undefined;
      else storage.removeItem(BEARER);
    }
    for (const listener of listeners) listener(message);
  };

  const connect = (): void => {
    const opened = new WebSocket(url);
    socket = opened;
    opened.onopen = () => {
      const bearer = storage.getItem(BEARER) ?? undefined;
      const hello: ToStation =
        token !== undefined ? { t: 'hello', token } : bearer !== undefined ? { t: 'hello', bearer } : { t: 'hello' };
      opened.send(JSON.stringify(hello));
    };
    opened.onmessage = (event) => hear(JSON.parse(String(event.data)) as ToWindow);
    opened.onclose = () => {
      turn(false);
      setTimeout(connect, wait);
      wait = Math.min(LAST_RETRY_MS, wait * 2);
    };
  };
  connect();

  /** Whether the browser has taken it: it may have had enough of this page. */
  const part = (message: ToStation): boolean => {
    const bearer = storage.getItem(BEARER);
    const hello: ToStation = { t: 'hello', ...(bearer === null ? {} : { bearer }) };
    return page.say(PARTING_PATH, [hello, message].map((line) => JSON.stringify(line)).join('\n'));
  };

  return {
    send: (message) => {
      if (ending && message.t === 'call' && part(message)) return;
      if (welcomed && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onState: (listener) => {
      states.add(listener);
      listener(welcomed);
      return () => states.delete(listener);
    },
  };
}
