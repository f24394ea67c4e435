/** How a station and the center find out where the other stands. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ackText, type StreamItem } from '#domain/kernel/stream.ts';
import { itemHash } from '#sealing/digest.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { eraseEntity } from '../erase.ts';
import { greet } from '../hello.ts';
import { pullPage } from '../pull.ts';
import { type LogBench, type LogUnderTest, world } from './log-bench.ts';
import { newEntity, opening, pushOf, type TestStation, testStation } from './station.ts';

export function greetingContract(bench: LogBench): void {
  let subject: LogUnderTest;
  let a: TestStation;
  const { another, signer, keys, enrolled, push, stream } = bench;
  beforeEach(() => {
    ({ subject, a } = bench.begun());
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

    it('begins one for an acknowledgment of an epoch that it has forgotten, once, though nobody can bring what it lost', async () => {
      const { epoch } = await push(pushOf(a.append(opening(newEntity('incident')))));
      const lost = { epoch: 'of a future before the backup', log: 'lost', seq: 7, hash: null };
      const logs = [{ log: 'lost', seq: 7, ack: { ...lost, sig: signer.sign(ackText(lost)) } }];
      const first = await hello({ cursor: { epoch: lost.epoch, n: 5 }, logs });
      expect(first.epoch).not.toBe(epoch);
      const second = await hello({ cursor: { epoch: first.epoch, n: 0 }, logs });
      expect([second.began, second.epoch]).toEqual([null, first.epoch]);
      // What is lost from now on still begins another.
      const since = { ...lost, epoch: first.epoch };
      const third = await hello({
        cursor: null,
        logs: [{ ...logs[0], log: 'lost', seq: 7, ack: { ...since, sig: signer.sign(ackText(since)) } }],
      });
      expect(third.epoch).not.toBe(first.epoch);
    });

    it('begins one for all who come at once and show the same loss', async () => {
      const { epoch } = await push(pushOf(a.append(opening(newEntity('incident')))));
      const lost = { epoch, log: 'lost', seq: 7, hash: null };
      const logs = [{ log: 'lost', seq: 7, ack: { ...lost, sig: signer.sign(ackText(lost)) } }];
      await Promise.all(Array.from({ length: 5 }, () => hello({ cursor: null, logs })));
      const begun = (await subject.log.epochs(subject.org)).filter((name) => name !== epoch);
      expect(begun).toEqual([await subject.log.epoch(subject.org)]);
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
      const other = await another();
      expect(other.org).not.toBe(subject.org);
      const out = await push({ frames: own, keys: [] });
      expect(out.problems).toEqual([]);
      expect(out.acks[0]?.seq).toBe(2);
    });
  });
}
