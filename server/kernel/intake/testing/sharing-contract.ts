/** What shows a record to another site, and what of that site's then counts. */
import { beforeEach, expect, it } from 'vitest';
import { shownValue } from '#domain/kernel/fold.ts';
import { assignmentRef, type EntityRef } from '#domain/kernel/ids.ts';
import type { LogUnderTest } from './log-bench.ts';
import { factsIn, type SitesBench } from './sites-bench.ts';
import { type Made, newEntity, opening, type TestStation, testStation } from './station.ts';

export function sharingContract(bench: SitesBench): void {
  let subject: LogUnderTest;
  let here: TestStation;
  let chief: TestStation;
  let there: TestStation;
  let chiefThere: TestStation;
  let incident: EntityRef;
  let opened: Made;
  let unit: EntityRef;
  const { enrolled, unitOf, push, ids, types, holders, both, folded, contested, foreign, note, settle, send } = bench;
  beforeEach(() => {
    ({ subject, here, chief, there, chiefThere, incident, opened, unit } = bench.begun());
  });

  it('sending another site’s unit shows that site the incident, and waits for its supervisor', async () => {
    const before = note(here, 'before');
    await push(opened, before);
    const sent = here.append(send(unit));
    await push(sent);
    const run = assignmentRef(incident, unit, 0);
    expect(await contested(incident)).toEqual([]);
    expect(await contested(unit)).toEqual([foreign(sent)]);
    expect(await contested(run)).toEqual([foreign(sent)]);
    expect(await holders(run)).toEqual(both());
    expect((await ids(1)).slice(-4, -1)).toEqual([opened, before, sent].map(({ fact }) => fact.id));
    expect((await types(1)).at(-1)).toBe('fact.contested');
    await push(settle(chiefThere, sent, 'confirmed', [unit, run]));
    expect(shownValue(await folded(unit), 'commitments')).toEqual([incident]);
    expect(await contested(run)).toEqual([]);
    expect(await holders(unit)).toEqual(both());
    const enRoute = here.append({
      type: 'unit.status',
      about: [incident, unit, run],
      replaces: [sent.fact.id],
      body: { code: 'ER', standard: 'enRoute' },
    });
    await push(enRoute, note(there, 'from there'));
    for (const ref of [incident, unit, run]) expect(await contested(ref)).toEqual([]);
    const { items } = await subject.log.entityFacts(subject.org, there.site.site, incident);
    expect(factsIn(items)).toHaveLength(5);
  });

  it('sending one’s own unit to another site’s incident shows that site the unit, and nothing of the incident here', async () => {
    const status = there.append({
      type: 'unit.status',
      about: [unit],
      body: { code: 'AV', standard: 'available', commitments: [] },
    });
    await push(opened, status);
    const sent = there.append({ ...send(unit), replaces: [status.fact.id] });
    await push(sent);
    const run = assignmentRef(incident, unit, 0);
    expect(shownValue(await folded(unit), 'commitments')).toEqual([incident]);
    expect(await contested(unit)).toEqual([]);
    expect(await contested(incident)).toEqual([foreign(sent)]);
    expect(await contested(run)).toEqual([foreign(sent)]);
    expect(await holders(incident)).toEqual([here.site.site]);
    expect(await ids(0)).toEqual(expect.arrayContaining([status.fact.id, sent.fact.id]));
    await push(settle(chief, sent, 'confirmed', [incident, run]));
    for (const ref of [incident, unit, run]) expect(await contested(ref)).toEqual([]);
    expect(await holders(run)).toEqual(both());
    expect(await ids(1)).toContain(opened.fact.id);
  });

  it('what nobody had the right to write shares nothing', async () => {
    await push(opened);
    const nobody = await enrolled(testStation(`n-${subject.org}`, subject.sites[0]));
    await push(nobody.append(send(unit)));
    expect(await holders(incident)).toEqual([here.site.site]);
    expect(await types(1)).not.toContain('incident.opened');
  });

  it('an unlink shares nothing, a link does, and neither counts at the other end', async () => {
    const other = newEntity('incident');
    const theirs = there.append(opening(other));
    await push(opened, theirs);
    const link = (linked: boolean) =>
      here.append({ type: 'incident.linked', about: [incident, other], body: { linked } });
    await push(link(false));
    expect(await holders(incident)).toEqual([here.site.site]);
    const linked = link(true);
    await push(linked);
    expect(await holders(incident)).toEqual(both());
    expect(await holders(other)).toEqual([there.site.site]);
    expect(await contested(other)).toContainEqual(foreign(linked));
  });

  it('a link shows what is linked to whose the other one is, also where that was shown to the author before', async () => {
    await push(opened, here.append(send(unit)));
    expect(await holders(incident)).toEqual(both());
    const other = newEntity('incident');
    const theirs = there.append(opening(other));
    await push(theirs);
    await push(there.append({ type: 'incident.linked', about: [other, incident], body: { linked: true } }));
    expect(await contested(incident)).toEqual([]);
    expect(await holders(other)).toEqual(both());
    expect(await ids(0)).toContain(theirs.fact.id);
  });

  it('a unit that was let go shows its site every incident that it is sent to, and one’s own unit shows none', async () => {
    const ours = await unitOf(0);
    const [next, last, theirs] = [newEntity('incident'), newEntity('incident'), newEntity('incident')];
    const sendTo = (at: EntityRef, of: EntityRef): Made =>
      here.append({
        ...send(of),
        about: [at, of, assignmentRef(at, of, 0)],
        body: { code: 'DP', commitments: [at] },
      });
    const sent = sendTo(incident, unit);
    await push(opened, sent);
    await push(settle(chiefThere, sent, 'confirmed', [unit, assignmentRef(incident, unit, 0)]));
    await push(here.append(opening(next)), sendTo(next, unit));
    expect(await contested(unit)).toEqual([]);
    expect(await holders(next)).toEqual(both());
    // Our own is known there once it was sent there, and goes on with its work here.
    await push(there.append(opening(theirs)));
    await push(sendTo(theirs, ours));
    expect(await holders(ours)).toEqual(both());
    await push(here.append(opening(last)), sendTo(last, ours));
    expect(await holders(last)).toEqual([here.site.site]);
    expect(await holders(assignmentRef(last, ours, 0))).toEqual([here.site.site]);
  });

  it.each(['the opening first', 'the opening later'])(
    'what was written after it was shared counts, also where a center that was put back hears of it before: %s',
    async (order) => {
      const sent = here.append(send(unit));
      await new Promise((resolve) => setTimeout(resolve, 5));
      const answer = note(there, 'from there, knowing it');
      if (order === 'the opening first') await push(opened);
      await push(answer);
      if (order === 'the opening later') await push(opened);
      expect(await contested(incident)).toEqual([foreign(answer)]);
      await push(sent);
      expect(await contested(incident)).toEqual([]);
      expect(await holders(incident)).toEqual(both());
    },
  );

  it('what was written before it was shared stays contested', async () => {
    await push(opened);
    const early = note(there, 'not knowing it');
    await push(early);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await push(here.append(send(unit)));
    expect(await contested(incident)).toEqual([foreign(early)]);
  });

  it('what its author had no right to is not let in with it', async () => {
    const sent = here.append(send(unit));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const nobody = await enrolled(testStation(`x-${subject.org}`, subject.sites[1]));
    const answer = note(nobody, 'signed by nobody');
    await push(opened, answer);
    await push(sent);
    expect((await contested(incident)).map(({ fact }) => fact)).toEqual([answer.fact.id]);
  });
}
