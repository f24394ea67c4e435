/** Which journeys a run had, from what was pressed of it. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Console, createConsole, meet } from '#domain/cad/testing/memory-world.ts';
import { act, conflictsIn, settleAll } from '#domain/cad/testing/random-actions.ts';
import { TEST_ROSTER } from '#domain/cad/testing/roster.ts';
import type { Fact } from '#domain/kernel/fact.ts';
import { FACT_CONTESTED, FACT_SETTLED, type Folded, foldAll } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { effectsOf } from '#domain/modules.ts';
import { assignmentRow } from './assignment-row.ts';
import { journeysOf, mayHaveSeveral, patientsOf } from './journeys.ts';

const X = 'k1';
const RUN: EntityRef = `assignment:${X}.m36.0`;
let at: Console;
beforeEach(() => {
  at = createConsole('k', TEST_ROSTER);
  act('incident.open', { location: { text: 'A street' }, nature: { code: 'CHEST', text: 'Chest pain' } }, at);
  act('unit.dispatch', { incident: X, units: ['m36'], at: 0 }, at);
});

/** `OS 10`, `TR 20 Mercy`: what M36 pressed, and when (ms). */
const press = (...lines: string[]): void => {
  for (const line of lines) {
    const [code = '', time, name] = line.split(' ');
    const to = name ? { destination: { name } } : {};
    const pressed = act('unit.status', { unit: 'm36', incident: X, code, at: Number(time), ...to }, at);
    if (!pressed.ok) throw new Error(pressed.refusal.message);
  }
};
const amend = (element: string, time: number | null) =>
  expect(act('time.amend', { of: RUN, element, time, reason: 'wrong key' }, at)).toMatchObject({ ok: true });
const read = (facts: readonly Fact[] = at.world.factsOf(RUN)) => journeysOf(foldAll(RUN, facts, effectsOf), facts);
/** `left-arrived hospital`, a dash for what nobody recorded. */
const journeys = (facts?: readonly Fact[]): string[] | null =>
  read(facts)?.map((one) => `${one.leftScene ?? '–'}-${one.atDestination ?? '–'} ${one.destination ?? '–'}`) ?? null;

describe('the times of several journeys', () => {
  const times = () => assignmentRow(at.world.entity(RUN) as Folded, at.world)?.journeys;
  it('are left out where there is one', () => {
    expect(times()).toBeUndefined();
    press('OS 10', 'TR 20 Mercy', 'AH 30', 'TC 35');
    expect(times()).toBeUndefined();
  });
  it('are each as it was pressed, and as it was amended', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 30', 'TC 35', 'OS 50', 'TR 60 General');
    expect(times()).toEqual([{ leftScene: 20, atDestination: 30, destinationTransfer: 35 }, { leftScene: 60 }]);
    amend('leftScene', 21);
    amend('destinationTransfer', null);
    act('time.amend', { of: RUN, element: 'atDestination', time: 70, reason: 'radio', journey: 2 }, at);
    expect(times()).toEqual([
      { leftScene: 21, atDestination: 30 },
      { leftScene: 60, atDestination: 70 },
    ]);
  });
});

describe('a crew that comes back to the scene after it brought a patient', () => {
  it('and leaves again has another, whichever steps are skipped', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 30', 'TC 35', 'OS 50', 'TR 60 General', 'AH 70', 'AV 90');
    expect(journeys()).toEqual(['20-30 Mercy', '60-70 General']);
  });

  it('and only arrives again has another, at the same hospital where none is named', () => {
    press('TR 20 Mercy', 'TC 35', 'ER 40', 'AH 70', 'AP 80', 'TR 90 Mercy', 'AV 99');
    expect(journeys()).toEqual(['20-– Mercy', '–-70 Mercy', '90-– Mercy']);
  });

  it('has none that was contested, until it is confirmed; none that was set aside', () => {
    press('TR 20 Mercy', 'AH 30', 'OS 50', 'TR 60 General');
    const [second] = at.world.factsOf(RUN).slice(-1);
    const verdict = (type: string, body: { [field: string]: string }) =>
      at.append([
        { type, v: 1, at: 1, about: second?.about ?? [], replaces: [], body: { fact: second?.id ?? '', ...body } },
      ]);
    const [contested] = verdict(FACT_CONTESTED, { reason: 'no right' });
    const facts = at.world.factsOf(RUN).filter(({ id }) => id !== contested?.id);
    const byCenter = [...facts, { ...(contested as Fact), station: 'center' }];
    expect(journeys(byCenter)).toBeNull();
    expect(journeys([...byCenter, ...verdict(FACT_SETTLED, { verdict: 'confirmed' })])).toHaveLength(2);
  });
});

