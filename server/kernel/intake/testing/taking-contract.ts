/** What the log takes, and what of it it makes of broken, forged and missing things. */
import { beforeEach, expect, it } from 'vitest';
import { LAST_SEQ, readHeader } from '#domain/kernel/fact.ts';
import { shownValue } from '#domain/kernel/fold.ts';
import { ackText } from '#domain/kernel/stream.ts';
import type { PushOut } from '#domain/wire/sync.ts';
import { newSigningKey, signatureHolds, signerOf } from '#sealing/signing.ts';
import { greet } from '../hello.ts';
import { centerLogOf } from '../place.ts';
import { frames, headers, type LogBench, type LogUnderTest, world } from './log-bench.ts';
import { type Made, newEntity, opening, pushOf, type TestStation, testStation } from './station.ts';

export function takingContract(bench: LogBench): void {
  let subject: LogUnderTest;
  let a: TestStation;
  let b: TestStation;
  const { signer, keys, enrolled, push, stream, folded } = bench;
  beforeEach(() => {
    ({ subject, a, b } = bench.begun());
  });

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

  /** What b wrote, said to stand elsewhere, and signed by b all the same. */
  const moved = (made: Made, to: { readonly log?: string; readonly seq: number }): Made => {
    const h = JSON.stringify({ ...JSON.parse(made.frame.h), prev: null, ...to });
    return { ...made, frame: { ...made.frame, h, s: signerOf(b.privateKey).sign(h) } };
  };

  it('keeps the center’s own log for the center, whoever would begin it or declare a part of it lost', async () => {
    const epoch = await subject.log.epoch(subject.org);
    const log = centerLogOf(epoch, subject.sites[0].site);
    const noted = { type: 'incident.noted', about: [newEntity('incident')], body: { text: 'x' } } as const;
    const gap = b.append({ type: 'log.gap', about: [], body: { log, from: 1, to: 4_000_000_000 } });
    const out = await push(pushOf(gap, moved(b.append(noted), { log, seq: 4_000_000_001 })));
    expect(out.problems).toEqual([{ log, seq: 4_000_000_001, why: 'forked' }]);
    expect((await push(pushOf(moved(b.append(noted), { log, seq: 1 })))).problems).toEqual([
      { log, seq: 1, why: 'forked' },
    ]);
    const contested = testStation(b.station, b.site, { privateKey: b.privateKey }).append(noted);
    await push(pushOf(contested));
    const own = (await stream()).flatMap((item) => ('frame' in item ? (readHeader(item.frame.h) ?? []) : []));
    expect(own.filter((of) => of.log === log).map(({ seq, station }) => [seq, station])).toEqual([
      [1, 'center'],
      [2, 'center'],
    ]);
  });

  it('takes what says that a part of a log is lost whose name no log can have', async () => {
    const gaps = ['\ud800', '\u0000', 'x'.repeat(200)].map((log) =>
      b.append({ type: 'log.gap', about: [], body: { log, from: 1, to: 2 } }),
    );
    const out = await push(pushOf(...gaps));
    expect(out.problems).toEqual([]);
    expect(out.acks.map(({ log, seq }) => [log, seq])).toEqual([[b.log().log, 3]]);
  });

  it('takes no fact under the name of another, and all that comes with it', async () => {
    const first = a.append(opening(newEntity('incident')));
    await push(pushOf(first));
    const { id } = first.fact;
    const renamed = (made: Made): Made => {
      const h = JSON.stringify({ ...JSON.parse(made.frame.h), id });
      return { ...made, frame: { ...made.frame, h, s: signerOf(b.privateKey).sign(h) } };
    };
    const named = b.log();
    const same = renamed(b.append(opening(newEntity('incident'))));
    const next = a.append(opening(newEntity('incident')));
    const out = await push(pushOf(first, same, next));
    expect(out.problems).toEqual([{ log: named.log, seq: 1, why: 'forked' }]);
    expect(out.acks.map(({ log, seq }) => [log, seq])).toEqual([[a.log().log, 2]]);
    expect(frames(await stream())).toEqual(headers([first, next]));
    // The real ones come after all.
    b.rewind(named);
    const real = b.append(opening(newEntity('incident')));
    expect((await push(pushOf(real))).problems).toEqual([]);
  });

  it('does not take for a fact what stands where no log can come to, nor keeps a place for it', async () => {
    const lost = { log: b.log().log, from: 1, to: Number.MAX_SAFE_INTEGER };
    const gap = a.append({ type: 'log.gap', about: [], body: lost });
    const beyond = moved(b.append(opening(newEntity('incident'))), { seq: LAST_SEQ + 1 });
    const forged = { ...beyond, frame: { ...beyond.frame, s: 'A'.repeat(86) } };
    const out = await push(pushOf(gap, beyond, forged));
    expect(out.problems.map(({ why }) => why)).toEqual(['unreadable', 'unreadable']);
    expect(await stream()).toHaveLength(1);
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
}
