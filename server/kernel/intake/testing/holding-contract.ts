/** What one site of an organisation may make of another's records. PostgreSQL and memory are both held to it. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FactDraft } from '#domain/kernel/fact.ts';
import { shownValue } from '#domain/kernel/fold.ts';
import { assignmentRef, type EntityRef, idOf } from '#domain/kernel/ids.ts';
import type { Role } from '#domain/kernel/permission.ts';
import type { StreamItem } from '#domain/kernel/stream.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { eraseEntity } from '../erase.ts';
import { OF_ANOTHER_SITE } from '../holding.ts';
import { pushFrames, takePushes } from '../intake.ts';
import { preparePush, verifyHere } from '../prepare.ts';
import { settleShown } from '../shown.ts';
import type { LogSuite, LogUnderTest } from './log-bench.ts';
import { type Made, newEntity, opening, pushOf, random, type TestStation, testStation } from './station.ts';

const world = { clock: Date.now, random };

export function holdingContract(name: string, suite: LogSuite): void {
  describe(`what sites hold: ${name}`, () => {
    let maker: Awaited<ReturnType<typeof suite.start>>;
    let subject: LogUnderTest;
    const signer = signerOf(newSigningKey());
    const keys = { signer, publicKeys: [signer.publicKey] };
    /** A dispatcher's workstation and a supervisor's, at each of two sites. */
    let here: TestStation;
    let chief: TestStation;
    let there: TestStation;
    let chiefThere: TestStation;
    let incident: EntityRef;
    let opened: Made;
    /** Of the roster of the other site. */
    let unit: EntityRef;

    beforeAll(async () => {
      maker = await suite.start();
    });
    afterAll(() => maker.stop());

    const admitted = async (who: string, at: 0 | 1, role: Role): Promise<TestStation> => {
      const session = `${who}-${subject.org}`;
      await subject.admit(session, { user: who, roles: [role], validFrom: 0, validUntil: null });
      return enrolled(testStation(`w-${session}`, subject.sites[at], { session, by: who }));
    };
    const enrolled = async (made: TestStation): Promise<TestStation> => {
      const { org, site } = made.site;
      await subject.enrol({ org, site, station: made.station, key: made.publicKey, revoked: false, revokedAt: null });
      return made;
    };
    const roster = (at: 0 | 1, id: string): Promise<void> =>
      subject.log.intake(subject.org, (tx) =>
        tx.putRecord(subject.sites[at].site, {
          kind: 'roster_unit',
          id,
          version: 1,
          body: { callsign: 'M1', kind: 'ambulance', agency: null, home: null, capabilities: [], active: true },
        }),
      );

    beforeEach(async () => {
      subject = await maker.fresh();
      here = await admitted('ann', 0, 'dispatcher');
      chief = await admitted('sue', 0, 'supervisor');
      there = await admitted('bob', 1, 'dispatcher');
      chiefThere = await admitted('max', 1, 'supervisor');
      incident = newEntity('incident');
      unit = `unit:u-${randomBytes(4).toString('hex')}`;
      await roster(1, idOf(unit));
      opened = here.append(opening(incident));
    });

    const push = async (...made: readonly Made[]): Promise<void> => {
      for (const site of subject.sites) {
        const mine = made.filter(({ fact }) => fact.site === site.site);
        if (mine.length === 0) continue;
        const out = await pushFrames(subject.log, keys, world, subject.org, site.site, pushOf(...mine));
        expect(out.problems).toEqual([]);
      }
    };
    const facts = async (at: 0 | 1): Promise<readonly { readonly id: string; readonly type: string }[]> =>
      factsIn((await subject.log.read(subject.org, subject.sites[at].site, 0, 5_000)).items);
    const factsIn = (items: readonly StreamItem[]) =>
      items.flatMap((item) => ('frame' in item ? [JSON.parse(item.frame.h) as { id: string; type: string }] : []));
    const ids = async (at: 0 | 1): Promise<readonly string[]> => (await facts(at)).map(({ id }) => id);
    const types = async (at: 0 | 1): Promise<readonly string[]> => (await facts(at)).map(({ type }) => type);
    const holders = (ref: EntityRef) =>
      subject.log.intake(subject.org, async (tx) => (await tx.sitesOf([ref])).get(ref) ?? []);
    const folded = (ref: EntityRef) =>
      subject.log.intake(subject.org, async (tx) => {
        const state = (await tx.folded([ref])).get(ref);
        if (!state) throw new Error(`${ref} has to be folded again`);
        return state;
      });
    const contested = async (ref: EntityRef) => (await folded(ref)).contested;
    const edit = (by: TestStation, priority: string): Made =>
      by.append({ type: 'incident.edited', about: [incident], replaces: [opened.fact.id], body: { priority } });
    const note = (by: TestStation, text: string): Made =>
      by.append({ type: 'incident.noted', about: [incident], body: { text } });
    const settle = (by: TestStation, of: Made, verdict: string, about = of.fact.about): Made =>
      by.append({ type: 'fact.settled', about: [...about], body: { fact: of.fact.id, verdict } });
    const send = (of: EntityRef): Pick<FactDraft, 'type' | 'about' | 'body'> => ({
      type: 'unit.dispatched',
      about: [incident, of, assignmentRef(incident, of, 0)],
      body: { code: 'DP', commitments: [incident] },
    });
    const foreign = (made: Made) => ({ fact: made.fact.id, reason: OF_ANOTHER_SITE });

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

    it('sending another site’s unit shows that site the incident, and waits for its supervisor', async () => {
      const before = note(here, 'before');
      await push(opened, before);
      const sent = here.append(send(unit));
      await push(sent);
      const run = assignmentRef(incident, unit, 0);
      expect(await contested(incident)).toEqual([]);
      expect(await contested(unit)).toEqual([foreign(sent)]);
      expect(await contested(run)).toEqual([foreign(sent)]);
      expect(await holders(run)).toEqual(subject.sites.map(({ site }) => site).sort());
      expect((await ids(1)).slice(-4, -1)).toEqual([opened, before, sent].map(({ fact }) => fact.id));
      expect((await types(1)).at(-1)).toBe('fact.contested');
      await push(settle(chiefThere, sent, 'confirmed', [unit, run]));
      expect(shownValue(await folded(unit), 'commitments')).toEqual([incident]);
      expect(await contested(run)).toEqual([]);
      expect(await holders(unit)).toEqual(subject.sites.map(({ site }) => site).sort());
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
      expect(await holders(run)).toEqual(subject.sites.map(({ site }) => site).sort());
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
      expect(await holders(incident)).toEqual(subject.sites.map(({ site }) => site).sort());
      expect(await holders(other)).toEqual([there.site.site]);
      expect(await contested(other)).toContainEqual(foreign(linked));
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
        const ours: EntityRef = `unit:o-${randomBytes(4).toString('hex')}`;
        await roster(0, idOf(ours));
        const run = assignmentRef(incident, ours, 0);
        const time = (by: TestStation): Made =>
          by.append({ type: 'time.recorded', about: [run], body: { element: 'onScene', at: 1 } });
        const shared = edit(there, '1');
        await push(opened, shared, settle(chief, shared, 'confirmed'));
        expect(await holders(incident)).toEqual(subject.sites.map(({ site }) => site).sort());
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
        expect(await holders(run)).toEqual(subject.sites.map(({ site }) => site).sort());
        expect(await ids(1)).toEqual(expect.arrayContaining([own.fact.id, confirmed.fact.id]));
      },
    );

    it('a second unit of another site waits for its supervisor too; what the incident’s site says of that run counts', async () => {
      const second: EntityRef = `unit:o-${randomBytes(4).toString('hex')}`;
      await roster(1, idOf(second));
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
      expect(await holders(run)).toEqual(subject.sites.map(({ site }) => site).sort());
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
        const ours: EntityRef = `unit:o-${randomBytes(4).toString('hex')}`;
        await roster(0, idOf(ours));
        const run = assignmentRef(incident, ours, 0);
        const time = there.append({ type: 'time.recorded', about: [run], body: { element: 'onScene', at: 1 } });
        if (how === 'in one step') {
          const pushes = await Promise.all(
            [time, opened].map((made) =>
              preparePush(subject.log, keys.publicKeys, verifyHere, subject.org, made.fact.site, pushOf(made)),
            ),
          );
          await subject.log.intake(subject.org, (tx) => takePushes(tx, pushes, signer, world), undefined, true);
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

    it('a link shows what is linked to whose the other one is, also where that was shown to the author before', async () => {
      await push(opened, here.append(send(unit)));
      const both = subject.sites.map(({ site }) => site).sort();
      expect(await holders(incident)).toEqual(both);
      const other = newEntity('incident');
      const theirs = there.append(opening(other));
      await push(theirs);
      await push(there.append({ type: 'incident.linked', about: [other, incident], body: { linked: true } }));
      expect(await contested(incident)).toEqual([]);
      expect(await holders(other)).toEqual(both);
      expect(await ids(0)).toContain(theirs.fact.id);
    });

    it('a unit that was let go shows its site every incident that it is sent to, and one’s own unit shows none', async () => {
      const ours: EntityRef = `unit:o-${randomBytes(4).toString('hex')}`;
      await roster(0, idOf(ours));
      const [next, last, theirs] = [newEntity('incident'), newEntity('incident'), newEntity('incident')];
      const both = subject.sites.map(({ site }) => site).sort();
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
      expect(await holders(next)).toEqual(both);
      // Our own is known there once it was sent there, and goes on with its work here.
      await push(there.append(opening(theirs)));
      await push(sendTo(theirs, ours));
      expect(await holders(ours)).toEqual(both);
      await push(here.append(opening(last)), sendTo(last, ours));
      expect(await holders(last)).toEqual([here.site.site]);
      expect(await holders(assignmentRef(last, ours, 0))).toEqual([here.site.site]);
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
      expect(await holders(other)).toEqual(subject.sites.map(({ site }) => site).sort());
      expect(await ids(0)).toContain(theirs.fact.id);
      expect(await holders(incident)).toEqual([here.site.site]);
    });

    it('what its own site shared before the opening came is shared when it comes, and the run is seen by both', async () => {
      const run = assignmentRef(incident, unit, 0);
      const sent = chief.append(send(unit));
      await push(sent);
      expect(await holders(run)).toEqual([]);
      await push(opened);
      const both = subject.sites.map(({ site }) => site).sort();
      expect(await holders(incident)).toEqual(both);
      expect(await ids(1)).toContain(opened.fact.id);
      expect(await contested(incident)).toEqual([]);
      expect(await contested(run)).toEqual([foreign(sent)]);
      expect(await holders(run)).toEqual(both);
    });

    it('is the same where both come in one step, in either order', async () => {
      await push(opened);
      for (const order of [0, 1]) {
        incident = newEntity('incident');
        opened = here.append(opening(incident));
        const others = note(there, 'others');
        const pushes = await Promise.all(
          [opened, others].map((made) =>
            preparePush(subject.log, keys.publicKeys, verifyHere, subject.org, made.fact.site, pushOf(made)),
          ),
        );
        if (order === 1) pushes.reverse();
        await subject.log.intake(subject.org, (tx) => takePushes(tx, pushes, signer, world), undefined, true);
        expect(await contested(incident)).toEqual([foreign(others)]);
        expect(await holders(incident)).toEqual([here.site.site]);
      }
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
        expect(await holders(incident)).toEqual(subject.sites.map(({ site }) => site).sort());
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
  });
}
