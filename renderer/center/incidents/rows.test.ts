import { describe, expect, it } from 'vitest';
import { endSaid, type Incident, incidentSaid, objectionTo, stateSaid, timesOfRun } from './rows.ts';

const FIELDS: Incident['fields'] = {
  ...{ number: '26-00417', natureCode: '10', natureText: 'Chest pain', priority: '2', zone: null, alarm: null },
  ...{ life: 'open', answeredAt: 1, closedAt: null, disposition: null, mergedInto: null },
};

describe('incidents on the page', () => {
  it('are called by their number and nature', () => {
    expect(incidentSaid({ fields: FIELDS })).toBe('26-00417 Chest pain');
    expect(incidentSaid({ fields: { ...FIELDS, number: null, natureText: null } })).toBe('without a number');
  });

  it('say how they ended', () => {
    expect(stateSaid(FIELDS)).toBe('open');
    expect(stateSaid({ ...FIELDS, life: 'closed' })).toBe('closed');
    expect(stateSaid({ ...FIELDS, life: 'closed', disposition: 'Transported' })).toBe('closed: Transported');
    expect(endSaid({ ...FIELDS, life: 'closed', disposition: 'Transported' })).toBe('Transported');
    expect([endSaid(FIELDS), endSaid({ ...FIELDS, life: 'closed' })]).toEqual(['open', 'closed']);
    expect(stateSaid({ ...FIELDS, life: 'closed', mergedInto: 'x' })).toBe('merged');
  });

  it('have runs with the times that were recorded', () => {
    const fields = { unit: 'm36', ordinal: null, status: 'available', destination: null, enRoute: 5, onScene: null };
    expect(timesOfRun({ id: 'a', fields })).toEqual({ enRoute: 5 });
  });

  it('are looked for by what can be one', () => {
    expect(objectionTo('number', ' ')).toMatch(/26-00417/);
    expect(objectionTo('number', '26-1')).toBeNull();
    expect(objectionTo('callback', '(4) 1')).toMatch(/three digits/);
    expect(objectionTo('callback', '555-0142')).toBeNull();
  });
});
