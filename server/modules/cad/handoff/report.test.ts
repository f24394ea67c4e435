/** What a report says before it is drawn. */
import { expect, it } from 'vitest';
import { type Console, createConsole, meet } from '#domain/cad/testing/memory-world.ts';
import { act } from '#domain/cad/testing/random-actions.ts';
import { TEST_ROSTER } from '#domain/cad/testing/roster.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { type Report, reportOf } from './report.ts';

const X = 'incident:k1';
const MINUTE = 60_000;

/** A call that was answered then, ms UTC. */
function callAnsweredAt(answeredAt: number): Console {
  const at = createConsole('k', TEST_ROSTER);
  const input = { location: { text: '9 Elm St' }, nature: { code: 'CHEST', text: 'Chest pain' } };
  act('incident.open', { ...input, at: answeredAt, answeredAt }, at);
  return at;
}
function reportAt({ world }: Console, of: EntityRef = X): Report {
  const incident = world.entity(of);
  if (!incident) throw new Error('there is no such call');
  const assignments = world.assignmentsOf(of).flatMap((ref) => world.entity(ref) ?? []);
  const facts = world.factsOf(of);
  return reportOf(
    { incident, assignments, carriedOver: new Set(), journeys: new Map(), facts, world },
    'Harbor County',
  );
}

it('tells times of the two hours apart that clocks show twice: who left at 01:05 was on scene before at 01:50', () => {
  const start = Date.UTC(2026, 10, 1, 8, 40);
  const at = callAnsweredAt(start);
  act('unit.dispatch', { incident: 'k1', units: ['m36'], at: start + MINUTE }, at);
  act('unit.status', { unit: 'm36', code: 'OS', at: start + 10 * MINUTE }, at);
  act('unit.status', { unit: 'm36', code: 'TR', destination: { name: 'Mercy' }, at: start + 25 * MINUTE }, at);
  act('unit.status', { unit: 'm36', code: 'AV', at: start + 90 * MINUTE }, at);
  const { units, times, timeline } = reportAt(at);
  expect(times[0]?.text).toBe('01:40:00 PDT');
  expect(units[0]?.times.map(({ text }) => text)).toEqual(['01:41:00 PDT', '01:50:00 PDT', '01:05:00 PST', '02:10:00']);
  expect(timeline.at(-2)?.at).toBe('01:05:00 PST');
});

it('says of a unit that did not end free how it ended', () => {
  const at = callAnsweredAt(Date.UTC(2026, 10, 22, 20));
  act('unit.dispatch', { incident: 'k1', units: ['m36', 'm14', 'e06', 't01'] }, at);
  act('unit.status', { unit: 'm36', code: 'OOS', reason: 'broke down' }, at);
  act('unit.status', { unit: 'm14', code: 'AV' }, at);
  act('unit.cancel', { unit: 'e06' }, at);
  const said = reportAt(at).units.map(({ callsign, outcome }) => [callsign, outcome]);
  expect(Object.fromEntries(said)).toEqual({ M36: 'out of service', M14: '', E06: 'canceled', T01: 'still assigned' });
});

it('warns of values that stand beside each other with each of them', () => {
  const at = callAnsweredAt(Date.UTC(2026, 10, 22, 20));
  act('unit.dispatch', { incident: 'k1', units: ['m36'] }, at);
  const b = createConsole('b', TEST_ROSTER, at.world.facts());
  const amend = (time: number, on: Console) =>
    act('time.amend', { of: 'k1.m36.0', element: 'onScene', time, reason: 'radio' }, on);
  amend(Date.UTC(2026, 10, 22, 20, 5), at);
  amend(Date.UTC(2026, 10, 21, 20, 5), b);
  meet(at, b);
  expect(reportAt(at).warnings).toEqual([
    'Two values stand for M36 on 26-K0001: time on scene: Sat 21 Nov 2026 12:05:00 or Sun 22 Nov 2026 12:05:00. Nobody has settled which is right.',
  ]);
});

it('says of a time that was amended twice without one knowing of the other both, and not one alone', () => {
  const start = Date.UTC(2026, 10, 22, 20);
  const at = callAnsweredAt(start);
  act('unit.dispatch', { incident: 'k1', units: ['m36'], at: start + MINUTE }, at);
  act('unit.status', { unit: 'm36', code: 'OS', at: start + 10 * MINUTE }, at);
  const b = createConsole('b', TEST_ROSTER, at.world.facts());
  const amend = (time: number | null, reason: string, on: Console) =>
    act('time.amend', { of: 'k1.m36.0', element: 'onScene', time, reason, at: start + 20 * MINUTE }, on);
  amend(start + 9 * MINUTE, 'said by radio', at);
  amend(null, 'never there', b);
  meet(at, b);
  const onScene = reportAt(at).units[0]?.times.find(({ element }) => element === 'onScene');
  expect(onScene?.amended).toBe(
    'not settled, recorded as 12:10:00; struck: never there (person b, 12:20:00), or amended to 12:09:00: said by radio (person k, 12:20:00)',
  );
});

