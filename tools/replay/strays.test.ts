import { describe, expect, it } from 'vitest';
import { readDay } from './records.ts';
import { aloneAt, type HeldAssignment, type HeldIncident, type HeldRun, strays } from './strays.ts';

const HEADER =
  'Call Number,Unit ID,Received DtTm,Entry DtTm,Dispatch DtTm,Response DtTm,On Scene DtTm,Transport DtTm,Hospital DtTm,Available DtTm';
const { records } = readDay(
  [HEADER, '1,E01,04/09/2020 01:00:00 PM,,,,,,,', '2,E02,04/09/2020 02:00:00 PM,,,,,,,'].join('\n'),
  'America/Los_Angeles',
);
const incidents: readonly HeldIncident[] = records.map(({ call }) => ({ id: `i${call}`, call }));
const assignments: readonly HeldAssignment[] = records.map(({ call, unit }) => ({
  ...{ id: `a${call}`, incident: `i${call}`, unit },
}));
const runs: readonly HeldRun[] = assignments.map(({ id, unit }) => ({ id: `r${id}`, assignment: id, unit }));
const again: HeldIncident = { id: 'again', call: '1' };
const other: HeldIncident = { id: 'other', call: '9' };

describe('what a center holds too many of', () => {
  const told = (more: { incidents?: HeldIncident; assignments?: HeldAssignment; runs?: HeldRun }): readonly string[] =>
    strays(
      records,
      {
        incidents: [...incidents, ...(more.incidents ? [more.incidents] : [])],
        assignments: [...assignments, ...(more.assignments ? [more.assignments] : [])],
        runs: [...runs, ...(more.runs ? [more.runs] : [])],
      },
      'the center',
    ).map(({ held }) => held);

  it('is nothing where it holds the file', () => {
    expect(told({})).toEqual([]);
    expect(strays(records, { incidents: [], assignments: [], runs: [] }, 'the center')).toEqual([]);
  });

  it('is an incident of no call of the file, and a second one of a call', () => {
    expect(told({ incidents: again })).toEqual(['incident again of call 1']);
    expect(told({ incidents: { id: 'none', call: '' } })).toEqual(['incident none of call ']);
  });

  it('is an assignment without its incident, whatever unit it is of', () => {
    expect(told({ assignments: { id: 'a9', incident: 'i9', unit: 'E01' } })).toEqual([
      'assignment a9 of E01, whose incident is missing',
    ]);
  });

  it('is a run record without its assignment, and a second one of a run', () => {
    expect(told({ runs: { id: 'r9', assignment: 'a9', unit: 'E01' } })).toEqual([
      'run record r9 of E01, whose assignment is missing',
    ]);
    expect(told({ runs: { id: 'r9', assignment: 'a1', unit: 'E01' } })).toEqual([
      'run record r9 of E01, the second of its run',
    ]);
  });
});

describe('what a station alone holds too many of', () => {
  const told = (
    held: { incidents: readonly HeldIncident[]; assignments?: readonly HeldAssignment[] },
    atCenter: readonly HeldIncident[],
  ): readonly string[] =>
    aloneAt(records, { assignments: [], ...held }, atCenter, 'there').map((difference) => difference.held);

  it('is each incident of no call of the file and each second one, and none that the center lacks or has', () => {
    const all = { incidents: [...incidents, again, other] };
    const both = ['incident again of call 1', 'incident other of call 9'];
    expect(told(all, incidents)).toEqual(both);
    expect(told(all, [])).toEqual(both);
    expect(told(all, [...incidents, other])).toEqual(both.slice(0, 1));
  });

  it('is each assignment on an incident that the center lacks, but for those that the file has a row for', () => {
    const held = { incidents, assignments };
    expect(told(held, incidents)).toEqual([]);
    expect(told(held, [])).toEqual([]);
    const twice: HeldAssignment = { id: 'a3', incident: 'i1', unit: 'E01' };
    expect(told({ incidents, assignments: [...assignments, twice] }, [])).toEqual(['assignment a3 of E01 on call 1']);
    const more = { incidents: [...incidents, other], assignments: [{ id: 'a9', incident: 'other', unit: 'E01' }] };
    expect(told(more, incidents)).toEqual(['incident other of call 9', 'assignment a9 of E01 on call 9']);
    const none = { incidents, assignments: [{ id: 'a9', incident: 'gone', unit: 'E01' }] };
    expect(told(none, incidents)).toEqual(['assignment a9 of E01, whose incident is missing']);
  });
});
