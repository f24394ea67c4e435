/** What is typed in another order than the help has it, or by another name, and is plain all the same. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Console, idsOf } from '../testing/memory-world.ts';
import { atTwoCalls, typedAt } from '../testing/typed-lines.ts';

let at: Console;
const { ghost, run } = typedAt(() => at);
beforeEach(() => {
  at = atTwoCalls();
});

describe('a line in another order', () => {
  it('with the incident before its units means the same', () => {
    expect(ghost('D 0001 M36')).toBe(ghost('D M36 0001'));
    expect(ghost('D 0001 M36,E06')).toBe(ghost('D M36,E06 0001'));
    expect(ghost('D 0001 M36 E06')).toBe(ghost('D M36,E06 0001'));
    run('D M36 0001');
    for (const [line, usual] of [
      ['MV 0002 M36', 'MV M36 0002'],
      ['OS 0001 M36', 'OS M36 0001'],
      ['NX 0001 M36', 'NX M36 0001'],
      ['X 0001 M36 not needed', 'X M36 0001 not needed'],
      ['TR 0001 M36 GEN', 'TR M36 0001 GEN'],
    ] as const)
      expect([line, ghost(line)]).toEqual([line, ghost(usual)]);
    expect(ghost('X 0001 M36 not needed')).toBe('Cancel M36 from 26-K0001: not needed');
  });

  it('is text where text is meant, and a few digits before a unit are no incident', () => {
    const [selected = ''] = idsOf(at.world, 'incident');
    expect(ghost('N 0001 M36 is at the back')).toBe('Note on 26-K0001: M36 is at the back');
    expect(ghost('OOS 1 M36', null)).toBe('refused: There is no unit 1.');
    expect(ghost('D 9999 M36', null)).toBe('refused: There is no unit 9999.');
    expect(ghost('D M36', selected)).toContain('26-K0001');
  });
});

describe('a number that a line begins with, and no incident has', () => {
  it('is said to be none, and not taken for a command', () => {
    expect(run('9999 N gate is open')).toBe('incident.unknown: There is no incident 9999.');
    expect(run('9999')).toBe('incident.unknown: There is no incident 9999.');
    expect(run('99 N gate is open')).toMatch(/^command.unknown/);
  });
});

describe('an incident more than a command takes', () => {
  it('is not said to be none', () => {
    expect(run('D M36 0001 0002')).toBe(
      'incident.many: 26-K0002 is one incident more than this takes. Leave one of them out.',
    );
    expect(run('D M36 0001 9999')).toBe('incident.unknown: There is no incident 9999.');
  });
});

describe('a hospital', () => {
  it('is meant by words of its name, where its short name and the beginning of its name are not', () => {
    run('D M36 0001');
    expect(ghost('TR M36 West')).toBe('M36 transporting to Mercy West 26-K0001');
    expect(ghost('TR M36 mercy wes')).toBe('M36 transporting to Mercy West 26-K0001');
    expect(ghost('TR M36 est')).toBe('needs: No hospital begins with est. Which?');
    // A corner that a post is named after is not the post.
    expect(ghost('PO M36 Oak and 5th')).toContain('at Oak and 5th');
  });
});

describe('the units to choose from', () => {
  it('stand by their callsigns, whatever order they came in', () => {
    const asked = run('AV');
    const named = asked.replace(/^.*Which unit\? /, '').split('; ');
    expect(named.length).toBeGreaterThan(2);
    expect(named).toEqual(named.toSorted());
  });
});
