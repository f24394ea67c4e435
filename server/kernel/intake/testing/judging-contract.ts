/** Whose facts count: the authors and their rights. */
import { beforeEach, describe, expect, it } from 'vitest';
import { foldAll, settledState, shownValue } from '#domain/kernel/fold.ts';
import type { Json } from '#domain/kernel/json.ts';
import { settleShown } from '../shown.ts';
import { type LogBench, type LogUnderTest, typesOf, world } from './log-bench.ts';
import { pushFrames } from './push.ts';
import { tellingWhatIsReadWhole } from './read-whole.ts';
import { type Made, newEntity, opening, pushOf, type TestStation, testStation } from './station.ts';

export function judgingContract(bench: LogBench): void {
  let subject: LogUnderTest;
  let a: TestStation;
  let b: TestStation;
  const { signer, keys, enrolled, push, stream, folded } = bench;
  beforeEach(() => {
    ({ subject, a, b } = bench.begun());
  });

  it('contests what names a sign-in of another workstation: its name is in every header, and proves nothing', async () => {
    const session = `bound-${subject.org}`;
    const standing = { user: 'sue', roles: ['supervisor'], validFrom: 0, validUntil: null } as const;
    await subject.admit(session, { ...standing, station: a.station });
    const who = { session, by: 'sue' };
    const own = testStation(a.station, a.site, { ...who, privateKey: a.privateKey });
    const thief = await enrolled(testStation(`thief-${subject.org}`, subject.sites[0], who));
    const incident = newEntity('incident');
    const taken = thief.append(opening(incident));
    await push(pushOf(own.append(opening(newEntity('incident'))), taken));
    expect((await folded(incident))?.contested).toEqual([
      { fact: taken.fact.id, reason: 'The sign-in was at another workstation.' },
    ]);
    expect(typesOf(await stream()).filter((type) => type === 'fact.contested')).toHaveLength(1);
  });

  describe('judging authors', () => {
    const judged = async (
      station: TestStation,
    ): Promise<{ readonly types: readonly string[]; readonly reason: string | undefined }> => {
      const incident = newEntity('incident');
      const first = a.append(opening(incident));
      await push(pushOf(first));
      const edit = station.append({
        type: 'incident.edited',
        about: [incident],
        replaces: [first.fact.id],
        body: { priority: '1' },
      });
      const out = await push(pushOf(edit));
      expect(out.acks.find((ack) => ack.log === station.log().log)?.seq).toBe(station.log().seq);
      const state = await folded(incident);
      if (state?.contested.length === 0) expect(shownValue(state, 'priority')).toBe('1');
      else expect(shownValue(state, 'priority')).toBe('2');
      return { types: typesOf(await stream()), reason: state?.contested[0]?.reason };
    };

    it('contests a role that may not', async () => {
      await subject.admit(`biller-${subject.org}`, {
        user: 'bob',
        roles: ['biller'],
        validFrom: 0,
        validUntil: null,
      });
      const station = await enrolled(
        testStation(`x-${subject.org}`, subject.sites[0], { session: `biller-${subject.org}`, by: 'bob' }),
      );
      const { types, reason } = await judged(station);
      expect(reason).toBe('The role does not allow it.');
      expect(types).toEqual(['incident.opened', 'incident.edited', 'log.opened', 'fact.contested']);
    });

    it('contests what nobody signed in wrote, and a session that is not known or of someone else', async () => {
      const nobody = await enrolled(testStation(`x-${subject.org}`, subject.sites[0]));
      expect((await judged(nobody)).reason).toBe('Nobody was signed in.');
      const unknown = await enrolled(testStation(`y-${subject.org}`, subject.sites[0], { session: 'none', by: 'ann' }));
      expect((await judged(unknown)).reason).toBe('The sign-in is not known to the center.');
      const another = await enrolled(
        testStation(`z-${subject.org}`, subject.sites[0], { session: `dispatcher-${subject.org}`, by: 'bob' }),
      );
      expect((await judged(another)).reason).toBe('The sign-in is not known to the center.');
    });

    it('contests what was written after the right ended, by the clock reading, and nothing from before', async () => {
      const ended = Date.now() - 1_000;
      await subject.admit(`left-${subject.org}`, {
        user: 'eve',
        roles: ['dispatcher'],
        validFrom: 0,
        validUntil: ended,
      });
      const who = { session: `left-${subject.org}`, by: 'eve' };
      const late = await enrolled(testStation(`x-${subject.org}`, subject.sites[0], who));
      expect((await judged(late)).reason).toBe('The right to sign in had ended.');
      const early = await enrolled(testStation(`y-${subject.org}`, subject.sites[0], { ...who, now: () => ended - 1 }));
      expect((await judged(early)).reason).toBeUndefined();
    });

    it('contests a revoked workstation from the moment it was revoked', async () => {
      const at = Date.now() - 1_000;
      const who = { session: `dispatcher-${subject.org}`, by: 'ann' };
      const late = await enrolled(testStation(`x-${subject.org}`, subject.sites[0], who), at);
      expect((await judged(late)).reason).toBe('The workstation was revoked.');
      const early = await enrolled(
        testStation(`y-${subject.org}`, subject.sites[0], { ...who, now: () => at - 1 }),
        at,
      );
      expect((await judged(early)).reason).toBeUndefined();
    });

    it('reads nothing again of what was judged for a fact that comes later, and nothing for the word that one is contested', async () => {
      const { log, read } = tellingWhatIsReadWhole(subject.log);
      const take = (...made: readonly Made[]) =>
        pushFrames(log, keys, world, subject.org, subject.sites[0].site, pushOf(...made));
      const nobody = await enrolled(testStation(`x-${subject.org}`, subject.sites[0]));
      const unit = newEntity('unit');
      const status = (by: TestStation, code: string, replaces: readonly Made[] = []) =>
        by.append({
          type: 'unit.status',
          about: [unit],
          replaces: replaces.map(({ fact }) => fact.id),
          body: { code, standard: 'available' },
        });
      const first = status(a, 'AV');
      await take(first);
      const contested = status(nobody, 'X', [first]);
      await take(contested);
      const next = status(a, 'ER', [first]);
      await take(next, status(a, 'SG', [next]), status(nobody, 'Y', [next]));
      expect(read).toEqual([]);
      const state = await folded(unit);
      const whole = await subject.log.intake(subject.org, async (tx) =>
        foldAll(unit, await tx.factsAbout(unit), tx.effectsOf),
      );
      expect(state?.contested).toHaveLength(2);
      expect(state && settledState(state)).toEqual(settledState(whole));
      await subject.admit(`sup-${subject.org}`, { user: 'sue', roles: ['supervisor'], validFrom: 0, validUntil: null });
      const boss = await enrolled(
        testStation(`s-${subject.org}`, subject.sites[0], { session: `sup-${subject.org}`, by: 'sue' }),
      );
      const settled = { fact: contested.fact.id, verdict: 'set aside' };
      await take(boss.append({ type: 'fact.settled', about: [unit], body: settled }));
      expect(read).toEqual([unit]);
      expect((await folded(unit))?.contested).toHaveLength(1);
    });

    it('counts a contested fact once a supervisor confirmed it', async () => {
      await subject.admit(`sup-${subject.org}`, {
        user: 'sue',
        roles: ['supervisor'],
        validFrom: 0,
        validUntil: null,
      });
      const boss = await enrolled(
        testStation(`s-${subject.org}`, subject.sites[0], { session: `sup-${subject.org}`, by: 'sue' }),
      );
      const nobody = await enrolled(testStation(`x-${subject.org}`, subject.sites[0]));
      const incident = newEntity('incident');
      const first = a.append(opening(incident));
      const edit = nobody.append({
        type: 'incident.edited',
        about: [incident],
        replaces: [first.fact.id],
        body: { priority: '1' },
      });
      await push(pushOf(first, edit));
      await push(
        pushOf(
          boss.append({
            type: 'fact.settled',
            about: [incident],
            body: { fact: edit.fact.id, verdict: 'confirmed' },
          }),
        ),
      );
      const state = await folded(incident);
      expect(state?.contested).toEqual([]);
      expect(shownValue(state, 'priority')).toBe('1');
    });

    it('counts what a peer brought before its sign-in was known, once that is shown, in whatever order', async () => {
      const at = 1_700_000_000_000;
      const session = `shown-${subject.org}`;
      const unheard = await enrolled(
        testStation(`u-${subject.org}`, subject.sites[0], { session, by: 'una', now: () => at }),
      );
      const incident = newEntity('incident');
      const first = a.append(opening(incident));
      const edit = (replaces: Made, body: { readonly [field: string]: Json }) =>
        unheard.append({ type: 'incident.edited', about: [incident], replaces: [replaces.fact.id], body });
      const one = edit(first, { priority: '1' });
      await push(pushOf(first, one));
      expect((await folded(incident))?.contested).toEqual([
        { fact: one.fact.id, reason: 'The sign-in is not known to the center.' },
      ]);
      const shown = () => settleShown(subject.log, signer, world, subject.org, [session, 'another']);
      expect(await shown()).toBe(0);
      await subject.admit(session, { user: 'una', roles: ['dispatcher'], validFrom: 0, validUntil: at + 1 });
      expect(await shown()).toBe(1);
      const two = edit(one, { priority: '3' });
      await push(pushOf(two));
      const state = await folded(incident);
      expect(state?.contested).toEqual([]);
      expect(shownValue(state, 'priority')).toBe('3');
      expect(state?.registers.priority).toHaveLength(1);
      expect(await shown()).toBe(0);
      expect(typesOf(await stream()).filter((type) => type === 'fact.settled')).toHaveLength(1);
    });

    it('leaves contested what was written without the right, or what a supervisor has settled', async () => {
      const at = 1_700_000_000_000;
      const session = `late-${subject.org}`;
      const boss = `boss-${subject.org}`;
      await subject.admit(boss, { user: 'sue', roles: ['supervisor'], validFrom: 0, validUntil: null });
      const supervisor = await enrolled(
        testStation(`v-${subject.org}`, subject.sites[0], { session: boss, by: 'sue' }),
      );
      const late = await enrolled(
        testStation(`l-${subject.org}`, subject.sites[0], { session, by: 'una', now: () => at }),
      );
      const [ended, aside] = [newEntity('incident'), newEntity('incident')];
      const made = [late.append(opening(aside)), late.append(opening(ended))] as const;
      await push(pushOf(...made));
      const set = { fact: made[0].fact.id, verdict: 'set aside' };
      await push(pushOf(supervisor.append({ type: 'fact.settled', about: [aside], body: set })));
      await subject.admit(session, { user: 'una', roles: ['dispatcher'], validFrom: 0, validUntil: at });
      expect(await settleShown(subject.log, signer, world, subject.org, [session])).toBe(0);
      expect((await folded(ended))?.contested).toHaveLength(1);
      expect((await folded(aside))?.registers).toEqual({});
    });

    it('lets stand what a supervisor set aside in an outage, of which the center heard after it had confirmed', async () => {
      const at = 1_700_000_000_000;
      const session = `blind-${subject.org}`;
      const boss = `blind-boss-${subject.org}`;
      await subject.admit(boss, { user: 'sue', roles: ['supervisor'], validFrom: 0, validUntil: null });
      const supervisor = await enrolled(
        testStation(`w-${subject.org}`, subject.sites[0], { session: boss, by: 'sue' }),
      );
      const unheard = await enrolled(
        testStation(`y-${subject.org}`, subject.sites[0], { session, by: 'una', now: () => at }),
      );
      const incident = newEntity('incident');
      const made = unheard.append(opening(incident));
      await push(pushOf(made));
      await subject.admit(session, { user: 'una', roles: ['dispatcher'], validFrom: 0, validUntil: at + 1 });
      expect(await settleShown(subject.log, signer, world, subject.org, [session])).toBe(1);
      const body = { fact: made.fact.id, verdict: 'set aside' };
      await push(pushOf(supervisor.append({ type: 'fact.settled', about: [incident], body })));
      expect(await folded(incident)).toMatchObject({ registers: {}, contested: [] });
    });

    it('lets no station speak for the center', async () => {
      const incident = newEntity('incident');
      const first = a.append(opening(incident));
      const claim = b.append({
        type: 'fact.contested',
        about: [incident],
        body: { fact: first.fact.id, reason: 'no' },
      });
      await push(pushOf(first, claim));
      expect((await folded(incident))?.contested.map((one) => one.fact)).toEqual([claim.fact.id]);
    });

    it('asks for a good sign-in of what it cannot read too', async () => {
      const nobody = await enrolled(testStation(`x-${subject.org}`, subject.sites[0]));
      const incident = newEntity('incident');
      const [unsigned, signed] = [nobody, a].map((by) =>
        by.append({ type: 'incident.teleported', about: [incident], body: { to: 'nowhere' } }),
      );
      await push(pushOf(unsigned as Made, signed as Made));
      expect((await folded(incident))?.contested.map((one) => one.fact)).toEqual([unsigned?.fact.id]);
    });

    it('judges nothing a process notes by itself', async () => {
      await push(pushOf(a.append({ type: 'log.opened', about: [], body: { after: null, build: 't', reads: [] } })));
      expect(typesOf(await stream())).toEqual(['log.opened']);
    });
  });
}
