/** `npm run replay` as a user runs it: untidy rows as they are, an outage in the middle, and a kept folder verified again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { openStorage } from '../../server/kernel/storage.ts';
import { postmasterOf } from '../../tools/start/postmaster.ts';

const PROGRAM = fileURLToPath(new URL('../../tools/replay/main.ts', import.meta.url));
const REAL_DAY = fileURLToPath(new URL('../../../shared/data/sffd/2020-04-09.csv', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'qd-replay-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Watching {
  /** Told of all that it has said of its progress, each time it says more. */
  readonly onProgress?: (said: string, child: ChildProcess) => void;
  readonly env?: NodeJS.ProcessEnv;
}

const replay = (...args: readonly string[]): Promise<Ran> => watched(args, {});

function watched(args: readonly string[], { onProgress, env }: Watching): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
      onProgress?.(err, child);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

const HEADER =
  'Call Number,Unit ID,Incident Number,Call Type,Received DtTm,Entry DtTm,Dispatch DtTm,Response DtTm,On Scene DtTm,Transport DtTm,Hospital DtTm,Call Final Disposition,Available DtTm,Address,City,Battalion,Station Area,Priority,Final Priority,ALS Unit,Number of Alarms,Unit Type,Location,RowID';
const t = (time: string): string => (time ? `04/09/2020 ${time}` : '');
const row = (
  call: string,
  unit: string,
  times: readonly [string, string, string, string, string, string, string, string],
  over: { readonly type?: string; readonly end?: string; readonly final?: string; readonly place?: string } = {},
): string => {
  const [received, entry, dispatch, response, scene, transport, hospital, available] = times.map(t);
  return [
    call,
    unit,
    `9${call}`,
    over.type ?? 'Medical Incident',
    received,
    entry,
    dispatch,
    response,
    scene,
    transport,
    hospital,
    over.end ?? 'Code 2 Transport',
    available,
    'MARKET ST/5TH ST',
    'San Francisco',
    'B03',
    '01',
    '3',
    over.final ?? '3',
    'true',
    '1',
    unit.startsWith('E') ? 'ENGINE' : 'MEDIC',
    over.place ?? '"(37.78, -122.40)"',
    `${call}-${unit}`,
  ].join(',');
};

/** Takes a call's incident and its assignments out of a stopped center's tables, as no command does. */
async function forgetCall(centerFolder: string, call: string): Promise<void> {
  const { migratorUrl, close } = await openStorage(centerFolder, undefined);
  const client = new pg.Client(migratorUrl);
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    const { rows } = await client.query<{ id: string }>(
      "delete from cad.incident where body->'values'->>'ref:call' = $1 returning id",
      [call],
    );
    expect(rows).toHaveLength(1);
    await client.query('delete from cad.assignment where incident = $1', [rows[0]?.id]);
  } finally {
    await client.end();
    await close();
  }
}

