import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IDENTITY_ACTIONS } from '../identity/actions.ts';
import { MODULES, recordActions } from '../modules.ts';
import { type ActionType, STEP_UP_MS } from './action.ts';
import { type Asker, authorise, type Circumstances } from './authorise.ts';
import { type ModuleSwitch, modulesOff } from './module-switch.ts';
import { STATE_ALLOWS, STATE_MOVES } from './organisation.ts';
import { restrictionsOf } from './restriction.ts';

const NOW = 1_800_000_000_000;
const GOOD: Circumstances = { state: 'ACTIVE', off: new Map(), restrictions: new Map() };
const asker = (more: Partial<Asker> = {}): Asker => ({
  user: 'ann',
  roles: ['admin'],
  site: null,
  agency: null,
  provenAt: NOW,
  secondFactor: 'given',
  ...more,
});
const rulesOf = (...args: Parameters<typeof authorise>): readonly string[] =>
  authorise(...args).rules.map(({ rule }) => rule);
const chart = recordActions('chart')?.read as ActionType;
const nature = recordActions('nature')?.write as ActionType;

describe('authorise', () => {
  it('denies by default: no role, no way in (ASVS 8.2.1)', () => {
    for (const action of MODULES.flatMap((module) => module.actions)) {
      expect(authorise(action, asker({ roles: [] }), GOOD, NOW).verdict).toBe('BLOCK');
    }
  });

  it('allows a role that the action names, and says which would', () => {
    const change = IDENTITY_ACTIONS['people.change'];
    expect(authorise(change, asker(), GOOD, NOW).verdict).toBe('ALLOW');
    const refused = authorise(change, asker({ roles: ['dispatcher'] }), GOOD, NOW);
    expect(refused.rules[0]).toMatchObject({ rule: 'role@1', verdict: 'BLOCK', evidence: ['dispatcher'] });
    expect(refused.rules[0]?.reason).toContain('It needs Administrator.');
  });

  it('holds people to their site, their agency and their own (ASVS 8.2.2)', () => {
    const north = asker({ site: 'north', agency: 'fire' });
    const change = IDENTITY_ACTIONS['people.change'];
    expect(authorise(change, north, GOOD, NOW, { site: 'north' }).verdict).toBe('ALLOW');
    expect(rulesOf(change, north, GOOD, NOW, { site: 'south' })).toEqual(['reach@1']);
    expect(rulesOf(change, north, GOOD, NOW, { site: null })).toEqual(['reach@1']);
    expect(authorise(chart, north, GOOD, NOW, { site: 'north', agency: 'fire' }).verdict).toBe('ALLOW');
    expect(rulesOf(chart, north, GOOD, NOW, { site: 'north', agency: 'private' })).toEqual(['reach@1']);
    expect(rulesOf(IDENTITY_ACTIONS['modules.switch'], north, GOOD, NOW)).toEqual(['reach@1']);
    // One agency's, at whatever sites, is not the whole organisation's.
    const agencys = asker({ site: null, agency: 'fire' });
    for (const action of MODULES.flatMap(({ actions }) => actions).filter(({ reach }) => reach === 'organisation')) {
      expect(rulesOf(action, agencys, GOOD, NOW), action.name).toContain('reach@1');
    }
    const own: ActionType = { ...change, reach: 'own' };
    expect(authorise(own, north, GOOD, NOW, { owner: 'ann' }).verdict).toBe('ALLOW');
    expect(rulesOf(own, north, GOOD, NOW, { owner: 'bob' })).toEqual(['reach@1']);
  });

  it('asks anew who one is before anything that makes a code by which somebody comes in (ASVS 7.5.3)', () => {
    const stale = asker({ provenAt: NOW - STEP_UP_MS - 1 });
    for (const name of ['people.invite', 'people.reset_password', 'sites.create']) {
      const action = MODULES.flatMap(({ actions }) => actions).find((of) => of.name === name);
      expect(action && rulesOf(action, stale, GOOD, NOW), name).toEqual(['step-up@1']);
    }
  });

  it('ends at their own chart for who runs calls, unless another role of theirs goes further (ASVS 8.2.2)', () => {
    const pam = asker({ user: 'pam', roles: ['provider'] });
    expect(authorise(chart, pam, GOOD, NOW).verdict).toBe('ALLOW');
    expect(authorise(chart, pam, GOOD, NOW, { owner: 'pam' }).verdict).toBe('ALLOW');
    const anothers = authorise(chart, pam, GOOD, NOW, { owner: 'bob' });
    expect(anothers.rules).toMatchObject([{ rule: 'own@1', verdict: 'BLOCK', evidence: ['chart.read'] }]);
    expect(anothers.rules[0]?.reason).toContain('another person’s');
    expect(authorise(chart, pam, GOOD, NOW, { owner: null }).rules[0]?.reason).toContain('claimed');
    for (const role of ['medical_director', 'quality_reviewer', 'biller', 'supervisor'] as const) {
      const goesFurther = asker({ user: 'pam', roles: ['provider', role] });
      expect(authorise(chart, goesFurther, GOOD, NOW, { owner: 'bob' }).verdict, role).toBe('ALLOW');
    }
  });

  it('withholds from a role what the organisation took away from it, and says so (ASVS 8.2.1)', () => {
    const restrictions = restrictionsOf([
      { role: 'supervisor', withheld: [{ permission: 'chart.read', reason: 'we are small', since: NOW }] },
    ]);
    const narrowed: Circumstances = { ...GOOD, restrictions };
    const sue = asker({ user: 'sue', roles: ['supervisor'] });
    const refused = authorise(chart, sue, narrowed, NOW);
    expect(refused.rules).toMatchObject([{ rule: 'restriction@1', verdict: 'BLOCK', evidence: ['supervisor'] }]);
    expect(refused.rules[0]?.reason).toContain('from the role Supervisor: we are small');
    expect(authorise(chart, asker({ roles: ['biller'] }), narrowed, NOW).verdict).toBe('ALLOW');
    // Another role of theirs is theirs still, with where that role ends.
    const both = asker({ user: 'sue', roles: ['supervisor', 'provider'] });
    expect(authorise(chart, both, narrowed, NOW, { owner: 'sue' }).verdict).toBe('ALLOW');
    expect(rulesOf(chart, both, narrowed, NOW, { owner: 'bob' })).toEqual(['own@1']);
    // Taking away gives nothing: who had no right to it is told so as before.
    expect(rulesOf(chart, asker({ roles: ['pilot'] }), narrowed, NOW)).toEqual(['role@1']);
  });

  it('opens nothing but one’s own security to a session without the second factor that a role asks for', () => {
    const missing = asker({ secondFactor: 'missing' });
    const open = MODULES.flatMap((module) => module.actions)
      .filter((action) => authorise(action, missing, GOOD, NOW, { owner: 'ann' }).verdict === 'ALLOW')
      .map(({ name }) => name);
    expect(open).toContain('me.security.change');
    expect(open.filter((name) => !name.startsWith('me.'))).toEqual([]);
    expect(rulesOf(chart, missing, GOOD, NOW)).toEqual(['mfa@1']);
    expect(authorise(chart, asker({ secondFactor: 'not needed' }), GOOD, NOW).verdict).toBe('ALLOW');
  });

  it('asks for a fresh proof before what is sensitive, and says that this is the way on (ASVS 7.5.3)', () => {
    const action = IDENTITY_ACTIONS['modules.switch'];
    const stale = asker({ provenAt: NOW - STEP_UP_MS - 1 });
    expect(authorise(action, asker({ provenAt: NOW - STEP_UP_MS }), GOOD, NOW).verdict).toBe('ALLOW');
    expect(authorise(action, stale, GOOD, NOW)).toMatchObject({ verdict: 'REQUIRE_CONFIRMATION', next: ['step up'] });
    expect(authorise(action, { ...stale, roles: ['biller'] }, GOOD, NOW)).toMatchObject({ verdict: 'BLOCK', next: [] });
  });

  it('lets every rule speak that stands in the way (ASVS 16.5.3)', () => {
    const circumstances: Circumstances = {
      ...GOOD,
      state: 'SUSPENDED',
      off: new Map([['epcr', 'Patient charts is off.']]),
    };
    const dispatcher = asker({ roles: ['dispatcher'], site: 'north' });
    expect(rulesOf(chart, dispatcher, circumstances, NOW, { site: 'south' })).toEqual([
      'role@1',
      'organisation@1',
      'module@1',
      'reach@1',
    ]);
  });
});

