/** The desktop shell around the station's process, where there is one: windows by MessagePort, secrets, the word to stop. */
import {
  type FromStationProcess,
  type StationSays,
  type ToStationProcess,
  ToStationProcessSchema,
} from '../../domain/bridge/shell.ts';
import type { Connection } from '../bridge/serve.ts';

/** A port as Electron gives it to a utility process (`MessagePortMain`). */
export interface ShellPort {
  readonly postMessage: (message: unknown) => void;
  readonly on: (event: string, listener: (event: { readonly data: unknown }) => void) => unknown;
  readonly start: () => void;
  readonly close: () => void;
}
/** `process.parentPort` of a utility process. */
export interface ParentPort {
  readonly postMessage: (message: unknown) => void;
  readonly on: (
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly ShellPort[] }) => void,
  ) => unknown;
}

export interface Shell {
  /** Seals or opens bytes under the operating system's keychain; null where it could not. */
  readonly secret: (what: 'protect' | 'reveal', bytes: Uint8Array) => Promise<Buffer | null>;
  /** Windows that came before somebody listened are handed over at once. */
  readonly onWindow: (listener: (connection: Connection, seat: string) => void) => void;
  /** Shows a sentence to whoever sits there, before there is a window to show it in. */
  readonly say: (sentence: string) => void;
  readonly onStop: (listener: () => void) => void;
}

const SECRET_WAIT_MS = 10_000;

/** Of a plain Node process: null. */
export function parentPortOf(of: object): ParentPort | null {
  const port = (of as { readonly parentPort?: ParentPort | null }).parentPort;
  return port ?? null;
}

function connectionOfPort(port: ShellPort): Connection {
  return {
    send: (message) => port.postMessage(message),
    // The shell's ports tell nothing of their reader, which is a window of this machine.
    backlog: () => 0,
    onDrain: () => undefined,
    onMessage: (listener) => {
      port.on('message', ({ data }) => listener(data));
      port.start();
    },
    onClose: (listener) => void port.on('close', () => listener()),
    close: () => port.close(),
  };
}

export function createShell(parent: ParentPort): Shell {
  const asked = new Map<number, (bytes: Buffer | null) => void>();
  const early: { readonly connection: Connection; readonly seat: string }[] = [];
  let take: ((connection: Connection, seat: string) => void) | null = null;
  let stop: (() => void) | null = null;
  let nextId = 1;

  const hear = (message: ToStationProcess, ports: readonly ShellPort[]): void => {
    if (message.t === 'stop') stop?.();
    else if (message.t === 'secret') {
      asked.get(message.id)?.(message.bytes === null ? null : Buffer.from(message.bytes, 'base64'));
      asked.delete(message.id);
    } else {
      const [port] = ports;
      if (!port) return;
      const connection = connectionOfPort(port);
      if (take) take(connection, message.seat);
      else early.push({ connection, seat: message.seat });
    }
  };
  parent.on('message', ({ data, ports }) => {
    const read = ToStationProcessSchema.safeParse(data);
    if (read.success) hear(read.data, ports);
  });

  return {
    secret: (what, bytes) =>
      new Promise((resolve) => {
        const id = nextId++;
        const late = setTimeout(() => {
          asked.delete(id);
          resolve(null);
        }, SECRET_WAIT_MS);
        asked.set(id, (answer) => {
          clearTimeout(late);
          resolve(answer);
        });
        const question: FromStationProcess = {
          t: 'secret',
          id,
          do: what,
          bytes: Buffer.from(bytes).toString('base64'),
        };
        parent.postMessage(question);
      }),
    onWindow: (listener) => {
      take = listener;
      for (const { connection, seat } of early.splice(0)) listener(connection, seat);
    },
    say: (sentence) => parent.postMessage({ t: 'says', sentence } satisfies StationSays),
    onStop: (listener) => {
      stop = listener;
    },
  };
}
