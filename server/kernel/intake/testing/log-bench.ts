/** A center's log under test: two workstations of one site whose dispatcher is signed in, and what a test asks of it. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Folded } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { StreamItem } from '#domain/kernel/stream.ts';
import type { PushIn, PushOut } from '#domain/wire/sync.ts';
import { newSigningKey, type Signer, signerOf } from '#sealing/signing.ts';
import type { CenterKeys } from '../intake.ts';
import type { CenterLog, Committed, Device, Standing } from '../port.ts';
import { pushFrames } from './push.ts';
import { type Made, random, type SiteOfStation, type TestStation, testStation } from './station.ts';

/** A log of one organisation with nothing in it, and the ways to make known who is there. */
export interface LogUnderTest {
  readonly log: CenterLog;
  /** The same log of a center that reads these, `type@v`: from then on of no other, where it is in memory. */
  readonly of: (reads: readonly string[]) => CenterLog;
  readonly org: string;
  readonly sites: readonly [SiteOfStation, SiteOfStation];
  readonly enrol: (device: Device) => Promise<void>;
  readonly admit: (session: string, standing: Standing) => Promise<void>;
  /** Places a legal hold. */
  readonly hold: (ref: EntityRef) => Promise<void>;
}

export interface LogSuite {
  readonly start: () => Promise<{ readonly fresh: () => Promise<LogUnderTest>; readonly stop: () => Promise<void> }>;
}

/** As it stands at the beginning of a test. */
export interface Begun {
  readonly subject: LogUnderTest;
  readonly a: TestStation;
  readonly b: TestStation;
  /** What the log told since, as it is committed. */
  readonly changes: Committed[];
}

export interface LogBench {
  readonly begun: () => Begun;
  /** Another organisation's, as empty. */
  readonly another: () => Promise<LogUnderTest>;
  /** The center's. */
  readonly signer: Signer;
  readonly keys: CenterKeys;
  readonly enrolled: (station: TestStation, revokedAt?: number | null) => Promise<TestStation>;
  readonly push: (input: PushIn, site?: string) => Promise<PushOut>;
  readonly stream: (site?: string) => Promise<readonly StreamItem[]>;
  readonly folded: (ref: EntityRef) => Promise<Folded | undefined>;
}

export const world = { clock: Date.now, random };

/** To be called within a \`describe\`: begins anew before each of its tests. */
export function logBench(suite: LogSuite): LogBench {
  let maker: Awaited<ReturnType<LogSuite['start']>>;
  let at: Begun;
  const signer = signerOf(newSigningKey());
  const keys: CenterKeys = { signer, publicKeys: [signer.publicKey] };

  beforeAll(async () => {
    maker = await suite.start();
  });
  afterAll(() => maker.stop());

  const enrolledAt = async (
    subject: LogUnderTest,
    station: TestStation,
    revokedAt: number | null,
  ): Promise<TestStation> => {
    const { org, site } = station.site;
    const key = station.publicKey;
    await subject.enrol({ org, site, station: station.station, key, revoked: revokedAt !== null, revokedAt });
    return station;
  };

  beforeEach(async () => {
    const subject = await maker.fresh();
    const tag = randomBytes(4).toString('hex');
    await subject.admit(`dispatcher-${subject.org}`, {
      user: 'ann',
      roles: ['dispatcher'],
      validFrom: 0,
      validUntil: null,
    });
    const who = { session: `dispatcher-${subject.org}`, by: 'ann' };
    const a = await enrolledAt(subject, testStation(`a-${tag}`, subject.sites[0], who), null);
    const b = await enrolledAt(subject, testStation(`b-${tag}`, subject.sites[0], who), null);
    const changes: Committed[] = [];
    subject.log.onCommit((change) => changes.push(change));
    at = { subject, a, b, changes };
  });

  return {
    begun: () => at,
    another: () => maker.fresh(),
    signer,
    keys,
    enrolled: (station, revokedAt = null) => enrolledAt(at.subject, station, revokedAt),
    push: (input, site = at.subject.sites[0].site) =>
      pushFrames(at.subject.log, keys, world, at.subject.org, site, input),
    stream: async (site = at.subject.sites[0].site) =>
      (await at.subject.log.read(at.subject.org, site, 0, 5_000)).items,
    folded: (ref) =>
      at.subject.log.intake(at.subject.org, async (tx) => (await tx.folded([ref])).get(ref) ?? undefined),
  };
}

export const frames = (items: readonly StreamItem[]): string[] =>
  items.flatMap((item) => ('frame' in item ? [item.frame.h] : []));
export const headers = (made: readonly Made[]): string[] => made.map((one) => one.frame.h);
export const typesOf = (items: readonly StreamItem[]): string[] =>
  items.flatMap((item) => ('frame' in item ? [(JSON.parse(item.frame.h) as { type: string }).type] : []));
