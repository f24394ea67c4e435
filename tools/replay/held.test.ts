import { describe, expect, it } from 'vitest';
import type { TimeElement } from '../../domain/cad/status.ts';
import { differences, type HeldRow, isBehind } from './held.ts';

import { type DispatchRecord, readDay } from './records.ts';
import { priorityOf } from './roster.ts';

const ZONE = 'America/Los_Angeles';
const HEADER =
  'Call Number,Unit ID,Received DtTm,Entry DtTm,Dispatch DtTm,Response DtTm,On Scene DtTm,Transport DtTm,Hospital DtTm,Available DtTm,Call Type,Call Final Disposition,Address';
const t = (time: string) => `04/09/2020 ${time} PM`;
const { records } = readDay(
  [
    HEADER,
    `1,E01,${t('01:00:00')},${t('01:01:00')},${t('01:02:00')},${t('01:03:00')},${t('01:04:00')},,,${t('01:09:00')},Alarms,Fire,A ST`,
    `2,E02,${t('02:00:00')},,${t('02:02:00')},,,,,,Alarms,Fire,B ST`,
  ].join('\n'),
  ZONE,
);

/** A row as a center holds it that holds all of it. */
function heldOf(record: DispatchRecord): HeldRow {
  const { times } = record;
  const own = {
    unitNotified: times.dispatch,
    enRoute: times.response,
    onScene: times.onScene,
    leftScene: times.transport,
    atDestination: times.hospital,
    backInService: times.available,
  };
  return {
    call: record.call,
    unit: record.unit,
    nth: 0,
    answeredAt: times.received,
    enteredAt: times.entry,
    times: own,
    run: times.available === null ? null : own,
    type: record.type,
    disposition: record.disposition,
    address: record.address,
    city: '',
    station: '',
    alarms: 1,
    priority: priorityOf(record),
    coordinates: null,
    references: record.references,
  };
}
const held = records.map(heldOf);
const first = held[0] as HeldRow;
const told = (rows: readonly HeldRow[]) =>
  differences(records, rows, ZONE, 'the center').map(({ line, column }) => `${line} ${column}`);

describe('what differs from the file', () => {
  it('is nothing where all of it is held', () => {
    expect(told(held)).toEqual([]);
  });

  it('is each time that is another second, missing, or too many', () => {
    const columns: { readonly [E in TimeElement]?: string } = {
      unitNotified: 'Dispatch DtTm',
      enRoute: 'Response DtTm',
      onScene: 'On Scene DtTm',
      leftScene: 'Transport DtTm',
      atDestination: 'Hospital DtTm',
      backInService: 'Available DtTm',
    };
    for (const [element, column] of Object.entries(columns)) {
      const was = first.times[element as TimeElement] ?? null;
      for (const at of was === null ? [Date.UTC(2020, 3, 9)] : [was + 1_000, null]) {
        const times = { ...first.times, [element]: at };
        expect(told([{ ...first, times }, ...held.slice(1)])).toEqual([`2 ${column}`]);
        expect(told([{ ...first, run: times }, ...held.slice(1)])).toEqual([`2 ${column} of the run record`]);
      }
    }
  });

  it('is a run that ended and has no record, and a row that is nowhere, or there twice', () => {
    expect(told([{ ...first, run: null }, ...held.slice(1)])).toEqual(['2 run record']);
    expect(told(held.slice(1))).toEqual(['2 Unit ID']);
    expect(told([...held, first])).toEqual(['0 Unit ID']);
  });

  it('is nothing where a unit was sent to one call a dozen times, in whatever order its runs are listed', () => {
    const rows = Array.from({ length: 12 }, (_, i) => `3,E03,${t('03:00:00')},,${t(`04:${10 + i}:00`)},,,,,,,,`);
    const many = readDay([HEADER, ...rows].join('\n'), ZONE).records;
    const runs = many.map((record, nth) => ({
      ...heldOf(record),
      ...{ nth, type: 'Unknown', disposition: 'Not recorded', address: 'Not recorded' },
    }));
    const byId = runs.toSorted((a, b) => (String(a.nth) < String(b.nth) ? -1 : 1));
    expect(differences(many, byId, ZONE, 'the center')).toEqual([]);
  });

  it('is a time of the other of the two hours that a clock shows twice, and one that is less than a second off', () => {
    const twice = `4,E04,11/01/2020 01:10:00 AM,,11/01/2020 01:30:00 AM,,,,,,Alarms,Fire,D ST`;
    const [record] = readDay([HEADER, twice].join('\n'), ZONE).records;
    const row = heldOf(record as DispatchRecord);
    const at = record?.times.dispatch ?? 0;
    const off = (by: number) =>
      differences(record ? [record] : [], [{ ...row, times: { ...row.times, unitNotified: at + by } }], ZONE, 'it');
    expect(off(0)).toEqual([]);
    for (const by of [3_600_000, 1]) {
      const [found] = off(by);
      expect([found?.column, found?.file === found?.held]).toEqual(['Dispatch DtTm', false]);
    }
  });

  it('may be a record that the center has not made yet, where a run ended', () => {
    expect(held.map(isBehind)).toEqual([false, false]);
    expect(isBehind({ ...first, run: null })).toBe(true);
    expect(isBehind({ ...first, run: { ...first.times, onScene: null } })).toBe(true);
    const { run: _, ...notAsked } = first;
    expect(isBehind(notAsked)).toBe(false);
  });
});
