import { describe, expect, it } from 'vitest';
import { stepsOf } from './plan.ts';
import { readDay } from './records.ts';
import { reportFailed, reportUntidy } from './report.ts';

const HEADER =
  'Call Number,Unit ID,Received DtTm,Entry DtTm,Dispatch DtTm,Response DtTm,On Scene DtTm,Transport DtTm,Hospital DtTm,Available DtTm';
const row = (call: string, unit: string, ...times: readonly string[]): string =>
  [call, unit, ...times.map((time) => (time ? `04/09/2020 ${time}` : ''))].join(',');

/** What is printed of these rows, of which the first is line 2, and the sum of it. */
function said(...rows: readonly string[]): { readonly lines: readonly string[]; readonly sum: string } {
  const lines: string[] = [];
  const sum = reportUntidy(readDay([HEADER, ...rows].join('\n'), 'America/Los_Angeles'), (line) => lines.push(line));
  return { lines, sum };
}

const whole = (call: string, unit: string, hour: number, until = hour): string => {
  const at = (minute: number) => `${hour}:${10 + minute}:00`;
  return row(call, unit, at(0), at(1), at(2), at(3), at(4), at(5), at(6), `${until}:59:00`);
};

it('names what a station refused of a row by its line and the column that it stands in', () => {
  const { records } = readDay([HEADER, whole('1', 'E01', 10)].join('\n'), 'America/Los_Angeles');
  const lines: string[] = [];
  const failed = stepsOf(records).map((step) => ({ step, reason: 'No.' }));
  reportFailed(failed, (line) => lines.push(line));
  expect(lines).toEqual([
    'line 2: Call Number: open was refused: No.',
    'line 2: Dispatch DtTm: dispatch was refused: No.',
    'line 2: Response DtTm: status was refused: No.',
    'line 2: On Scene DtTm: status was refused: No.',
    'line 2: Transport DtTm: status was refused: No.',
    'line 2: Hospital DtTm: status was refused: No.',
    'line 2: Available DtTm: status was refused: No.',
    'line 2: Call Final Disposition: close was refused: No.',
  ]);
});

describe('what is untidy in a day', () => {
  it('is nothing where nothing is', () => {
    expect(said(whole('1', 'E01', 10), whole('2', 'E01', 11))).toEqual({
      lines: [],
      sum: '0 rows lack a time, 0 have equal ones, 0 run backwards',
    });
  });

  it('is named by its lines, also where many rows lack a time or have equal ones', () => {
    const lacking = (call: string) => row(call, `E${call}`, '10:00:00', '10:01:00', '', '', '', '', '', '10:09:00');
    const equal = (call: string) => whole(call, `E${call}`, 12).replace('12:11:00', '12:10:00');
    expect(said(lacking('1'), lacking('2'), lacking('3'), equal('4'), lacking('5'), equal('6'))).toEqual({
      lines: [
        'lines 2-4, 6: a time is missing; they go in as they are',
        'lines 5, 7: times are equal; they go in as they are',
      ],
      sum: '4 rows lack a time, 2 have equal ones, 0 run backwards',
    });
  });

  it('is a unit that is on one call twice', () => {
    expect(said(whole('1', 'E01', 10), whole('1', 'E02', 10), whole('1', 'E01', 11)).lines).toEqual([
      'line 4: E01 is on call 1 already, by line 2; it goes in again',
    ]);
  });

  it('is a unit on any call that it has not left, not the one of the row before alone', () => {
    expect(said(whole('1', 'E01', 10, 13), whole('2', 'E01', 11), whole('3', 'E01', 12)).lines).toEqual([
      'line 3: E01 was still on call 1; it goes in on both',
      'line 4: E01 was still on call 1; it goes in on both',
    ]);
    expect(said(whole('1', 'E01', 10, 13), whole('2', 'E01', 10, 14), whole('3', 'E01', 12)).lines).toContain(
      'line 4: E01 was still on calls 1, 2; it goes in on all of them',
    );
  });

  it('is said once of a run that no row ends', () => {
    const open = row(
      '1',
      'E01',
      '10:00:00',
      '10:01:00',
      '10:02:00',
      '10:03:00',
      '10:04:00',
      '10:05:00',
      '10:06:00',
      '',
    );
    expect(said(open, whole('2', 'E01', 11), whole('3', 'E01', 12)).lines).toEqual([
      'line 2: a time is missing; it goes in as it is',
      'line 3: E01 was still on call 1; it goes in on both',
    ]);
  });
});
