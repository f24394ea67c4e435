import { beforeEach, describe, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { atTwoCalls, typedAt } from '../testing/typed-lines.ts';
import { parseCommand } from './parse.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

let at: Console;
let words: Vocabulary;
const { ghost, run } = typedAt(() => at);
const X = 'k1';
const Y = 'k2';

beforeEach(() => {
  at = atTwoCalls();
  words = vocabularyOf(at.world, at.means.now);
});

describe('a short number in the command line', () => {
  it('is taken for the incident where it can be nothing else', () => {
    expect(ghost('H 2 OFF', X)).toBe('Take 26-K0002, Chest pain, 9 Elm St off hold');
    expect(ghost('C 2 NOPT', X)).toBe('Close 26-K0002, Chest pain, 9 Elm St: No patient found');
    expect(ghost('NAT 2 FALL', X)).toBe('26-K0002 nature Fall');
    expect(ghost('LOC 2', X)).toBe('needs: Where is 26-K0002?');
    expect(ghost('RO 2', X)).toBe('Reopen 26-K0002, Chest pain, 9 Elm St');
    expect(ghost('ER M36 2', X)).toBe('M36 en route 26-K0002');
    run('D M36 0001');
    expect(ghost('X M36 1', Y)).toBe('Cancel M36 from 26-K0001');
    expect(ghost('X M36 2 cars only', Y)).toBe('Cancel M36 from 26-K0001: 2 cars only');
  });

  it('is asked about where it may be a house number, or an incident that is not the selected one', () => {
    expect(ghost('LOC 0002 Oak St', X)).toBe('needs: Is 0002 the incident 26-K0002, or said of 26-K0001?');
    expect(parseCommand('LOC 0002 Oak St', words, X)).toMatchObject({
      choices: [{ line: 'LOC 26-K0002 Oak St' }, { line: 'LOC . 0002 Oak St' }],
    });
    expect(ghost('LOC 26-K0002 Oak St', X)).toBe('26-K0002 location Oak St');
    expect(ghost('LOC 0002 Oak St')).toBe('26-K0002 location Oak St');
    expect(ghost('N 0001 gate code', X)).toBe('Note on 26-K0001: gate code');
  });

  it('is never taken silently for a part of the place before a house number', () => {
    const asked = 'needs: Is 2 the incident 26-K0002, or said of 26-K0001?';
    expect(ghost('LOC 2 41 First St', X)).toBe(asked);
    expect(ghost('LOC 2 41A First St', X)).toBe(asked);
    expect(parseCommand('LOC 2 41 First St', words, X)).toMatchObject({
      choices: [{ line: 'LOC 26-K0002 41 First St' }, { line: 'LOC . 2 41 First St' }],
    });
    expect(ghost('LOC . 2 41 First St', X)).toBe('26-K0001 location 2 41 First St');
    // The selected one by its own last digit, and with none selected any one: as every other verb reads it.
    expect(ghost('LOC 1 41 First St', X)).toBe('26-K0001 location 41 First St');
    expect(ghost('LOC 2 41 First St')).toBe('26-K0002 location 41 First St');
    // A house number goes on to be one, also where an incident ends in it.
    expect(ghost('LOC 41 First St', X)).toBe('26-K0001 location 41 First St');
    expect(ghost('LOC 2 First St', X)).toBe('26-K0001 location 2 First St');
    expect(ghost('LOC 2 5th St', X)).toBe('26-K0001 location 2 5th St');
    expect(ghost('N 2 41 year olds', X)).toBe(asked);
  });

  it('is asked about where it is meant for an incident that is not there: a slip of one digit writes in no other', () => {
    const asked = (number: string): string =>
      `needs: There is no incident ${number}. Which, or is it said of 26-K0001?`;
    expect(ghost('LOC 9999 41 First St', X)).toBe(asked('9999'));
    // One digit wrong, or two of 0001 the wrong way round.
    for (const number of ['0003', '1002', '0010', '26-09999', '26-K9999', '26-K3F-0009'])
      for (const line of [`N ${number} gate code`, `N ${number}`]) expect(ghost(line, X), line).toBe(asked(number));
    expect(ghost('LOC 0003 Oak St', X)).toBe(asked('0003'));
    expect(parseCommand('N 0003 gate code', words, X)).toMatchObject({
      choices: [{ line: 'N . 0003 gate code' }],
    });
    expect(ghost('N . 0003 gate code', X)).toBe('Note on 26-K0001: 0003 gate code');
    // A house number, and what else notes begin with.
    for (const place of ['1200 Oak St', '12600 Main St', '1100 Oak St', '0100 Oak St'])
      expect(ghost(`LOC ${place}`, X)).toBe(`26-K0001 location ${place}`);
    expect(ghost('N 4411 is the gate code', X)).toBe('Note on 26-K0001: 4411 is the gate code');
    expect(ghost('N 24-hour crew', X)).toBe('Note on 26-K0001: 24-hour crew');
    expect(ghost('LOC 9999', X)).toBe('refused: There is no incident 9999. A number alone is no place.');
    expect(ghost('N 0003 gate code')).toBe('refused: No incident ends in 0003.');
  });

  it('may be said in the text, too, where it could be several incidents', () => {
    for (let n = 3; n <= 12; n++) act('incident.open', { location: { text: `${n} Elm St` } }, at);
    const many = vocabularyOf(at.world, at.means.now);
    expect(parseCommand('LOC 2 41 First St', many, X)).toMatchObject({
      kind: 'needs',
      ask: '2 could be several incidents, or said of 26-K0001. Which?',
      choices: [
        { line: 'LOC . 2 41 First St' },
        { line: 'LOC 26-K0002 41 First St' },
        { line: 'LOC 26-K0012 41 First St' },
      ],
    });
    expect(ghost('H 2 OFF', X)).toBe('needs: 2 could be several. Which?');
  });
});
