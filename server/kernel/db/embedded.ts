/**
 * The center's own PostgreSQL, for a center that was given none: data in `<data>/postgres`, this machine only, durable.
 * It runs in a process group of its own, so Ctrl-C reaches the center alone, which then stops it in order. Should the
 * center be killed, the server is found again by the next start and used on.
 */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { givePassword, hasCluster, makeCluster, SUPERUSER } from './cluster.ts';
import { onConnection } from './connection.ts';
import { CenterFailure } from './failure.ts';
import { embeddedBinaries, type RunAs, runAs } from './postgres-binaries.ts';
import {
  alive,
  endingAdrift,
  endLeftBehind,
  isAdrift,
  isPostgres,
  readPidFile,
  STOP_TIMEOUT_MS,
  startAs,
  stopServer,
} from './postmaster.ts';

const DATABASE = 'quantum_dispatch';
const START_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 15_000;
/** One that never answered has done nothing that it would have to bring to an end. */
const SILENT_MS = 3_000;
const WATCH_MS = 250;

export interface EmbeddedPostgres {
  /** Connection string of the migrator. */
  readonly url: string;
  /**
   * The same connection string by the server's socket in its folder, where there is one: two processes of one machine meet there
   * at a third of what TCP costs them, and nobody but the server's user and root may enter.
   */
  readonly near: (url: string) => string;
  /** Process id of the server as it runs now. */
  readonly pid: () => number;
  /** Ends it in order, whoever started it. */
  readonly stop: () => Promise<void>;
  /** Looks after it no longer and lets it run: it turned out to be another center's. */
  readonly leave: () => void;
}

export interface EmbeddedOptions {
  /** Folder of the cluster. */
  readonly folder: string;
  /** The superuser's password. The same one every time for the same folder. */
  readonly password: string;
  /** Settings beside the center's own, `name=value`. */
  readonly settings?: readonly string[];
  /** A port to try for a server that does not run yet; any that is free. */
  readonly somePort?: () => Promise<number>;
  /** How long one that was started may neither answer nor say that it recovers. ms */
  readonly answersWithin?: number;
}

/** Durable (the defaults of fsync and synchronous_commit), and no value of a statement in any log. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_permissions=0700',
  'max_connections=60',
  'shared_buffers=128MB',
  'max_wal_size=2GB',
  'wal_compression=on',
  'random_page_cost=1.1',
  'log_parameter_max_length=0',
  'log_parameter_max_length_on_error=0',
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
  'log_statement=none',
  'log_min_messages=warning',
  'log_checkpoints=off',
];

export async function startEmbedded({
  folder,
  password,
  settings = [],
  somePort = freePort,
  answersWithin = START_TIMEOUT_MS,
}: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const binaries = await embeddedBinaries();
  mkdirSync(dirname(folder), { recursive: true });
  const as = await runAs([binaries.postgres, folder]);
  if (!hasCluster(folder)) await makeCluster(binaries.initdb, folder, password, as);
  const sockets = await takesSockets(folder);
  const launch: Launch = {
    postgres: binaries.postgres,
    folder,
    password,
    settings: [`unix_socket_directories=${sockets ? folder : ''}`, ...settings],
    as,
    answersWithin,
  };
  const running = await runningServer(folder, password);
  if (!running) forgetSockets(folder);
  // A port that was free a moment ago may be somebody's by now: another is tried then.
  const { port, pid: first } = running ?? (await startServer(launch, somePort));
  let pid = first;
  let stopping: Promise<void> | undefined;
  let restarting: Promise<void> | undefined;
  // Whatever ends it while the center lives, it is started again on its port; connections of the pool come back by themselves.
  const endAdrift = endingAdrift();
  const watch = setInterval(() => {
    if (stopping || restarting) return;
    // Where it could not be started for long, something else may have its process id by now.
    if (alive(pid) && isPostgres(pid)) return endAdrift(pid);
    restarting = startServer(launch, async () => port)
      .then((next) => {
        pid = next.pid;
        return stopping === undefined ? undefined : stopServer(pid);
      })
      .catch(() => undefined)
      .finally(() => {
        restarting = undefined;
      });
  }, WATCH_MS);
  watch.unref();
  return {
    url: databaseUrl(urlOf(port, password)),
    near: (url) => {
      if (!sockets || !existsSync(join(folder, socketName(port)))) return url;
      const near = new URL(url);
      near.searchParams.set('host', folder);
      return near.href;
    },
    pid: () => pid,
    leave: () => clearInterval(watch),
    stop: () => {
      clearInterval(watch);
      // One that is just being started again is waited for, or it would be left running behind a center that has ended.
      stopping ??= stopServer(pid).then(() => restarting);
      return stopping;
    },
  };
}

interface Launch {
  readonly postgres: string;
  readonly folder: string;
  readonly password: string;
  readonly settings: readonly string[];
  readonly as: RunAs;
  readonly answersWithin: number;
}

const SOCKET = '.s.PGSQL.';
/** What PostgreSQL calls its socket. */
function socketName(port: number): string {
  return `${SOCKET}${port}`;
}

