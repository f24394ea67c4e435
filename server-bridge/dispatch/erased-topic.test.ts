import { expect, it } from 'vitest';
import type { Done } from '../../domain/bridge/calls.ts';
import { entityRef } from '../../domain/kernel/ids.ts';
import { openDesk, SEAT } from './testing/desk.ts';

it('of an incident that is erased while somebody looks at it nothing stays in sight', () => {
  const desk = openDesk();
  const opened = desk.dispatch.call(
    'incident.open',
    { location: { text: '12 Pier St' }, source: 'call', notes: 'third floor', caller: 'Ada' },
    SEAT,
  ) as { readonly value: Done };
  const id = opened.value.incident ?? '';
  desk.dispatch.call('unit.dispatch', { incident: id, units: ['m36'] }, SEAT);
  const topic = desk.watch(`incident:${id}`);
  const unit = desk.watch('history:m36');
  const drafts = desk.watch('drafts');
  void desk.dispatch.call('draft.save', { key: `edit:${id}`, value: { caller: 'Ada' } }, SEAT);
  expect(JSON.stringify(drafts.state())).toContain('Ada');
  const history = desk.watch(`history:${id}`);
  expect(JSON.stringify(topic.state())).toContain('third floor');
  desk.store.erase(entityRef('incident', id));
  for (const { state } of [topic, history, unit, drafts])
    expect(JSON.stringify(state())).not.toMatch(/third floor|Ada|Pier/);
  expect(topic.state()).toEqual(desk.watch(`incident:${id}`).state());
  expect(unit.state()).toEqual(desk.watch('history:m36').state());
  for (const key of [`intake:${id}`, `ask:${id}:note`])
    expect(desk.dispatch.call('draft.save', { key, value: { caller: 'Ada' } }, SEAT)).toMatchObject({
      ok: false,
      refusal: { code: 'incident.erased' },
    });
  expect(desk.dispatch.call('draft.save', { key: `intake:${id}`, value: null }, SEAT)).toMatchObject({ ok: true });
  expect(JSON.stringify(drafts.state())).not.toContain('Ada');
  desk.close();
});
