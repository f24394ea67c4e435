import { expect, it } from 'vitest';
import { createConsole, idsOf } from '../../domain/cad/testing/memory-world.ts';
import { act } from '../../domain/cad/testing/random-actions.ts';
import { TEST_ROSTER } from '../../domain/cad/testing/roster.ts';
import type { Fact } from '../../domain/kernel/fact.ts';
import { incidentSource } from './incident-topic.ts';

it('shows no run of a unit any more once sending it was set aside', () => {
  const at = createConsole('a', TEST_ROSTER);
  act('incident.open', { location: { text: 'A street' }, nature: { code: 'FALL', text: 'Fall' } }, at);
  const [incident = ''] = idsOf(at.world, 'incident');
  act('unit.dispatch', { incident, units: ['m36'] }, at);
  const sent = at.world.facts().at(-1);
  const source = incidentSource(at.world, { of: () => [], note: () => [] }, incident);
  const runs = (): string[] => Object.keys(source.feed.state().assignments ?? {});
  const note = (facts: readonly Fact[]): void =>
    source.note({
      facts,
      entities: facts.flatMap((fact) => fact.about),
      records: [],
      acked: false,
      requests: false,
      stations: false,
      origin: 'center',
    });
  const draft = {
    type: 'fact.contested',
    v: 1,
    at: 0,
    about: sent?.about ?? [],
    replaces: [],
    body: { fact: sent?.id ?? '', reason: 'The grant had ended.' },
  };
  const contested = createConsole('center', TEST_ROSTER).append([draft]);
  at.world.add(contested);
  note(contested);
  expect(runs()).toHaveLength(1);
  act('contested.settle', { entity: `incident:${incident}`, fact: sent?.id ?? '', verdict: 'set aside' }, at);
  note(at.world.facts().slice(-1));
  expect(runs()).toEqual([]);
});
