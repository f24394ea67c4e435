/** `npm run replay` as a user runs it, and a day of thirty-three rows that is as untidy as real ones are. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../tools/replay/main.ts', import.meta.url));

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

export const replay = (...args: readonly string[]): Promise<Ran> => watched(args, {});

export function watched(args: readonly string[], { onProgress, env }: Watching): Promise<Ran> {
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

/** Line 1 is its header. */
export const UNTIDY = [
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
  // One unit on more calls at a time than one may be, under a callsign as other places write them; what spreadsheets leave.
  ...Array.from({ length: 18 }, (_, n) =>
    row(String(20 + n), 'ö1/2-3', ['11:50:00 AM', '', `11:52:${10 + n} AM`, '', '12:10:00 PM', '', '', '12:20:00 PM']),
  ),
  ','.repeat(23),
  ','.repeat(23),
].join('\n');
