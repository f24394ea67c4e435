/** What stays erased: against keys and copies that come late, for whoever begins anew, and after the center was put back. */
import { beforeEach, expect, it } from 'vitest';
import { shownValue } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { eraseEntity } from '../erase.ts';
import { ownFrames } from '../own.ts';
import { frames, headers, type LogBench, type LogUnderTest, typesOf, world } from './log-bench.ts';
import { newEntity, opening, pushOf, type TestStation, testStation } from './station.ts';

const LONG_AGO = 90 * 86_400_000;
const RECENT = 72 * 3_600_000;

export function erasingContract(bench: LogBench): void {
  let subject: LogUnderTest;
  let a: TestStation;
  let b: TestStation;
  const { signer, enrolled, push, stream, folded } = bench;
  beforeEach(() => {
    ({ subject, a, b } = bench.begun());
  });

  const site = (): string => subject.sites[0].site;
  const erase = (ref: EntityRef): Promise<void> =>
    subject.log.intake(subject.org, (tx) => eraseEntity(tx, ref, 'asked for', signer, world));
  /** The center's word of an erasure, of an epoch that was lost. */
  const wordOf = (ref: EntityRef, of = site()) => {
    const draft = { type: 'entity.erased', v: 1, at: 1, about: [ref], replaces: [], body: { reason: 'asked for' } };
    const made = ownFrames([draft], { org: subject.org, site: of, epoch: 'lost' }, new Map(), signer, world);
    return made.map(({ frame }) => frame).slice(-1);
  };

  it('takes no key of what was erased: whoever had not heard of it may have made another', async () => {
    const incident = newEntity('incident');
    await push(pushOf(a.append(opening(incident))));
    await erase(incident);
    const late = b.append({ type: 'incident.noted', about: [incident], body: { text: 'secret of b' } });
    const out = await push(pushOf(late));
    expect(out.acks).toMatchObject([{ log: b.log().log, seq: 1 }]);
    const read = await subject.log.read(subject.org, site(), 0, 10);
    expect(read.items.at(-1)).toMatchObject({ frame: { h: late.frame.h, b: null } });
    expect(read.keys).toEqual([]);
    expect((await folded(incident))?.lists.notes).toBeUndefined();
    await push(pushOf(b.append({ type: 'incident.noted', about: [incident], body: { text: 'another' } })));
    expect((await stream()).at(-1)).toMatchObject({ frame: { b: null } });
    expect((await folded(incident))?.lists.notes).toBeUndefined();
  });

  it('is no word of a station’s: a key that comes after that opens what it did', async () => {
    const incident = newEntity('incident');
    await push(pushOf(a.append(opening(incident))));
    await push(pushOf(a.append({ type: 'entity.erased', about: [incident], body: { reason: 'no' } })));
    await push(pushOf(b.append({ type: 'incident.noted', about: [incident], body: { text: 'of b' } })));
    expect((await folded(incident))?.lists.notes).toHaveLength(1);
  });

  it('leaves for the figures what it was, also where all its facts would be folded again', async () => {
    const incident = newEntity('incident');
    await push(pushOf(a.append(opening(incident))));
    await erase(incident);
    const nobody = await enrolled(testStation(`n-${subject.org}`, subject.sites[0]));
    await push(pushOf(nobody.append({ type: 'incident.edited', about: [incident], body: { alarm: 3 } })));
    await push(pushOf(a.append({ type: 'incident.edited', about: [incident], body: { alarm: 2 } })));
    expect(shownValue(await folded(incident), 'priority')).toBe('2');
  });

  it('tells a new station that it was erased, and nothing else of what is over', async () => {
    const [erased, kept] = [newEntity('incident'), newEntity('incident')];
    const then = await enrolled(
      testStation(`then-${subject.org}`, subject.sites[0], {
        ...{ session: `dispatcher-${subject.org}`, by: 'ann' },
        now: () => Date.now() - LONG_AGO,
      }),
    );
    const closed = { type: 'incident.closed', body: { disposition: 'done' } };
    for (const ref of [erased, kept]) {
      const opened = then.append(opening(ref));
      await push(pushOf(opened, then.append({ ...closed, about: [ref], replaces: [opened.fact.id] })));
    }
    const longAgo = { clock: () => Date.now() - LONG_AGO, random: world.random };
    await subject.log.intake(subject.org, (tx) => eraseEntity(tx, erased, 'asked for', signer, longAgo));
    const start = await subject.log.startingPoint(subject.org, site(), Date.now() - RECENT);
    expect(typesOf(start.items)).toEqual(['entity.erased']);
    expect(start.folded.map(({ ref }) => ref)).toEqual([kept]);
    expect(await subject.log.startingPoint(subject.org, subject.sites[1].site, 0)).toMatchObject({ items: [] });
  });

  it('erases again what it is shown its own word of, and had forgotten when it was put back', async () => {
    const [known, unknown] = [newEntity('incident'), newEntity('incident')];
    const opened = a.append(opening(known));
    await push(pushOf(opened));
    const words = [...wordOf(known), ...wordOf(unknown)];
    expect(await push({ frames: words, keys: [] })).toMatchObject({ acks: [], problems: [] });
    expect(typesOf(await stream())).toEqual(['incident.opened', 'log.opened', 'entity.erased', 'entity.erased']);
    expect((await stream())[0]).toMatchObject({ frame: { b: null } });
    expect(shownValue(await folded(known), 'location')).toBeUndefined();
    // What it had lost comes after that, by whoever had not heard.
    const late = b.append(opening(unknown, { caller: 'Ada' }));
    await push(pushOf(late));
    expect((await stream()).at(-1)).toMatchObject({ frame: { h: late.frame.h, b: null } });
    expect(shownValue(await folded(unknown), 'caller')).toBeUndefined();
    const before = (await stream()).length;
    const noted = a.append({ type: 'incident.noted', about: [known], body: { text: 'late' } });
    const again = pushOf(noted);
    const out = await push({ ...again, frames: [...words, ...again.frames] });
    expect(out.acks).toMatchObject([{ log: a.log().log, seq: 2 }]);
    expect(frames(await stream()).slice(before)).toEqual(headers([noted]));
  });

  it('erases again by the word that it had said to another site, and that this one came to hold with the incident', async () => {
    const incident = newEntity('incident');
    await push(pushOf(a.append(opening(incident))));
    const words = wordOf(incident, subject.sites[1].site);
    expect(await push({ frames: words, keys: [] })).toMatchObject({ acks: [], problems: [] });
    expect(typesOf(await stream())).toEqual(['incident.opened', 'log.opened', 'entity.erased']);
    expect(shownValue(await folded(incident), 'location')).toBeUndefined();
    const others = await subject.log.read(subject.org, subject.sites[1].site, 0, 10);
    expect(others.items).toEqual([]);
  });

  it('takes that word from nobody who could not have had it of the center, and leaves what a hold stands on', async () => {
    const [forged, held] = [newEntity('incident'), newEntity('incident')];
    await push(pushOf(a.append(opening(forged)), a.append(opening(held))));
    const [word] = wordOf(forged);
    if (!word) throw new Error('a word was made');
    const other = a.append({ type: 'incident.noted', about: [forged], body: { text: 'x' } });
    const out = await push({ frames: [{ ...word, s: other.frame.s }], keys: [] });
    expect(out.problems).toMatchObject([{ why: 'forged' }]);
    await subject.hold(held);
    await push({ frames: wordOf(held), keys: [] });
    expect(typesOf(await stream())).toEqual(['incident.opened', 'incident.opened']);
    expect(shownValue(await folded(held), 'location')).toBeDefined();
  });
}
