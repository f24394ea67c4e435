import { expect, it } from 'vitest';
import { createConsole, idsOf } from '../../domain/cad/testing/memory-world.ts';
import { act } from '../../domain/cad/testing/random-actions.ts';
import { TEST_ROSTER } from '../../domain/cad/testing/roster.ts';
import { entityRef } from '../../domain/kernel/ids.ts';
import { rowsTouched } from './touched.ts';

const NOTHING = { entities: [], records: [] };

it('makes the row of an incident again that names another in what is contested or linked, once that one has its number', () => {
  const at = createConsole('a', TEST_ROSTER);
  act('incident.open', { location: { text: 'A street' }, nature: { code: 'FALL', text: 'Fall' } }, at);
  act('incident.open', { location: { text: 'B street' }, nature: { code: 'FALL', text: 'Fall' } }, at);
  const [one, other] = idsOf(at.world, 'incident').map((id) => entityRef('incident', id));
  if (!one || !other) throw new Error('two were opened');
  expect([...rowsTouched(at.world, NOTHING, [other])]).toEqual([other]);
  const linked = { type: 'incident.linked', v: 1, at: 0, about: [one, other], replaces: [], body: { linked: true } };
  at.world.add(createConsole('b', TEST_ROSTER).append([linked]));
  expect([...rowsTouched(at.world, NOTHING, [other])].sort()).toEqual([one, other].sort());
});
