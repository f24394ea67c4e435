/** What the station's process says and when it ends. One sentence and `ENDS.refused` where it cannot run. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ENDS, readCommandLine } from '../domain/kernel/command-line.ts';
import { keepOutOfDumps } from '../sealing/dumps.ts';
import { ANOTHER_WINDOW, ENROL_VARIABLE, enrolCodesIn, STATION_LINE, type StationFlags } from './flags.ts';
import { createShell, parentPortOf, type Shell } from './host/shell.ts';
import { dialedAt } from './listening.ts';
import { markDamaged, openStation } from './opening.ts';
import { type Station, startStation } from './station.ts';
import { StoreFailure } from './store/state.ts';

/** Whoever keeps the station running starts it again; where the store is damaged, that start salvages. */
const STARTS_AGAIN = 75;
const STOP_MS = 8_000;

function stop(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(ENDS.refused);
}

/** Says where, never what: what went wrong may hold what somebody typed. */
function fault(where: string, error: unknown): void {
  const what = error instanceof Error ? error.name : typeof error;
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  process.stderr.write(
    `station: ${where}${error === undefined ? '' : `: ${what}`}${frames.length > 0 ? `\n${frames.slice(0, 6).join('\n')}` : ''}\n`,
  );
}

function consoleFolder(flags: StationFlags): string {
  if (flags.console !== null) return flags.console;
  // Beside the sources (server-bridge/), or within a build (dist/electron/main/).
  const places = ['../dist/renderer', '../../renderer'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return places.find((place) => existsSync(place)) ?? (places[0] as string);
}

function sentenceOf(error: unknown): string | null {
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code === 'EADDRINUSE')
    return `Port ${String(port)} is in use: end what uses it, or choose another with --console-port or --lan-port.`;
  if (code === 'EACCES') return `Port ${String(port)} may not be used by this user: choose one above 1023.`;
  if (code === 'EADDRNOTAVAIL') return 'The address given with --lan-host is not one of this machine.';
  return null;
}

/** The passphrase is taken out of the environment, where child processes and crash reports would find it. */
function takePassphrase(): string | null {
  const given = process.env.QD_PASSPHRASE ?? '';
  delete process.env.QD_PASSPHRASE;
  return given === '' ? null : given;
}

/** The one-time code out of the environment, for the same reason; one on the command line goes before it. */
function withCode(flags: StationFlags): StationFlags {
  const codes = enrolCodesIn(process.env[ENROL_VARIABLE]);
  delete process.env[ENROL_VARIABLE];
  if (!codes.ok) return stop(codes.refusal.message);
  return { ...flags, code: flags.code ?? codes.value[0] ?? null };
}

/** Has the next start salvage the store, and ends. */
function endDamaged(flags: StationFlags): never {
  markDamaged(flags.data);
  process.stderr.write('The store on this disk is damaged: the station starts again to refill it.\n');
  process.exit(STARTS_AGAIN);
}

/** Has the next start open the store where it was put back to, and ends: until then nothing is acknowledged. */
function endReturned(): never {
  process.stderr.write(
    'The store was no longer where it belongs: it is put back there, whole, and the station starts again on it.\n',
  );
  process.exit(STARTS_AGAIN);
}

const isDamage = (error: unknown): boolean => error instanceof StoreFailure && error.state === 'corrupted';

async function start(flags: StationFlags, shell: Shell | null, passphrase: string | null): Promise<Station> {
  const lanAddress = flags.lanAddress ?? (flags.lanPort > 0 ? dialedAt(flags.lanHost, flags.lanPort) : '');
  const say = (sentence: string): void => {
    process.stderr.write(`${sentence}\n`);
    shell?.say(sentence);
  };
  const opened = await openStation(flags, lanAddress, { shell, passphrase, say });
  if (!opened.ok) return stop(opened.refusal.message);
  const { store, ...rest } = opened.value;
  if (rest.setAside !== null) {
    process.stderr.write(
      `The store was damaged: it is set aside at ${rest.setAside}, and refills from the center and from peers.\n`,
    );
  }
  try {
    return await startStation({
      store,
      ...rest,
      lan: { host: flags.lanHost, port: flags.lanPort, address: flags.lanAddress },
      host: flags.host ? { port: flags.consolePort, folder: consoleFolder(flags) } : null,
      fault,
      damaged: () => endDamaged(flags),
      returned: endReturned,
    });
  } catch (error) {
    // Nobody restarts a process that never ran: it salvages at once what it met before it could serve anybody.
    if (isDamage(error) && rest.setAside === null) {
      store.abandon();
      markDamaged(flags.data);
      return start(flags, shell, passphrase);
    }
    store.close();
    const sentence = sentenceOf(error);
    if (sentence === null) throw error;
    return stop(sentence);
  }
}

/** Closes the station in order and ends. */
function endingOf(station: Station): () => void {
  let ending = false;
  return () => {
    if (ending) return;
    ending = true;
    const late = setTimeout(() => process.exit(1), STOP_MS);
    station.close().then(
      () => {
        clearTimeout(late);
        process.exit(0);
      },
      (error: unknown) => {
        fault('closing', error);
        process.exit(1);
      },
    );
  };
}

/** Runs a station until it is told to end. `args`: of the command line. */
export async function run(args: readonly string[]): Promise<void> {
  keepOutOfDumps();
  const read = readCommandLine(STATION_LINE, args, parseArgs);
  if (!read.ok) return stop(read.refusal.message);
  if (read.value === 'help') {
    process.stdout.write(STATION_LINE.usage);
    return;
  }
  const flags = withCode(read.value);
  process.on('uncaughtException', (error) => {
    fault('uncaught', error);
    if (isDamage(error)) endDamaged(flags);
    process.exit(1);
  });
  process.on('unhandledRejection', (error) => {
    fault('unhandled', error);
    if (isDamage(error)) endDamaged(flags);
  });
  const parent = parentPortOf(process);
  const shell = parent && createShell(parent);
  // It may wait for hours to be let in, and has nothing to close until it runs.
  let end = (): void => process.exit(0);
  // Whoever started it is gone. Listened to throughout: it is said once.
  process.on('disconnect', () => end());
  shell?.onStop(() => end());
  const station = await start(flags, shell, takePassphrase());
  end = endingOf(station);
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  shell?.onWindow(station.serve);
  const { identity, url, lanAddress } = station;
  /** With a token for one more window. */
  const says = () => ({
    console: url,
    token: url === null ? null : station.newToken(),
    station: identity.station,
    name: identity.name,
    lan: lanAddress,
  });
  // The channel is of whoever started it, and of nobody else.
  process.on('message', (question) => {
    if (question === ANOTHER_WINDOW) process.send?.(says());
  });
  process.stdout.write(`ready ${JSON.stringify(says())}\n`);
}
