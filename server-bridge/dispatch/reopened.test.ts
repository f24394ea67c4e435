/** An incident that was over long ago and is worked again, at a workstation that holds what it came to and none of its facts. */
import { expect, it } from 'vitest';
import { assignmentRef, type EntityRef, idOf } from '../../domain/kernel/ids.ts';
import { fixedSessions } from '../session/fixed.ts';
import { UNIT, workedSite } from '../store/testing/runs.ts';
import { systemTimers } from '../sync/system-timers.ts';
import { createDispatch } from './dispatch.ts';
import { me, SEAT } from './testing/desk.ts';

const DAY = 86_400_000;

it('begins another run of a unit that was on it before: its times and its bill would be those of the earlier one', async () => {
  const { site, store, center, refs } = workedSite([{ close: true, clear: true }]);
  const [ref, run] = refs as [EntityRef, EntityRef];
  const body = { callsign: 'M1', kind: 'ambulance', agency: 'ems', home: null, capabilities: [], active: true };
  center.put({ kind: 'roster_unit', id: idOf(UNIT), version: 1, body });
  center.pull(store);
  site.now += 61 * DAY;
  while (store.prune(site.now - 60 * DAY).more);
  const held = site.reopen('a', store.serialize());
  const before = store.entity(run);
  expect(before?.firsts.backInService).toBeDefined();
  expect(held.factsAbout(ref)).toEqual([]);
  const { random } = site.options('a');
  const clock = (): number => site.now;
  const dispatch = createDispatch({
    store: held,
    clock,
    random,
    timers: systemTimers,
    sessions: fixedSessions(me(['supervisor'])),
  });
  const incident = idOf(ref);
  expect(await dispatch.call('incident.reopen', { incident, reason: 'called again' }, SEAT)).toMatchObject({
    ok: true,
  });
  const set = { location: { text: '1 Oak St' }, nature: { code: '10', text: 'Chest pain' } };
  expect(await dispatch.call('incident.edit', { incident, set }, SEAT)).toMatchObject({ ok: true });
  const sent = await dispatch.call('unit.dispatch', { incident, units: [idOf(UNIT)], confirm: true }, SEAT);
  expect(sent).toMatchObject({ ok: true, value: { assignments: [idOf(assignmentRef(ref, UNIT, 1))] } });
  expect(held.entity(run)).toEqual(before);
  dispatch.close();
});