describe('the state of an organisation', () => {
  it('never stops dispatching, one’s own security, or taking the data out', () => {
    for (const allows of Object.values(STATE_ALLOWS)) {
      expect(allows).toEqual(expect.arrayContaining(['dispatch', 'account', 'export']));
    }
    expect(authorise(nature, asker(), { ...GOOD, state: 'SUSPENDED' }, NOW).verdict).toBe('ALLOW');
  });

  it('lets a read-only organisation read', () => {
    const circumstances: Circumstances = { ...GOOD, state: 'READ_ONLY' };
    expect(authorise(chart, asker(), circumstances, NOW).verdict).toBe('ALLOW');
    expect(rulesOf(IDENTITY_ACTIONS['people.invite'], asker(), circumstances, NOW)).toEqual(['organisation@1']);
  });

  it('allows what the operator’s page says', () => {
    const page = readFileSync(new URL('../../docs/operator/organisations.md', import.meta.url), 'utf8');
    const cells = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const purposes = cells.find((row) => row[1] === 'state')?.slice(2, -1) ?? [];
    const written = Object.fromEntries(
      Object.keys(STATE_ALLOWS).map((state) => {
        const row = cells.find((of) => of[1] === state)?.slice(2, -1) ?? [];
        return [state, purposes.filter((_, i) => row[i] === 'yes')];
      }),
    );
    expect(written).toEqual(STATE_ALLOWS);
  });

  it('can be left again, whatever it is', () => {
    for (const [from, to] of Object.entries(STATE_MOVES)) {
      expect(to.length).toBeGreaterThan(0);
      expect(to).not.toContain(from);
    }
  });
});

