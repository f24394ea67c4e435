/** What somebody does at a workstation that has dropped what was over comes to the same as at one that holds all of it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CallName, Done } from '../../domain/bridge/calls.ts';
import { type FactHeader, readHeader } from '../../domain/kernel/fact.ts';
import { type Folded, shownValue, sidesOf } from '../../domain/kernel/fold.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { Outcome, Refusal } from '../../domain/kernel/refusal.ts';
import { fixedSessions } from '../session/fixed.ts';
import type { OpenStore } from '../store/open.ts';
import { HOUR } from '../store/testing/runs.ts';
import { type TestCenter, type TestSite, testCenter, testSite } from '../store/testing/site.ts';
import { systemTimers } from '../sync/system-timers.ts';
import { createDispatch } from './dispatch.ts';
import { me, SEAT } from './testing/desk.ts';

const DAY = 24 * HOUR;
const UNITS = ['m1', 'm2', 'm3'];
const PLACE = { location: { text: '1 Oak St' }, nature: { code: '10', text: 'Chest pain' } };

const step = fc.record({
  what: fc.constantFrom(
    'open',
    'send',
    'send',
    'next',
    'next',
    'clear',
    'cancel',
    'amend',
    'edit',
    'note',
    'close',
    'close',
    'reopen',
    'merge',
    'unmerge',
    'link',
  ),
  incident: fc.nat(3),
  other: fc.nat(3),
  unit: fc.nat(2),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function desk(site: TestSite, store: OpenStore) {
  const { random } = site.options('a');
  const dispatch = createDispatch({
    store,
    clock: () => site.now,
    random,
    timers: systemTimers,
    sessions: fixedSessions(me(['supervisor'])),
  });
  const call = (name: CallName, input: object): unknown => dispatch.call(name, input as never, SEAT);
  return { call, close: dispatch.close };
}

const on = (what: Step['what'], unit = 0): Step => ({ what, incident: 0, other: 1, unit });
/** Two calls, a unit on the first; whatever else was done, that one is over in the end. */
const BEGUN: readonly Step[] = [on('open'), on('open'), on('send')];
const OVER: readonly Step[] = [on('reopen'), on('unmerge'), on('close')];

/** What is done; `incidents` are those that were opened, which it adds to. */
function does(
  { what, incident, other, unit }: Step,
  incidents: string[],
  call: ReturnType<typeof desk>['call'],
): unknown {
  const [one = 'none', two = 'none'] = [incidents[incident % incidents.length], incidents[other % incidents.length]];
  const of = UNITS[unit] as string;
  switch (what) {
    case 'open': {
      const answer = call('incident.open', { ...PLACE, source: 'call' }) as { value?: { incident?: string } };
      if (answer.value?.incident) incidents.push(answer.value.incident);
      return answer;
    }
    case 'send':
      return call('unit.dispatch', { incident: one, units: [of], confirm: true });
    case 'next':
      return call('unit.next', { unit: of });
    case 'clear':
      return call('unit.status', { unit: of, code: 'AV', incident: one });
    case 'cancel':
      return call('unit.cancel', { unit: of, incident: one, reason: 'not needed' });
    case 'amend':
      return call('time.amend', { of: `${one}.${of}.0`, element: 'onScene', time: 1_795_000_100_000, reason: 'radio' });
    case 'edit':
      return call('incident.edit', { incident: one, set: { location: { text: `${other} Elm St` } } });
    case 'note':
      return call('incident.note', { incident: one, text: 'a note' });
    case 'close':
      return call('incident.close', { incident: one, disposition: 'DONE', units: 'clear' });
    case 'reopen':
      return call('incident.reopen', { incident: one, reason: 'called again' });
    case 'merge':
    case 'unmerge':
      return call('incident.merge', { incident: one, into: two, merged: what === 'merge' });
    case 'link':
      return call('incident.link', { incident: one, other: two, linked: true });
  }
}

