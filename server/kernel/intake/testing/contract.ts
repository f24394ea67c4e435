/** What every center's log has to do, whatever it keeps things in. PostgreSQL and memory are both held to it. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shownValue } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';
import { ackText, type StreamItem } from '#domain/kernel/stream.ts';
import type { PushIn, PushOut } from '#domain/wire/sync.ts';
import { itemHash } from '#sealing/digest.ts';
import { newSigningKey, signatureHolds, signerOf } from '#sealing/signing.ts';
import { eraseEntity } from '../erase.ts';
import { greet } from '../hello.ts';
import { type CenterKeys, pushFrames } from '../intake.ts';
import type { CenterLog, Committed, Device, Standing } from '../port.ts';
import { pullPage } from '../pull.ts';
import { settleShown } from '../shown.ts';
import {
  type Made,
  newEntity,
  opening,
  pushOf,
  random,
  type SiteOfStation,
  type TestStation,
  testStation,
} from './station.ts';

/** A log of one organisation with nothing in it, and the ways to make known who is there. */
export interface LogUnderTest {
  readonly log: CenterLog;
  readonly org: string;
  readonly sites: readonly [SiteOfStation, SiteOfStation];
  readonly enrol: (device: Device) => Promise<void>;
  readonly admit: (session: string, standing: Standing) => Promise<void>;
}

const world = { clock: Date.now, random };