describe('a crew that has handed its patient over', () => {
  it('and leaves for another hospital has one for that too', () => {
    press('TR 20 Mercy', 'AH 30', 'TC 35', 'TR 40 Children', 'AH 60', 'AV 90');
    expect(journeys()).toEqual(['20-30 Mercy', '40-60 Children']);
  });

  it('has not where the hospital was only put right, which a handover said to be later tells', () => {
    press('TR 20 Mercy', 'AH 30', 'TC 35', 'TR 40 General', 'AH 41', 'TC 42', 'AV 90');
    amend('destinationTransfer', 42);
    expect(journeys()).toEqual(['20-30 General']);
  });
});

describe('one journey it stays', () => {
  it.each([
    ['where the hospital is changed on the way', ['TR 20 Mercy', 'TR 25 General', 'AH 40', 'TC 45', 'AV 90']],
    ['where the crew is sent on from the door', ['TR 20 Mercy', 'AH 30', 'TR 35 General', 'AH 50', 'TC 55', 'AV 90']],
    ['where "transporting" was pressed too early', ['TR 20 Mercy', 'OS 21', 'TR 30 Mercy', 'AH 40', 'AV 90']],
    ['where its times are out of order, for a run left and arrived once', ['AH 15', 'OS 18', 'TR 20 Mercy', 'AV 90']],
    ['and where it went on its way again between', ['TR 20 Mercy', 'TC 25', 'ER 27', 'AH 30', 'AV 90']],
    ['where a button is pressed twice', ['TR 20 Mercy', 'AH 30', 'AH 31', 'TC 35', 'AV 90']],
  ])('%s', (_, lines) => {
    press(...lines);
    expect(journeys()).toBeNull();
  });

  it('where two consoles, cut off from each other, press the same', () => {
    const b = createConsole('b', TEST_ROSTER, at.world.facts());
    press('TR 20 Mercy', 'AH 30');
    for (const [code, time] of [
      ['TR', 22],
      ['AH', 33],
    ] as const)
      act('unit.status', { unit: 'm36', code, at: time, destination: { name: 'Mercy' } }, b);
    meet(at, b);
    expect(mayHaveSeveral(RUN, at.world.factsOf(RUN))).toBe(true);
    expect(journeys()).toBeNull();
  });
});

/** Says how many M36 has with it now, or had on a journey. */
const count = (patients: number, journey?: number, on = at) =>
  expect(act('unit.patients', { of: RUN, patients, ...(journey ? { journey } : {}) }, on)).toMatchObject({ ok: true });

