import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import type { Device, Standing } from '../port.ts';
import { readingOf } from '../reading.ts';
import { centerLogContract } from './contract.ts';
import type { Directory } from './directory.ts';
import { holdingContract } from './holding-contract.ts';
import type { LogUnderTest } from './log-bench.ts';
import { memoryLog } from './memory.ts';
import { pushFrames } from './push.ts';
import { newEntity, opening, pushOf, random, type SiteOfStation, testStation } from './station.ts';

function fresh(): LogUnderTest & { readonly log: ReturnType<typeof memoryLog> } {
  const org = randomBytes(4).toString('hex');
  const devices = new Map<string, Device>();
  const standings = new Map<string, Standing>();
  const held = new Set<EntityRef>();
  const sites = ['one', 'two'].map(
    (name): SiteOfStation => ({ org, site: `${org}-${name}`, siteKey: { id: `k-${name}`, bytes: randomBytes(32) } }),
  ) as [SiteOfStation, SiteOfStation];
  const directory: Directory = {
    device: (_, station) => devices.get(station),
    standing: (_, session) => standings.get(session),
    siteKey: (_, site, id) => sites.find((one) => one.site === site && one.siteKey.id === id)?.siteKey.bytes,
    underHold: (_, ref) => held.has(ref),
  };
  let reading = readingOf();
  const log = memoryLog(
    directory,
    () => randomBytes(6).toString('hex'),
    () => reading,
  );
  return {
    log,
    of: (reads) => {
      reading = readingOf(reads);
      return log;
    },
    org,
    sites,
    enrol: async (device) => void devices.set(device.station, device),
    hold: async (ref) => void held.add(ref),
    admit: async (session, standing) => void standings.set(session, standing),
  };
}

const suite = { start: async () => ({ fresh: async () => fresh(), stop: async () => undefined }) };
centerLogContract('memory', suite);
holdingContract('memory', suite);

describe('a backup of the log in memory', () => {
  it('is what it was, whatever happened since', async () => {
    const subject = fresh();
    const station = testStation('a', subject.sites[0]);
    await subject.enrol({
      org: subject.org,
      site: station.site.site,
      station: 'a',
      key: station.publicKey,
      revoked: false,
      revokedAt: null,
    });
    const signer = signerOf(newSigningKey());
    const keys = { signer, publicKeys: [signer.publicKey] };
    const push = () =>
      pushFrames(
        subject.log,
        keys,
        { clock: Date.now, random },
        subject.org,
        station.site.site,
        pushOf(station.append(opening(newEntity('incident')))),
      );
    await push();
    const backup = subject.log.snapshot();
    const before = await subject.log.read(subject.org, station.site.site, 0, 100);
    await push();
    subject.log.restore(backup);
    expect(await subject.log.read(subject.org, station.site.site, 0, 100)).toEqual(before);
    expect([...subject.log.facts(subject.org)]).toHaveLength(before.items.length);
  });
});
