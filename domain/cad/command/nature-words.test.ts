/** Natures in a line by what people call them: the nearest is said before Enter, and where several are as near it is asked. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Console, createConsole, idsOf } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { typedAt } from '../testing/typed-lines.ts';
import { completeCommand } from './complete.ts';
import { vocabularyOf } from './vocabulary.ts';

let at: Console;
const { ghost, run } = typedAt(() => at);
const nature = (code: string, text: string, ...alsoCalled: string[]) => ({
  code,
  text,
  priority: '2' as const,
  alsoCalled,
});
beforeEach(() => {
  at = createConsole('k', {
    ...TEST_ROSTER,
    nature: {
      ...TEST_ROSTER.nature,
      heart: nature('HEART', 'Heart problem', 'cardiac', 'palpitations'),
      chest: nature('CHEST-PAIN', 'Pain in the chest', 'heart attack', 'cardiac'),
      bls: nature('INTERFAC-BLS', 'Interfacility, BLS', 'transfer'),
      cct: nature('INTERFAC-CCT', 'Interfacility, critical care', 'transfer'),
      breath: nature('BREATHING', 'Breathing problem', 'asthma attack'),
      psych: nature('PSYCH', 'Psychiatric', '5150', 'panic attack'),
    },
  });
  act('incident.open', { location: { text: '9 Elm St' } }, at);
});
const complete = (line: string): string[] =>
  completeCommand(line, vocabularyOf(at.world, at.means.now)).map((choice) => choice.line.trimEnd());

describe('a nature in a line', () => {
  it('is found by what it is also called, in whatever order', () => {
    expect(ghost('NAT 0001 heart attack')).toBe('26-K0001 nature Pain in the chest');
    expect(ghost('NAT 0001 attack heart')).toBe('26-K0001 nature Pain in the chest');
    expect(ghost('NAT 0001 transfer critical')).toBe('26-K0001 nature Interfacility, critical care');
    expect(ghost('0001 NAT palp')).toBe('26-K0001 nature Heart problem');
    expect(run('NAT 0001 heart attack')).toBe('26-K0001 nature Pain in the chest, priority 2');
  });
  it('is asked for where several are called so, and where none is', () => {
    expect(ghost('NAT 0001 transfer')).toBe('needs: transfer could be several. Which?');
    expect(ghost('NAT 0001 xyzzy')).toBe('needs: No nature is called xyzzy. Which?');
  });
  it('is its own code first, and a number that is another name of one is that of the selected call', () => {
    const [selected = ''] = idsOf(at.world, 'incident');
    expect(ghost('NAT heart', selected)).toBe('26-K0001 nature Heart problem');
    expect(ghost('NAT 5150', selected)).toBe('26-K0001 nature Psychiatric');
    expect(ghost('NAT heart attack', selected)).toBe('26-K0001 nature Pain in the chest');
  });
  it('is completed by all its words together', () => {
    expect(complete('NAT 0001 tra')).toEqual(['NAT 0001 INTERFAC-BLS', 'NAT 0001 INTERFAC-CCT']);
    expect(complete('NAT 0001 heart att')).toEqual(['NAT 0001 CHEST-PAIN']);
    expect(complete('0001 NAT heart att')).toEqual(['0001 NAT CHEST-PAIN']);
    expect(complete('NAT heart')).toEqual(['NAT HEART', 'NAT CHEST-PAIN']);
    expect(complete('NAT 0001 fal')).toEqual(['NAT 0001 FALL']);
    expect(complete('NAT 26')).toEqual(['NAT 26-K0001']);
  });
});
