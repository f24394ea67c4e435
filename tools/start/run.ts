/** What `npm start` does, from flags to running processes. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { ANOTHER_WINDOW } from '../../server-bridge/flags.ts';
import { buildCenterPage, buildRenderer } from '../build/renderer.ts';
import { buildShell } from '../build/shell.ts';
import { type Child, EndedEarly } from './child.ts';
import { choosePorts, type Ports, type StationPorts } from './choose-ports.ts';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN, demoSite } from './demo.ts';
import { isEnrolled, type RunningStation, startEnrolled } from './enrolled.ts';
import { enrolmentCode } from './enrolment.ts';
import { type StartFlags, stationName } from './flags.ts';
import { centerFolder, stationFolder, wordOfReplay } from './folder.ts';
import { leftOver } from './hand-over.ts';
import type { House } from './house.ts';
import { logFile } from './log-file.ts';
import { promisePorts } from './ports.ts';
import { type CenterReady, startCenterProcess, stationReadyOf } from './processes.ts';
import type { Progress } from './progress.ts';
import { openWindow, type Shown } from './window.ts';

/** Something that has to be put right first, in one sentence with the way out. */
export class CannotStart extends Error {}

export interface ReadyLine {
  readonly center: string;
  /** Each with a one-time token in its fragment. */
  readonly consoles: readonly string[];
  readonly demo?: { readonly user: string; readonly password: string };
}

export interface Running {
  readonly line: ReadyLine;
  /** Shows the first console in another window, or says its address where none can be opened; null where there is no console. */
  readonly openAnother: (() => Promise<void>) | null;
}

/** The center stands on the ground floor, stations above it: they are stopped first. */
const GROUND = 0;
const ABOVE = 1;
/** A new workstation of a center elsewhere, whose people have to let it in. */
const WAITS = /^This workstation waits /;
/** What became of a store is for whoever looks after the machine, and not for its log alone. */
const SET_ASIDE = /^The store was damaged: /;

interface Context {
  readonly flags: StartFlags;
  readonly shown: Shown;
  readonly progress: Progress;
  readonly house: House;
}

/**
 * Starts what the flags say. Every process is in the house from the moment that it runs.
 *
 * @throws CannotStart, PortUnfree, or EndedEarly with the sentence of the process that could not run
 */
export async function runStart(context: Context): Promise<Running> {
  const { flags } = context;
  const promised = promisePorts();
  try {
    return await startAll(context, await choosePorts(flags, promised.choose));
  } finally {
    promised.release();
  }
}

async function startAll(context: Context, ports: Ports): Promise<Running> {
  const { flags, shown, progress } = context;
  const screens = prepareScreens(flags, shown, progress);
  const own = flags.center === null ? startCenter(ports.center, context) : null;
  const center = flags.center ?? `http://127.0.0.1:${ports.center}`;
  // Stations that are enrolled need no center to start, so they start beside it.
  const stations = ports.stations.map((at, i) => startStation(i + 1, at, center, own, context));
  const [ready] = await Promise.all([own, screens, ...stations]);
  const started = await Promise.all(stations);
  const consoles = started.map((station) => station.ready.console);
  progress.say(shown.why);
  const replayed = wordOfReplay(flags.data);
  if (replayed !== null) progress.say(replayed);
  leftOver(flags.data);
  if (consoles[0]) void open(consoles[0], context);
  const line = { center: ready?.center ?? center, consoles, ...(own === null ? {} : { demo: DEMO_SIGN_IN }) };
  const [first] = started;
  // Electron's window is the console's process: closed, the console is.
  return { line, openAnother: first?.ready.console ? () => openAnother(first, context) : null };
}

async function openAnother({ running }: Kept, context: Context): Promise<void> {
  const { shown, progress } = context;
  const answer = await running().ask(ANOTHER_WINDOW);
  if (answer === null)
    return progress.say('Another window was asked for, and the workstation did not answer: ask again.');
  const { console } = stationReadyOf(answer);
  if (shown.in === 'nothing') return progress.say(`Another window opens at ${console}`);
  progress.say('Another window opens, as a second start asked.');
  await open(console, context);
}

async function prepareScreens({ consoles, center }: StartFlags, shown: Shown, progress: Progress): Promise<void> {
  await progress.step('The screens', async () => {
    if (consoles && shown.in === 'electron') await buildShell();
    else if (consoles) await buildRenderer();
    if (center === null) await buildCenterPage();
  });
}

