import { describe, expect, it } from 'vitest';
import type { UnitRow } from '#domain/bridge/topics.ts';
import { reasonAndMinutes } from '#domain/cad/command/reason-and-minutes.ts';
import { columnsOf, groupsOf, unitBeside } from './unit-columns.ts';

const unit = (callsign: string, kind: string) => ({ id: callsign, callsign, kind }) as UnitRow;
const many = (prefix: string, kind: string, count: number) =>
  Array.from({ length: count }, (_, i) => unit(`${prefix}${i + 1}`, kind));
const said = (columns: ReturnType<typeof columnsOf>) =>
  columns.map((column) =>
    column.map((line) => (line.kind === 'head' ? `[${line.title}${line.again ? '…' : ''}]` : line.unit.callsign)),
  );

describe('columns of units', () => {
  it('put kinds in their order, units by number', () => {
    const groups = groupsOf([
      unit('E2', 'engine'),
      unit('M10', 'ambulance'),
      unit('M2', 'ambulance'),
      unit('Z1', 'zeppelin'),
    ]);
    expect(groups.map((group) => [group.title, ...group.units.map((one) => one.callsign)])).toEqual([
      ['ambulance', 'M2', 'M10'],
      ['engine', 'E2'],
      ['zeppelin', 'Z1'],
    ]);
  });
  it('keep a kind together where that costs little', () => {
    const groups = groupsOf([...many('M', 'ambulance', 4), ...many('E', 'engine', 3), ...many('T', 'truck', 1)]);
    expect(said(columnsOf(groups, 2))).toEqual([
      ['[ambulance]', 'M1', 'M2', 'M3', 'M4'],
      ['[engine]', 'E1', 'E2', 'E3', '[truck]', 'T1'],
    ]);
  });
  it('go on with a long kind in the next column, under its name, and lose nobody', () => {
    const groups = groupsOf([...many('M', 'ambulance', 20), unit('E1', 'engine')]);
    const columns = columnsOf(groups, 3);
    expect(columns.length).toBe(3);
    expect(said(columns)[1]?.[0]).toBe('[ambulance…]');
    const units = columns.flat().filter((line) => line.kind === 'unit');
    expect(units.length).toBe(21);
  });
  it('are walked by arrows: on in the next column, across on the same line', () => {
    const columns = columnsOf(groupsOf([...many('M', 'ambulance', 2), ...many('E', 'engine', 2)]), 2);
    expect(unitBeside(columns, null, 'ArrowDown')).toBe('M1');
    expect(unitBeside(columns, 'M2', 'ArrowDown')).toBe('E1');
    expect(unitBeside(columns, 'E1', 'ArrowUp')).toBe('M2');
    expect(unitBeside(columns, 'M2', 'ArrowRight')).toBe('E2');
    expect(unitBeside(columns, 'E2', 'ArrowRight')).toBe('E2');
    expect(unitBeside(columns, 'E2', 'Home')).toBe('M1');
  });
});

describe('out of service as typed', () => {
  it('takes minutes from the end', () => {
    expect(reasonAndMinutes('restock 20')).toEqual({ reason: 'restock', minutes: 20 });
    expect(reasonAndMinutes('  flat tyre ')).toEqual({ reason: 'flat tyre', minutes: null });
  });
});
