/**
 * `npm run replay -- FILE.csv [--speed X] [--data DIR] [--outage] [--verify-only] [--zone ZONE]`: plays a day of real
 * dispatch records through a station, and holds what center and second station then have against the file, row by row.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENDS } from '../../domain/kernel/command-line.ts';
import { givenTo } from '../command-line.ts';
import { EndedEarly } from '../start/child.ts';
import { centerFolder, FolderUnusable, mustBeFree, stationFolder, takeFolder } from '../start/folder.ts';
import { createHouse, type House } from '../start/house.ts';
import { postmasterOf, quitPostmaster } from '../start/postmaster.ts';
import { conflictsAt, converged, handedOff } from './agree.ts';
import { COMMAND_LINE, type ReplayFlags } from './flags.ts';
import { differences } from './held.ts';
import { type Kept, keptFor, writeKept } from './kept.ts';
import { type Step, stepsOf } from './plan.ts';
import { playDay } from './play.ts';
import { factsByCall, readCenter } from './read-center.ts';
import { heldInStore, readStation } from './read-station.ts';
import { type Day, readDay } from './records.ts';
import { reportDifferences, reportFailed, reportUnread, reportUntidy, unreadInAll } from './report.ts';
import { openRoom, type Room } from './room.ts';
import { rosterOf } from './roster.ts';
import { otherUnits, unsaid } from './said.ts';
import { setUpSite } from './set-up.ts';
import { sleepUntil } from './sleep-until.ts';
import { aloneAt, strays } from './strays.ts';
import { textOf } from './text.ts';
import { Unusable } from './unusable.ts';

const began = performance.now();
function say(what: string): void {
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${what}\n`);
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Of the city whose records they are. */
const ZONE = 'America/Los_Angeles';
/** Of a site. Characters. */
const LONGEST_NAME = 120;
/** Said before anything is compared: what was not played would be taken for lost. */
const NOT_PLAYED_OUT = 'This replay did not come to its end: what of the file was not played by then differs.';
/** A thousand days, and within what a text may be. Bytes. */
const LARGEST = 256 * 1024 * 1024;
/** Two signals this close are one: a terminal and npm both pass one Ctrl-C on. ms */
const SAME_MS = 700;

function readFile(file: string, zone: string): Day {
  let bytes: Uint8Array | null;
  try {
    bytes = statSync(file).size > LARGEST ? null : readFileSync(file);
  } catch {
    throw new Unusable(`${file} cannot be read: name a CSV file.`);
  }
  if (bytes === null) throw new Unusable(`${file} is larger than 256 MB: name a file of one day.`);
  const { text, encoding } = textOf(bytes);
  let day: Day;
  try {
    day = readDay(text, zone);
  } catch (error) {
    throw new Unusable(`${file} is no day of dispatch records: ${error instanceof Error ? error.message : ''}`);
  }
  if (encoding !== 'utf-8') print(`The file is not in UTF-8; it was read as ${encoding}.`);
  reportUnread(day, print);
  return day;
}

function pacing(flags: ReplayFlags, steps: readonly Step[], room: Room): (step: Step, done: number) => Promise<void> {
  const from = steps[0]?.at ?? 0;
  const started = performance.now();
  const down = Math.floor(steps.length * 0.4);
  const up = Math.floor(steps.length * 0.7);
  const tenth = Math.max(1, Math.ceil(steps.length / 20));
  return async (step, done) => {
    if (flags.speed !== undefined) {
      await sleepUntil(started + (step.at - from) / flags.speed, () => performance.now(), sleep);
    }
    if (flags.outage && done === down) {
      await room.killCenter();
      say('the center was killed; the day goes on');
    }
    if (flags.outage && done === up) {
      await room.restartCenter();
      say('the center is back');
    }
    if (done % tenth === 0) say(`${Math.round((100 * done) / steps.length)} % played`);
  };
}

/** What was asked, the folder it happens in, and what that holds already. */
interface Asked {
  readonly flags: ReplayFlags;
  readonly zone: string;
  readonly day: Day;
  readonly data: string;
  readonly known: Kept | null;
}

