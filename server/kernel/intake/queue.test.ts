import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import type { Device } from './port.ts';
import { pushTaker } from './queue.ts';
import { readingOf } from './reading.ts';
import { type Verify, verifyHere } from './signature-checks.ts';
import { memoryLog } from './testing/memory.ts';
import { newEntity, opening, pushOf, random, type SiteOfStation, testStation } from './testing/station.ts';

/** A center of two workstations of one site; `verify` looks at what they push. */
function room(verify: Verify) {
  const site: SiteOfStation = { org: 'o', site: 's', siteKey: { id: 'k', bytes: randomBytes(32) } };
  const stations = ['a', 'b'].map((name) => testStation(name, site));
  const devices = new Map<string, Device>(
    stations.map(({ publicKey }, i) => {
      const station = ['a', 'b'][i] as string;
      return [station, { org: 'o', site: 's', station, key: publicKey, revoked: false, revokedAt: null }];
    }),
  );
  const log = memoryLog(
    {
      device: (_, station) => devices.get(station),
      standing: () => undefined,
      siteKey: () => site.siteKey.bytes,
      underHold: () => false,
    },
    () => 'e',
    () => readingOf(),
  );
  const signer = signerOf(newSigningKey());
  const take = pushTaker(log, async () => ({ signer, publicKeys: [] }), { clock: Date.now, random }, verify);
  return { take: (push: Parameters<typeof take>[2]) => take('o', 's', push), stations };
}

describe('pushes that are on their way together', () => {
  it('go on in the order of their log, though the first takes longer to be looked at, and hold no other log up', async () => {
    const slow = Promise.withResolvers<void>();
    let looked = 0;
    const { take, stations } = room(async (checks) => {
      if (++looked === 1) await slow.promise;
      return verifyHere(checks);
    });
    const [mine, other] = stations as [(typeof stations)[0], (typeof stations)[0]];
    const one = () => pushOf(mine.append(opening(newEntity('incident'))));
    const answers = [take(one()), take(one()), take(one())];
    const another = await take(pushOf(other.append(opening(newEntity('incident')))));
    expect([another.acks.map(({ seq }) => seq), another.problems]).toEqual([[1], []]);
    slow.resolve();
    const taken = await Promise.all(answers);
    expect(taken.flatMap(({ problems }) => problems)).toEqual([]);
    expect(taken.at(-1)?.acks.map(({ seq }) => seq)).toEqual([3]);
  });

  it('are not held up by one with a fact under the name of another’s, nor is what that brings besides', async () => {
    const { take, stations } = room(verifyHere);
    const [mine, other] = stations as [(typeof stations)[0], (typeof stations)[0]];
    const one = () => mine.append(opening(newEntity('incident')));
    const first = one();
    await take(pushOf(first));
    const { log } = other.log();
    const own = other.append(opening(newEntity('incident')));
    const h = JSON.stringify({ ...JSON.parse(own.frame.h), id: first.fact.id });
    const namesake = { ...own, frame: { ...own.frame, h, s: signerOf(other.privateKey).sign(h) } };
    const [carrying, beside] = await Promise.all([take(pushOf(namesake, one())), take(pushOf(one()))]);
    expect(carrying.problems).toEqual([{ log, seq: 1, why: 'forked' }]);
    expect(beside.problems).toEqual([]);
    expect(beside.acks.map(({ seq }) => seq)).toEqual([3]);
  });
});
