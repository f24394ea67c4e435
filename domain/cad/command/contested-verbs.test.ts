/** `CONFIRM M36`, `SETASIDE 10418 callback`: a supervisor settles by the command line what was entered without the right to it. */
import { beforeEach, expect, it } from 'vitest';
import type { Fact } from '../../kernel/fact.ts';
import { FACT_CONTESTED, OF_ANOTHER_SITE } from '../../kernel/fold.ts';
import { type Console, createConsole } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { atTwoCalls, callAt, typedAt } from '../testing/typed-lines.ts';
import { unitRowOf } from '../views/unit-row.ts';
import { completeCommand } from './complete.ts';
import { vocabularyOf, vocabularyOfRows } from './vocabulary.ts';

let at: Console;
let center: Console;
const { choices, ghost, run } = typedAt(() => at);

/** The center says of the newest fact that its author had no right to it. */
function contest(reason: string): void {
  const fact = at.world.facts().at(-1) as Fact;
  const draft = { type: FACT_CONTESTED, v: 1, at: 0, about: fact.about, replaces: [], body: { fact: fact.id, reason } };
  at.world.add(center.append([draft]));
}
const unit = () => unitRowOf('unit:m36', at.world);

beforeEach(() => {
  at = atTwoCalls();
  center = createConsole('center', TEST_ROSTER);
  act('incident.edit', { incident: 'k1', set: { callback: '555-0100' } }, at);
  contest('grant ended');
  act('unit.dispatch', { incident: 'k1', units: ['m36'] }, at);
  contest('grant ended');
});

it('lets the only entry of a unit count, or not, and says beforehand what, whose and why', () => {
  const said = /^Confirm of M36: M36 dispatched 26-K0001 \(.*position k · grant ended\); it counts$/;
  for (const line of ['CONFIRM M36', 'M36 CONFIRM', 'confirm m36 dispatched']) expect(ghost(line), line).toMatch(said);
  expect(ghost('CONFIRM', 'unit:m36')).toBe(ghost('CONFIRM M36'));
  expect(ghost('ASIDE M36')).toBe(ghost('SETASIDE M36'));
  expect(ghost('SETASIDE M36')).toMatch(/^Set aside of M36: .*; what stood before it stands$/);
  expect(run('CONFIRM M36')).toBe('M36 confirmed: M36 dispatched 26-K0001');
  expect(unit()).toMatchObject({ contested: [], code: 'DP' });
  expect(callAt(at, 'k1')?.contested).toMatchObject([{ said: 'Callback: 555-0100' }]);
  expect(run('SETASIDE M36')).toBe(
    'contested.none: M36: no entry is contested. F7 goes to what else is to be settled.',
  );
});

it('tells several entries of a call apart by words of them', () => {
  expect(ghost('CONFIRM 0001')).toBe('needs: 26-K0001 has 2 contested entries. Which counts?');
  expect(choices('SETASIDE 0001')).toEqual(['SETASIDE 0001 Callback: 555-0100', 'SETASIDE 0001 M36 dispatched']);
  expect(ghost('SETASIDE 0001 radio')).toBe('needs: No contested entry of 26-K0001 says radio. Which is set aside?');
  for (const line of choices('SETASIDE 0001')) expect(ghost(line), line).toMatch(/^Set aside of 26-K0001: /);
  const words = vocabularyOf(at.world, at.means.now);
  expect(completeCommand('SETASIDE 0001 ', words).map(({ line }) => line)).toEqual(choices('SETASIDE 0001'));
  expect(run('SETASIDE 0001 callback')).toBe('26-K0001 set aside: Callback: 555-0100');
  expect(callAt(at, 'k1')).toMatchObject({ callback: '', contested: [{ said: 'M36 dispatched' }] });
  expect(run('CONFIRM dispatched', 'incident:k1')).toBe('26-K0001 confirmed: M36 dispatched');
});

it('asks whose, and says where nothing is contested', () => {
  expect(choices('CONFIRM')).toEqual(['CONFIRM M36', 'CONFIRM 26-K0001']);
  expect(choices('CONFIRM', 'incident:k2')).toEqual(choices('CONFIRM'));
  expect(ghost('CONFIRM 0002 x')).toMatch(/^refused: 26-K0002: no entry is contested/);
  expect(ghost('CONFIRM M36,M14')).toMatch(/^refused: Name one unit/);
  expect(ghost('SETTLE M36')).toBe('refused: M36 has a contested entry. CONFIRM lets it count, SETASIDE does not.');
  run('CONFIRM M36');
  run('SETASIDE 0001');
  expect(ghost('CONFIRM')).toBe('refused: No entry is contested. F7 goes to what else is to be settled.');
  expect(vocabularyOfRows({ incidents: [], units: [], roster: {} }, 0).contestedOf('incident:k1')).toEqual([]);
});

it('leaves alike entries to their cards, and a long note is told by how it begins', () => {
  for (const from of ['first', 'second']) {
    act('incident.note', { incident: 'k2', text: `seen\nby ${'two '.repeat(120)}` }, at);
    contest(from);
  }
  expect(ghost('CONFIRM 0002 seen by two')).toMatch(/^refused: .*several contested entries say seen by two .*F7 goes/);
  act('incident.note', { incident: 'k2', text: `heard ${'two '.repeat(120)}` }, at);
  contest('third');
  for (const line of choices('CONFIRM 0002')) expect(line.length).toBeLessThan(120);
  expect(run(choices('CONFIRM 0002').at(-1) ?? '')).toMatch(/^26-K0002 confirmed: heard two/);
});

it('leaves what is another site’s to a supervisor there', () => {
  act('incident.edit', { incident: 'k2', set: { callback: '555-0199' } }, at);
  contest(OF_ANOTHER_SITE);
  expect(run('CONFIRM 0002')).toBe('contested.theirs: 26-K0002: a supervisor of the site that it is of settles this.');
  expect(callAt(at, 'k2')?.contested).toHaveLength(1);
});
