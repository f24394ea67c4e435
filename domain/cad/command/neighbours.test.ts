import { beforeEach, describe, expect, it } from 'vitest';
import type { UnitRow } from '../../bridge/topics.ts';
import { entityRef } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { type Console, createConsole } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { typedAt } from '../testing/typed-lines.ts';
import { unitRowOf } from '../views/unit-row.ts';
import { completeCommand } from './complete.ts';
import { parseCommand } from './parse.ts';
import { decideCommand } from './run.ts';
import { vocabularyOf, vocabularyOfRows } from './vocabulary.ts';

let at: Console;

describe('units of another site', () => {
  const lent = (callsign: string) => ({ callsign, kind: 'ambulance', site: 'north' });
  const roster = {
    ...TEST_ROSTER,
    neighbour: { north: { name: 'North Bay' } },
    neighbour_unit: { n12: lent('N12'), m36n: lent('M36'), m9n: lent('M9'), m1n: lent('M1') },
  };
  const { run } = typedAt(() => at);
  const unitsOf = (line: string): unknown => {
    const parsed = parseCommand(line, vocabularyOf(at.world, at.means.now));
    return parsed.kind === 'calls' ? parsed.calls.map(({ input }) => ('units' in input ? input.units : input)) : parsed;
  };
  beforeEach(() => {
    at = createConsole('k', roster);
    act('incident.open', { location: { text: '1200 Oak St' }, nature: { code: 'CHEST', text: 'Chest pain' } }, at);
  });

  it('are sent by their callsign, with a warning of whose they are, and have a row while they are lent', () => {
    expect(unitRowOf('unit:n12', at.world)).toBeNull();
    const decided = decideCommand({ line: 'D N12 0001', selected: null, confirm: false }, at.world, at.means);
    if (!decided.ok) throw new Error(decided.refusal.message);
    expect(decided.value.warned?.rules.map(({ reason }) => reason)).toEqual([
      'N12 is of North Bay: they are shown the call through the center, and a supervisor there confirms it.',
    ]);
    at.append(decided.value.drafts);
    expect(unitRowOf('unit:n12', at.world)).toMatchObject({
      callsign: 'N12',
      kind: 'ambulance of North Bay',
      code: 'DP',
    });
    expect(run('AV N12')).toBe('N12 available 26-K0001');
    expect(unitRowOf('unit:n12', at.world)).toBeNull();
  });

  it('never stand in the way of one’s own: not by the same callsign, nor by the beginning of one', () => {
    expect(unitsOf('D M36 0001')).toEqual([['m36']]);
    expect(unitsOf('D M3 0001')).toEqual([['m36']]);
    expect(unitsOf('D M9 0001')).toEqual([['m9n']]);
    // A whole callsign is never taken for the beginning of another.
    expect(unitsOf('D M1 0001')).toEqual([['m1n']]);
    const labels = completeCommand('D ', vocabularyOf(at.world, at.means.now)).map(({ label }) => label);
    expect(labels.slice(0, 7)).toEqual([
      ...['E06', 'M14', 'M36', 'T01'],
      ...['M1 of North Bay', 'M36 of North Bay', 'M9 of North Bay'],
    ]);
  });

  it('have calls of their own, of which a refusal says how they come to be known here', () => {
    const how = 'One of another site can be named once it shares it: by sending one of your units, or by linking it.';
    expect(run('D M36 9999')).toBe(`incident.unknown: No incident ends in 9999. ${how}`);
    expect(run('D M36 9999', 'k1')).toBe(`incident.unknown: There is no incident 9999. ${how}`);
  });

  it('are read alike by a window', () => {
    run('D N12 0001');
    const units = ['m36', 'm14', 'e06', 't01', 'n12'].map(
      (id) => unitRowOf(entityRef('unit', id), at.world) as UnitRow,
    );
    const tables = Object.entries(roster).map(([kind, of]) => [
      kind,
      Object.fromEntries(Object.entries(of).map(([id, body]) => [id, { id, body: body as unknown as Json }])),
    ]);
    const seen = vocabularyOfRows({ incidents: [], units, roster: Object.fromEntries(tables) }, at.means.now).units();
    const held = vocabularyOf(at.world, at.means.now).units();
    expect([...seen].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([...held].sort((a, b) => (a.id < b.id ? -1 : 1)));
  });
});
