/** The station as a process of this application: started, started again when it dies, and joined to each window. */
import { MessageChannelMain, type UtilityProcess, utilityProcess, type WebContents } from 'electron';
import { StationSaysSchema, type ToStationProcess } from '../domain/bridge/shell.ts';
import { ENDS } from '../domain/kernel/command-line.ts';
import { afterDeath, NO_DEATHS } from './backoff.ts';
import { lastWordsOf } from './last-words.ts';
import { answerSecret } from './secrets.ts';

export interface Station {
  /** Joins a window to the station, now and again after each restart, until the window is gone. */
  readonly join: (window: WebContents) => void;
  /** Lets it close its store; resolves when the process is gone. */
  readonly stop: () => Promise<void>;
}

export interface StationOptions {
  /** The built station (dist/electron/main/station.js). */
  readonly module: string;
  readonly args: readonly string[];
  /** Of the operating system, with what the station alone is to know. */
  readonly env: Record<string, string>;
  /** What it prints; goes to this process's own output, and what it says of faults to the error output. */
  readonly print: (text: string, to: 'out' | 'err') => void;
  /** What a person has to do before it can serve a window. */
  readonly says: (sentence: string) => void;
  /** It ended with `ENDS.refused`: it said in one sentence why it cannot run, and trying again would not help. */
  readonly refused: (sentence: string) => void;
}

/** The seat of this workstation: its windows share one signed-in person. */
const SEAT = 'console';
const STOP_MS = 10_000;

export function startStation(options: StationOptions): Station {
  const windows = new Set<WebContents>();
  let child: UtilityProcess | null = null;
  let deaths = NO_DEATHS;
  let stopping = false;

  const connect = (window: WebContents): void => {
    if (!child || window.isDestroyed()) return;
    const { port1, port2 } = new MessageChannelMain();
    child.postMessage({ t: 'window', seat: SEAT } satisfies ToStationProcess, [port1]);
    window.postMessage('station', { up: true }, [port2]);
  };

  const start = (): void => {
    const began = Date.now();
    const started = utilityProcess.fork(options.module, [...options.args], {
      serviceName: 'Station',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.env,
    });
    child = started;
    lastWordsOf(started.stdout, (text) => options.print(text, 'out'));
    const said = lastWordsOf(started.stderr, (text) => options.print(text, 'err'));
    started.on('message', (message: unknown) => {
      const answer = answerSecret(message);
      if (answer) started.postMessage(answer);
      const told = StationSaysSchema.safeParse(message);
      if (told.success) options.says(told.data.sentence);
    });
    started.once('exit', (code) => {
      child = null;
      for (const window of windows) if (!window.isDestroyed()) window.postMessage('station', { up: false });
      if (stopping) return;
      if (code === ENDS.refused) return void said.line().then(options.refused);
      const next = afterDeath(deaths, Date.now() - began);
      deaths = next.deaths;
      setTimeout(() => {
        if (stopping) return;
        start();
        for (const window of windows) connect(window);
      }, next.waitMs);
    });
  };
  start();

  return {
    join: (window) => {
      if (!windows.has(window)) {
        windows.add(window);
        window.once('destroyed', () => windows.delete(window));
      }
      connect(window);
    },
    stop: () => {
      stopping = true;
      const going = child;
      if (!going) return Promise.resolve();
      return new Promise((resolve) => {
        const late = setTimeout(() => going.kill(), STOP_MS);
        going.once('exit', () => {
          clearTimeout(late);
          resolve();
        });
        going.postMessage({ t: 'stop' } satisfies ToStationProcess);
      });
    },
  };
}