/** Everything that was ever named at a station. */
const all = (store: OpenStore): readonly EntityRef[] =>
  ['incident', 'assignment', 'unit'].flatMap((kind) => store.beginning(`${kind}:`)).sort();

const WAYS: { readonly [way: string]: (site: TestSite, bytes: Buffer, center: TestCenter) => OpenStore } = {
  whole: (site, bytes) => site.reopen('a', bytes),
  dropped: (site, bytes) => {
    const held = site.reopen('a', bytes);
    while (held.prune(site.now - 60 * DAY).more);
    return site.reopen('a', held.serialize());
  },
  begun: (site, bytes, center) => {
    const whole = site.reopen('a', bytes);
    const fresh = site.open('b');
    const page = center.page(0);
    const isOpen = (ref: EntityRef): boolean => shownValue(whole.entity(ref), 'life') === 'open';
    const [open, over] = [all(whole).filter(isOpen), all(whole).filter((ref) => !isOpen(ref))];
    const items = page.items.filter(
      (item) => 'record' in item || ('frame' in item && open.some((ref) => item.frame.h.includes(`"${ref}"`))),
    );
    fresh.applySnapshot({
      cursor: { epoch: page.epoch, n: page.items.length },
      page: { ...page, items },
      folded: over.map(whole.entity) as never,
      heads: [...whole.heads()],
    });
    return site.reopen('b', fresh.serialize());
  },
};

/** A day of work at a station, all of it at the center; and how the same goes on there 61 days later, in each way to hold it. */
function workedOn(before: readonly Step[], then: readonly Step[]) {
  const site = testSite();
  const first = site.open('a');
  const center = testCenter(site);
  for (const id of UNITS) {
    const body = {
      callsign: id.toUpperCase(),
      kind: 'ambulance',
      agency: 'ems',
      home: null,
      capabilities: [],
      active: true,
    };
    center.put({ kind: 'roster_unit', id, version: 1, body });
  }
  center.pull(first);
  const incidents: string[] = [];
  const early = desk(site, first);
  for (const one of [...BEGUN, ...before, ...OVER]) {
    site.now += 60_000;
    does(one, incidents, early.call);
  }
  early.close();
  center.push(first);
  center.pull(first);
  const known = new Set(first.framesFrom(first.log(), 1, 1_000).frames.map(({ h }) => readHeader(h)?.id));
  site.now += 61 * DAY;
  const bytes = first.serialize();
  return Object.entries(WAYS).map(([way, held]) => {
    const store = held(site, bytes, center);
    const { call, close } = desk(site, store);
    const answers = [on('reopen'), ...then].map((one) => {
      const { ok, value, refusal } = does(one, [...incidents], call) as Outcome<Done> & {
        value?: Done;
        refusal?: Refusal;
      };
      return [one.what, ok, value?.said, value?.assignments, refusal?.code];
    });
    const made = store.framesFrom(store.log(), 2, 1_000).frames.map(({ h }) => {
      const { type, about, replaces } = readHeader(h) as FactHeader;
      return { type, about, replaces: replaces.filter((id) => known.has(id)).sort() };
    });
    const shown = all(store).map((ref) => {
      const state = store.entity(ref) as Folded;
      return [
        ref,
        Object.keys(state.registers)
          .sort()
          .map((name) => [name, sidesOf(state, name).map(({ value }) => value)]),
      ];
    });
    close();
    return { way, answers, made, shown };
  });
}

it('is the same in every answer, in what is written, and in what is shown then', () => {
  const steps = (least: number, most: number) => fc.array(step, { minLength: least, maxLength: most });
  fc.assert(
    fc.property(steps(0, 25), steps(1, 8), (before, then) => {
      const [whole, ...others] = workedOn(
        before,
        // What is made anew has another id at each.
        then.filter(({ what }) => what !== 'open'),
      );
      for (const { way, ...other } of others) expect({ ...other, way }).toEqual({ ...whole, way });
    }),
    { numRuns: 25 },
  );
});
