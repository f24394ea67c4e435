/** The processes under torture: a center with its PostgreSQL and some stations, each of which may die at any moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BridgeClient, connectBridge, type Watched } from '../bridge/client.ts';
import type { Child } from '../start/child.ts';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN, demoSite } from '../start/demo.ts';
import { startEnrolled } from '../start/enrolled.ts';
import { enrolmentCode } from '../start/enrolment.ts';
import { centerFolder, stationFolder } from '../start/folder.ts';
import { howItEnded } from '../start/house.ts';
import { logFile } from '../start/log-file.ts';
import { anyFreePort } from '../start/ports.ts';
import { postmasterOf, quitPostmaster } from '../start/postmaster.ts';
import { startCenterProcess } from '../start/processes.ts';

export interface Station {
  readonly n: number;
  readonly folder: string;
  readonly child: () => Child;
  /** Starts it (again) and signs its dispatcher in. */
  readonly start: () => Promise<void>;
  readonly bridge: () => BridgeClient;
  readonly board: () => Watched;
}

export interface House {
  readonly centerFolder: string;
  readonly centerUrl: string;
  readonly center: () => Child;
  readonly startCenter: () => Promise<void>;
  readonly stations: readonly Station[];
  readonly code: () => Promise<string>;
  readonly postmaster: () => number | null;
  /** Says that a process is about to be killed, so that its end is no finding. */
  readonly killing: (child: Child) => void;
  /** Rejects when a process ends that nobody killed. */
  readonly sound: Promise<never>;
  readonly stop: () => Promise<void>;
  /** Leaves nothing running, however things stand. */
  readonly clear: () => void;
}

/** Starts everything in a folder, on ports that stay the same through every restart. */
export async function build(data: string, count: number): Promise<House> {
  const ports = new Set<number>();
  const port = async (): Promise<number> => {
    const free = await anyFreePort(ports);
    ports.add(free);
    return free;
  };
  const folder = centerFolder(data);
  const centerPort = await port();
  const centerUrl = `http://127.0.0.1:${centerPort}`;
  const centerLog = logFile(data, 'center');
  let center: Child | null = null;
  const expected = new WeakSet<Child>();
  let stopping = false;
  let broke = (_error: Error): void => {};
  const sound = new Promise<never>((_, reject) => {
    broke = reject;
  });
  sound.catch(() => {});
  const guard = (child: Child): void =>
    void child.ended.then((how) => {
      if (!stopping && !expected.has(child)) broke(new Error(`${child.name} ended by itself (${howItEnded(how)}).`));
    });

  const startCenter = async (): Promise<void> => {
    const started = startCenterProcess({ folder, port: centerPort, demo: true, onLine: centerLog });
    center = started.child;
    await started.ready;
    guard(center);
  };
  await startCenter();
  const site = await demoSite();
  // The database may still be recovering from the last kill.
  const code = (): Promise<string> =>
    insisting(() => enrolmentCode(centerUrl, DEMO_ADMINISTRATOR, site), 'the center gives no code');

  const stations: Station[] = [];
  for (let n = 1; n <= count; n++) {
    const at = { folder: stationFolder(data, n), consolePort: await port(), lanPort: await port() };
    stations.push(stationAt(n, centerUrl, at, { code, guard, onLine: logFile(data, `station-${n}`) }));
  }
  const house: House = {
    centerFolder: folder,
    centerUrl,
    center: () => running(center),
    startCenter,
    stations,
    code,
    postmaster: () => postmasterOf(folder),
    killing: (child) => void expected.add(child),
    sound,
    stop: async () => {
      stopping = true;
      await Promise.all(stations.map((station) => station.child().stop()));
      await center?.stop();
    },
    clear: () => {
      stopping = true;
      for (const station of stations) {
        try {
          station.child().kill();
        } catch {
          // It never ran.
        }
      }
      center?.kill();
      quitPostmaster(folder);
    },
  };
  try {
    await Promise.all(stations.map((station) => station.start()));
  } catch (error) {
    house.clear();
    throw error;
  }
  return house;
}

const TRIES = 20;

/** Does it again, a second apart, until it succeeds; in the end rejects, saying what did not and why. */
export async function insisting<T>(work: () => Promise<T>, what: string, tries = TRIES): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (tried === tries) throw new Error(`${what}: ${error instanceof Error ? error.message : error}`);
      await sleep(1_000);
    }
  }
}

function running<T>(process: T | null): T {
  if (process === null) throw new Error('It was never started.');
  return process;
}

function stationAt(
  n: number,
  center: string,
  at: { readonly folder: string; readonly consolePort: number; readonly lanPort: number },
  {
    code,
    guard,
    onLine,
  }: {
    readonly code: () => Promise<string>;
    readonly guard: (child: Child) => void;
    readonly onLine: (line: string) => void;
  },
): Station {
  let child: Child | null = null;
  let bridge: BridgeClient | null = null;
  let board: Watched | null = null;
  const start = async (): Promise<void> => {
    const { ready, process } = await startEnrolled({ ...at, center, name: `Torture ${n}`, onLine }, code, (started) => {
      child = started;
    });
    guard(process.child);
    const connected = await connectBridge(ready.console);
    await connected.call('session.sign_in', { ...DEMO_SIGN_IN, user: `dispatcher${n}` });
    board = await connected.watch('board');
    bridge = connected;
  };
  return {
    n,
    folder: at.folder,
    child: () => running(child),
    start,
    bridge: () => running(bridge),
    board: () => running(board),
  };
}
