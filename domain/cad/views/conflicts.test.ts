/** What the sides of a conflict say. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ActionName } from '../actions/inputs.ts';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act, conflictsIn } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { atTwoCalls } from '../testing/typed-lines.ts';
import { conflictsOf } from './conflicts.ts';

const RUN = 'assignment:k1.m36.0';
let a: Console;
let b: Console;
beforeEach(() => {
  a = atTwoCalls();
  act('unit.dispatch', { incident: 'k1', units: ['m36'] }, a);
  b = createConsole('b', TEST_ROSTER, a.world.facts());
});

/** What the sides say where two consoles, cut off from each other, did this and that. */
function sides(of: `${string}:${string}`, name: ActionName, here: object, there: object): readonly string[] {
  act(name, here, a);
  act(name, there, b);
  meet(a, b);
  const [conflict] = conflictsOf(a.world.entity(of), a.world);
  return (conflict?.sides ?? []).map(({ said }) => said).toSorted();
}

describe('two sides that are plain', () => {
  it('say the value alone', () => {
    const amend = (time: number) => ({ of: RUN, element: 'onScene', time, reason: 'radio' });
    const noon = Date.UTC(2026, 10, 22, 20);
    expect(sides(RUN, 'time.amend', amend(noon), amend(noon + 60_000))).toEqual(['12:00:00', '12:01:00']);
  });
});

describe('two sides that would look alike', () => {
  it('say in the hour that clocks show twice which of the two it is', () => {
    const amend = (time: number) => ({ of: RUN, element: 'onScene', time, reason: 'radio' });
    const [first, second] = [Date.UTC(2026, 10, 1, 8, 30), Date.UTC(2026, 10, 1, 9, 30)];
    expect(sides(RUN, 'time.amend', amend(first), amend(second))).toEqual([
      '01:30:00 (PDT, radio)',
      '01:30:00 (PST, radio)',
    ]);
  });

  it('say why, where the same time was entered for two reasons', () => {
    const amend = (reason: string) => ({ of: RUN, element: 'onScene', time: null, reason });
    expect(sides(RUN, 'time.amend', amend('never arrived'), amend('wrong key'))).toEqual([
      'struck (never arrived)',
      'struck (wrong key)',
    ]);
  });

  it('say what else differs of a place', () => {
    const edit = (zone: string) => ({ incident: 'k1', set: { location: { text: '1 Main St', zone } } });
    expect(sides('incident:k1', 'incident.edit', edit('B01'), edit('B02'))).toEqual([
      '1 Main St (B01)',
      '1 Main St (B02)',
    ]);
  });
});

describe('a unit that two consoles take off one call', () => {
  const both = (here: [ActionName, object], there: [ActionName, object]): string[] => {
    act(here[0], here[1], a);
    act(there[0], there[1], b);
    meet(a, b);
    return conflictsIn(a);
  };
  const cancel = (reason: string): [ActionName, object] => ['unit.cancel', { unit: 'm36', reason }];

  it('each for a reason of its own is free, and nothing of it is to be settled', () => {
    expect(both(cancel('no patient'), cancel('not needed'))).toEqual([]);
    // What is said of it next is said over both.
    act('unit.status', { unit: 'm36', code: 'OOS', reason: 'fuel' }, a);
    expect(a.world.entity('unit:m36')?.registers.status).toHaveLength(1);
  });

  it('canceled by one and cleared by the other has one thing to settle: how its run ended', () => {
    expect(both(cancel('no patient'), ['unit.status', { unit: 'm36', code: 'AV' }])).toEqual([`${RUN} status`]);
  });

  it('is out of service for one of two reasons, and that is to be settled', () => {
    const away = (reason: string): [ActionName, object] => ['unit.status', { unit: 'm36', code: 'OOS', reason }];
    expect(both(away('fuel'), away('restock'))).toEqual(['unit:m36 status']);
  });
});