describe('modules that are off', () => {
  const off = (...switches: ModuleSwitch[]) => modulesOff(MODULES, switches);
  const one = (module: string, position: ModuleSwitch['position'] = 'off'): ModuleSwitch => ({
    module,
    position,
    reason: 'not used yet',
  });

  it('take those that need them along, with the reason', () => {
    const names = [...off(one('epcr')).keys()];
    expect(names).toEqual(['epcr', 'billing']);
    expect(off(one('epcr')).get('billing')).toBe(
      'Billing needs Patient charts, which is off. Patient charts is switched off by your organisation: not used yet',
    );
    expect(off(one('billing', 'killed')).get('billing')).toContain('stopped by the operator of the center');
  });

  it('are never those that dispatching stands on, nor ones that nobody declared', () => {
    expect([...off(one('cad'), one('kernel', 'killed'), one('identity'), one('teleport')).keys()]).toEqual([]);
  });

  it('are declared so that needs lead somewhere and never in a circle', () => {
    const names = MODULES.map(({ name }) => name);
    for (const [i, module] of MODULES.entries()) {
      for (const need of module.needs) expect(names.slice(0, i)).toContain(need);
    }
  });

  it('have actions of names that are unique', () => {
    const names = MODULES.flatMap((module) => [
      ...module.actions.map(({ name }) => name),
      ...module.entities.flatMap(({ kind }) => [`${kind}.read`, `${kind}.write`]),
    ]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});