it('says of a time that was amended or struck what it was, why, by whom and when', () => {
  const start = Date.UTC(2026, 10, 22, 20);
  const at = callAnsweredAt(start);
  act('unit.dispatch', { incident: 'k1', units: ['m36', 'e06'], at: start + MINUTE }, at);
  act('unit.status', { unit: 'm36', code: 'OS', at: start + 10 * MINUTE }, at);
  const amend = (of: string, element: string, time: number | null, reason: string) =>
    act('time.amend', { of, element, time, reason, at: start + 20 * MINUTE }, at);
  amend('k1.m36.0', 'onScene', start + 9 * MINUTE, 'said by radio');
  amend('k1.m36.0', 'atPatient', start + 11 * MINUTE, 'said by radio');
  amend('k1.e06.0', 'unitNotified', null, 'never paged');
  const said = reportAt(at).units.map(({ callsign, times }) => [
    callsign,
    times.map((time) => [time.text, time.amended]),
  ]);
  expect(Object.fromEntries(said)).toEqual({
    M36: [
      ['12:01:00', ''],
      ['12:09:00', 'amended, recorded as 12:10:00: said by radio (person k, 12:20:00)'],
      ['12:11:00', 'amended, not recorded before: said by radio (person k, 12:20:00)'],
    ],
    E06: [['–', 'struck, recorded as 12:01:00: never paged (person k, 12:20:00)']],
  });
});

it('says of what was entered minutes after it happened when that was, and of what was entered at once nothing', () => {
  const at = createConsole('k', TEST_ROSTER);
  const start = Date.UTC(2026, 10, 22, 11);
  const input = { location: { text: '9 Elm St' }, nature: { code: 'CHEST', text: 'Chest pain' } };
  act('incident.open', { ...input, answeredAt: start }, at);
  act('unit.dispatch', { incident: 'k1', units: ['m36'] }, at);
  act('unit.status', { unit: 'm36', code: 'OS', at: start + 20 * MINUTE }, at);
  act('incident.note', { incident: 'k1', text: 'gate was open', at: start + 21 * MINUTE }, at);
  act('time.record', { of: 'k1.m36.0', element: 'atPatient', time: start + 22 * MINUTE }, at);
  const { units, notes, timeline, times, warnings } = reportAt(at);
  expect(times[0]).toEqual({ label: 'Call answered', text: '03:00:00', entered: '04:00 (person k)' });
  expect(warnings).toEqual([]);
  expect(units[0]?.times.map(({ label, entered }) => [label, entered])).toEqual([
    ['dispatched', ''],
    ['on scene', '04:00 (person k)'],
    ['at patient', '04:00 (person k)'],
  ]);
  expect(notes.map(({ at, entered }) => [at, entered])).toEqual([['03:21:00', 'entered 04:00']]);
  expect(timeline.map(({ said, entered }) => [said, entered])).toEqual([
    ['M36 on scene', 'entered 04:00'],
    ['Opened', undefined],
    ['M36 dispatched', undefined],
    ['M36 at patient: 03:22:00 recorded', undefined],
  ]);
});

/** A call that was taken down on paper and entered in one go, an hour after it began. */
function enteredFromPaper(): Console {
  const start = Date.UTC(2026, 10, 22, 11);
  const at = callAnsweredAt(start);
  act('unit.dispatch', { incident: 'k1', units: ['m36'], at: start + MINUTE }, at);
  act('unit.status', { unit: 'm36', code: 'OS', at: start + 20 * MINUTE }, at);
  act('incident.note', { incident: 'k1', text: 'gate was open', at: start + 21 * MINUTE }, at);
  act('unit.status', { unit: 'm36', code: 'AV', at: start + 30 * MINUTE }, at);
  return at;
}
const marks = ({ units, notes, timeline, times }: Report) =>
  [...(units[0]?.times ?? []), ...notes, ...timeline, ...times].flatMap(({ entered }) => entered || []);

it('says once of what was entered in one go when that was, and nothing of it at each line', () => {
  const report = reportAt(enteredFromPaper());
  expect(report.warnings).toEqual(['All of this was entered later, at 04:00 by person k.']);
  expect(marks(report)).toEqual([]);
});

it('says until when it is of that, where more was entered as it happened', () => {
  const at = enteredFromPaper();
  act('incident.note', { incident: 'k1', text: 'now live' }, at);
  const report = reportAt(at);
  expect(report.warnings).toEqual(['All that happened until 03:30:00 was entered later, at 04:00 by person k.']);
  expect(marks(report)).toEqual([]);
});

it('names the other call that a unit of it was on when its run here ended', () => {
  const at = callAnsweredAt(Date.UTC(2026, 10, 22, 20));
  act('incident.open', { location: { text: '1 Pier' } }, at);
  act('unit.dispatch', { incident: 'k1', units: ['m36'] }, at);
  act('unit.move', { unit: 'm36', to: 'k2' }, at);
  expect(reportAt(at).timeline.map(({ detail }) => detail)).toContain('and is on 26-K0002');
});

it('names the calls that it is linked with, that are duplicates of it, that it is a duplicate of, and by which numbers agencies know it', () => {
  const at = callAnsweredAt(Date.UTC(2026, 10, 22, 20));
  const other = { location: { text: '9 Elm Street' }, nature: { code: 'CHEST', text: 'Chest pain' } };
  for (let i = 0; i < 3; i++) act('incident.open', other, at);
  act('incident.link', { incident: 'k1', other: 'k2', linked: true }, at);
  act('incident.merge', { incident: 'k3', into: 'k1', merged: true }, at);
  act('incident.merge', { incident: 'k4', into: 'k1', merged: true }, at);
  act('incident.merge', { incident: 'k4', into: 'k1', merged: false }, at);
  act('incident.edit', { incident: 'k1', set: { references: { HCFD: '26-4411', box: '13' } } }, at);
  expect(reportAt(at).references).toEqual([
    { label: 'Linked with', text: '26-K0002' },
    { label: 'Duplicates', text: '26-K0003' },
    { label: 'HCFD number', text: '26-4411' },
    { label: 'box reference', text: '13' },
  ]);
  expect(reportAt(at, 'incident:k3').state).toBe('Merged into 26-K0001');
  expect(reportAt(at, 'incident:k4').state).toBe('Open');
});
