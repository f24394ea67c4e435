/** What the timeline says of changes that read as nothing, and of where a unit went. */
import { beforeEach, expect, it } from 'vitest';
import { entityRef } from '../../kernel/ids.ts';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { atTwoCalls, callAt, typedAt } from '../testing/typed-lines.ts';
import { timelineRows } from '../views/timeline.ts';

let at: Console;
const { run } = typedAt(() => at);
beforeEach(() => {
  at = atTwoCalls();
});
const told = (kind: 'incident' | 'unit', id: string) => {
  const ref = entityRef(kind, id);
  return timelineRows(ref, at.world.factsOf(ref), at.world).map(({ said, detail }) => [said, detail]);
};
const moved = (location: object): readonly (string | undefined)[] => {
  const done = act('incident.edit', { incident: 'k1', set: { location: { text: '1200 Oak St', ...location } } }, at);
  return [done.ok ? done.value.said : '', ...(told('incident', 'k1').at(-1) ?? [])];
};

it('another zone, city or other coordinates of the same place are said, in the answer and in the timeline', () => {
  expect(moved({ zone: 'B04' })).toEqual([
    '26-K0001 location 1200 Oak St (zone B04)',
    'Location: 1200 Oak St (zone B04)',
    'was 1200 Oak St (no zone)',
  ]);
  expect(moved({ zone: 'B04', coordinates: [-122.4193, 37.7793] })).toEqual([
    '26-K0001 location 1200 Oak St (coordinates 37.7793, -122.4193)',
    'Location: 1200 Oak St (coordinates 37.7793, -122.4193)',
    'was 1200 Oak St (no coordinates)',
  ]);
  expect(moved({ zone: 'B05', city: 'Oakland' })).toEqual([
    '26-K0001 location 1200 Oak St (city Oakland, zone B05, no coordinates)',
    'Location: 1200 Oak St (city Oakland, zone B05, no coordinates)',
    'was 1200 Oak St (no city, zone B04, coordinates 37.7793, -122.4193)',
  ]);
});

it('of another place, what it lacks is not said, and of the first that a call has nothing but the place', () => {
  act('incident.edit', { incident: 'k1', set: { location: { text: '1200 Oak St', zone: 'B04' } } }, at);
  expect(run('LOC 0001 12 Elm St')).toBe('26-K0001 location 12 Elm St');
  expect(told('incident', 'k1').at(-1)).toEqual(['Location: 12 Elm St', 'was 1200 Oak St (zone B04)']);
  act('incident.open', {}, at);
  act('incident.edit', { incident: 'k3', set: { location: { text: '1 Pier', zone: 'B04' } } }, at);
  expect(told('incident', 'k3').at(-1)).toEqual(['Location: 1 Pier', '']);
});

it('sides of a conflict that differ in coordinates alone have them as maps do, latitude first', () => {
  const other = createConsole('b', TEST_ROSTER, at.world.facts());
  const set = (longitude: number) => ({ location: { text: '1 Pier', coordinates: [longitude, 37.5] } });
  act('incident.edit', { incident: 'k1', set: set(-122) }, at);
  act('incident.edit', { incident: 'k1', set: set(-121) }, other);
  meet(at, other);
  const [conflict] = callAt(at, 'k1')?.conflicts ?? [];
  expect(conflict?.sides.map(({ said }) => said).sort()).toEqual(['1 Pier (37.5, -121)', '1 Pier (37.5, -122)']);
});

it('the call off which a unit was taken says where it went', () => {
  run('D M36 0001');
  run('D M36 0002', null, true);
  run('X M36 0001 closer');
  expect(told('incident', 'k1').at(-1)).toEqual([expect.stringMatching(/^M36 cancel/i), 'and is on 26-K0002 · closer']);
  expect(told('unit', 'm36').at(-1)).toEqual([expect.stringMatching(/26-K0001$/), 'and is on 26-K0002 · closer']);
  run('X M36');
  expect(told('incident', 'k2').at(-1)).toEqual([expect.stringMatching(/^M36 cancel/i), '']);
  run('D E06 0001');
  run('MV E06 0002');
  expect(told('incident', 'k1').at(-1)).toEqual([expect.stringMatching(/^E06 cancel/i), 'and is on 26-K0002']);
});
