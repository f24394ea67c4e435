import { expect, it } from 'vitest';
import { createConsole, idsOf } from '../../domain/cad/testing/memory-world.ts';
import { act } from '../../domain/cad/testing/random-actions.ts';
import { TEST_ROSTER } from '../../domain/cad/testing/roster.ts';
import { type EntityRef, entityRef } from '../../domain/kernel/ids.ts';
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

it('makes the rows of incidents again that name one that was erased: nothing of that one itself tells which', () => {
  const at = createConsole('a', TEST_ROSTER);
  for (const text of ['A street', 'B street', 'C street'])
    act('incident.open', { location: { text }, nature: { code: 'FALL', text: 'Fall' } }, at);
  const [one, merged, erased] = idsOf(at.world, 'incident').map((id) => entityRef('incident', id));
  if (!one || !merged || !erased) throw new Error('three were opened');
  const link = { type: 'incident.linked', v: 1, at: 0, about: [one, erased], replaces: [], body: { linked: true } };
  const merge = { type: 'incident.merged', v: 1, at: 0, about: [merged, erased], replaces: [], body: { merged: true } };
  at.world.add(createConsole('b', TEST_ROSTER).append([link, merge]));
  const world = {
    ...at.world,
    entity: (ref: EntityRef) => (ref === erased ? undefined : at.world.entity(ref)),
    factsOf: (ref: EntityRef) => (ref === erased ? [] : at.world.factsOf(ref)),
  };
  expect([...rowsTouched(world, NOTHING, [erased])].sort()).toEqual([one, merged, erased].sort());
});
