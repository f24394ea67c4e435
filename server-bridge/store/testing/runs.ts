/** Runs of one unit at a site: sent to incidents that are closed or not, and freed or not; and what is asked of their states. */
import fc from 'fast-check';
import type { FactDraft } from '../../../domain/kernel/fact.ts';
import { settledState, shown } from '../../../domain/kernel/fold.ts';
import { assignmentRef, type EntityRef, entityRef } from '../../../domain/kernel/ids.ts';
import type { OpenStore } from '../open.ts';
import { AUTHOR, incidentRef, type TestSite, testCenter, testSite } from './site.ts';

export const HOUR = 3_600_000;
export const UNIT = entityRef('unit', 'm1');

/** The state of an entity as it stands once everything is settled; undefined where there is none. */
export const stateOf = (store: OpenStore, ref: EntityRef): unknown => {
  const state = store.entity(ref);
  return state && settledState(state);
};

/** `UNIT` is sent to an incident. */
export function dispatched(site: TestSite, store: OpenStore, ref: EntityRef): FactDraft {
  return {
    type: 'unit.dispatched',
    v: 1,
    at: site.now,
    about: [ref, UNIT, assignmentRef(ref, UNIT, 0)],
    replaces: shown(store.entity(UNIT), 'commitments'),
    body: { code: 'DP', commitments: [ref] },
  };
}

/** `UNIT` is free of it again. */
export function cleared(site: TestSite, store: OpenStore, ref: EntityRef): FactDraft {
  const assignment = assignmentRef(ref, UNIT, 0);
  return {
    ...dispatched(site, store, ref),
    type: 'unit.status',
    replaces: [...shown(store.entity(UNIT), 'commitments', 'status'), ...shown(store.entity(assignment), 'status')],
    body: { code: 'AV', standard: 'available', commitments: [] },
  };
}

/** Runs at one station, an hour each, all of them at the center; `refs` are their incidents and assignments, and the unit. */
export function workedSite(runs: readonly { readonly close: boolean; readonly clear: boolean }[]) {
  const site = testSite();
  const store = site.open('a');
  const center = testCenter(site);
  const refs: EntityRef[] = [];
  for (const run of runs) {
    const ref = incidentRef(site);
    refs.push(ref, assignmentRef(ref, UNIT, 0));
    store.append([site.opened(ref, `26-${refs.length}`, { caller: 'Ada' })], AUTHOR);
    store.append([dispatched(site, store, ref)], AUTHOR);
    if (run.clear) store.append([cleared(site, store, ref)], AUTHOR);
    if (run.close) store.append([site.closed(ref, shown(store.entity(ref), 'life'))], AUTHOR);
    site.now += HOUR;
  }
  center.push(store);
  center.pull(store);
  return { site, store, center, refs: [...refs, UNIT] };
}

export const anyRuns = fc.array(fc.record({ close: fc.boolean(), clear: fc.boolean() }), {
  minLength: 1,
  maxLength: 8,
});