/** Takes away the sockets of servers that were killed: each had a port of its own, and PostgreSQL looks for its own alone. */
function forgetSockets(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith(SOCKET)) rmSync(join(folder, name), { force: true });
}

/** The longest path of a socket that every system takes. */
const LONGEST_SOCKET = 103;

/** Whether PostgreSQL can have a socket in this folder: not on Windows, deep down, or on a file system that knows none. */
async function takesSockets(folder: string): Promise<boolean> {
  const longest = join(folder, socketName(65_535));
  // PostgreSQL takes a list of folders, with commas between them.
  if (process.platform === 'win32' || Buffer.byteLength(longest) > LONGEST_SOCKET || /[",]/.test(folder)) return false;
  const tried = join(folder, '.s.tried');
  rmSync(tried, { force: true });
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(tried, () => server.close(() => resolve(true)));
  });
}

/** Bytes. */
const LARGEST_LOG = 10_000_000;

/** What servers said, from start to start. Once it is large it is kept as `server.1.log`, in place of the one before. */
function openLog(folder: string): number {
  const file = join(folder, 'server.log');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG)
    renameSync(file, join(folder, 'server.1.log'));
  return openSync(file, 'a', 0o600);
}

/** How long processes of a dead server may take to end by themselves. */
const LEFT_BEHIND_MS = 3_000;

/** Starts a server and returns its process id and port once it answers. One that does not is ended: nobody else would know of it. */
async function startServer(
  launch: Launch,
  portToTry: () => Promise<number>,
): Promise<{ readonly pid: number; readonly port: number }> {
  const { folder, password } = launch;
  const settings = [...SETTINGS, ...launch.settings].flatMap((setting) => ['-c', setting]);
  const begun = performance.now();
  const patience = patienceOf(launch.answersWithin);
  let given = false;
  for (;;) {
    const held = readPidFile(folder);
    if (performance.now() - begun > LEFT_BEHIND_MS) endLeftBehind(folder);
    // The id of a dead server was given to something else since: PostgreSQL would take that for itself.
    if (held && alive(held.pid) && !isPostgres(held.pid)) rmSync(join(folder, 'postmaster.pid'), { force: true });
    const port = await portToTry();
    const log = openLog(folder);
    const child = startAs(launch.postgres, ['-D', folder, '-p', String(port), ...settings], launch.as, log);
    closeSync(log);
    const isOurs = (): boolean => readPidFile(folder)?.pid === child.pid && readPidFile(folder)?.port === port;
    const found = await untilReady(child, urlOf(port, password), patience, isOurs);
    if (found === 'answers') {
      child.unref();
      return { pid: child.pid as number, port };
    }
    if (found === 'another password' && !given) {
      given = true;
      await stopServer(child.pid as number);
      await givePassword(launch.postgres, folder, password, launch.as);
      continue;
    }
    // Processes of a server that was killed may still be ending; it does not start beside them.
    if (patience.isOver()) {
      const log = join(folder, 'server.log');
      if (!alive(child.pid as number))
        throw new CenterFailure('postgres.start', `The embedded PostgreSQL did not start; ${log} says why.`);
      await stopServer(child.pid as number, SILENT_MS);
      throw new CenterFailure(
        'postgres.silent',
        `The embedded PostgreSQL was started, did not answer and was ended; ${log} may say why. Start the center again.`,
      );
    }
    await delay(250);
  }
}

