/** What the sides of a conflict say. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ActionName } from '../actions/inputs.ts';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act, conflictsIn } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { atTwoCalls } from '../testing/typed-lines.ts';
import { conflictsOf } from './conflicts.ts';
import { timeOf } from './times.ts';

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

describe('two who said the same of a time, each for a reason of their own', () => {
  const noon = Date.UTC(2026, 10, 22, 20);
  const amend = (time: number | null, reason: string) => ({ of: RUN, element: 'onScene', time, reason });
  it('agree: it is amended, or struck, and both reasons stay in the timeline', () => {
    for (const time of [noon, null]) {
      expect(sides(RUN, 'time.amend', amend(time, 'radio'), amend(time, 'crew called'))).toEqual([]);
      expect(timeOf(a.world.entity(RUN), 'onScene')?.at ?? null).toBe(time);
    }
    const reasons = a.world.factsOf(RUN).flatMap(({ type, content }) => (type === 'time.amended' ? [content] : []));
    expect(reasons).toHaveLength(4);
  });
  it('agree no more once a third says another time, and one action settles it', () => {
    act('time.amend', amend(noon, 'radio'), a);
    act('time.amend', amend(noon, 'crew called'), b);
    const c = createConsole('c', TEST_ROSTER, a.world.facts().slice(0, -1));
    act('time.amend', amend(noon + 60_000, 'the log'), c);
    meet(a, b);
    meet(a, c);
    const [conflict] = conflictsOf(a.world.entity(RUN), a.world);
    expect(conflict?.sides.map(({ said }) => said)).toContain('12:01:00');
    expect(conflictsIn(a)).toHaveLength(1);
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
    // Nobody is sent to settle what is not listed.
    expect(act('unit.next', { unit: 'm36' }, a)).toMatchObject({ refusal: { code: 'status.no_next' } });
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
