/** The center of a run: the shipped intake and greeting over its log in memory, behind a process that can die. */
import type { Frame } from '../../domain/kernel/fact.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { StreamPage } from '../../domain/kernel/stream.ts';
import type { HelloIn, HelloOut, PushIn, PushOut, RequestIn, RequestOut, Snapshot } from '../../domain/wire/sync.ts';
import { signerOf } from '../../sealing/signing.ts';
import { greet } from '../../server/kernel/intake/hello.ts';
import { pushFrames } from '../../server/kernel/intake/intake.ts';
import { type LogBackup, type MemoryLog, memoryLog } from '../../server/kernel/intake/memory.ts';
import { SyncFailure } from '../../server-bridge/sync/ports.ts';
import type { Chance } from './chance.ts';
import { BEGIN, ORG, SITE, type Site } from './roster.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Leases jump by this after a restore, for what was leased since the backup. */
const LEASE_MARGIN = 10_000;

interface Backup {
  readonly log: LogBackup;
  readonly leased: ReadonlyMap<number, number>;
  readonly decided: ReadonlyMap<string, RequestOut>;
}

export interface CenterNode {
  readonly log: MemoryLog;
  readonly alive: () => boolean;
  /** Which life of the process this is: what one promised, the next does not keep. */
  readonly life: () => number;
  readonly crash: () => void;
  readonly start: () => void;
  readonly backup: () => Backup;
  /** Puts a backup back; the product's restore begins a new epoch, unless whoever restored did not say so. */
  readonly restore: (backup: Backup, unnoticed: boolean) => Promise<void>;
  /** What a session writes from here on is contested, until it is allowed again. */
  readonly revoke: (session: string, at: number) => void;
  readonly allow: (session: string) => void;
  /** Set by each station when it greets: what it reads. */
  readonly hello: (station: string, input: HelloIn) => Promise<HelloOut>;
  readonly push: (input: PushIn) => Promise<PushOut>;
  readonly pull: (epoch: string, after: number, limit: number) => Promise<StreamPage>;
  readonly snapshot: () => Promise<Snapshot>;
  readonly entity: (ref: EntityRef) => Promise<StreamPage>;
  readonly request: (input: RequestIn) => Promise<RequestOut>;
  /** Pages as they are committed, and the end of this life of the process. Returns how to stop. */
  readonly listen: (listener: { readonly page: (page: StreamPage) => void; readonly crash: () => void }) => () => void;
  readonly frames: () => Iterable<Frame>;
}

