/**
 * `npm run replay -- FILE.csv [--speed X] [--data DIR] [--outage] [--verify-only] [--zone ZONE]`: plays a day of real
 * dispatch records through a station, and holds what center and second station then have against the file, row by row.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { IncidentRow, ReachRow, TopicState, UnitRow } from '../../domain/bridge/topics.ts';
import { givenTo } from '../command-line.ts';
import { takeFolder } from '../start/folder.ts';
import { COMMAND_LINE, type ReplayFlags } from './flags.ts';
import { type Difference, differences } from './held.ts';
import { rosterOf, type Step, stepsOf } from './plan.ts';
import { playDay } from './play.ts';
import { readCenter } from './read-center.ts';
import { readStation } from './read-station.ts';
import { type Day, readDay } from './records.ts';
import { openRoom, type Room, readKept } from './room.ts';
import { setUpSite } from './set-up.ts';
import { textOf } from './text.ts';

/** A sentence for the user; ends the program with code 2. */
class Unusable extends Error {}

const began = performance.now();
function say(what: string): void {
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${what}\n`);
}

function readFile(flags: ReplayFlags): Day {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(flags.file);
  } catch {
    throw new Unusable(`${flags.file} cannot be read: name a CSV file.`);
  }
  const { text, encoding } = textOf(bytes);
  let day: Day;
  try {
    day = readDay(text, flags.zone);
  } catch (error) {
    throw new Unusable(`${flags.file} is no day of dispatch records: ${error instanceof Error ? error.message : ''}`);
  }
  if (encoding !== 'utf-8') process.stdout.write(`The file is not in UTF-8; it was read as ${encoding}.\n`);
  for (const { line, column, reason, row } of day.unread) {
    process.stdout.write(
      `line ${line}: ${column} ${reason}; ${row ? 'the row stays out' : 'the rest of the row goes in'}\n`,
    );
  }
  return day;
}

/** What is untidy in the file and goes in as it is: reported, so that nobody takes it for our doing. */
function reportUntidy(day: Day): void {
  for (const { line, of } of day.repeats) process.stdout.write(`line ${line}: says again what line ${of} says\n`);
  const lines = { missing: 0, equal: 0, backwards: 0 };
  for (const record of day.records) {
    const all = Object.values(record.times);
    const times = all.filter((time): time is number => time !== null);
    if (times.length < all.length) lines.missing++;
    if (times.some((time, i) => i > 0 && time === times[i - 1])) lines.equal++;
    if (times.some((time, i) => i > 0 && time < (times[i - 1] ?? 0))) {
      lines.backwards++;
      process.stdout.write(`line ${record.line}: its times run backwards; they go in as they are\n`);
    }
  }
  const busy = new Map<string, { call: string; until: number }>();
  for (const record of day.records.toSorted((a, b) => (a.times.dispatch ?? 0) - (b.times.dispatch ?? 0))) {
    const { dispatch, available } = record.times;
    if (dispatch === null) continue;
    const before = busy.get(record.unit);
    if (before && before.call !== record.call && before.until > dispatch) {
      process.stdout.write(
        `line ${record.line}: ${record.unit} was still on call ${before.call}; it goes in on both\n`,
      );
    }
    busy.set(record.unit, { call: record.call, until: available ?? Number.POSITIVE_INFINITY });
  }
  say(`${lines.missing} rows lack a time, ${lines.equal} have equal ones, ${lines.backwards} run backwards`);
}

function pacing(flags: ReplayFlags, steps: readonly Step[], room: Room): (step: Step, done: number) => Promise<void> {
  const from = steps[0]?.at ?? 0;
  const started = performance.now();
  const down = Math.floor(steps.length * 0.4);
  const up = Math.floor(steps.length * 0.7);
  const tenth = Math.max(1, Math.ceil(steps.length / 20));
  return async (step, done) => {
    if (flags.speed !== undefined) {
      const wait = started + (step.at - from) / flags.speed - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
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

const reachOf = (state: TopicState): ReachRow | undefined =>
  Object.values(state.reach ?? {})[0] as unknown as ReachRow | undefined;

async function converged(room: Room): Promise<void> {
  for (const [name, bridge] of [
    ['the first station', room.player],
    ['the second station', room.listener],
  ] as const) {
    const reach = await bridge.watch('reach');
    await reach.until(
      (state) => {
        const row = reachOf(state);
        return row?.center === 'reached' && row.factsWaiting === 0 && row.requestsWaiting === 0 && row.behind === 0;
      },
      120_000,
      `${name} and the center to agree`,
    );
    reach.stop();
  }
}

async function conflictsAt(room: Room): Promise<number> {
  const board = await room.listener.watch('board');
  const rows = Object.values(board.state()).flatMap((table) => Object.values(table)) as unknown as (
    | IncidentRow
    | UnitRow
  )[];
  board.stop();
  return rows.reduce((sum, row) => sum + row.conflicts.length + row.contested.length, 0);
}

function print(found: readonly Difference[]): void {
  for (const { line, where, column, file, held } of found.slice(0, 50)) {
    process.stdout.write(`line ${line}: ${column}: the file says "${file}", ${where} holds "${held}"\n`);
  }
  if (found.length > 50) process.stdout.write(`… and ${found.length - 50} more\n`);
}

async function replay(flags: ReplayFlags, data: string): Promise<number> {
  const day = readFile(flags);
  reportUntidy(day);
  const known = readKept(data);
  if (flags.verifyOnly && !known) throw new Unusable(`${data} holds no replay: play one with --data ${data} first.`);
  if (!flags.verifyOnly && known)
    throw new Unusable(`${data} holds a replay already: add --verify-only, or name another folder.`);
  const room = await openRoom(data, known, `Replay ${basename(flags.file, '.csv')}`, flags.zone, (what) =>
    say(`starting ${what}`),
  );
  try {
    let failed = 0;
    if (!flags.verifyOnly) {
      const roster = rosterOf(day.records);
      const steps = stepsOf(day.records);
      say(
        `setting the site up: ${roster.units.length} units, ${roster.stations.length} stations, ${roster.districts.length} districts`,
      );
      const names = await setUpSite(room.player, roster);
      say(`playing ${steps.length} steps`);
      const played = await playDay(room.player, names, steps, pacing(flags, steps, room));
      for (const { line, what, reason } of played.failed)
        process.stdout.write(`line ${line}: ${what} was refused: ${reason}\n`);
      failed = played.failed.length;
    }
    say('waiting until both stations and the center agree');
    await converged(room);
    const center = await readCenter(room.api);
    const found = [
      ...differences(day.records, center.rows, flags.zone, 'the center'),
      ...differences(day.records, await readStation(room.listener, center.incidents), flags.zone, 'the second station'),
    ];
    print(found);
    const conflicts = await conflictsAt(room);
    say(`${conflicts} conflicts, ${day.unread.length} cells or rows unread, ${failed} steps refused`);
    process.stdout.write(
      `${day.records.length + day.repeats.length} rows, ${new Set(day.records.map((record) => record.call)).size} incidents, ${found.length} different\n`,
    );
    return found.length > 0 || conflicts > 0 ? 1 : 0;
  } finally {
    await room.stop();
  }
}

async function main(): Promise<number> {
  const flags = givenTo(COMMAND_LINE);
  try {
    const data = flags.data ? resolve(flags.data) : mkdtempSync(join(tmpdir(), 'qd-replay-'));
    const leave = takeFolder(data);
    try {
      return await replay(flags, data);
    } finally {
      leave();
      if (!flags.data) rmSync(data, { recursive: true, force: true });
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Unusable ? 2 : 1;
  }
}

process.exitCode = await main();