export function centerLogContract(
  name: string,
  suite: {
    readonly start: () => Promise<{ readonly fresh: () => Promise<LogUnderTest>; readonly stop: () => Promise<void> }>;
  },
): void {
  describe(`the center's log: ${name}`, () => {
    let maker: Awaited<ReturnType<typeof suite.start>>;
    let subject: LogUnderTest;
    let a: TestStation;
    let b: TestStation;
    const signer = signerOf(newSigningKey());
    const keys: CenterKeys = { signer, publicKeys: [signer.publicKey] };
    let changes: Committed[];

    beforeAll(async () => {
      maker = await suite.start();
    });
    afterAll(() => maker.stop());

    const enrolled = async (station: TestStation, revokedAt: number | null = null): Promise<TestStation> => {
      const { org, site } = station.site;
      await subject.enrol({
        org,
        site,
        station: station.station,
        key: station.publicKey,
        revoked: revokedAt !== null,
        revokedAt,
      });
      return station;
    };

    beforeEach(async () => {
      subject = await maker.fresh();
      const tag = randomBytes(4).toString('hex');
      await subject.admit(`dispatcher-${subject.org}`, {
        user: 'ann',
        roles: ['dispatcher'],
        validFrom: 0,
        validUntil: null,
      });
      const who = { session: `dispatcher-${subject.org}`, by: 'ann' };
      a = await enrolled(testStation(`a-${tag}`, subject.sites[0], who));
      b = await enrolled(testStation(`b-${tag}`, subject.sites[0], who));
      changes = [];
      subject.log.onCommit((change) => changes.push(change));
    });

    const push = (input: PushIn, site = subject.sites[0].site): Promise<PushOut> =>
      pushFrames(subject.log, keys, world, subject.org, site, input);
    const stream = async (site = subject.sites[0].site): Promise<readonly StreamItem[]> =>
      (await subject.log.read(subject.org, site, 0, 5_000)).items;
    const frames = (items: readonly StreamItem[]): string[] =>
      items.flatMap((item) => ('frame' in item ? [item.frame.h] : []));
    const headers = (made: readonly Made[]): string[] => made.map((one) => one.frame.h);
    const typesOf = (items: readonly StreamItem[]): string[] =>
      items.flatMap((item) => ('frame' in item ? [(JSON.parse(item.frame.h) as { type: string }).type] : []));
    const folded = (ref: EntityRef) =>
      subject.log.intake(subject.org, async (tx) => (await tx.folded([ref])).get(ref) ?? undefined);

    it('keeps exact bytes, numbers them densely from 1, and acknowledges with its signature', async () => {
      const incident = newEntity('incident');
      const made = [
        a.append(opening(incident)),
        a.append({ type: 'incident.noted', about: [incident], body: { text: 'hello' } }),
      ];
      const out = await push(pushOf(...made));
      expect(out.problems).toEqual([]);
      expect(out.acks).toEqual([
        expect.objectContaining({ log: a.log().log, seq: 2, hash: a.log().hash, epoch: out.epoch }),
      ]);
      const [{ sig, ...said }] = out.acks as [PushOut['acks'][number]];
      expect(signatureHolds(signer.publicKey, ackText(said), sig)).toBe(true);
      const items = await stream();
      expect(items).toEqual(made.map((one, i) => ({ n: i + 1, frame: one.frame })));
      expect(await subject.log.streamHead(subject.org, subject.sites[0].site)).toBe(2);
      const { keys: envelopes } = await subject.log.read(subject.org, subject.sites[0].site, 0, 10);
      expect(envelopes).toEqual(made[0]?.keys);
    });

    it('folds what it takes, also many facts of one batch', async () => {
      const incident = newEntity('incident');
      const first = a.append(opening(incident));
      const edit = a.append({
        type: 'incident.edited',
        about: [incident],
        replaces: [first.fact.id],
        body: { priority: '1' },
      });
      await push(pushOf(first, edit));
      expect(shownValue(await folded(incident), 'priority')).toBe('1');
      const last = a.append({
        type: 'incident.edited',
        about: [incident],
        replaces: [edit.fact.id],
        body: { priority: '3' },
      });
      await push(pushOf(last));
      const state = await folded(incident);
      expect(shownValue(state, 'priority')).toBe('3');
      expect(state?.registers.priority).toHaveLength(1);
      expect(state?.replacedUnseen).toEqual([]);
    });

    it('takes the same push any number of times and changes nothing', async () => {
      const incident = newEntity('incident');
      const input = pushOf(
        a.append(opening(incident)),
        a.append({ type: 'incident.noted', about: [incident], body: { text: 'x' } }),
      );
      const once = await push(input);
      const before = await folded(incident);
      const again = await push(input);
      expect(again.acks.map(({ log, seq, hash }) => ({ log, seq, hash }))).toEqual(
        once.acks.map(({ log, seq, hash }) => ({ log, seq, hash })),
      );
      expect(again.problems).toEqual([]);
      expect(await stream()).toHaveLength(2);
      expect(await folded(incident)).toEqual(before);
    });

    it('takes the same fact once where two pushes in one moment bring it', async () => {
      const incident = newEntity('incident');
      const input = pushOf(a.append(opening(incident)));
      const answers = await Promise.all([push(input), push(input), push(input)]);
      expect(answers.map((out) => out.acks[0]?.seq)).toEqual([1, 1, 1]);
      expect(await stream()).toHaveLength(1);
    });

    it('says from where it wants a log that came with positions missing', async () => {
      const incident = newEntity('incident');
      const [first, second, third] = [1, 2, 3].map((i) =>
        a.append({ type: 'incident.noted', about: [incident], body: { text: `${i}` } }),
      ) as [Made, Made, Made];
      const out = await push(pushOf(second, third));
      expect(out.problems).toEqual([
        { log: a.log().log, seq: 2, why: 'ahead', from: 1 },
        { log: a.log().log, seq: 3, why: 'ahead', from: 1 },
      ]);
      expect(await stream()).toEqual([]);
      await push(pushOf(first, second, third));
      expect(frames(await stream())).toEqual(headers([first, second, third]));
    });

    it('leaves a second past of a log out', async () => {
      const incident = newEntity('incident');
      const note = (text: string) => a.append({ type: 'incident.noted', about: [incident], body: { text } });
      const first = note('1');
      const fork = a.log();
      const second = note('2');
      a.rewind(fork);
      note('another 2');
      const third = note('3 of another past');
      const out = await push(pushOf(first, second, third));
      expect(out.problems).toEqual([{ log: fork.log, seq: 3, why: 'forked' }]);
      expect(frames(await stream())).toEqual(headers([first, second]));
    });

    it('gives a log to the station of its first fact alone', async () => {
      const incident = newEntity('incident');
      const first = a.append({ type: 'incident.noted', about: [incident], body: { text: '1' } });
      await push(pushOf(first));
      const stolen = JSON.parse(
        b.append({ type: 'incident.noted', about: [incident], body: { text: '2' } }).frame.h,
      ) as Record<string, unknown>;
      const thief = signerOf(newSigningKey());
      await subject.enrol({
        org: subject.org,
        site: subject.sites[0].site,
        station: `t-${subject.org}`,
        key: thief.publicKey,
        revoked: false,
        revokedAt: null,
      });
      const h = JSON.stringify({
        ...stolen,
        station: `t-${subject.org}`,
        log: a.log().log,
        seq: 2,
        prev: a.log().hash,
      });
      const out = await push({ frames: [{ h, s: thief.sign(h), k: null, b: null }], keys: [] });
      expect(out.problems).toEqual([{ log: a.log().log, seq: 2, why: 'forked' }]);
    });

    it('lets a marker take the place of forged bytes, once, and the real ones come after all', async () => {
      const incident = newEntity('incident');
      const real = a.append(opening(incident));
      const forged = { ...real.frame, s: `${'A'.repeat(85)}A` };
      const out = await push({ frames: [forged], keys: [] });
      expect(out.problems).toEqual([{ log: a.log().log, seq: 1, why: 'forged' }]);
      await push({ frames: [forged], keys: [] });
      expect(await stream()).toEqual([{ n: 1, marker: { log: a.log().log, seq: 1, reason: 'not authentic' } }]);
      const good = await push(pushOf(real));
      expect(good.acks[0]?.seq).toBe(1);
      expect(await stream()).toHaveLength(2);
    });

    it('names what cannot be read and what is not of this site', async () => {
      const incident = newEntity('incident');
      const far = await enrolled(testStation(`far-${subject.org}`, subject.sites[1]));
      const foreign = far.append(opening(incident));
      const out = await push({ frames: [{ ...foreign.frame, h: '{"not":"a header"}' }, foreign.frame], keys: [] });
      expect(out.problems.map((problem) => problem.why)).toEqual(['unreadable', 'foreign']);
      expect(out.acks).toEqual([]);
      expect(await stream()).toEqual([]);
    });

    it('takes from one station what another of its site wrote', async () => {
      const incident = newEntity('incident');
      const byA = a.append(opening(incident));
      const byB = b.append({ type: 'incident.noted', about: [incident], body: { text: 'from b' } });
      const out = await push(pushOf(byA, byB));
      expect(out.acks.map((ack) => ack.log).sort()).toEqual([a.log().log, b.log().log].sort());
      expect((await folded(incident))?.lists.notes).toHaveLength(1);
    });

    it('takes authentic facts whatever their text and names are made of, and goes on with their log', async () => {
      const incident = newEntity('incident');
      const id = incident.slice('incident:'.length);
      const text = 'a\u0000b\ud800c';
      const opened = a.append(opening(incident, { nature: { code: text, text }, location: { text, zone: text } }));
      const sent = a.append({
        type: 'unit.dispatched',
        about: [incident, 'unit:u1', `assignment:${id}.u1.99999999999`, `assignment:${id}.u1.0`],
        body: { code: text, commitments: [incident] },
      });
      const next = a.append({ type: 'incident.noted', about: [incident], body: { text } });
      const made = pushOf(opened, sent, next);
      const [key] = made.keys;
      const out = await push({ ...made, keys: [...made.keys, { ...key, id: `x${id}`, under: 'a\u0000' } as never] });
      expect(out.problems).toEqual([]);
      expect(out.acks.find((ack) => ack.log === a.log().log)?.seq).toBe(3);
      expect(shownValue(await folded(incident), 'nature')).toEqual({ code: text, text });
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
        const unknown = await enrolled(
          testStation(`y-${subject.org}`, subject.sites[0], { session: 'none', by: 'ann' }),
        );
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
        const early = await enrolled(
          testStation(`y-${subject.org}`, subject.sites[0], { ...who, now: () => ended - 1 }),
        );
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

      it('judges nothing a process notes by itself', async () => {
        await push(pushOf(a.append({ type: 'log.opened', about: [], body: { after: null, build: 't', reads: [] } })));
        expect(typesOf(await stream())).toEqual(['log.opened']);
      });
    });

    it('takes up a log after a declared gap, and still fills the hole', async () => {
      const incident = newEntity('incident');
      const made = [1, 2, 3, 4].map((i) =>
        a.append({ type: 'incident.noted', about: [incident], body: { text: `${i}` } }),
      ) as [Made, Made, Made, Made];
      const damaged = a.log().log;
      await push(pushOf(made[0]));
      a.reopen();
      const gap = a.append({ type: 'log.gap', about: [], body: { log: damaged, from: 2, to: 3 } });
      const out = await push(pushOf(gap, made[3]));
      expect(out.problems).toEqual([]);
      expect(out.acks.find((ack) => ack.log === damaged)?.seq).toBe(4);
      const hello = await greet(subject.log, keys.publicKeys, world, subject.org, subject.sites[0].site, {
        cursor: null,
        logs: [{ log: damaged, seq: 4, ack: null }],
      });
      expect(hello.wants).toEqual([{ log: damaged, from: 2 }]);
      await push(pushOf(made[1], made[2]));
      expect((await folded(incident))?.lists.notes).toHaveLength(4);
      const [position] = (await subject.log.logHeads(subject.org, subject.sites[0].site)).filter(
        (one) => one.log === damaged,
      );
      expect(position).toMatchObject({ seq: 4, holes: [] });
    });

    it('believes no station about gaps in the log of another', async () => {
      const incident = newEntity('incident');
      const made = [1, 2, 3].map((i) =>
        a.append({ type: 'incident.noted', about: [incident], body: { text: `${i}` } }),
      ) as [Made, Made, Made];
      await push(pushOf(made[0]));
      const out = await push(
        pushOf(b.append({ type: 'log.gap', about: [], body: { log: a.log().log, from: 2, to: 2 } }), made[2]),
      );
      expect(out.problems).toEqual([{ log: a.log().log, seq: 3, why: 'ahead', from: 2 }]);
    });

    it('reads what waited for its key once the key comes', async () => {
      const incident = newEntity('incident');
      const made = a.append(opening(incident));
      await push({ frames: [made.frame], keys: [] });
      expect((await folded(incident))?.partly).toBe(true);
      const next = a.append({ type: 'incident.noted', about: [incident], body: { text: 'with the key' } });
      await push(pushOf(next));
      const state = await folded(incident);
      expect(state?.partly).toBe(false);
      expect(shownValue(state, 'number')).toBe('26-000001');
    });

    it('carries a type it cannot read, and shows the entity as partly shown', async () => {
      const incident = newEntity('incident');
      const first = a.append(opening(incident));
      const future = a.append({ type: 'incident.teleported', v: 7, about: [incident], body: { to: 'Mars' } });
      const out = await push(pushOf(first, future));
      expect(out.problems).toEqual([]);
      expect(frames(await stream())).toEqual(headers([first, future]));
      const state = await folded(incident);
      expect(state?.partly).toBe(true);
      expect(state?.contested).toEqual([]);
      expect(shownValue(state, 'number')).toBe('26-000001');
    });

    it('brings an entity, its past included, to another site that comes to hold it', async () => {
      const [here, there] = subject.sites;
      const far = await enrolled(
        testStation(`far-${subject.org}`, there, { session: `dispatcher-${subject.org}`, by: 'ann' }),
      );
      const [incident, other] = [newEntity('incident'), newEntity('incident')];
      const first = a.append(opening(incident));
      const noted = a.append({ type: 'incident.noted', about: [incident], body: { text: 'before' } });
      const theirs = far.append(opening(other));
      await push(pushOf(first, noted));
      await push(pushOf(theirs), there.site);
      expect(frames(await stream(there.site))).toEqual(headers([theirs]));
      const linked = a.append({ type: 'incident.linked', about: [incident, other], body: { linked: true } });
      await push(pushOf(linked));
      const joins = far.append({ type: 'incident.noted', about: [incident], body: { text: 'from there' } });
      await push(pushOf(joins), there.site);
      const stations = (items: readonly StreamItem[]): string[] =>
        frames(items).filter((h) => !h.includes('"station":"center"'));
      expect(stations(await stream(there.site))).toEqual(headers([theirs, first, noted, linked, joins]));
      expect(stations(await stream(here.site))).toEqual(headers([first, noted, linked, joins]));
      const after = a.append({ type: 'incident.noted', about: [incident], body: { text: 'after' } });
      await push(pushOf(after));
      expect((await stream(there.site)).map((item) => item.n)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(stations(await stream(there.site)).at(-1)).toBe(after.frame.h);
      const { items } = await subject.log.entityFacts(subject.org, there.site, incident);
      expect(frames(items)).toEqual(headers([first, noted, linked, joins, after]));
      expect((await folded(incident))?.lists.notes).toHaveLength(3);
    });

    it('numbers densely under eight pushers at once, in the order of visibility', async () => {
      const who = { session: `dispatcher-${subject.org}`, by: 'ann' };
      const stations = await Promise.all(
        Array.from({ length: 8 }, (_, i) => enrolled(testStation(`p${i}-${subject.org}`, subject.sites[0], who))),
      );
      let seen = 0;
      let done = false;
      const watcher = (async () => {
        while (!done) {
          const { items } = await subject.log.read(subject.org, subject.sites[0].site, seen, 5_000);
          for (const item of items) expect(item.n).toBe(++seen);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      })();
      await Promise.all(
        stations.map(async (station) => {
          const incident = newEntity('incident');
          for (let i = 0; i < 10; i++) {
            const made = [0, 1, 2].map((k) =>
              station.append({ type: 'incident.noted', about: [incident], body: { text: `${i}.${k}` } }),
            );
            await push(pushOf(...made));
          }
        }),
      );
      done = true;
      await watcher;
      const items = await stream();
      expect(items.map((item) => item.n)).toEqual(Array.from({ length: 240 }, (_, i) => i + 1));
      expect(new Set(frames(items)).size).toBe(240);
    });

    it('leaves nothing of a step that fails', async () => {
      const incident = newEntity('incident');
      const made = a.append(opening(incident));
      const broken: CenterLog = {
        ...subject.log,
        intake: (org, work) =>
          subject.log.intake(org, async (tx) => {
            await work(tx);
            throw new Error('power');
          }),
      };
      await expect(pushFrames(broken, keys, world, subject.org, subject.sites[0].site, pushOf(made))).rejects.toThrow(
        'power',
      );
      expect(await stream()).toEqual([]);
      expect(changes).toEqual([]);
      await push(pushOf(made));
      expect((await stream()).map((item) => item.n)).toEqual([1]);
      expect(shownValue(await folded(incident), 'number')).toBe('26-000001');
    });

    it('tells what was committed, with the numbers it has on each stream', async () => {
      const incident = newEntity('incident');
      const made = a.append(opening(incident));
      await push(pushOf(made));
      expect(changes).toHaveLength(1);
      expect(changes[0]?.sites.get(subject.sites[0].site)).toEqual({ items: [{ n: 1, frame: made.frame }], head: 1 });
      expect(changes[0]?.keys).toEqual(made.keys);
      expect(changes[0]?.facts.map((fact) => fact.id)).toEqual([made.fact.id]);
    });

    it('carries versions of records on the stream, never an earlier after a later one', async () => {
      const site = subject.sites[0].site;
      const unit = { kind: 'disposition', id: `d-${subject.org}`, version: 1, body: { code: 'X', text: 'One' } };
      await subject.log.intake(subject.org, (tx) => tx.putRecord(site, unit));
      await subject.log.intake(subject.org, (tx) =>
        tx.putRecord(site, { ...unit, version: 2, body: { code: 'X', text: 'Two' } }),
      );
      await expect(subject.log.intake(subject.org, (tx) => tx.putRecord(site, unit))).rejects.toThrow('later version');
      expect((await stream()).map((item) => ('record' in item ? item.record.version : 0))).toEqual([1, 2]);
      const held = await subject.log.intake(subject.org, (tx) => tx.record('disposition', unit.id));
      expect(held).toEqual({ ...unit, version: 2, body: { code: 'X', text: 'Two' } });
      const archived = { ...unit, version: 3, body: null };
      await subject.log.intake(subject.org, (tx) => tx.putRecord(site, archived));
      expect(await subject.log.intake(subject.org, (tx) => tx.record('disposition', unit.id))).toEqual(archived);
      const start = await subject.log.startingPoint(subject.org, site, 0);
      expect(start.items).toEqual([{ n: 3, record: archived }]);
    });

    it('starts a new station with facts of what is open and folded state of what is not', async () => {
      const [old, open] = [newEntity('incident'), newEntity('incident')];
      const long = Date.now() - 90 * 86_400_000;
      const then = await enrolled(
        testStation(`then-${subject.org}`, subject.sites[0], {
          session: `dispatcher-${subject.org}`,
          by: 'ann',
          now: () => long,
        }),
      );
      const opened = then.append(opening(old));
      const closed = then.append({
        type: 'incident.closed',
        about: [old],
        replaces: [opened.fact.id],
        body: { disposition: 'done' },
      });
      const fresh = a.append(opening(open));
      await push(pushOf(opened, closed, fresh));
      const start = await subject.log.startingPoint(subject.org, subject.sites[0].site, Date.now() - 72 * 3_600_000);
      expect(frames(start.items)).toEqual(headers([fresh]));
      expect(start.head).toBe(3);
      expect(start.folded.map((state) => state.ref)).toEqual([old]);
      expect(shownValue(start.folded[0], 'life')).toBe('closed');
      expect(start.heads.map(({ log, seq }) => ({ log, seq }))).toEqual(
        [
          { log: a.log().log, seq: 1 },
          { log: then.log().log, seq: 2 },
        ].sort((x, y) => (x.log < y.log ? -1 : 1)),
      );
    });

    it('erases an entity: bodies, keys and PHI go, the chain and the numbers stay, stations are told, late copies too', async () => {
      const incident = newEntity('incident');
      const made = [
        a.append(opening(incident)),
        a.append({ type: 'incident.noted', about: [incident], body: { text: 'secret' } }),
      ];
      const input = pushOf(...made);
      await push(input);
      const late = a.append({ type: 'incident.noted', about: [incident], body: { text: 'late secret' } });
      await subject.log.intake(subject.org, (tx) => eraseEntity(tx, incident, 'asked for', signer, world));
      const items = await stream();
      expect(items.map((item) => item.n)).toEqual([1, 2, 3, 4]);
      expect(typesOf(items)).toEqual(['incident.opened', 'incident.noted', 'log.opened', 'entity.erased']);
      expect(items.slice(0, 2).map((item) => ('frame' in item ? item.frame.b : ''))).toEqual([null, null]);
      expect((await subject.log.read(subject.org, subject.sites[0].site, 0, 10)).keys).toEqual([]);
      const state = await folded(incident);
      expect(shownValue(state, 'caller')).toBeUndefined();
      expect(shownValue(state, 'location')).toBeUndefined();
      expect(state?.lists.notes).toBeUndefined();
      expect(shownValue(state, 'priority')).toBe('2');
      const out = await push(pushOf(...made, late));
      expect(out.acks[0]?.seq).toBe(3);
      expect(out.problems).toEqual([]);
      expect((await stream()).at(-1)).toMatchObject({ n: 5, frame: { h: late.frame.h, b: null } });
      expect(JSON.stringify(await folded(incident))).not.toContain('secret');
    });

    describe('greetings', () => {
      const hello = (input: Parameters<typeof greet>[5]) =>
        greet(subject.log, keys.publicKeys, world, subject.org, subject.sites[0].site, input);

      it('wants what a station holds and the center does not', async () => {
        const incident = newEntity('incident');
        const out = await push(pushOf(a.append(opening(incident))));
        const answer = await hello({
          cursor: { epoch: out.epoch, n: 1 },
          logs: [
            { log: a.log().log, seq: 3, ack: out.acks[0] ?? null },
            { log: 'unknown', seq: 2, ack: null },
          ],
        });
        expect(answer).toEqual({
          epoch: out.epoch,
          head: 1,
          wants: [
            { log: a.log().log, from: 2 },
            { log: 'unknown', from: 1 },
          ],
          began: null,
        });
      });

      it('begins a new epoch where its own signature shows that it lost something, once', async () => {
        const { epoch } = await push(pushOf(a.append(opening(newEntity('incident')))));
        const lost = { epoch, log: 'lost', seq: 7, hash: null };
        const ack = { ...lost, sig: signer.sign(ackText(lost)) };
        const logs = [{ log: 'lost', seq: 7, ack }];
        const first = await hello({ cursor: null, logs });
        expect(first.epoch).not.toBe(epoch);
        expect(first.wants).toEqual([{ log: 'lost', from: 1 }]);
        const second = await hello({ cursor: null, logs });
        expect(second.epoch).toBe(first.epoch);
        expect((await push(pushOf(a.append(opening(newEntity('incident')))))).epoch).toBe(first.epoch);
      });

      it('begins one for a cursor beyond its stream', async () => {
        const { epoch } = await push(pushOf(a.append(opening(newEntity('incident')))));
        expect((await hello({ cursor: { epoch, n: 2 }, logs: [] })).epoch).not.toBe(epoch);
      });

      it('begins one for a cursor on another item than the one that is there now', async () => {
        const { site } = subject.sites[0];
        const incident = newEntity('incident');
        const { epoch } = await push(pushOf(a.append(opening(incident))));
        await subject.log.intake(subject.org, async (tx) => {
          const body = { z: 1.5, a: ['é', null, 1e21], nested: { b: true, a: -0 } };
          await tx.putRecord(site, { kind: 'roster_unit', id: `u-${subject.org}`, version: 1, body });
          await tx.putMarker(site, a.log().log, 9, 'not authentic');
        });
        // As a station has them.
        const read = JSON.parse(JSON.stringify(await stream())) as readonly StreamItem[];
        await subject.log.intake(subject.org, (tx) => eraseEntity(tx, incident, 'asked for', signer, world));
        const standing = (n: number, hash: string | undefined) =>
          hello({ cursor: { epoch, n }, logs: [], ...(hash === undefined ? {} : { cursorHash: hash }) });
        expect(read.map((item) => Object.keys(item)[1])).toEqual(['frame', 'record', 'marker']);
        for (const item of read) expect((await standing(item.n, itemHash(item))).began).toBeNull();
        expect((await standing(2, undefined)).began).toBeNull();
        const [first] = read;
        const began = await standing(2, itemHash(first as StreamItem));
        expect(began.epoch).not.toBe(epoch);
        expect((await standing(2, itemHash(first as StreamItem))).epoch).toBe(began.epoch);
      });

      it('says to a pull that its place is another item, and begins nothing by it', async () => {
        const { site } = subject.sites[0];
        const { epoch } = await push(pushOf(a.append(opening(newEntity('incident')))));
        const { epoch: now } = await push(pushOf(a.append(opening(newEntity('incident')))));
        const [one, two] = (await stream()) as [StreamItem, StreamItem];
        const pull = (after: number, afterHash?: string, asked = epoch) =>
          pullPage(subject.log, subject.org, site, {
            epoch: asked,
            after,
            limit: 1,
            ...(afterHash ? { afterHash } : {}),
          });
        const { keys: envelopes } = await subject.log.read(subject.org, site, 1, 1);
        expect(await pull(1, itemHash(one))).toEqual({ epoch, from: 1, items: [two], keys: envelopes, head: 2 });
        expect(await pull(2, itemHash(two))).toMatchObject({ from: 2, items: [], head: 2 });
        expect(await pull(0)).toMatchObject({ items: [one] });
        expect(await pull(1, itemHash(two))).toBe('elsewhere');
        // Beyond the stream, and of another epoch: its head and its epoch say so.
        expect(await pull(7, itemHash(two))).toMatchObject({ from: 7, items: [], head: 2 });
        expect(await pull(1, itemHash(two), 'another')).toMatchObject({ epoch, items: [] });
        expect(await subject.log.epoch(subject.org)).toBe(now);
      });

      it('begins none for a signature that is not its own, or an acknowledgment it can honour', async () => {
        const out = await push(pushOf(a.append(opening(newEntity('incident')))));
        const stranger = signerOf(newSigningKey());
        const lost = { epoch: out.epoch, log: 'lost', seq: 7, hash: null };
        const forged = { ...lost, sig: stranger.sign(ackText(lost)) };
        const answer = await hello({
          cursor: { epoch: 'of another time', n: 99 },
          logs: [
            { log: 'lost', seq: 7, ack: forged },
            { log: a.log().log, seq: 1, ack: out.acks[0] ?? null },
          ],
        });
        expect(answer.began).toBeNull();
        expect(answer.epoch).toBe(out.epoch);
      });

      it('takes back its own facts that stations kept from before', async () => {
        const nobody = await enrolled(testStation(`x-${subject.org}`, subject.sites[0]));
        const made = nobody.append(opening(newEntity('incident')));
        await push(pushOf(made));
        const own = (await stream()).flatMap((item) =>
          'frame' in item && item.frame.h.includes('"station":"center"') ? [item.frame] : [],
        );
        expect(own).toHaveLength(2);
        const other = await maker.fresh();
        expect(other.org).not.toBe(subject.org);
        const out = await push({ frames: own, keys: [] });
        expect(out.problems).toEqual([]);
        expect(out.acks[0]?.seq).toBe(2);
      });
    });
  });
}
