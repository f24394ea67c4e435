import { beforeEach, describe, expect, it } from 'vitest';
import { entityRef } from '../../kernel/ids.ts';
import { type Console, createConsole } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { incidentRow } from '../views/incident-row.ts';

const CHEST = { code: 'CHEST', text: 'Chest pain' };
const FALL = { code: 'FALL', text: 'Fall' };
const OTHER = { code: 'OTHER', text: 'something else' };

let at: Console;
beforeEach(() => {
  at = createConsole('k', TEST_ROSTER);
});

function edited(set: object): { readonly said: string; readonly priority: string | null } {
  const outcome = act('incident.edit', { incident: 'k1', set }, at);
  const folded = at.world.entity(entityRef('incident', 'k1'));
  return {
    said: outcome.ok ? outcome.value.said : outcome.refusal.code,
    priority: folded ? incidentRow(folded, [], at.world).priority : null,
  };
}

describe('another nature of a call', () => {
  it('brings its priority, whoever changes it and wherever, and says so', () => {
    act('incident.open', { location: { text: 'A street' }, nature: FALL }, at);
    expect(edited({ nature: CHEST })).toEqual({
      said: '26-K0001 nature Chest pain, priority 1',
      priority: '1',
    });
    expect(edited({ nature: FALL })).toMatchObject({ priority: '3' });
  });

  it('brings none where somebody had chosen another than the nature before gave, or chooses one with it', () => {
    act('incident.open', { location: { text: 'A street' }, nature: FALL, priority: '2' }, at);
    expect(edited({ nature: CHEST })).toEqual({ said: '26-K0001 nature Chest pain', priority: '2' });
    expect(edited({ nature: FALL, priority: '4' })).toMatchObject({ priority: '4' });
  });

  it('brings none where it is of no list, and its own to a call that had such a one without a priority', () => {
    act('incident.open', { location: { text: 'A street' }, nature: OTHER }, at);
    expect(edited({ nature: { ...OTHER, text: 'something worse' } })).toMatchObject({ priority: null });
    expect(edited({ nature: FALL })).toMatchObject({ priority: '3' });
    expect(edited({ nature: OTHER })).toMatchObject({ priority: '3' });
  });
});
