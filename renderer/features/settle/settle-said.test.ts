import { expect, it } from 'vitest';
import { incidentRowOf, unitRowOf } from '../../testing/rows.ts';
import { settleSaid } from './settle-said.ts';
import { toSettleOf } from './to-settle.ts';

const conflict = (entity: string, title: string) => ({ entity, register: 'r', title, sides: [] });

it('what came to be settled is said by what it is of, three of it at most, with the key that goes there', () => {
  const incidents = ['1', '2', '3', '4'].map((number) =>
    incidentRowOf(`26-0000${number}`, { conflicts: [conflict(`incident:${number}`, 'location')] }),
  );
  const unit = unitRowOf({ conflicts: [conflict('unit:m36', 'M36 on two incidents')] });
  const board = {
    incidents: Object.fromEntries(incidents.map((row) => [row.id, row])),
    units: { [unit.id]: unit },
  };
  expect(settleSaid([], board, 'F7')).toBe('');
  const all = toSettleOf(incidents, [unit]);
  expect(settleSaid(all.slice(0, 1), board, 'F7')).toBe('To settle: 26-00001, location. F7 goes there.');
  expect(settleSaid(toSettleOf([], [unit]), board, 'Ctrl-J')).toBe(
    'To settle: M36 on two incidents. Ctrl-J goes there.',
  );
  expect(settleSaid(all, board, 'F7')).toBe(
    'To settle: 26-00001, location; 26-00002, location; 26-00003, location; 2 more. F7 goes there.',
  );
});