async function replay({ flags, zone, day, data, known }: Asked, house: House): Promise<number> {
  const name = `Replay ${basename(flags.file, '.csv')}`.slice(0, LONGEST_NAME);
  const room = await openRoom(data, known, name, zone, house, (what) => say(`starting ${what}`));
  try {
    let failed = 0;
    const roster = rosterOf(day.records);
    if (!flags.verifyOnly) {
      const steps = stepsOf(day.records);
      say(
        `setting the site up: ${roster.units.length} units, ${roster.stations.length} stations, ${roster.districts.length} districts`,
      );
      const names = await setUpSite(room.player, roster);
      say(`playing ${steps.length} steps`);
      const played = await playDay(room.player, names, steps, pacing(flags, steps, room));
      reportFailed(played.failed, print);
      failed = played.failed.length;
      writeKept(data, { ...room.kept, played: true });
    }
    say('waiting until both stations and the center agree');
    await converged(room, say);
    await handedOff(room.api, say, { now: () => performance.now(), sleep });
    say('comparing the center, and then the second station, with the file');
    const center = await readCenter(room.api);
    const found = [
      ...strays(day.records, center, 'the center'),
      ...otherUnits(day.records, roster.units, center.units, 'the center'),
      ...differences(day.records, center.rows, zone, 'the center'),
      ...unsaid(day.records, await factsByCall(room.api, center.incidents), roster.units, zone, 'the center'),
      ...differences(day.records, await readStation(room.listener, center.incidents), zone, 'the second station'),
    ];
    const conflicts = await conflictsAt(room);
    await room.endListener();
    found.push(
      ...aloneAt(day.records, await heldInStore(stationFolder(data, 2)), center.incidents, 'the second station'),
    );
    reportDifferences(found, print);
    say(`${conflicts} conflicts, ${unreadInAll(day)}, ${failed} steps refused`);
    const calls = new Set(day.records.map((record) => record.call));
    print(`${day.records.length + day.repeats.length} rows, ${calls.size} incidents, ${found.length} different`);
    return found.length > 0 || conflicts > 0 ? ENDS.no : ENDS.done;
  } finally {
    room.close();
  }
}

/** Resolves at the first signal to stop; at a second one everything ends at once. */
function stopAsked(house: House, data: string): Promise<number> {
  return new Promise((resolve) => {
    let asked: number | null = null;
    const stop = (): void => {
      if (asked === null) {
        asked = performance.now();
        say('stopping (again to stop at once)');
        resolve(130);
      } else if (performance.now() - asked > SAME_MS) {
        house.kill();
        quitPostmaster(centerFolder(data));
        process.exit(130);
      }
    };
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  });
}

/**
 * A center that was killed leaves its database running; a folder is removed only once nothing writes to it. `found` ran there
 * before: one that still does is another center's.
 */
async function endDatabase(data: string, found: number | null): Promise<void> {
  if (found !== null && postmasterOf(centerFolder(data)) === found) return;
  quitPostmaster(centerFolder(data));
  for (let i = 0; i < 100 && postmasterOf(centerFolder(data)) !== null; i++) await sleep(100);
}

async function main(): Promise<number> {
  const flags = givenTo(COMMAND_LINE);
  try {
    if (flags.data !== undefined) mustBeFree(resolve(flags.data));
    const known = flags.data === undefined ? null : keptFor(resolve(flags.data), flags.verifyOnly);
    if (known && !known.played) print(NOT_PLAYED_OUT);
    const zone = flags.zone ?? known?.zone ?? ZONE;
    const day = readFile(flags.file, zone);
    say(reportUntidy(day, print));
    const data = flags.data ? resolve(flags.data) : mkdtempSync(join(tmpdir(), 'qd-replay-'));
    const leave = takeFolder(data);
    const house = createHouse(say);
    const found = postmasterOf(centerFolder(data));
    try {
      return await Promise.race([replay({ flags, zone, day, data, known }, house), stopAsked(house, data)]);
    } finally {
      await house.stop();
      await endDatabase(data, found);
      leave();
      if (!flags.data) rmSync(data, { recursive: true, force: true });
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    const couldNotBegin = error instanceof EndedEarly && error.said !== '';
    return couldNotBegin || error instanceof Unusable || error instanceof FolderUnusable ? ENDS.refused : ENDS.no;
  }
}

process.exit(await main());