export async function createCenterNode(site: Site, time: VirtualTime, chance: Chance): Promise<CenterNode> {
  const clock = (): number => BEGIN + Math.floor(time.now());
  const world = { clock, random: chance.bytes };
  const reads = new Map<string, readonly string[]>();
  const revoked = new Map<string, number>();
  let leased = new Map<number, number>();
  let decided = new Map<string, RequestOut>();
  let epochs = 0;
  let alive = true;
  let life = 1;
  const siteKey = Buffer.from(site.siteKey.key, 'base64url');
  const log = memoryLog(
    {
      device: (_, station) => {
        const key = site.deviceKeys.get(station);
        return key === undefined
          ? undefined
          : { org: ORG, site: SITE, station, key: signerOfCached(key), revoked: false, revokedAt: null };
      },
      standing: (_, session) => {
        const station = session.slice('session-'.length);
        const me = site.deviceKeys.has(station) ? site.me(station) : null;
        return me
          ? { user: me.user, roles: me.roles, validFrom: 0, validUntil: revoked.get(session) ?? null }
          : undefined;
      },
      siteKey: (_, __, id) => (id === site.siteKey.id ? siteKey : undefined),
    },
    () => `epoch-${++epochs}`,
  );
  const keys = { signer: site.center, publicKeys: [site.center.publicKey] };
  const publicKeys = new Map<string, string>();
  function signerOfCached(key: string): string {
    const held = publicKeys.get(key) ?? signerOf(key).publicKey;
    publicKeys.set(key, held);
    return held;
  }

  await log.intake(ORG, async (tx) => {
    for (const record of site.records) await tx.putRecord(SITE, record);
  });

  const listeners = new Set<{ readonly page: (page: StreamPage) => void; readonly crash: () => void }>();
  log.onCommit(({ epoch, sites, keys: envelopes }) => {
    const mine = sites.get(SITE);
    if (!mine) return;
    const news: StreamPage = {
      epoch,
      from: mine.head - mine.items.length,
      items: [...mine.items],
      keys: [...envelopes],
      head: mine.head,
    };
    for (const listener of [...listeners]) listener.page(news);
  });
  const page = async (after: number, limit: number): Promise<StreamPage> => {
    const { items, keys: envelopes } = await log.read(ORG, SITE, after, limit);
    return {
      epoch: await log.epoch(ORG),
      from: after,
      items: [...items],
      keys: [...envelopes],
      head: await log.streamHead(ORG, SITE),
    };
  };

  return {
    log,
    alive: () => alive,
    life: () => life,
    crash: () => {
      alive = false;
      life++;
      for (const listener of [...listeners]) listener.crash();
      listeners.clear();
    },
    start: () => {
      alive = true;
    },
    backup: () => ({ log: log.snapshot(), leased: new Map(leased), decided: new Map(decided) }),
    restore: async (backup, unnoticed) => {
      log.restore(backup.log);
      leased = new Map([...backup.leased].map(([year, next]) => [year, next + LEASE_MARGIN]));
      decided = new Map(backup.decided);
      if (!unnoticed) await log.beginEpoch(ORG, `epoch-${++epochs}r`, 'restored');
    },
    revoke: (session, at) => revoked.set(session, BEGIN + at),
    allow: (session) => revoked.delete(session),
    hello: async (station, input) => {
      reads.set(station, input.reads);
      const greeted = await greet(log, keys.publicKeys, world, ORG, SITE, input);
      const emit = [...(reads.get(station) ?? [])].filter((type) =>
        [...reads.values()].every((all) => all.includes(type)),
      );
      return {
        epoch: greeted.epoch,
        head: greeted.head,
        wants: [...greeted.wants],
        roster: site.roster,
        siteKeys: [site.siteKey],
        emit,
        now: clock(),
      };
    },
    push: (input) => pushFrames(log, keys, world, ORG, SITE, input),
    pull: async (epoch, after, limit) => page(epoch === (await log.epoch(ORG)) ? after : 0, limit),
    snapshot: async () => {
      const {
        items,
        keys: envelopes,
        head,
        folded,
        heads,
      } = await log.startingPoint(ORG, SITE, clock() - 72 * 3_600_000);
      const epoch = await log.epoch(ORG);
      return {
        cursor: { epoch, n: head },
        page: { epoch, from: 0, items: [...items], keys: [...envelopes], head },
        folded: folded as unknown as Snapshot['folded'],
        heads: heads.map(({ log: name, seq, hash }) => ({ log: name, seq, hash })),
      };
    },
    entity: async (ref) => {
      const { items, keys: envelopes } = await log.entityFacts(ORG, SITE, ref);
      return { epoch: await log.epoch(ORG), from: 0, items: [...items], keys: [...envelopes], head: 0 };
    },
    request: async (input) => {
      const before = decided.get(input.id);
      if (before) return before;
      if (input.kind !== 'numbers.lease') throw new SyncFailure('refused', 'Not in this simulation.');
      const { log: of, year, size } = input.input as { log: string; year: number; size: number };
      const from = leased.get(year) ?? 1;
      leased.set(year, from + size);
      const answer: RequestOut = {
        id: input.id,
        state: 'accepted',
        decision: { verdict: 'ALLOW', rules: [], next: [] },
        result: { log: of, year, from, to: from + size - 1 },
      };
      decided.set(input.id, answer);
      return answer;
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    frames: function* () {
      for (const { frame } of log.facts(ORG)) yield frame;
    },
  };
}
