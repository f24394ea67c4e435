import { expect, it } from 'vitest';
import { applyPatch, type Tables, type TopicState } from '../../domain/bridge/topics.ts';
import { createConsole, idsOf } from '../../domain/cad/testing/memory-world.ts';
import { act } from '../../domain/cad/testing/random-actions.ts';
import { TEST_ROSTER } from '../../domain/cad/testing/roster.ts';
import type { Fact, Frame } from '../../domain/kernel/fact.ts';
import { shown } from '../../domain/kernel/fold.ts';
import { type EntityRef, idOf } from '../../domain/kernel/ids.ts';
import { fixedSessions } from '../session/fixed.ts';
import type { OpenStore } from '../store/open.ts';
import { workedSite } from '../store/testing/runs.ts';
import { AUTHOR, incidentRef, type TestSite, testSite } from '../store/testing/site.ts';
import { systemTimers } from '../sync/system-timers.ts';
import { createDispatch } from './dispatch.ts';
import { incidentSource } from './incident-topic.ts';
import { me, SEAT } from './testing/desk.ts';

const ALL_HELD = { lacksFacts: () => false, wantFacts: () => undefined };

it('shows no run of a unit any more once sending it was set aside', () => {
  const at = createConsole('a', TEST_ROSTER);
  act('incident.open', { location: { text: 'A street' }, nature: { code: 'FALL', text: 'Fall' } }, at);
  const [incident = ''] = idsOf(at.world, 'incident');
  act('unit.dispatch', { incident, units: ['m36'] }, at);
  const sent = at.world.facts().at(-1);
  const source = incidentSource(at.world, { of: () => [] }, ALL_HELD, incident);
  const runs = (): string[] => Object.keys(source.feed.state().assignments ?? {});
  const note = (facts: readonly Fact[]): void =>
    source.note({
      facts,
      opened: [],
      entities: facts.flatMap((fact) => fact.about),
      records: [],
      acked: false,
      requests: false,
      stations: false,
      wanted: false,
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

it.each<[string, (frame: Frame) => Frame]>([
  ['its key was not here', (frame) => frame],
  ['a damaged disk lost its body', (frame) => ({ ...frame, k: null, b: null })],
])('says what a fact says that could not be read, for %s, as soon as it can be', (_, left) => {
  const site = testSite();
  const [a, store] = [site.open('a'), site.open('b')];
  const ref = incidentRef(site);
  a.append([site.opened(ref, '26-1')], AUTHOR);
  const { frames, keys } = a.framesFrom(a.log(), 1, 10);
  store.accept(frames.map(left), [], 'peer');
  const clock = (): number => site.now;
  const sessions = fixedSessions(me());
  const dispatch = createDispatch({ store, clock, random: site.options('b').random, timers: systemTimers, sessions });
  let shown = {};
  const watched = dispatch.watch(`incident:${idOf(ref)}`, SEAT, (delta) => {
    shown = applyPatch(shown, { n: 0, ...delta });
  });
  if (!watched.ok) throw new Error(watched.refusal.message);
  shown = watched.value.state;
  expect(JSON.stringify(shown)).toContain('cannot read');
  store.accept(frames, keys, 'peer');
  expect(JSON.stringify(shown)).toContain('"said":"Opened"');
  expect(JSON.stringify(shown)).not.toContain('cannot read');
  dispatch.close();
});

/** An incident as a window that has it open shows it. */
function opened(site: TestSite, store: OpenStore, ref: EntityRef) {
  const sessions = fixedSessions(me());
  const { random } = site.options('a');
  const dispatch = createDispatch({ store, clock: () => site.now, random, timers: systemTimers, sessions });
  let shown: TopicState = {};
  const watched = dispatch.watch(`incident:${idOf(ref)}`, SEAT, (delta) => {
    shown = applyPatch(shown, { n: 0, ...delta });
  });
  if (!watched.ok) throw new Error(watched.refusal.message);
  shown = watched.value.state;
  const table = (name: keyof Tables['incident']): readonly unknown[] => Object.values(shown[name] ?? {});
  return { table, close: dispatch.close };
}

it('has what lies at the center alone fetched while somebody reads it, and says until then that it is not there', () => {
  const { site, store, center, refs } = workedSite([{ close: true, clear: true }]);
  const [ref] = refs as [EntityRef];
  while (store.prune(site.now).more);
  const { table, close } = opened(site, store, ref);
  expect([table('timeline'), table('earlier')]).toEqual([[], [{ id: idOf(ref) }]]);
  expect(store.wanting()).toEqual([ref]);
  store.fillEntity(ref, center.page(0));
  expect([table('timeline').length, table('earlier')]).toEqual([4, []]);
  expect(store.wanting()).toEqual([]);
  close();
});

it('has it fetched as well where it is dropped here while somebody reads it', () => {
  const { site, store, refs } = workedSite([{ close: true, clear: true }]);
  const [ref] = refs as [EntityRef];
  const { table, close } = opened(site, store, ref);
  while (store.prune(site.now).more);
  store.append([site.edited(ref, { caller: 'Bo' }, shown(store.entity(ref), 'caller'))], AUTHOR);
  expect(table('earlier')).toEqual([{ id: idOf(ref) }]);
  expect(store.wanting()).toEqual([ref]);
  close();
});

it('shows the units that were on an old incident, and their times, where what was said of it lies at the center alone', () => {
  const { site, store, refs } = workedSite([{ close: true, clear: true }]);
  const [ref, run] = refs as [EntityRef, EntityRef];
  site.now += 61 * 86_400_000;
  while (store.prune(site.now - 60 * 86_400_000).more);
  const { table, close } = opened(site, site.reopen('a', store.serialize()), ref);
  expect(table('timeline')).toEqual([]);
  expect(table('assignments')).toMatchObject([{ id: idOf(run) }]);
  close();
});
