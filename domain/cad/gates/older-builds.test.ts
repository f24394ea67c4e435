import { describe, expect, it } from 'vitest';
import type { FactDraft } from '../../kernel/fact.ts';
import { type EntityRef, entityRef } from '../../kernel/ids.ts';
import type { Newer } from '../../kernel/module.ts';
import { FACT_TYPES, MODULES, NEWER } from '../../modules.ts';
import { decideAction } from '../actions/decide.ts';
import { decideCommand } from '../command/run.ts';
import { createConsole } from '../testing/memory-world.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import type { IndexedWorld } from '../views/world.ts';
import { olderBuildsGate } from './older-builds.ts';

const ENOUGH: Newer = { partlyShownIsEnough: 'it is' };
const draft = (type: string, ...about: EntityRef[]): FactDraft => ({
  type,
  v: 1,
  at: 0,
  about,
  replaces: [],
  body: {},
});

/** A console among workstations that do not read some types: who, and what becomes of the type meanwhile. */
function among(unread: { readonly [type: string]: readonly [Newer, ...string[]] }) {
  const one = createConsole('a', TEST_ROSTER);
  const opened = decideAction('incident.open', { location: { text: '12 Pier' }, source: 'call' }, one.world, one.means);
  if (!opened.ok) throw new Error(opened.refusal.message);
  one.append(opened.value.drafts);
  const incident = opened.value.incident as string;
  const world: IndexedWorld = {
    ...one.world,
    stationName: (station) => (station === 'gone' ? '' : `Position ${station}`),
    unread: (type) => {
      const [newer, ...by] = unread[type] ?? [];
      return newer === undefined ? null : { newer, by };
    },
  };
  return { ...one, world, incident, number: one.world.numberOf(entityRef('incident', incident)) };
}

describe('the gate before facts that an older build does not read', () => {
  it('says nothing while all read all, and asks about nothing that every build has always read', () => {
    const { world } = among({});
    expect(olderBuildsGate([draft('unit.emergency', 'unit:m36' as EntityRef)], world).verdict).toBe('ALLOW');
    expect([...NEWER.keys()]).toEqual(['unit.patients@1', 'unit.emergency@1', 'journey.amended@1']);
  });

  it('warns where partly shown is enough, and names who is to be told by voice of what', () => {
    const { world, incident, number } = among({ 'unit.emergency@1': [ENOUGH, '3'] });
    const about = [entityRef('incident', incident), entityRef('unit', 'm36')];
    expect(olderBuildsGate([draft('unit.emergency', ...about)], world)).toEqual({
      verdict: 'WARN',
      rules: [
        {
          rule: 'fact.unread@1',
          verdict: 'WARN',
          reason: `Tell Position 3 by voice: it runs an older version and shows ${number} and M36 as partly shown.`,
          evidence: ['unit.emergency@1', '3'],
        },
      ],
      next: ['tell it by voice'],
    });
  });

  it('names several, not all of many, and says so where the center has said nothing', () => {
    const reason = (...by: string[]): string | undefined =>
      olderBuildsGate(
        [draft('unit.emergency', 'unit:m36' as EntityRef)],
        among({ 'unit.emergency@1': [ENOUGH, ...by] }).world,
      ).rules[0]?.reason;
    expect(reason('1', '2')).toBe(
      'Tell Position 1 and Position 2 by voice: they run an older version and show M36 as partly shown.',
    );
    expect(reason('1', '2', '3', '4', '5')).toMatch(/^Tell Position 1, Position 2, Position 3 and 2 more by voice: /);
    expect(reason('gone')).toMatch(/^Tell another workstation by voice: it runs /);
    expect(reason()).toBe(
      'Tell the others by voice: the center has not said that every workstation reads this, and one of an older version shows M36 as partly shown.',
    );
  });

  it('holds back everything else, with the way out', () => {
    const { world } = among({ 'incident.linked@1': ['held back', '3'], 'unit.committed@1': ['held back'] });
    const held = olderBuildsGate([draft('incident.linked', 'incident:x' as EntityRef)], world);
    expect(held).toMatchObject({ verdict: 'BLOCK', next: ['update the workstation', 'revoke the workstation'] });
    expect(held.rules[0]?.reason).toBe(
      'Linked: Position 3 runs an older version that does not read it. Update or revoke Position 3, then enter it again.',
    );
    expect(olderBuildsGate([draft('unit.committed', 'unit:m36' as EntityRef)], world).rules[0]?.reason).toBe(
      'Commitment settled: the center has not said that every workstation reads this. Update the center and reach it once, then enter it again.',
    );
  });

  it('holds an action of several facts back whole for one of them', () => {
    const { world, means, incident, number } = among({ 'incident.noted@1': ['held back', '3'] });
    const open = { location: { text: '9 Elm' }, source: 'call' as const, notes: 'third floor' };
    expect(decideAction('incident.open', open, world, means)).toMatchObject({
      ok: false,
      refusal: { code: 'fact.held_back', message: expect.stringContaining('Position 3') },
      decision: { verdict: 'BLOCK' },
    });
    expect(decideAction('incident.open', { ...open, notes: undefined }, world, means).ok).toBe(true);
    expect(decideAction('incident.note', { incident, text: 'x' }, world, means).ok).toBe(false);
    expect(number).not.toBe('');
  });

  it('warns once for each unit of a line, and lets the line through', () => {
    const { world, means } = among({ 'unit.emergency@1': [ENOUGH, '3'] });
    const run = decideCommand({ line: 'EM M36,E06', selected: null }, world, means);
    if (!run.ok) throw new Error(run.refusal.message);
    expect(run.value.drafts.map(({ type }) => type)).toEqual(['unit.emergency', 'unit.emergency']);
    expect(run.value.warned).toMatchObject({
      verdict: 'WARN',
      rules: [{ reason: expect.stringContaining('M36') }, { reason: expect.stringContaining('E06') }],
      next: ['tell it by voice'],
    });
  });
});

describe('what came after the first wire', () => {
  /** Builds that read these are all that there ever were. A type that is not among them says what becomes of it (`newer`). */
  const FIRST_WIRE = [
    'log.opened@1',
    'log.closed@1',
    'log.gap@1',
    'clock.measured@1',
    'entity.erased@1',
    'fact.contested@1',
    'fact.settled@1',
    'incident.opened@1',
    'incident.edited@1',
    'incident.noted@1',
    'incident.held@1',
    'incident.closed@1',
    'incident.reopened@1',
    'incident.linked@1',
    'incident.merged@1',
    'unit.dispatched@1',
    'unit.status@1',
    'unit.committed@1',
    'time.recorded@1',
    'time.amended@1',
  ];

  it('declares itself', () => {
    expect([...FACT_TYPES.keys()].filter((type) => !NEWER.has(type))).toEqual(FIRST_WIRE);
  });

  it('is nothing that a process or the center notes by itself: there is nobody there to be asked', () => {
    const kernel = MODULES.filter(({ name }) => name === 'kernel').flatMap(({ facts }) => facts);
    expect(kernel.map(({ newer }) => newer)).toEqual(kernel.map(() => undefined));
  });
});
