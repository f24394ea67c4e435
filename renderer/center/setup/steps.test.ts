import { describe, expect, it } from 'vitest';
import { readiness, type SiteRecords, type StepId, stepsOf } from './steps.ts';

const EMPTY: SiteRecords = {
  site: 's1',
  name: 'North Bay 911',
  profile: null,
  staff: [],
  workstations: [],
  positions: [],
  agencies: [],
  units: [],
  facilities: [],
  natures: [],
  dispositions: [],
};
const step = (id: StepId, over: Partial<SiteRecords>) => stepsOf({ ...EMPTY, ...over }).find((one) => one.id === id);
const person = (over: object) => ({
  id: 'p',
  name: 'Ada',
  roles: ['dispatcher' as const],
  site: 's1',
  state: 'active' as const,
  ...over,
});
const unit = (active: boolean) => ({
  id: 'u',
  version: 1,
  body: { callsign: 'M1', kind: 'ambulance', agency: null, home: null, capabilities: [], active },
});

describe('what a PSAP still lacks', () => {
  it('is everything at first, named in one sentence; what is advised does not hold it up', () => {
    expect(readiness(stepsOf(EMPTY)).sentence).toBe(
      'Before it can take calls: name and time zone, people, positions, workstations, units, natures and dispositions.',
    );
  });
  it('comes in an order in which what is chosen was set up before: a unit has an agency and a home', () => {
    const order = stepsOf(EMPTY).map(({ id }) => id);
    expect(order.indexOf('units')).toBeGreaterThan(order.indexOf('agencies'));
    expect(order.indexOf('units')).toBeGreaterThan(order.indexOf('facilities'));
  });
  it('counts who can dispatch here, not who is invited, inactive or of another site', () => {
    expect(step('people', { staff: [person({})] })?.state).toBe('done');
    expect(step('people', { staff: [person({ site: null })] })?.state).toBe('done');
    expect(step('people', { staff: [person({ site: 's2' })] })?.state).toBe('missing');
    expect(step('people', { staff: [person({ state: 'inactive' })] })?.state).toBe('missing');
    expect(step('people', { staff: [person({ roles: ['admin'] })] })?.state).toBe('missing');
    expect(step('people', { staff: [person({ state: 'invited' })] })).toMatchObject({
      state: 'waiting',
      has: '0 people, 1 invited',
    });
  });
  it('waits for a workstation to be approved, and takes no revoked one for one that is there', () => {
    const at = (state: 'enrolled' | 'waiting' | 'revoked') => ({ station: state, name: `Console ${state}`, state });
    expect(step('workstations', { workstations: [at('revoked')] })?.state).toBe('missing');
    expect(step('workstations', { workstations: [at('enrolled'), at('waiting')] })).toMatchObject({
      state: 'waiting',
      next: 'Approve Console waiting.',
    });
    expect(step('workstations', { workstations: [at('enrolled')] })?.state).toBe('done');
  });
  it('counts units in use alone', () => {
    expect(step('units', { units: [unit(false)] })?.state).toBe('missing');
    expect(step('units', { units: [unit(true)] })).toMatchObject({ state: 'done', has: '1 unit in use' });
  });
});
