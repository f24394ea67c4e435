/** Which agencies' numbers the form of a call asks for. */
import { expect, it } from 'vitest';
import { unitChip } from '../../testing/rows.ts';
import { agenciesAsked } from './agency-numbers.ts';

const agency = (short: string) => ({
  id: short.toLowerCase(),
  body: { short, name: `Agency ${short}`, discipline: 'fire' as const },
});
const some = (...shorts: string[]) => Object.fromEntries(shorts.map((short) => [short.toLowerCase(), agency(short)]));
const UNIT = { callsign: 'E1', kind: 'engine', agency: 'hc-fd', home: null, capabilities: [], active: true };
const asked = (row: Parameters<typeof agenciesAsked>[0], agencies: ReturnType<typeof some>) =>
  agenciesAsked(row, agencies, { u: { id: 'u', body: UNIT } });

it('are all where they are few, by their short names, under which an incident can keep a number', () => {
  expect(asked(null, some('SO', 'HC-FD', '消防'))).toEqual([
    { system: 'HC_FD', short: 'HC-FD', name: 'Agency HC-FD' },
    { system: 'SO', short: 'SO', name: 'Agency SO' },
  ]);
});

it('are of many those that have a unit on the call or a number of it', () => {
  const many = some('SO', 'HC-FD', 'PD', 'AMB', 'CHP');
  expect(asked(null, many)).toEqual([]);
  const row = { units: [unitChip({ unit: 'u' })], references: { PD: '26-1', box: '13' } };
  expect(asked(row, many).map(({ short }) => short)).toEqual(['HC-FD', 'PD']);
});
