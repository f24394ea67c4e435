/** Of which site a unit is, and a run, whose name anybody can put together. */
import { beforeEach, expect, it } from 'vitest';
import { assignmentRef, type EntityRef } from '#domain/kernel/ids.ts';
import type { SitesBench } from './sites-bench.ts';
import type { Made, TestStation } from './station.ts';

export function runsContract(bench: SitesBench): void {
  let here: TestStation;
  let chief: TestStation;
  let there: TestStation;
  let chiefThere: TestStation;
  let incident: EntityRef;
  let opened: Made;
  let unit: EntityRef;
  const { unitOf, push, pushAtOnce, ids, types, holders, both, folded, contested, foreign, edit, settle, send } = bench;
  beforeEach(() => {
    ({ here, chief, there, chiefThere, incident, opened, unit } = bench.begun());
  });

  it('a unit is of the site whose roster it is on, whoever speaks of it first', async () => {
    const squatter = chief.append({
      type: 'unit.status',
      about: [unit],
      body: { code: 'OOS', standard: 'outOfService', commitments: [] },
    });
    await push(squatter);
    expect(await contested(unit)).toEqual([foreign(squatter)]);
    const own = there.append({
      type: 'unit.status',
      about: [unit],
      body: { code: 'AV', standard: 'available', commitments: [] },
    });
    await push(own);
    expect(await holders(unit)).toEqual([there.site.site]);
    expect(await ids(0)).not.toContain(own.fact.id);
    expect((await ids(1)).slice(-1)).toEqual([own.fact.id]);
    expect(await ids(1)).toContain(squatter.fact.id);
  });

  it('an assignment’s name, which anybody can put together, is of those who hold what it joins', async () => {
    const run = assignmentRef(incident, unit, 0);
    await push(opened);
    const time = there.append({ type: 'time.recorded', about: [run], body: { element: 'onScene', at: 1 } });
    await push(time);
    expect(await holders(run)).toEqual([here.site.site]);
    expect(await contested(run)).toEqual([foreign(time)]);
    expect(await ids(0)).toContain(time.fact.id);
  });

  it.each(['sending the unit', 'a time of it'])(
    'an assignment of another site’s unit is not had by one’s own word where the incident was shared: %s',
    async (word) => {
      const ours = await unitOf(0);
      const run = assignmentRef(incident, ours, 0);
      const time = (by: TestStation): Made =>
        by.append({ type: 'time.recorded', about: [run], body: { element: 'onScene', at: 1 } });
      const shared = edit(there, '1');
      await push(opened, shared, settle(chief, shared, 'confirmed'));
      expect(await holders(incident)).toEqual(both());
      const taken = word === 'a time of it' ? time(there) : there.append(send(ours));
      await push(taken);
      expect(await holders(run)).toEqual([here.site.site]);
      expect(await contested(run)).toEqual([foreign(taken)]);
      expect(await ids(0)).toContain(taken.fact.id);
      const [aside, own, again] = [settle(chief, taken, 'set aside', [run]), time(here), time(there)];
      await push(aside, own, again);
      expect(await contested(run)).toEqual([foreign(again)]);
      for (const made of [aside, own]) expect(await ids(1)).not.toContain(made.fact.id);
      const confirmed = settle(chief, again, 'confirmed');
      await push(confirmed);
      expect(await holders(run)).toEqual(both());
      expect(await ids(1)).toEqual(expect.arrayContaining([own.fact.id, confirmed.fact.id]));
    },
  );

  it('a second unit of another site waits for its supervisor too; what the incident’s site says of that run counts', async () => {
    const second = await unitOf(1);
    const run = assignmentRef(incident, second, 0);
    const [first, sent] = [here.append(send(unit)), here.append(send(second))];
    const time = here.append({ type: 'time.recorded', about: [run], body: { element: 'onScene', at: 1 } });
    const enRoute = here.append({
      type: 'unit.status',
      about: [incident, second, run],
      replaces: [sent.fact.id],
      body: { code: 'ER', standard: 'enRoute' },
    });
    await push(opened, first, sent);
    expect(await holders(run)).toEqual(both());
    await push(time, enRoute);
    expect(await contested(run)).toEqual([foreign(sent)]);
    expect((await folded(run)).firsts.onScene?.at).toBe(1);
    expect(await contested(second)).toEqual(
      [foreign(sent), foreign(enRoute)].sort((a, b) => (a.fact < b.fact ? -1 : 1)),
    );
    for (const at of [0, 1] as const) expect(await ids(at)).toContain(time.fact.id);
    await push(settle(chiefThere, sent, 'confirmed', [second, run]));
    expect(await contested(run)).toEqual([]);
    expect(await contested(second)).toEqual([foreign(enRoute)]);
  });

  it.each(['one after the other', 'in one step'])(
    'what was said of a run before its incident was known is told to whose it is when it is: %s',
    async (how) => {
      const ours = await unitOf(0);
      const run = assignmentRef(incident, ours, 0);
      const time = there.append({ type: 'time.recorded', about: [run], body: { element: 'onScene', at: 1 } });
      if (how === 'in one step') {
        await pushAtOnce(time, opened);
      } else {
        await push(time);
        expect(await holders(run)).toEqual([]);
        await push(opened);
      }
      expect(await holders(run)).toEqual([here.site.site]);
      expect(await contested(run)).toEqual([foreign(time)]);
      expect(await ids(0)).toContain(time.fact.id);
      expect(await types(0)).toContain('fact.contested');
      expect(await ids(1)).not.toContain(opened.fact.id);
    },
  );
}
