/** What a command line looks at, of all that a station holds. */
import { expect, it } from 'vitest';
import { completeCommand } from '../../domain/cad/command/complete.ts';
import { parseCommand } from '../../domain/cad/command/parse.ts';
import { vocabularyOf } from '../../domain/cad/command/vocabulary.ts';
import { shown } from '../../domain/kernel/fold.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import { HOUR, workedSite } from '../store/testing/runs.ts';
import { AUTHOR, incidentRef } from '../store/testing/site.ts';
import { createWorld } from './world.ts';

/** Lines that name an open incident, a closed one, several, none, one by a slip, and the selected one. */
const LINES = ['N 0001 text', 'RO 0104', 'RO 4', 'N 9999 text', 'N 0010 text', 'N . text', 'C 0002', 'L 0001 0002'];

/** States read by each line at a station with so many incidents behind it that were closed within the hour. */
function readAfter(closed: number): readonly number[] {
  const { site, store } = workedSite([]);
  const opened = [1, 2].map((n) => {
    const ref = incidentRef(site);
    store.append([site.opened(ref, `26-000${n}`)], AUTHOR);
    return ref;
  });
  for (let n = 0; n < closed; n++) {
    const ref = incidentRef(site);
    store.append([site.opened(ref, `26-0${100 + n}`)], AUTHOR);
    store.append([site.closed(ref, shown(store.entity(ref), 'life'))], AUTHOR);
  }
  let read = 0;
  const entity = (ref: EntityRef) => {
    read++;
    return store.entity(ref);
  };
  const { world } = createWorld({ ...store, entity });
  const selected = opened[1]?.slice('incident:'.length) ?? null;
  return LINES.map((line) => {
    read = 0;
    const vocabulary = vocabularyOf(world, site.now);
    const parsed = parseCommand(line, vocabulary, selected);
    expect(parsed.kind, line).toMatch(/^(calls|needs)$/);
    completeCommand(line, vocabulary, selected);
    return read;
  });
}

it('what has left memory is named by no number, whoever asked for it meanwhile', () => {
  const { site, store } = workedSite([]);
  const ref = incidentRef(site);
  store.append([site.opened(ref, '26-0001')], AUTHOR);
  store.append([site.closed(ref, shown(store.entity(ref), 'life'))], AUTHOR);
  const { world } = createWorld(store);
  const said = (): string => {
    const parsed = parseCommand('N 0001 text', vocabularyOf(world, site.now));
    return parsed.kind === 'refused' ? parsed.refusal.code : parsed.kind;
  };
  expect(said()).toBe('calls');
  site.now += 100 * HOUR;
  expect(said()).toBe('incident.unknown');
  expect([...store.entities('incident')]).toEqual([]);
  expect(world.numberOf(ref)).toBe('26-0001');
  expect(said()).toBe('incident.unknown');
  expect([...createWorld(store).world.byNumber.ending('1')]).toEqual([]);
});

it('a line reads no more of a station with eight hundred incidents behind it than of one with two hundred', () => {
  expect(readAfter(800)).toEqual(readAfter(200));
});