async function startCenter(port: number, { flags, progress, house }: Context): Promise<CenterReady> {
  const folder = centerFolder(flags.data);
  const log = logFile(flags.data, 'center');
  const start = () => startCenterProcess({ folder, port, demo: true, onLine: log });
  const first = !existsSync(folder);
  return progress.step(first ? 'The center, its database and the demo county' : 'The center', async () => {
    const center = start();
    house.hold(center.child, GROUND);
    const ready = await center.ready;
    house.keep(center.child, GROUND, () => start().child);
    return ready;
  });
}

interface Kept extends Pick<RunningStation, 'ready'> {
  /** Its process, which is another after each death. */
  readonly running: () => Child;
}

async function startStation(
  n: number,
  ports: StationPorts,
  center: string,
  own: Promise<CenterReady> | null,
  { flags, shown, progress, house }: Context,
): Promise<Kept> {
  const folder = stationFolder(flags.data, n);
  const name = stationName(flags, n, hostname());
  const given = own === null ? (flags.codes[n - 1] ?? null) : null;
  const code = async (): Promise<string | null> => {
    await own;
    if (own !== null) return enrolmentCode(center, DEMO_ADMINISTRATOR, await demoSite());
    await reach(center, folder);
    return given;
  };
  const log = logFile(flags.data, `station-${n}`);
  const options = {
    folder,
    center,
    ...(flags.centerCa === null ? {} : { centerCa: flags.centerCa }),
    consolePort: ports.console,
    lanPort: ports.lan,
    ...(flags.lanHost === null ? {} : { lanHost: flags.lanHost }),
    name,
    // The first is the one whose window is opened; the others are for windows of whoever starts several.
    electron: shown.in === 'electron' && n === 1 ? shown.program : undefined,
    onLine: (line: string) => {
      log(line);
      // The demo's administrator lets it in of himself.
      if (own === null && WAITS.test(line)) progress.say(line);
      if (SET_ASIDE.test(line)) progress.say(`${name}: ${line}`);
    },
  };
  const enrolled = isEnrolled(folder);
  if (!enrolled) await own;
  return progress.step(enrolled ? name : `${name}, enrolling it`, async () => {
    const hold = (child: Child): void => house.hold(child, ABOVE);
    const station = await startEnrolled(options, code, hold, given).catch((error: unknown) => {
      if (!(error instanceof EndedEarly) || !error.said.includes('enrol this workstation again')) throw error;
      const anew =
        own === null
          ? `start it with --enrol and a new code from an administrator; what lies in ${folder} is set aside there`
          : `move ${folder} away and start again`;
      throw new CannotStart(`${error.said} To enrol it again here, ${anew}.`);
    });
    let child = station.process.child;
    const again = (): Child => {
      child = station.again().child;
      return child;
    };
    house.keep(child, ABOVE, again, {
      closes: options.electron !== undefined,
      // The address of before opened one window; those that are open find the station by themselves.
      back: (said) => {
        const { console } = stationReadyOf(said);
        return console === '' ? '' : `Its windows go on by themselves; another opens at ${console}`;
      },
    });
    return { ready: station.ready, running: () => child };
  });
}

/** An enrolled station works without its center; a new one needs it once. */
async function reach(center: string, folder: string): Promise<void> {
  if (isEnrolled(folder)) return;
  try {
    // Whether its certificate is to be taken, the workstation says.
    await listens(new URL(center));
  } catch {
    throw new CannotStart(
      `The center at ${center} is not reached, and a workstation that is not enrolled needs it once: check --center and the network, or start without --console-only for a demo.`,
    );
  }
}

/** Rejects where nobody takes a connection there. */
async function listens({ hostname, port, protocol }: URL): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(port || (protocol === 'https:' ? 443 : 80)), timeout: 5_000 });
  try {
    await Promise.race([
      once(socket, 'connect'),
      once(socket, 'timeout').then(() => Promise.reject(new Error('Nobody answers.'))),
    ]);
  } finally {
    socket.destroy();
  }
}

async function open(url: string, { flags, shown, progress }: Context): Promise<void> {
  const problem = await openWindow(shown, url, flags.data);
  if (problem !== null) progress.say(problem);
}
