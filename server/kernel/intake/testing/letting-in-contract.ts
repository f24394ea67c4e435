/** What one site says of what another made: contested until a supervisor who holds it lets it in. */
import { beforeEach, expect, it } from 'vitest';
import { shownValue } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { eraseEntity } from '../erase.ts';
import { settleShown } from '../shown.ts';
import { type LogUnderTest, world } from './log-bench.ts';
import { factsIn, type SitesBench } from './sites-bench.ts';
import { type Made, newEntity, opening, type TestStation, testStation } from './station.ts';

export function lettingInContract(bench: SitesBench): void {
  let subject: LogUnderTest;
  let here: TestStation;
  let chief: TestStation;
  let there: TestStation;
  let chiefThere: TestStation;
  let incident: EntityRef;
  let opened: Made;
  const {
    signer,
    readWhole,
    unitOf,
    enrolled,
    push,
    ids,
    types,
    holders,
    folded,
    contested,
    foreign,
    edit,
    note,
    settle,
  } = bench;
  beforeEach(() => {
    ({ subject, here, chief, there, chiefThere, incident, opened } = bench.begun());
  });

  it('a fact about what another site made is contested: it changes nothing, and brings nothing', async () => {
    const [before, after] = [note(here, 'before'), note(here, 'after')];
    await push(opened, before);
    const taken = edit(there, '1');
    await push(taken);
    expect(shownValue(await folded(incident), 'priority')).toBe('2');
    expect(await contested(incident)).toEqual([foreign(taken)]);
    await push(after);
    expect(await types(1)).toEqual(['incident.edited', 'log.opened', 'fact.contested']);
    expect(await holders(incident)).toEqual([here.site.site]);
    const site = there.site.site;
    expect(await subject.log.factsAbout(subject.org, site, incident)).toEqual([]);
    const { items } = await subject.log.entityFacts(subject.org, site, incident);
    expect(factsIn(items).map(({ type }) => type)).toEqual(['incident.edited', 'fact.contested']);
    // Those whose record it is see it, and why it does not count; the numbers stay dense.
    expect(await types(0)).toEqual([
      ...['incident.opened', 'incident.noted', 'incident.edited', 'fact.contested', 'incident.noted'],
    ]);
  });

  it('what another site goes on to write about a unit is contested without reading all that was ever said of it', async () => {
    const unit = await unitOf(0);
    const status = (by: TestStation, code: string): Made =>
      by.append({ type: 'unit.status', about: [unit], body: { code, standard: 'available' } });
    await push(opened, status(here, 'AV'));
    const foreigners = [status(there, 'X'), status(there, 'Y'), status(there, 'Z')];
    const before = readWhole().length;
    for (const made of foreigners) await push(made);
    await push(status(here, 'ER'));
    expect(readWhole().slice(before)).toEqual([]);
    expect(await contested(unit)).toEqual(
      foreigners.map(foreign).sort((one, other) => (one.fact < other.fact ? -1 : 1)),
    );
  });

  it('a new station of that site starts from what its site said, and from nothing else of it, open or closed', async () => {
    await push(opened, note(here, 'before'));
    const taken = edit(there, '1');
    await push(taken);
    const site = there.site.site;
    const start = await subject.log.startingPoint(subject.org, site, 0);
    expect(factsIn(start.items).map(({ type }) => type)).toEqual(['incident.edited', 'fact.contested']);
    const closed = here.append({
      type: 'incident.closed',
      about: [incident],
      replaces: [opened.fact.id],
      body: { disposition: 'done' },
    });
    await push(closed);
    const later = await subject.log.startingPoint(subject.org, site, Date.now() + 1_000);
    expect(later.items.filter((item) => 'frame' in item)).toEqual([]);
    expect(later.folded).toEqual([]);
  });

  it('a supervisor who holds it lets it count; from then on the other site holds it too, its past included', async () => {
    const before = note(here, 'before');
    await push(opened, before);
    const taken = edit(there, '1');
    await push(taken);
    const word = settle(chief, taken, 'confirmed');
    await push(word);
    expect(await contested(incident)).toEqual([]);
    expect(shownValue(await folded(incident), 'priority')).toBe('1');
    expect(await ids(1)).toEqual(expect.arrayContaining([opened, before, word].map(({ fact }) => fact.id)));
    const next = note(there, 'from there');
    await push(next);
    expect(await contested(incident)).toEqual([]);
    expect(await ids(0)).toContain(next.fact.id);
  });

  it('set aside, it brings nothing', async () => {
    await push(opened);
    const taken = edit(there, '1');
    await push(taken, settle(chief, taken, 'set aside'));
    expect(await contested(incident)).toEqual([]);
    expect(shownValue(await folded(incident), 'priority')).toBe('2');
    expect(await holders(incident)).toEqual([here.site.site]);
    expect(await types(1)).toEqual(['incident.edited', 'log.opened', 'fact.contested']);
  });

  it('a supervisor of the other site has no word on it, on its own site’s facts neither', async () => {
    await push(opened);
    const taken = edit(there, '1');
    const word = settle(chiefThere, taken, 'confirmed');
    await push(taken, word);
    expect(shownValue(await folded(incident), 'priority')).toBe('2');
    expect(await contested(incident)).toEqual(
      [foreign(taken), foreign(word)].sort((a, b) => (a.fact < b.fact ? -1 : 1)),
    );
    expect(await holders(incident)).toEqual([here.site.site]);
  });

  it('a dispatcher who holds it cannot let it in by settling it', async () => {
    await push(opened);
    const taken = edit(there, '1');
    await push(taken, settle(here, taken, 'confirmed'));
    expect(await holders(incident)).toEqual([here.site.site]);
  });

  it('a supervisor’s word that comes before what it is about lets that in', async () => {
    const taken = edit(there, '1');
    const word = settle(chief, taken, 'confirmed');
    await push(opened, word);
    expect(await holders(incident)).toEqual([here.site.site]);
    await push(taken);
    expect(await contested(incident)).toEqual([]);
    expect(shownValue(await folded(incident), 'priority')).toBe('1');
    expect(await ids(1)).toContain(opened.fact.id);
  });

  it('a sign-in that is shown later does not let in what is another site’s', async () => {
    await push(opened);
    const session = `late-${subject.org}`;
    const late = await enrolled(testStation(`l-${subject.org}`, subject.sites[1], { session, by: 'eve' }));
    const own = late.append(opening(newEntity('incident')));
    const both = late.append({
      type: 'incident.linked',
      about: [own.fact.about[0] as EntityRef, incident],
      body: { linked: true },
    });
    await push(own, both);
    await subject.admit(session, { user: 'eve', roles: ['dispatcher'], validFrom: 0, validUntil: null });
    await settleShown(subject.log, signer, world, subject.org, [session]);
    expect(await contested(own.fact.about[0] as EntityRef)).toEqual([]);
    expect(await contested(incident)).toEqual([foreign(both)]);
    expect(await holders(incident)).toEqual([here.site.site]);
  });

  it('erasing it tells the other site too: what it said goes with the rest', async () => {
    await push(opened);
    await push(note(there, 'secret of theirs'));
    await subject.log.intake(subject.org, (tx) => eraseEntity(tx, incident, 'asked for', signer, world));
    expect((await types(1)).at(-1)).toBe('entity.erased');
    const { items } = await subject.log.read(subject.org, there.site.site, 0, 10);
    expect(items.flatMap((item) => ('frame' in item ? [item.frame.b] : []))[0]).toBeNull();
  });
}
