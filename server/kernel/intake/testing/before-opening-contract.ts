/** What came of an incident before its opening did: judged and shared when that comes. */
import { beforeEach, expect, it } from 'vitest';
import { assignmentRef, type EntityRef } from '#domain/kernel/ids.ts';
import type { SitesBench } from './sites-bench.ts';
import { type Made, newEntity, opening, type TestStation } from './station.ts';

export function beforeOpeningContract(bench: SitesBench): void {
  let here: TestStation;
  let chief: TestStation;
  let there: TestStation;
  let incident: EntityRef;
  let opened: Made;
  let unit: EntityRef;
  const { push, pushAtOnce, ids, types, holders, both, contested, foreign, note, send } = bench;
  beforeEach(() => {
    ({ here, chief, there, incident, opened, unit } = bench.begun());
  });

  it('what was said before the opening came is judged when it comes: its own site’s counts, another’s does not', async () => {
    const [own, others] = [note(chief, 'own'), note(there, 'others')];
    await push(own);
    await push(others);
    expect(await contested(incident)).toEqual([]);
    expect(await holders(incident)).toEqual([]);
    await push(opened);
    expect(await contested(incident)).toEqual([foreign(others)]);
    expect(await holders(incident)).toEqual([here.site.site]);
    expect(await ids(0)).toEqual(expect.arrayContaining([own, others, opened].map(({ fact }) => fact.id)));
    expect(await types(1)).toEqual(['incident.noted', 'log.opened', 'fact.contested']);
  });

  it('what a fact shared, it shares also where it came before the other site’s record', async () => {
    const other = newEntity('incident');
    const theirs = there.append(opening(other));
    await push(theirs);
    await push(there.append({ type: 'incident.linked', about: [other, incident], body: { linked: true } }));
    await push(opened);
    expect(await holders(other)).toEqual(both());
    expect(await ids(0)).toContain(theirs.fact.id);
    expect(await holders(incident)).toEqual([here.site.site]);
  });

  it('what its own site shared before the opening came is shared when it comes, and the run is seen by both', async () => {
    const run = assignmentRef(incident, unit, 0);
    const sent = chief.append(send(unit));
    await push(sent);
    expect(await holders(run)).toEqual([]);
    await push(opened);
    expect(await holders(incident)).toEqual(both());
    expect(await ids(1)).toContain(opened.fact.id);
    expect(await contested(incident)).toEqual([]);
    expect(await contested(run)).toEqual([foreign(sent)]);
    expect(await holders(run)).toEqual(both());
  });

  it('is the same where both come in one step, in either order', async () => {
    await push(opened);
    for (const order of [0, 1]) {
      const one = newEntity('incident');
      const its = here.append(opening(one));
      const others = note(there, 'others', one);
      await pushAtOnce(...(order === 0 ? [its, others] : [others, its]));
      expect(await contested(one)).toEqual([foreign(others)]);
      expect(await holders(one)).toEqual([here.site.site]);
    }
  });
}
