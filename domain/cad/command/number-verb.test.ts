/** `NR 10418 HCFD 26-4411`, `M36 NR 4411`: an agency's own number of a call, by the command line. */
import { beforeEach, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { atTwoCalls, callAt, typedAt } from '../testing/typed-lines.ts';
import { timelineRows } from '../views/timeline.ts';
import { completeCommand } from './complete.ts';
import { vocabularyOf } from './vocabulary.ts';

let at: Console;
const { choices, ghost, run } = typedAt(() => at);
const references = (id = 'k1') => callAt(at, id)?.references;
beforeEach(() => {
  at = atTwoCalls();
});

it('is said of a call, in whatever order, and kept under the agency', () => {
  for (const line of [
    'NR 0001 HCFD 26-4411',
    '0001 NR HCFD 26-4411',
    'nr 0001 hcf 26-4411',
    'RUNNUMBER 0001 HCFD 26-4411',
  ])
    expect(ghost(line), line).toBe('26-K0001 HCFD number 26-4411');
  expect(ghost('NR HCFD 26-4411', 'incident:k1')).toBe('26-K0001 HCFD number 26-4411');
  expect(run('NR 0001 HCFD 26-4411')).toBe('26-K0001 HCFD number 26-4411');
  run('NR 0001 HCEMS E-9');
  expect([references(), references('k2')]).toEqual([{ HCEMS: 'E-9', HCFD: '26-4411' }, {}]);
});

it('is of the agency of the unit whose crew says it, and of the call that the unit is on', () => {
  run('D M36 0001');
  for (const line of ['NR M36 4411', 'M36 NR 4411', 'NR M36 0001 4411', '0001 NR M36 4411', 'NR 0001 M36 4411'])
    expect(ghost(line), line).toBe('26-K0001 HCEMS number 4411');
  expect(ghost('NR 4411', 'unit:m36')).toBe('26-K0001 HCEMS number 4411');
  // What may be an incident's last digits is the number, where it is the last word.
  expect(ghost('NR M36 0002')).toBe('26-K0001 HCEMS number 0002');
  expect(ghost('NR M36 HCFD 4411')).toBe('26-K0001 HCFD number 4411');
  expect(ghost('NR E06 4411')).toBe('needs: E06 is on nothing now. Of which call?');
  expect(ghost('NR E06 0002 4411')).toBe('26-K0002 HCFD number 4411');
  expect(ghost('NR M36,E06 4411')).toBe('refused: Name one unit: the number is its agency’s.');
  run('D M36 0002', null, true);
  expect(choices('NR M36 4411')).toEqual(['NR M36 26-K0002 4411', 'NR M36 26-K0001 4411']);
});

it('asks whose it is, and for what is missing, and takes no other call for it', () => {
  run('D M14 0001');
  expect(ghost('NR M14 4411')).toBe('needs: Whose number of 26-K0001 is 4411?');
  expect(choices('NR M14 4411')).toEqual(['NR M14 HCEMS 4411', 'NR M14 HCFD 4411']);
  for (const line of choices('NR M14 4411')) expect(ghost(line), line).toMatch(/^26-K0001 HC(EMS|FD) number 4411$/);
  expect(choices('NR 0001 4411')).toEqual(['NR 0001 HCEMS 4411', 'NR 0001 HCFD 4411']);
  expect(choices('NR 0001 ZZ 4411')).toEqual(['NR 0001 HCEMS 4411', 'NR 0001 HCFD 4411']);
  expect(ghost('NR 0001')).toBe('needs: Whose number of 26-K0001?');
  expect(ghost('NR 0001 HC 4411')).toBe('needs: HC could be several agencies. Which?');
  expect(ghost('NR 0001 HCFD')).toBe('needs: Which number has HCFD for 26-K0001?');
  expect(ghost('NR 9999 HCFD 4411')).toMatch(/^refused: No incident ends in 9999|^refused: There is no incident 9999/);
  expect(ghost('NR 0001 HCFD 4411 more')).toBe('refused: “more” is not understood here.');
  expect(completeCommand('NR 0001 ', vocabularyOf(at.world, at.means.now)).map(({ line }) => line)).toContain(
    'NR 0001 HCFD ',
  );
});

it('is put right and taken back, with what it was in the timeline', () => {
  run('NR 0001 HCFD 26-4411');
  expect(run('NR 0001 HCFD 26-4412')).toBe('26-K0001 HCFD number 26-4412');
  expect(run('NR 0001 HCFD 26-4412')).toBe('26-K0001 stands like that already');
  expect(ghost('NR 0001 HCFD -')).toBe('26-K0001 HCFD number taken back');
  expect(run('NR 0001 HCFD -')).toBe('26-K0001 HCFD number taken back');
  expect(references()).toEqual({});
  const facts = at.world.factsOf('incident:k1');
  expect(timelineRows('incident:k1', facts, at.world).map(({ said, detail }) => [said, detail])).toEqual(
    expect.arrayContaining([
      ['HCFD number: 26-4411', ''],
      ['HCFD number: 26-4412', 'was 26-4411'],
      ['HCFD number: taken back', 'was 26-4412'],
    ]),
  );
});

it('differs between two consoles as a conflict that names the agency', () => {
  act('incident.edit', { incident: 'k1', set: { references: { HCFD: '1' } } }, at);
  act('incident.edit', { incident: 'k1', set: { references: { HCFD: '2' } }, shown: [] }, at);
  expect(callAt(at, 'k1')?.conflicts.map(({ title }) => title)).toEqual(['HCFD number']);
});