/**
 * The server that is already running on this folder and answers to our password, if there is one. One that is adrift is ended:
 * its center may have been killed before it had.
 */
async function runningServer(folder: string, password: string): Promise<{ pid: number; port: number } | undefined> {
  const held = readPidFile(folder);
  if (!held) return undefined;
  const url = urlOf(held.port, password);
  const patience = patienceOf(STOP_TIMEOUT_MS);
  const endAdrift = endingAdrift();
  while (alive(held.pid) && isPostgres(held.pid) && readPidFile(folder)?.pid === held.pid) {
    try {
      await ensureDatabase(url, folder);
      return held;
    } catch (error) {
      // It is not listening yet, or not any more.
      const code = (error as { code?: string }).code;
      if (code === RECOVERS && !isAdrift(held.pid)) patience.renew();
      const soon = code === RECOVERS || code === 'ECONNREFUSED' || code === 'ECONNRESET';
      if (!soon || patience.isOver()) {
        throw new CenterFailure(
          'postgres.busy',
          `Another PostgreSQL (process ${held.pid}) holds ${folder} and does not answer; stop it, or start with another --data folder.`,
          error,
        );
      }
      endAdrift(held.pid);
    }
    await delay(50);
  }
  return undefined;
}

/** How long an answer is waited for; from the beginning again whenever there is a word of how it gets on. */
interface Patience {
  readonly isOver: () => boolean;
  readonly renew: () => void;
}

function patienceOf(ms: number): Patience {
  let until = performance.now() + ms;
  return {
    isOver: () => performance.now() > until,
    renew: () => {
      until = performance.now() + ms;
    },
  };
}

/** What came of starting one; `nothing` where its process ended or the time is up. */
type Found = 'answers' | 'another password' | 'nothing';

/** PostgreSQL's word for it. */
const WRONG_PASSWORD = '28P01';
/** Its word for that it recovers after a crash, or goes down: it gets on, and takes as long as it takes. */
const RECOVERS = '57P03';

/** How often one that was just started is asked, and one that recovers: it writes each question into its log. ms */
const ASKED_EVERY = 20;
const RECOVERING_ASKED_EVERY = 250;
/** Longer than one takes that has nothing to recover. ms */
const STARTS_WITHIN = 1_000;

/** `isOurs`: whether it is the one that listens at its port. */
async function untilReady(
  child: ReturnType<typeof startAs>,
  url: string,
  patience: Patience,
  isOurs: () => boolean,
): Promise<Found> {
  let ended = false;
  const begun = performance.now();
  const end = new Promise<Found>((resolve) => {
    for (const how of ['error', 'exit'])
      child.once(how, () => {
        ended = true;
        resolve('nothing');
      });
  });
  while (!ended && !patience.isOver()) {
    const asked = ensureDatabase(url).then(
      (): Found => (ended ? 'nothing' : 'answers'),
      (error: { readonly code?: unknown }): Found => {
        if (ended || !isOurs()) return 'nothing';
        if (error.code === RECOVERS && !isAdrift(child.pid as number)) patience.renew();
        return error.code === WRONG_PASSWORD ? 'another password' : 'nothing';
      },
    );
    // Whatever else has its port may take a connection and never say a word.
    const found = await Promise.race([asked, end]);
    if (found !== 'nothing') return found;
    await delay(performance.now() - begun < STARTS_WITHIN ? ASKED_EVERY : RECOVERING_ASKED_EVERY);
  }
  return 'nothing';
}

/** Makes the center's database where it is missing; with a folder, also sees that the server is that folder's. */
async function ensureDatabase(url: string, folder?: string): Promise<void> {
  const ensure = async (client: pg.Client): Promise<void> => {
    if (folder !== undefined) {
      const { rows } = await client.query<{ data_directory: string }>('show data_directory');
      if (rows[0]?.data_directory !== folder)
        throw new CenterFailure('postgres.other', 'The server found belongs to another folder.');
    }
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  };
  await onConnection(url, ensure, { connectionTimeoutMillis: ANSWER_TIMEOUT_MS });
}

function urlOf(port: number, password: string): string {
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}

function databaseUrl(url: string): string {
  return url.replace(/\/postgres$/, `/${DATABASE}`);
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
