import { beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../kernel/fact.ts';
import { type EntityRef, idOf } from '../../kernel/ids.ts';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act, conflictsIn } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { shownAt } from '../testing/shown-at.ts';
import { atTwoCalls } from '../testing/typed-lines.ts';

let at: Console;
const { did, incident, unit, runs } = shownAt(() => at);
const X = 'k1';
beforeEach(() => {
  at = atTwoCalls();
});

describe('settling', () => {
  it('a status that ended a run against one that did not gives the run its own end later', () => {
    act('unit.dispatch', { incident: X, units: ['m36'], at: 1_000 }, at);
    const b = createConsole('b', TEST_ROSTER, at.world.facts());
    act('unit.status', { unit: 'm36', code: 'OS', at: 3_000 }, at);
    act('unit.status', { unit: 'm36', code: 'AV', at: 2_000 }, b);
    meet(at, b);
    const entity = `assignment:${X}.m36.0`;
    expect(conflictsIn(at)).toEqual([`${entity} status`]);
    expect(unit('m36')?.conflicts[0]?.title).toBe('M36 on 26-K0001: status');
    const side = unit('m36')?.conflicts[0]?.sides.find((one) => one.said === 'on scene')?.fact;
    expect(did('conflict.settle', { entity, register: 'status', side })).toBe(
      'M36 on 26-K0001 status settled: on scene',
    );
    expect(runs(X)[0]).toMatchObject({ active: true, code: 'OS', times: { onScene: { at: 3_000 } } });
    expect(runs(X)[0]?.times.backInService).toBeUndefined();
    act('unit.status', { unit: 'm36', code: 'AV', at: 8_000 }, at);
    expect(runs(X)[0]?.times.backInService).toMatchObject({ at: 8_000, amended: true });
    expect(unit('m36')).toMatchObject({ code: 'AV', incidents: [] });
    expect(did('conflict.settle', { entity, register: 'status', side })).toBe('conflict.none register');
  });

  it('keeps a unit out of service that was sent blindly', () => {
    const b = createConsole('z', TEST_ROSTER, at.world.facts());
    act('unit.status', { unit: 'm36', code: 'OOS', reason: 'fuel' }, at);
    act('unit.dispatch', { incident: X, units: ['m36'] }, b);
    meet(at, b);
    expect(unit('m36')?.conflicts.map((one) => [one.title, one.sides.map((side) => side.said)])).toEqual([
      ['M36: assignment', ['on nothing', 'on 26-K0001']],
    ]);
    const side = unit('m36')?.conflicts[0]?.sides[0]?.fact;
    act('conflict.settle', { entity: 'unit:m36', register: 'commitments', side }, at);
    expect(unit('m36')).toMatchObject({ code: 'OOS', reason: 'fuel', incidents: [], conflicts: [] });
  });

  it('a contested fact needs a word of a supervisor, on everything that it is about', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    const sent = at.world.facts().at(-1) as Fact;
    const draft = {
      type: 'fact.contested',
      v: 1,
      at: 0,
      about: sent.about,
      replaces: [],
      body: { fact: sent.id, reason: 'grant revoked' },
    };
    const center = createConsole('center', TEST_ROSTER);
    at.world.add(center.append([draft]));
    expect(unit('m36')).toMatchObject({
      code: 'DP',
      contested: [{ said: 'M36 dispatched 26-K0001', reason: 'grant revoked' }],
    });
    expect(incident(X).contested).toHaveLength(1);
    const entity = `incident:${X}`;
    expect(did('contested.settle', { entity, fact: sent.id, verdict: 'set aside' })).toBe(
      '26-K0001 set aside: M36 dispatched',
    );
    expect(unit('m36')).toMatchObject({ code: 'AV', contested: [], conflicts: [] });
    expect(incident(X)).toMatchObject({ contested: [], units: [] });
    expect(did('contested.settle', { entity, fact: sent.id, verdict: 'confirmed' })).toBe('contested.none fact');
    const about: EntityRef[] = sent.about;
    expect(at.world.facts().at(-1)?.about.map(idOf).sort()).toEqual(about.map(idOf).sort());
  });

  it('a word on what is contested speaks of that alone: on the rest the fact counts already', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    const sent = at.world.facts().at(-1) as Fact;
    const [mine, ...theirs] = sent.about as [EntityRef, ...EntityRef[]];
    const body = { fact: sent.id, reason: 'not shared' };
    const draft = { type: 'fact.contested', v: 1, at: 0, about: theirs, replaces: [], body };
    at.world.add(createConsole('center', TEST_ROSTER).append([draft]));
    const [entity = ''] = theirs;
    expect(did('contested.settle', { entity, fact: sent.id, verdict: 'confirmed' })).toContain('M36');
    expect(at.world.facts().at(-1)?.about).not.toContain(mine);
    expect([...(at.world.facts().at(-1)?.about ?? [])].sort()).toEqual([...theirs].sort());
  });
});