describe('several patients on one journey', () => {
  it('have one each, alike, of a run that made no other', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 30');
    expect(mayHaveSeveral(RUN, at.world.factsOf(RUN))).toBe(false);
    count(2);
    expect(mayHaveSeveral(RUN, at.world.factsOf(RUN))).toBe(true);
    expect(journeys()).toEqual(['20-30 Mercy', '20-30 Mercy']);
    amend('atDestination', 33);
    expect(journeys()).toEqual(['20-33 Mercy', '20-33 Mercy']);
    count(1);
    expect(journeys()).toBeNull();
  });

  it('stand behind the first of each journey, so that one who is counted late takes nobody’s place', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 30', 'OS 50', 'TR 60 General', 'AH 70');
    count(2);
    expect(journeys()).toEqual(['20-30 Mercy', '60-70 General', '60-70 General']);
    count(3, 1);
    expect(journeys()).toEqual(['20-30 Mercy', '60-70 General', '20-30 Mercy', '60-70 General', '20-30 Mercy']);
  });

  it('stay with the journey that they were counted on where one before it was none', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 21', 'OS 22', 'TR 60 General', 'AH 70');
    count(2);
    amend('leftScene', null);
    amend('atDestination', null);
    expect(journeys()).toEqual(['60-70 General', '60-70 General']);
  });

  it('are those that were counted last where two journeys turn out to be one', () => {
    press('TR 20 Mercy', 'AH 30', 'TC 35', 'TR 40 General', 'AH 41', 'TC 42', 'AV 90');
    count(2, 1);
    expect(journeys()).toEqual(['20-30 Mercy', '40-41 General', '20-30 Mercy']);
    amend('destinationTransfer', 42);
    expect(journeys()).toEqual(['20-30 General', '20-30 General']);
    count(1, 2);
    expect(journeys()).toEqual(['20-30 General']);
  });

  it('are shown by no number where the facts of the run were dropped: what is left does not say on how many journeys they went', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 30');
    count(2);
    press('OS 50', 'TR 60 General', 'AH 70');
    const run = foldAll(RUN, at.world.factsOf(RUN), effectsOf);
    expect(patientsOf(run, at.world)).toBe(3);
    expect(patientsOf(run, { factsOf: () => [] })).toBeNull();
  });

  it('are none where the transport was struck, or the count is contested', () => {
    press('TR 20 Mercy');
    count(2);
    const [said] = at.world.factsOf(RUN).slice(-1);
    const [contested] = at.append([
      {
        type: FACT_CONTESTED,
        v: 1,
        at: 1,
        about: [RUN],
        replaces: [],
        body: { fact: said?.id ?? '', reason: 'no right' },
      },
    ]);
    const others = at.world.factsOf(RUN).filter(({ id }) => id !== contested?.id);
    expect(journeys([...others, { ...(contested as Fact), station: 'center' }])).toBeNull();
    amend('leftScene', null);
    expect(journeys()).toBeNull();
  });
});

describe('an amended time', () => {
  it('is of the first journey that has such a time', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 30', 'OS 50', 'TR 60 General', 'AH 70');
    amend('leftScene', 25);
    amend('atDestination', 33);
    expect(journeys()).toEqual(['25-33 Mercy', '60-70 General']);
  });

  it('takes a first journey back that was none: struck, or moved to when the unit really left', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 21', 'OS 22', 'TR 60 General', 'AH 70');
    amend('leftScene', null);
    amend('atDestination', null);
    expect(journeys()).toEqual(['60-70 General']);
    amend('leftScene', 60);
    amend('atDestination', 70);
    expect(journeys()).toEqual(['60-70 General']);
  });
});