const UNTIDY = [
  HEADER,
  row('1', 'M01', [
    '10:00:00 AM',
    '10:01:00 AM',
    '10:02:00 AM',
    '10:03:00 AM',
    '10:09:00 AM',
    '10:20:00 AM',
    '10:31:00 AM',
    '11:00:00 AM',
  ]),
  // Another row of the call says something else of it.
  row('1', 'E01', ['10:00:00 AM', '10:01:00 AM', '10:02:00 AM', '10:03:00 AM', '', '', '', '10:15:00 AM'], {
    type: 'Traffic Collision',
    final: '2',
  }),
  // Equal and backward times.
  row('2', 'E02', ['10:05:00 AM', '10:05:00 AM', '10:05:00 AM', '10:05:00 AM', '10:04:30 AM', '', '', '10:30:00 AM']),
  // Never dispatched, but there; and never free again.
  row('3', 'M02', ['10:06:00 AM', '', '', '', '10:16:00 AM', '', '', '']),
  // One unit on two calls at once.
  row('4', 'M01', ['10:25:00 AM', '10:26:00 AM', '10:27:00 AM', '10:28:00 AM', '', '', '', '10:40:00 AM']),
  // The same unit on the same call twice.
  row('5', 'E03', ['11:00:00 AM', '11:01:00 AM', '11:02:00 AM', '', '', '', '', '11:04:00 AM']),
  row('5', 'E03', ['11:00:00 AM', '11:01:00 AM', '11:10:00 AM', '11:11:00 AM', '', '', '', '11:20:00 AM']),
  // Free before it was dispatched, nothing in between; and entry after dispatch.
  row('6', 'E04', ['11:30:00 AM', '11:35:00 AM', '11:33:00 AM', '', '', '', '', '11:31:00 AM']),
  // Nothing but the call.
  row('7', 'E05', ['11:40:00 AM', '', '', '', '', '', '', '']),
  // Free again, and never sent.
  row('7', 'E09', ['11:40:00 AM', '', '', '', '', '', '', '11:45:00 AM']),
  // Sent again to the call before it had left it; once more to the letter.
  row('10', 'E10', ['12:00:00 PM', '12:01:00 PM', '12:02:00 PM', '12:03:00 PM', '12:08:00 PM', '', '', '']),
  row('10', 'E10', ['12:00:00 PM', '12:01:00 PM', '12:02:30 PM', '12:04:00 PM', '', '', '', '12:30:00 PM']),
  row('10', 'E10', ['12:00:00 PM', '12:01:00 PM', '12:02:30 PM', '12:04:00 PM', '', '', '', '12:30:00 PM']),
  // An earlier row that stands later in the file, with another entry, without a place, and without a priority.
  row('10', 'E11', ['12:00:00 PM', '12:01:30 PM', '12:01:40 PM', '', '', '', '', '12:20:00 PM'], {
    final: '',
    place: '',
  }),
  // What cannot be read.
  row('8', 'E06', ['11:50:00 AM', '11:51:00 AM', 'soon', '', '', '', '', '11:59:00 AM']),
  '9,E07,too,short',
  row('', 'E08', ['11:50:00 AM', '', '', '', '', '', '', '']),
].join('\n');

