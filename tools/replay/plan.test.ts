import { describe, expect, it } from 'vitest';
import { instantOf, localText } from './local-time.ts';
import { type Step, stepsOf } from './plan.ts';
import { readDay } from './records.ts';
import { unreadInAll } from './report.ts';
import { rosterOf } from './roster.ts';

const ZONE = 'America/Los_Angeles';
const HEADER =
  'Call Number,Unit ID,Received DtTm,Entry DtTm,Dispatch DtTm,Response DtTm,On Scene DtTm,Transport DtTm,Hospital DtTm,Available DtTm,Call Type,Address,Unit Type';
const day = (...rows: string[]) => readDay([HEADER, ...rows].join('\n'), ZONE);

describe('local times', () => {
  it('names the instant and comes back to the same text', () => {
    const at = instantOf('04/09/2020 11:53:18 PM', ZONE);
    expect(at).toBe(Date.UTC(2020, 3, 10, 6, 53, 18));
    expect(localText(at as number, ZONE)).toBe('04/09/2020 11:53:18 PM');
  });

  it('reads every form that the set, its API and a spreadsheet write, and what says its own zone', () => {
    const at = Date.UTC(2020, 3, 10, 0, 14, 5);
    for (const text of [
      '04/09/2020 05:14:05 PM',
      '4/9/2020  5:14:05 pm',
      '04/09/2020 17:14:05',
      '2020/04/09 05:14:05 PM',
      '2020 Apr 09 05:14:05 PM',
      '2020-04-09T17:14:05.000',
      '2020-04-09 17:14:05',
      '2020-04-10T00:14:05.000Z',
      '2020-04-09T17:14:05-07:00',
    ])
      expect(instantOf(text, ZONE), text).toBe(at);
    expect(instantOf('4/9/2020 17:14', ZONE)).toBe(at - 5_000);
    expect(instantOf('02/29/2020 12:00:00 AM', ZONE)).toBe(Date.UTC(2020, 1, 29, 8));
    expect(instantOf('12/31/2019 11:59:59 PM', ZONE)).toBe(Date.UTC(2020, 0, 1, 7, 59, 59));
  });

  it('keeps what a time says of less than a second', () => {
    const at = Date.UTC(2020, 3, 10, 0, 14, 5);
    expect(instantOf('2020-04-09T17:14:05.250', ZONE)).toBe(at + 250);
    expect(instantOf('2020-04-09T17:14:05.0019-07:00', ZONE)).toBe(at + 1);
    expect(instantOf('04/09/2020 05:14:05.5 PM', ZONE)).toBe(at + 500);
    expect(localText(at + 250, ZONE)).toBe('04/09/2020 05:14:05 PM');
  });

  it('reads 24:00 as the end of its day, and no later hour', () => {
    const midnight = Date.UTC(2020, 3, 10, 7);
    for (const text of [
      '04/09/2020 24:00:00',
      '2020-04-09T24:00:00.000',
      '4/9/2020 24:00',
      '2020-04-09T24:00:00-07:00',
    ])
      expect(instantOf(text, ZONE), text).toBe(midnight);
    expect(instantOf('12/31/2019 24:00:00', ZONE)).toBe(Date.UTC(2020, 0, 1, 8));
    for (const text of ['04/09/2020 24:00:01', '04/09/2020 24:30', '04/09/2020 25:00:00', '04/09/2020 24:00:00 AM'])
      expect(instantOf(text, ZONE), text).toContain('not a time');
  });

  it('reads the repeated hour of autumn in order, and refuses the skipped hour of spring', () => {
    const first = instantOf('11/01/2020 01:30:00 AM', ZONE) as number;
    const second = instantOf('11/01/2020 01:10:00 AM', ZONE, first) as number;
    expect(second).toBeGreaterThan(first);
    // A second too early is that, and not fifty-nine minutes and more later.
    expect(instantOf('11/01/2020 01:29:59 AM', ZONE, first)).toBe(first - 1_000);
    expect(instantOf('11/01/2020 01:28:59 AM', ZONE, first)).toBe(first + 3_600_000 - 61_000);
    expect(instantOf('03/08/2020 02:30:00 AM', ZONE)).toContain('skipped');
    expect(instantOf('13/45/2020 02:30:00 AM', ZONE)).toContain('not a time');
    expect(instantOf('02/30/2020 02:30:00 AM', ZONE)).toContain('not a time');
  });
});