describe('an amended time of a journey that is named', () => {
  const amendOf = (journey: number, element: string, time: number | null) =>
    act('time.amend', { of: RUN, element, time, journey, reason: 'radio log' }, at);
  const written = (): string[] => at.world.factsOf(RUN).flatMap(({ type }) => (/amended/.test(type) ? [type] : []));

  it('is of that one alone, corrected, filled or struck', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 30', 'OS 50', 'TR 60 General', 'AV 99');
    expect(amendOf(2, 'leftScene', 65)).toMatchObject({
      value: { said: expect.stringMatching(/^M36 on 26-K0001 left scene on journey 2 amended to /) },
    });
    expect(amendOf(2, 'atDestination', 80).ok).toBe(true);
    expect(journeys()).toEqual(['20-30 Mercy', '65-80 General']);
    expect(amendOf(2, 'atDestination', null).ok).toBe(true);
    expect(journeys()).toEqual(['20-30 Mercy', '65-– General']);
    expect(written()).toEqual(['journey.amended', 'journey.amended', 'journey.amended']);
    expect(conflictsIn(at)).toEqual([]);
  });

  it('is the time that the run shows where that one has it first', () => {
    press('TR 20 Mercy', 'TC 35', 'ER 40', 'AH 70', 'AP 80', 'TR 90 Mercy', 'AV 99');
    expect(act('time.amend', { of: RUN, element: 'leftScene', time: 19, reason: 'x' }, at)).toMatchObject({
      value: { said: expect.stringMatching(/^M36 on 26-K0001 left scene on journey 1 amended to /) },
    });
    amendOf(1, 'leftScene', 21);
    amendOf(2, 'atDestination', 71);
    expect(written()).toEqual(['time.amended', 'time.amended', 'time.amended']);
    amendOf(1, 'atDestination', 30);
    amendOf(3, 'atDestination', 95);
    expect(journeys()).toEqual(['21-30 Mercy', '–-71 Mercy', '90-95 Mercy']);
  });

  it('keeps those who were counted on it', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 30', 'OS 50', 'TR 60 General', 'AH 70');
    count(2);
    amendOf(2, 'leftScene', 62);
    amendOf(2, 'atDestination', 75);
    expect(journeys()).toEqual(['20-30 Mercy', '62-75 General', '62-75 General']);
  });

  it('counts them once, where they left, though its arrival is said to be before that and falls into another', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 30', 'OS 50', 'TR 60 General', 'AH 70');
    count(3);
    amendOf(2, 'atDestination', 15);
    expect(read()).toHaveLength(4);
  });

  it('is refused of one that was none, and of what a run has once', () => {
    press('OS 10', 'TR 20 Mercy');
    expect(amendOf(2, 'leftScene', 25)).toMatchObject({ refusal: { code: 'journey.unknown' } });
    expect(amendOf(1, 'onScene', 25)).toMatchObject({ refusal: { code: 'time.of_run' } });
  });

  it('clashes where two say it blindly, and is settled by one action', () => {
    press('OS 10', 'TR 20 Mercy', 'AH 30', 'OS 50', 'TR 60 General', 'AV 99');
    const b = createConsole('b', TEST_ROSTER, at.world.facts());
    amendOf(2, 'leftScene', 65);
    act('time.amend', { of: RUN, element: 'leftScene', time: 67, journey: 2, reason: 'said so' }, b);
    meet(at, b);
    expect(conflictsIn(at)).toEqual([`${RUN} journey:2:leftScene`]);
    expect(settleAll(at, () => 0)).toBe(1);
    expect(journeys()?.[1]).toMatch(/^6[57]-– General$/);
  });
});

it('is read the same in whatever order the facts come, and never more often than something was entered twice', () => {
  const line = fc.record({
    code: fc.constantFrom('ER', 'OS', 'AP', 'TR', 'AH', 'TC'),
    time: fc.nat(60),
    to: fc.constantFrom('Mercy', 'General'),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 10 }), fc.infiniteStream(fc.nat(9)), (lines, picks) => {
      const one = createConsole('k', TEST_ROSTER);
      act('incident.open', { location: { text: 'A' }, nature: { code: 'CHEST', text: 'Chest pain' } }, one);
      act('unit.dispatch', { incident: X, units: ['m36'], at: 0 }, one);
      for (const { code, time, to } of lines)
        act('unit.status', { unit: 'm36', incident: X, code, at: time, destination: { name: to } }, one);
      const facts = one.world.factsOf(RUN);
      const left = [...facts];
      const shuffled = facts.map(() => left.splice((picks.next().value ?? 0) % left.length, 1)[0] as Fact);
      expect(read(shuffled)).toEqual(read(facts));
      if (!mayHaveSeveral(RUN, facts)) expect(read(facts)).toBeNull();
    }),
  );
});