describe('replay', () => {
  it('takes untidy rows as facts, names what it cannot read, and finds all of it again', async () => {
    const file = join(folder, 'untidy.csv');
    const data = join(folder, 'kept');
    writeFileSync(file, UNTIDY);
    const played = await replay(file, '--data', data, '--outage');
    expect(`${played.out}${played.err}`).toContain('15 rows, 9 incidents, 0 different');
    expect(played.code).toBe(0);
    expect(played.out).toMatch(/line 16: Dispatch DtTm .*not a time.*the rest of the row goes in/);
    expect(played.out).toMatch(/line 17: row has 4 cells.*the row stays out/);
    expect(played.out).toMatch(/line 18: Call Number is missing.*the row stays out/);
    expect(played.out).toContain('line 14: says again what line 13 says');
    expect(played.err).toContain('0 conflicts, 3 cells or rows unread, 0 steps refused');
    expect(played.err).toContain('the center was killed');
    const verified = await replay(file, '--data', data, '--verify-only');
    expect(verified.out).toContain('15 rows, 9 incidents, 0 different');
    expect(verified.code).toBe(0);

    const twice = await replay(file, '--data', data);
    expect([twice.code, twice.err]).toEqual([2, expect.stringContaining('holds a replay already')]);

    writeFileSync(file, UNTIDY.replace('10:31:00 AM', '10:32:00 AM'));
    const other = await replay(file, '--data', data, '--verify-only');
    expect(other.out).toContain('line 2: Hospital DtTm: the file says "04/09/2020 10:32:00 AM"');
    expect(other.out).toContain('15 rows, 9 incidents, 2 different');
    expect(other.code).toBe(1);

    // The center has lost what the second station still has: a file that never had it finds one too many.
    await forgetCall(join(data, 'center'), '4');
    writeFileSync(file, UNTIDY.replace(/^4,.*\n/m, ''));
    const alone = await replay(file, '--data', data, '--verify-only');
    expect(alone.out).toMatch(/no line: the second station holds "incident \S+ of call 4", which is not in the file/);
    expect(alone.out).toContain('14 rows, 8 incidents, 1 different');
    expect(alone.code).toBe(1);
  });

  it('ends in order where it is interrupted, leaves nothing in a folder of its own, and nothing in one that is kept', async () => {
    const file = join(folder, 'stopped.csv');
    writeFileSync(file, UNTIDY);
    const once = (said: string, child: ChildProcess): void => {
      if (said.includes('the center was killed')) child.kill('SIGINT');
    };
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    // At a speed at which the half of the day that is left would take minutes.
    const gone = await watched([file, '--speed', '30'], {
      env: { TMPDIR: temporary },
      onProgress: (said, child) => {
        if (/playing \d+ steps/.test(said)) child.kill('SIGINT');
      },
    });
    expect([gone.code, gone.err]).toEqual([130, expect.stringContaining('stopping')]);
    expect(readdirSync(temporary)).toEqual([]);

    const data = join(folder, 'stopped');
    const stopped = await watched([file, '--data', data, '--outage'], { onProgress: once });
    expect([stopped.code, stopped.out]).toEqual([130, expect.not.stringContaining('different')]);
    expect(existsSync(join(data, 'running'))).toBe(false);
    expect(postmasterOf(join(data, 'center'))).toBeNull();
    const again = await replay(file, '--data', data);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('did not come to its end')]);
    // What was played of it is there, and is told from the rest.
    const verified = await replay(file, '--data', data, '--verify-only');
    expect([verified.code, verified.out]).toEqual([1, expect.stringContaining('holds "nothing"')]);
  });

  it('plays over nothing that is there', async () => {
    const file = join(folder, 'over.csv');
    writeFileSync(file, UNTIDY);
    const used = join(folder, 'used');
    mkdirSync(join(used, 'station-1'), { recursive: true });
    writeFileSync(join(used, 'station-1', 'station.db'), '');
    const over = await replay(file, '--data', used);
    expect([over.code, over.err]).toEqual([2, expect.stringContaining('no replay made')]);
    expect(readdirSync(used)).toEqual(['station-1']);
    const none = join(folder, 'none');
    expect((await replay(file, '--data', none, '--verify-only')).err).toContain('holds no replay');
    expect(existsSync(none)).toBe(false);
    writeFileSync(join(used, 'replay.json'), '{');
    expect((await replay(file, '--data', used)).err).toMatch(/replay\.json cannot be read: put it back/);
  });

  it('says in one sentence what it cannot use', async () => {
    const none = await replay(join(folder, 'nothing.csv'));
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('cannot be read')]);
    const wrong = join(folder, 'wrong.csv');
    writeFileSync(wrong, 'a,b\n1,2\n');
    const kept = join(folder, 'unmade');
    expect((await replay(wrong, '--data', kept)).err).toContain('has no column "Call Number"');
    expect(existsSync(kept)).toBe(false);
    expect((await replay(wrong, '--speed', 'fast')).err).toContain('speed must be a number');
    expect((await replay(wrong, '--speed', '0')).err).toContain('speed must be at least 0.001');
    expect((await replay(wrong, '--verify-only')).err).toContain('--data DIR');
  });
});

describe.skipIf(!existsSync(REAL_DAY))('a real day', () => {
  it('goes in through an outage and is the same afterwards', async () => {
    const played = await replay(REAL_DAY, '--outage');
    expect(played.out).toContain('831 rows, 446 incidents, 0 different');
    expect(played.code).toBe(0);
    // A whole day: minutes, and several times that on a busy machine.
  }, 600_000);
});
