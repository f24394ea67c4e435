import { describe, expect, it } from 'vitest';
import { stepsOf } from './plan.ts';
import { type DispatchRecord, readDay } from './records.ts';
import { rosterOf } from './roster.ts';
import { type IncidentFact, otherUnits, unsaid } from './said.ts';
import { fieldsOf } from './step.ts';

const ZONE = 'America/Los_Angeles';
const HEADER =
  'Call Number,Unit ID,Received DtTm,Entry DtTm,Dispatch DtTm,Response DtTm,On Scene DtTm,Transport DtTm,Hospital DtTm,Available DtTm,Call Type,Call Final Disposition,Address,City,Box,Number of Alarms,Location,Unit Type,ALS Unit';
const day = (rows: readonly string[]): readonly DispatchRecord[] => readDay([HEADER, ...rows].join('\n'), ZONE).records;
const t = (time: string) => `04/09/2020 ${time} PM`;
const ROWS = [
  `1,E01,${t('01:00:00')},${t('01:01:00')},${t('01:02:00')},,,,,${t('01:09:00')},Alarms,Fire,A ST,SF,12,1,"(37.1, -122.1)",ENGINE,true`,
  `1,M01,${t('01:00:30')},,${t('01:03:00')},,,,,${t('01:08:00')},Medical Incident,No Merit,B ST,SF,15,2,"(37.2, -122.2)",MEDIC,true`,
  `1,E02,${t('01:00:40')},${t('01:01:50')},${t('01:04:00')},,,,,${t('01:07:00')},Outside Fire,Other,C ST,,14,3,,ENGINE,false`,
  `2,E02,${t('02:00:00')},${t('02:01:00')},${t('02:02:00')},,,,,${t('02:09:00')},Alarms,Fire,A ST,SF,12,1,,TRUCK,true`,
];

/** What a center has of a call once its steps were played. */
function playedOf(records: readonly DispatchRecord[], call: string): readonly IncidentFact[] {
  return stepsOf(records).flatMap((step): IncidentFact[] => {
    if (step.do === 'open' && step.first.call === call) {
      const { first } = step;
      return [
        {
          type: 'incident.opened',
          body: {
            ...{ ...fieldsOf(first), references: first.references },
            answeredAt: first.times.received ?? step.at,
          },
        },
        ...(first.times.entry === null
          ? []
          : [{ type: 'time.recorded', body: { element: 'dispatchNotified', at: first.times.entry } }]),
      ];
    }
    if (step.do === 'note' && step.record.call === call) return [{ type: 'incident.noted', body: { text: step.text } }];
    if (step.do !== 'edit' || step.record.call !== call) return [];
    const { record } = step;
    return [
      { type: 'incident.edited', body: { ...fieldsOf(record), references: record.references } },
      { type: 'time.amended', body: { element: 'psapCall', at: record.times.received } },
      { type: 'time.amended', body: { element: 'dispatchNotified', at: record.times.entry } },
    ];
  });
}

const records = day(ROWS);
const facts = new Map(['1', '2'].map((call) => [call, playedOf(records, call)]));
const found = (rows: readonly string[], held = facts) => {
  const of = day(rows);
  return unsaid(of, held, rosterOf(of).units, ZONE, 'the center').map(({ line, column }) => `${line} ${column}`);
};
/** The file with one text of one of its lines another one. */
const changed = (line: number, from: string, to: string): string[] => {
  expect(ROWS[line - 2]).toContain(from);
  return ROWS.map((row, i) => (i === line - 2 ? row.replace(from, to) : row));
};

describe('what rows of a call say that do not count for its incident', () => {
  it('is all in its history, in fields and in notes', () => {
    expect(found(ROWS)).toEqual([]);
    const notes = [...facts.values()].flat().flatMap(({ body }) => body.text ?? []);
    expect(notes).toEqual([
      'Call Final Disposition: Fire',
      'Call Final Disposition: No Merit',
      'Entry DtTm: empty',
      'ALS Unit of E02: false',
      'Unit Type of E02: TRUCK',
    ]);
  });

  it('is missed where the file says another thing than was played, in whichever row', () => {
    const cases: readonly (readonly [number, string, string, string])[] = [
      [2, '01:00:00 PM', '01:00:01 PM', '2 Received DtTm'],
      [2, '04/09/2020 01:00:00 PM', '', '2 Received DtTm'],
      [3, '01:00:30 PM', '01:00:31 PM', '3 Received DtTm'],
      [2, '01:01:00 PM', '01:01:01 PM', '2 Entry DtTm'],
      [2, 'Alarms', 'Alarm', '2 Call Type'],
      [3, 'No Merit', 'Fire', '0 history'],
      [3, 'No Merit', 'Merit', '3 Call Final Disposition'],
      [3, 'B ST', 'B AV', '3 Address'],
      [3, 'SF', 'LA', '3 City'],
      [2, ',12,', ',13,', '2 Box'],
      [3, ',2,', ',4,', '3 Number of Alarms'],
      [3, '37.2', '37.3', '3 Location'],
      [5, 'TRUCK', 'CHIEF', '5 Unit Type of E02'],
      [5, 'TRUCK', 'ENGINE', '0 history'],
    ];
    // Of the last row, which counts, the comparison with what is held speaks.
    expect(found(changed(5, '04/09/2020 02:01:00 PM', ''))).toEqual([]);
    for (const [line, from, to, expected] of cases) expect(found(changed(line, from, to)), to).toContain(expected);
    // Of what a column of another row says nothing is missed.
    for (const [line, from, to, expected] of cases)
      expect(
        found(changed(line, from, to)).every((one) => one === expected || one === '0 history'),
        to,
      ).toBe(true);
  });

  it('is too much where history says what no row says, unless somebody else noted it', () => {
    const also = (body: IncidentFact['body'], type = 'incident.edited') =>
      found(ROWS, new Map([...facts, ['2', [...(facts.get('2') ?? []), { type, body }]]]));
    expect(also({ nature: { text: 'Else' } })).toEqual(['0 history']);
    expect(also({ text: 'Call Final Disposition: Else' }, 'incident.noted')).toEqual(['0 history']);
    expect(also({ text: 'Caller will meet us' }, 'incident.noted')).toEqual([]);
  });
});

describe('what the roster says of a unit', () => {
  it('is its first kind and the most that any row says of its care', () => {
    const { units } = rosterOf(records);
    const held = units.map(({ als, ...unit }) => ({ ...unit, capabilities: [als ? 'ALS' : 'BLS'] }));
    expect(otherUnits(records, units, held, 'the center')).toEqual([]);
    const other = held.map((unit) => (unit.callsign === 'M01' ? { ...unit, kind: 'engine', capabilities: [] } : unit));
    expect(otherUnits(records, units, other, 'the center').map(({ line, column }) => `${line} ${column}`)).toEqual([
      '3 Unit Type',
      '3 ALS Unit',
    ]);
  });

  it("is the file's own word for it: a private ambulance is none of the city's medics", () => {
    const { units } = rosterOf(records);
    expect(units.map(({ kind }) => kind)).toEqual(['ENGINE', 'ENGINE', 'MEDIC']);
    const held = units.map(({ als, ...unit }) => ({ ...unit, capabilities: [als ? 'ALS' : 'BLS'] }));
    const other = day(changed(3, 'MEDIC', 'PRIVATE'));
    expect(otherUnits(other, rosterOf(other).units, held, 'the center')).toEqual([
      { line: 3, where: 'the center', column: 'Unit Type', file: 'PRIVATE', held: 'MEDIC' },
    ]);
  });
});
