/** What comes by its header alone, from a station whose disk lost its body, and whole from another one later. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '#domain/kernel/fact.ts';
import { shownValue } from '#domain/kernel/fold.ts';
import { eraseEntity } from '../erase.ts';
import { greet } from '../hello.ts';
import type { Committed } from '../port.ts';
import { frames, headers, type LogBench, type LogUnderTest, world } from './log-bench.ts';
import { type Made, newEntity, opening, pushOf, type TestStation, testStation } from './station.ts';

export function headerAloneContract(bench: LogBench): void {
  let subject: LogUnderTest;
  let a: TestStation;
  let b: TestStation;
  let changes: Committed[];
  const { signer, keys, enrolled, push, stream, folded } = bench;
  beforeEach(() => {
    ({ subject, a, b, changes } = bench.begun());
  });

  const alone = ({ frame }: Made): Frame => ({ ...frame, k: null, b: null });
  const carried = (made: Made, ...rest: Made[]) => {
    const whole = pushOf(...rest);
    return { ...whole, frames: [alone(made), ...whole.frames] };
  };
  const holes = async () =>
    (await subject.log.logHeads(subject.org, subject.sites[0].site)).find(({ log }) => log === a.log().log)?.holes;

  describe('a header without its body', () => {
    it('is taken, and filled in by whoever brings the body, which is told again on the stream', async () => {
      const incident = newEntity('incident');
      const [first, second] = [
        a.append(opening(incident)),
        a.append({ type: 'incident.noted', about: [incident], body: { text: 'x' } }),
      ];
      const out = await push(carried(first, second));
      expect(out.problems).toEqual([]);
      expect(out.acks.map(({ seq }) => seq)).toEqual([2]);
      expect((await folded(incident))?.partly).toBe(true);
      const greeted = await greet(subject.log, keys.publicKeys, world, subject.org, subject.sites[0].site, {
        cursor: null,
        logs: [{ log: a.log().log, seq: 2, ack: null }],
      });
      expect(greeted.wants).toEqual([{ log: a.log().log, from: 1 }]);
      changes.length = 0;
      expect((await push(pushOf(first, second))).problems).toEqual([]);
      const state = await folded(incident);
      expect(state?.partly).toBe(false);
      expect(shownValue(state, 'number')).toBe('26-000001');
      expect(await holes()).toEqual([]);
      expect(await stream()).toEqual([first, second, first].map(({ frame }, i) => ({ n: i + 1, frame })));
      expect(changes).toMatchObject([{ facts: [], opened: [incident], keys: first.keys }]);
      expect([...(changes[0]?.sites ?? [])]).toEqual([
        [subject.sites[0].site, { items: [{ n: 3, frame: first.frame }], head: 3 }],
      ]);
      // Once: neither comes again.
      await push(carried(first, second));
      await push(pushOf(first, second));
      expect(await stream()).toHaveLength(3);
      expect(await folded(incident)).toEqual(state);
    });

    it('is filled in within the same push, and by two that bring the body in one moment once', async () => {
      const [one, other] = [a.append(opening(newEntity('incident'))), a.append(opening(newEntity('incident')))];
      const both = pushOf(one, other);
      await push({ ...both, frames: [alone(one), one.frame, alone(other)] });
      await Promise.all([push(both), push(both)]);
      expect(frames(await stream())).toEqual(headers([one, other, one, other]));
      expect(await holes()).toEqual([]);
    });

    it('is what a body is taken for that is not the one it names', async () => {
      const incident = newEntity('incident');
      const [made, other] = [a.append(opening(incident)), b.append(opening(incident))];
      const garbled = { ...made.frame, b: other.frame.b };
      const gap = a.append({ type: 'log.gap', about: [], body: { log: b.log().log, from: 1, to: 1 } });
      const { keys: sent } = pushOf(made);
      await push({ frames: [garbled, { ...gap.frame, b: other.frame.b }], keys: sent });
      expect((await stream()).map((item) => ('frame' in item ? item.frame.b : ''))).toEqual([null, null]);
      // What does not open does not fill it in either.
      await push({ frames: [garbled], keys: sent });
      await push({ frames: [{ ...made.frame, k: 'of-nothing' }], keys: [] });
      expect(await stream()).toHaveLength(2);
      await push(pushOf(made, gap));
      expect((await stream()).slice(2)).toEqual([made, gap].map(({ frame }, i) => ({ n: i + 3, frame })));
      expect(shownValue(await folded(incident), 'number')).toBe('26-000001');
    });

    it('is not filled in by another past of its log, nor begun twice by it', async () => {
      const made = a.append(opening(newEntity('incident')));
      const before = { ...a.log(), seq: 0, hash: null };
      await push(carried(made));
      a.rewind(before);
      const fork = a.append(opening(newEntity('incident')));
      expect((await push(pushOf(fork))).problems).toEqual([]);
      expect(frames(await stream())).toEqual(headers([made]));
      await push(pushOf(made));
      expect(frames(await stream())).toEqual(headers([made, made]));
    });

    it('in a place that its station declared lost is taken there, and filled in there', async () => {
      const incident = newEntity('incident');
      const made = [1, 2, 3].map((i) =>
        a.append({ type: 'incident.noted', about: [incident], body: { text: `${i}` } }),
      ) as [Made, Made, Made];
      const log = a.log().log;
      a.reopen();
      const gap = a.append({ type: 'log.gap', about: [], body: { log, from: 1, to: 2 } });
      await push(pushOf(gap, made[2]));
      await push(carried(made[1]));
      await push(carried(made[1]));
      expect(frames(await stream())).toEqual(headers([gap, made[2], made[1]]));
      await push(pushOf(made[0], made[1]));
      expect(frames(await stream()).slice(3)).toEqual(headers([made[0], made[1]]));
      expect((await folded(incident))?.lists.notes).toHaveLength(3);
    });

    it('of what was erased since stays one: its body is not taken', async () => {
      const incident = newEntity('incident');
      const [first, second] = [
        a.append(opening(incident, { caller: 'Ada' })),
        a.append({ type: 'incident.noted', about: [incident], body: { text: 'secret' } }),
      ];
      await push(carried(first, second));
      await subject.log.intake(subject.org, (tx) => eraseEntity(tx, incident, 'asked for', signer, world));
      expect((await push(pushOf(first, second))).problems).toEqual([]);
      const bodies = (await stream()).flatMap((item) =>
        'frame' in item && item.frame.h.includes(a.log().log) ? [item.frame.b] : [],
      );
      expect(bodies.filter((body) => body !== null)).toEqual([]);
      expect(JSON.stringify(await folded(incident))).not.toContain('Ada');
      expect(await holes()).toEqual([]);
    });

    it('is what a frame without a body is that names a key which was not destroyed here: whoever erased it is forgotten', async () => {
      const incident = newEntity('incident');
      const [first, second] = [
        a.append(opening(incident)),
        a.append({ type: 'incident.noted', about: [incident], body: { text: 'x' } }),
      ];
      const erased = ({ frame }: Made): Frame => ({ ...frame, b: null });
      const { keys: sent } = pushOf(first);
      await push({ frames: [erased(first), erased(second)], keys: sent });
      const greeted = await greet(subject.log, keys.publicKeys, world, subject.org, subject.sites[0].site, {
        cursor: null,
        logs: [{ log: a.log().log, seq: 2, ack: null }],
      });
      expect(greeted.wants).toEqual([{ log: a.log().log, from: 1 }]);
      await push(pushOf(first, second));
      expect((await folded(incident))?.partly).toBe(false);
      expect((await folded(incident))?.lists.notes).toHaveLength(1);
      expect(await holes()).toEqual([]);
      expect((await stream()).slice(2)).toEqual([first, second].map(({ frame }, i) => ({ n: i + 3, frame })));
    });

    it('of what was erased meanwhile is passed over no longer once somebody brings it with the name of its key', async () => {
      const incident = newEntity('incident');
      const first = a.append(opening(incident));
      await push({ frames: [{ ...first.frame, b: null }], keys: pushOf(first).keys });
      await subject.log.intake(subject.org, (tx) => eraseEntity(tx, incident, 'asked for', signer, world));
      await push({ frames: [{ ...first.frame, b: null }], keys: [] });
      expect(await holes()).toEqual([]);
      expect((await push(pushOf(first))).problems).toEqual([]);
      const ofIts = (await stream()).flatMap((item) =>
        'frame' in item && item.frame.h === first.frame.h ? [item] : [],
      );
      expect(ofIts.map(({ frame }) => [frame.k, frame.b])).toEqual(Array(2).fill([first.frame.k, null]));
    });

    it('is filled in on every stream that it is on', async () => {
      const [, there] = subject.sites;
      const far = await enrolled(
        testStation(`far-${subject.org}`, there, { session: `dispatcher-${subject.org}`, by: 'ann' }),
      );
      const [incident, theirs] = [newEntity('incident'), newEntity('incident')];
      const opened = a.append(opening(incident));
      await push(carried(opened));
      await push(pushOf(far.append(opening(theirs))), there.site);
      await push(pushOf(a.append({ type: 'incident.linked', about: [incident, theirs], body: { linked: true } })));
      const before = (await stream(there.site)).length;
      await push(pushOf(opened));
      expect((await stream(there.site)).slice(before)).toEqual([{ n: before + 1, frame: opened.frame }]);
    });
  });
}