describe('a day of records', () => {
  it('reports what cannot be read by line and column, and keeps the rest', () => {
    const read = day(
      '1,E01,04/09/2020 10:00:00 AM,,04/09/2020 10:01:00 AM,nonsense,,,,,Alarms,A ST,ENGINE',
      ',E01,04/09/2020 10:00:00 AM,,,,,,,,Alarms,A ST,ENGINE',
      '2,E*1,04/09/2020 10:00:00 AM,,,,,,,,Alarms,A ST,ENGINE',
      '3,E01,short',
      '4,E01,,,,,,,,,Alarms,A ST,ENGINE',
    );
    expect(read.records.map((r) => r.line)).toEqual([2]);
    expect(read.records[0]?.times.dispatch).not.toBeNull();
    expect(read.unread.map((u) => [u.line, u.column, u.row])).toEqual([
      [2, 'Response DtTm', false],
      [3, 'Call Number', true],
      [4, 'Unit ID', true],
      [5, 'row', true],
      [6, 'Received DtTm', true],
    ]);
    expect(unreadInAll(read)).toBe('4 rows stayed out, 1 cells unread');
    // One row, whatever is the matter with it.
    expect(unreadInAll(day(',,soon,,,,,,,,Alarms,A ST,ENGINE'))).toBe('1 rows stayed out, 0 cells unread');
  });

  it('keeps the order of a run where times are equal or run backwards, and the times as they are', () => {
    const { records } = day(
      '1,E01,04/09/2020 10:00:00 AM,,04/09/2020 10:05:00 AM,04/09/2020 10:05:00 AM,04/09/2020 10:03:00 AM,,,04/09/2020 10:09:00 AM,Alarms,A ST,ENGINE',
    );
    const steps = stepsOf(records);
    expect(steps.map((s) => (s.do === 'status' ? s.code : s.do))).toEqual([
      'open',
      'dispatch',
      'ER',
      'OS',
      'AV',
      'close',
    ]);
    expect((steps[3]?.at ?? 0) < (steps[2]?.at ?? 0)).toBe(true);
  });

  it('knows the columns under the names of other exports, and their times', () => {
    const names = HEADER.toLowerCase().replace(/ /g, '_');
    const { records } = readDay(
      `${names},case_location\n1,E01,2020-04-09T10:00:00.000,,2020-04-09T10:01:00.000,,,,,,Alarms,A ST,ENGINE,POINT (-122.4 37.78)`,
      ZONE,
    );
    expect(records[0]?.times.dispatch).toBe(instantOf('04/09/2020 10:01:00 AM', ZONE));
    expect(records[0]).toMatchObject({ type: 'Alarms', coordinates: [-122.4, 37.78] });
  });

  it('takes a row that is there twice once, and a unit that was never free off the call before it is sent again', () => {
    const row = '1,E01,04/09/2020 10:00:00 AM,,04/09/2020 10:05:00 AM,,04/09/2020 10:20:00 AM,,,,Alarms,A ST,ENGINE';
    const again = '1,E01,04/09/2020 10:00:00 AM,,04/09/2020 10:06:00 AM,,,,,04/09/2020 10:30:00 AM,Alarms,A ST,ENGINE';
    const { records, repeats } = day(row, again, row);
    expect(repeats).toEqual([{ line: 4, of: 2 }]);
    expect(stepsOf(records).map((s) => (s.do === 'status' ? s.code : s.do))).toEqual([
      'open',
      'dispatch',
      'OS',
      'detach',
      'dispatch',
      'AV',
      'close',
    ]);
  });

  it('says of the incident last what the last row of it says, whenever that row began', () => {
    const { records } = day(
      '1,E01,04/09/2020 10:00:00 AM,,04/09/2020 10:05:00 AM,,,,,,Alarms,A ST,ENGINE',
      '1,E02,04/09/2020 10:00:00 AM,,04/09/2020 10:09:00 AM,,,,,,Structure Fire,A ST,ENGINE',
      '1,E03,04/09/2020 10:00:00 AM,,04/09/2020 10:07:00 AM,,,,,,Outside Fire,A ST,ENGINE',
    );
    const edits = stepsOf(records).flatMap((s) => (s.do === 'edit' ? [s.record.type] : []));
    expect(edits).toEqual(['Structure Fire', 'Outside Fire']);
  });

  it('takes a unit that no row says is free again off the call it was on first, where it can be on no more of them', () => {
    const at = (call: number, minute: string): string => `04/09/2020 ${String(call).padStart(2, '0')}:${minute}:00`;
    const rows = (available: (call: number) => string): string[] =>
      Array.from({ length: 20 }, (_, n) => n + 1).map(
        (call) => `${call},E01,${at(call, '00')},,${at(call, '05')},,,,,${available(call)},Alarms,A ST,ENGINE`,
      );
    const off = (available: (call: number) => string) => {
      const steps = stepsOf(day(...rows(available)).records).filter((s) => s.do === 'detach' || s.do === 'dispatch');
      return steps.flatMap((s, i) => (s.do === 'detach' ? [`${s.record.call} before ${callOf(steps[i + 1])}`] : []));
    };
    const callOf = (step: Step | undefined): string => (step && 'record' in step ? step.record.call : '');
    expect(off(() => '')).toEqual(['1 before 17', '2 before 18', '3 before 19', '4 before 20']);
    expect(off((call) => at(call, '30'))).toEqual([]);
    // From where it will be free, it is not taken.
    expect(off((call) => (call === 1 ? '04/09/2020 23:30:00' : ''))).toEqual([
      '2 before 17',
      '3 before 18',
      '4 before 19',
      '5 before 20',
    ]);
  });

  it('takes a unit that its times put on more calls than one may be off the first of them, and fills in there what follows', () => {
    const all = Array.from({ length: 18 }, (_, n) => n + 1);
    const rows = all.map(
      (call) =>
        `${call},E01,04/09/2020 09:00:00,,04/09/2020 10:${call + 10}:00,,04/09/2020 11:00:00,,,04/09/2020 12:00:00,Alarms,A ST,ENGINE`,
    );
    const again = '1,E01,04/09/2020 09:00:00,,04/09/2020 13:00:00,,,,,04/09/2020 14:00:00,Alarms,A ST,ENGINE';
    const steps = stepsOf(day(...rows, again).records);
    const said = (call: string): string[] =>
      steps.flatMap((s) => ('record' in s && s.record.call === call ? [s.do === 'status' ? s.code : s.do] : []));
    expect(said('1')).toEqual(['dispatch', 'detach', 'fill', 'fill', 'dispatch', 'AV']);
    expect(said('2')).toEqual(['dispatch', 'detach', 'fill', 'fill']);
    expect(said('3')).toEqual(['dispatch', 'OS', 'AV']);
    // One that was never free there has not to be taken off again before it is sent once more.
    const never = rows.map((row) => row.replace(/12:00:00/, '')).concat(again);
    const first = stepsOf(day(...never).records).flatMap((s) => ('record' in s && s.record.call === '1' ? [s.do] : []));
    expect(first).toEqual(['dispatch', 'detach', 'fill', 'dispatch', 'status']);
  });

  it('gives the site its units, natures and stations', () => {
    const { records } = day(
      '1,E01,04/09/2020 10:00:00 AM,,,,,,,,Alarms,A ST,ENGINE',
      '1,B02,04/09/2020 10:00:00 AM,,,,,,,,Alarms,A ST,CHIEF',
    );
    expect(rosterOf(records).units.map((u) => `${u.callsign} ${u.kind}`)).toEqual(['B02 CHIEF', 'E01 ENGINE']);
    expect(rosterOf(records).natures).toHaveLength(1);
  });

  it('shows a call by its code, however that is written', () => {
    const shown = (priority: string, final = ''): string | undefined => {
      const { records } = readDay(
        `${HEADER},Priority,Final Priority\n1,E01,04/09/2020 10:00:00 AM,,,,,,,,Alarms,A ST,ENGINE,${priority},${final}`,
        ZONE,
      );
      return rosterOf(records).natures[0]?.priority;
    };
    expect([shown('E'), shown('e', '3'), shown('3'), shown('c'), shown('b'), shown('1'), shown('')]).toEqual([
      '1',
      '1',
      '2',
      '2',
      '3',
      '4',
      '4',
    ]);
  });

  it('turns a difference between rows of one call into an edit that names the columns', () => {
    const { records } = day(
      '1,E01,04/09/2020 10:00:00 AM,,,,,,,,Alarms,A ST,ENGINE',
      '1,E02,04/09/2020 10:00:00 AM,,,,,,,,Structure Fire,A ST,ENGINE',
    );
    const edit = stepsOf(records).find((s) => s.do === 'edit');
    expect(edit && 'columns' in edit ? edit.columns : []).toEqual(['type']);
  });
});
