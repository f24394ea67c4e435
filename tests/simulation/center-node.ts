/** The center of a run: the shipped intake and greeting over its log in memory, behind a process that can die. */
import { openingOf } from '../../domain/cad/views/numbers.ts';
import type { KeyEnvelope } from '../../domain/kernel/envelope.ts';
import type { Frame } from '../../domain/kernel/fact.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import { type ReadersWord, readersOf } from '../../domain/kernel/readers.ts';
import type { Outcome } from '../../domain/kernel/refusal.ts';
import type { StreamPage } from '../../domain/kernel/stream.ts';
import { READS } from '../../domain/modules.ts';
import {
  type Grant,
  type HelloIn,
  type HelloOut,
  type Presence,
  type PushIn,
  type PushOut,
  type RequestIn,
  type RequestOut,
  rosterText,
  type Snapshot,
} from '../../domain/wire/sync.ts';
import { sessionsOf } from '../../server/kernel/identity/grants/grant-standings.ts';
import { greet } from '../../server/kernel/intake/hello.ts';
import { pullPage } from '../../server/kernel/intake/pull.ts';
import { readingOf } from '../../server/kernel/intake/reading.ts';
import { foldUnread } from '../../server/kernel/intake/refold.ts';
import { withSharedKeys } from '../../server/kernel/intake/shared-keys.ts';
import { settleShown } from '../../server/kernel/intake/shown.ts';
import { type LogBackup, type MemoryLog, memoryLog } from '../../server/kernel/intake/testing/memory.ts';
import { pushFrames } from '../../server/kernel/intake/testing/push.ts';
import { SyncFailure } from '../../server-bridge/sync/ports.ts';
import { type Accounts, type AccountsBackup, createAccounts } from './accounts.ts';
import { eraseAtCenter } from './administrator.ts';
import type { Chance } from './chance.ts';
import { CenterDown, dyingLog } from './dying-log.ts';
import { type CenterKeyRing, createKeyRing } from './keys.ts';
import { createLeases, type Leases, type LeasesBackup, leaseAnswer, leasedNumber } from './leases.ts';
import { FAR, type Neighbour } from './neighbour.ts';
import type { Plan } from './plan.ts';
import { OLDER_READS } from './readers.ts';
import { putAtCenter } from './records.ts';
import { ORG, SITE, type Site } from './roster.ts';
import type { VirtualTime } from './virtual-time.ts';
import { createWorkstations, type Workstations, type WorkstationsBackup } from './workstations.ts';

/** How often a site is told of what may change with its next greeting. ms */
const TOLD_EVERY = 20_000;

export interface Backup {
  readonly log: LogBackup;
  readonly workstations: WorkstationsBackup;
  readonly accounts: AccountsBackup;
  readonly leases: LeasesBackup;
  readonly decided: ReadonlyMap<string, RequestOut>;
}

interface Listener {
  readonly station: string;
  readonly page: (page: StreamPage) => void;
  readonly roster: () => void;
  readonly presence: (presence: Presence) => void;
  readonly crash: () => void;
}

export interface CenterNode {
  readonly log: MemoryLog;
  readonly alive: () => boolean;
  /** Which life of the process this is: what one promised, the next does not keep. */
  readonly life: () => number;
  readonly crash: () => void;
  readonly start: () => void;
  /** Its clock is off by so much. ms */
  readonly skew: (by: number) => void;
  /** Of this build from now on; it has to be started again. */
  readonly upgrade: () => void;
  readonly backup: () => Backup;
  /** Puts a backup back; the product's restore begins a new epoch, unless whoever restored did not say so. */
  readonly restore: (backup: Backup, unnoticed: boolean) => Promise<void>;
  readonly accounts: Accounts;
  /** Whether a workstation is known, and not revoked: what is asked at another is refused. */
  readonly admits: (station: string) => boolean;
  readonly enrol: Workstations['enrol'];
  readonly revoke: Workstations['revoke'];
  /** A key is made anew. */
  readonly rotate: CenterKeyRing['rotate'];
  /** What a workstation that is set up gets. */
  readonly given: () => Pick<HelloOut, 'roster' | 'siteKeys'>;
  /** Dies at the `calls`-th call from now that a step of intake makes of the log; its commit counts as one. */
  readonly dieAt: (calls: number, died: (where: string) => void) => void;
  /** Takes it that it would. */
  readonly disarm: () => void;
  readonly leases: Pick<Leases, 'sound' | 'twice'>;
  readonly signIn: (station: string, whose: string) => Promise<Grant>;
  /** Set by each station when it greets: what it reads. */
  readonly hello: (station: string, input: HelloIn) => Promise<HelloOut>;
  readonly push: (input: PushIn, from?: string) => Promise<PushOut>;
  readonly pull: (epoch: string, after: number, limit: number, afterHash?: string) => Promise<StreamPage>;
  readonly snapshot: () => Promise<Snapshot>;
  readonly entity: (ref: EntityRef) => Promise<StreamPage>;
  readonly request: (station: string, input: RequestIn) => Promise<RequestOut>;
  /** Pages as they are committed, what others edit, and the end of this life of the process. Returns how to stop. */
  readonly listen: (listener: Listener) => () => void;
  /** Tells the other stations what somebody edits. */
  readonly presence: (from: string, presence: Presence) => void;
  readonly frames: () => Iterable<Frame>;
  /** Of the keys of entities that it has from stations. */
  readonly envelopes: () => Iterable<KeyEnvelope>;
  /** Places a legal hold on an incident, or releases it. */
  readonly hold: (incident: EntityRef, held: boolean) => void;
  /** `number`: as whoever erases it typed it. */
  readonly erase: (incident: EntityRef, number: string) => Promise<Outcome<null>>;
}

export async function createCenterNode(
  site: Site,
  neighbour: Neighbour | null,
  time: VirtualTime,
  chance: Chance,
  {
    folded: foldedAfter,
    centerOlderUntil,
    legacyNumbers,
    grantMs,
    keyPatience,
  }: Pick<Plan, 'folded' | 'centerOlderUntil' | 'legacyNumbers' | 'grantMs' | 'keyPatience'>,
  trouble: (what: string) => void,
): Promise<CenterNode> {
  const { begin } = site.calendar;
  let skew = 0;
  const clock = (): number => begin + Math.floor(time.now()) + skew;
  const world = { clock, random: chance.bytes };
  const reads = new Map<string, readonly string[]>();
  let known = centerOlderUntil === null ? READS : OLDER_READS;
  let reading = readingOf(known);
  const admits = (station: string): boolean => workstations.admitted().includes(station);
  const readersNow = (): ReadersWord =>
    readersOf(
      known,
      [...reads].flatMap(([station, said]) => (admits(station) ? [{ station, reads: said }] : [])),
    );
  const workstations = createWorkstations(site, clock);
  const ring = createKeyRing(site, workstations.admitted, clock, chance.fork('keys'), keyPatience);
  const accounts = createAccounts(site, ring.centerKeys, clock, chance.fork('accounts'), grantMs);
  const [here, there] = legacyNumbers ?? [];
  const legacy =
    here === undefined || there === undefined
      ? null
      : {
          year: new Date(begin).getUTCFullYear(),
          furthest: new Map([
            [SITE, here],
            [FAR, there],
          ]),
        };
  const leases = createLeases(SITE, begin - 86_400_000, legacy, clock);
  /** The center asks its rows for it. */
  const highestSeen = (year: number): number =>
    [...log.entities(ORG).values()].reduce((most, folded) => {
      const number = openingOf(folded)?.number;
      return Math.max(most, number === undefined ? 0 : (leasedNumber(number, year) ?? 0));
    }, 0);
  let decided = new Map<string, RequestOut>();
  // Whoever put the center back places them again.
  const holds = new Set<EntityRef>();
  let epochs = 0;
  let alive = true;
  let life = 1;
  const keyOf = (of: string, id: string): Uint8Array | undefined => {
    if (of === neighbour?.site.site) return id === neighbour.site.siteKey.id ? neighbour.site.siteKey.bytes : undefined;
    return ring.siteKeys().find((key) => key.id === id)?.bytes;
  };
  const inMemory = withSharedKeys(
    memoryLog(
      {
        device: (_, station) => {
          if (station !== neighbour?.station) return workstations.device(station);
          const { site: of, publicKey: key } = neighbour;
          return { org: ORG, station, site: of.site, key, revoked: false, revokedAt: null };
        },
        standing: (_, session) => neighbour?.standings.get(session) ?? accounts.standing(session),
        siteKey: (_, of, id) => keyOf(of, id),
        underHold: (_, ref) => holds.has(ref),
      },
      () => `epoch-${++epochs}`,
      () => reading,
    ),
    {
      siteKeys: async () => ring.siteKeys(),
      siteKey: async (_, of, id) => keyOf(of, id) ?? null,
    },
    chance.fork('wrapping').bytes,
  );
  const start = (): void => {
    alive = true;
    const mine = life;
    // As the product does when it starts and every ten minutes.
    time.promised();
    foldUnread(log, ORG, () => life !== mine).catch((error: unknown) => {
      if (!(error instanceof CenterDown)) throw error;
    });
  };
  const crash = (): void => {
    alive = false;
    life++;
    for (const listener of [...listeners]) listener.crash();
    listeners.clear();
  };
  let told: (where: string) => void = () => undefined;
  const kept: MemoryLog = {
    ...inMemory,
    // Together, as the center's transaction does it.
    beginEpoch: async (org, ...begun) => {
      const before = await inMemory.epoch(org);
      await inMemory.beginEpoch(org, ...begun);
      if ((await inMemory.epoch(org)) === before) return;
      leases.lost();
      workstations.lost();
    },
  };
  const dying = dyingLog(
    kept,
    () => life,
    (where) => {
      crash();
      told(where);
    },
    trouble,
  );
  const { log } = dying;

  await log.intake(ORG, async (tx) => {
    for (const record of site.records) await tx.putRecord(SITE, record);
    for (const id of neighbour?.units ?? []) {
      const [like] = site.records.filter(({ kind }) => kind === 'roster_unit');
      if (like) await tx.putRecord(FAR, { ...like, id, body: { ...like.body, callsign: id.toUpperCase() } });
    }
  });

  const listeners = new Set<Listener>();
  const rosterChanged = (): void => {
    for (const listener of [...listeners]) listener.roster();
  };
  /** As the center's doors do it (server/kernel/sync/telling.ts). */
  let isTelling = false;
  const tellSeldom = (): void => {
    if (isTelling) return;
    isTelling = true;
    time.after(TOLD_EVERY, () => {
      isTelling = false;
      rosterChanged();
    });
  };
  /** `known`: keys that whoever gets it knows. */
  const given = (known: readonly string[] = []): Pick<HelloOut, 'roster' | 'siteKeys'> => {
    const roster = { ...workstations.roster(), centerKeys: [...ring.centerKeys().publicKeys] };
    return {
      roster: { ...roster, sig: ring.signerKnownTo(known).sign(rosterText(roster)) },
      siteKeys: ring.siteKeys().map(({ id, bytes }) => ({ id, key: Buffer.from(bytes).toString('base64url') })),
    };
  };
  log.onCommit(({ epoch, sites, keys: envelopes }) => {
    const mine = sites.get(SITE);
    if (!mine) return;
    // What names keys of another site is pulled, where they are wrapped anew.
    if (envelopes.some((key) => key.site !== SITE)) {
      const pulled = { epoch, from: mine.head, items: [], keys: [], head: mine.head };
      for (const listener of [...listeners]) listener.page(pulled);
      return;
    }
    const news: StreamPage = {
      epoch,
      from: mine.head - mine.items.length,
      items: [...mine.items],
      keys: [...envelopes],
      head: mine.head,
    };
    for (const listener of [...listeners]) listener.page(news);
  });
  return {
    log,
    alive: () => alive,
    life: () => life,
    accounts,
    admits,
    enrol: (station) => {
      workstations.enrol(station);
      rosterChanged();
    },
    revoke: (station) => {
      workstations.revoke(station);
      accounts.endAt(station);
      for (const listener of [...listeners]) if (listener.station === station) listener.crash();
      rosterChanged();
    },
    rotate: (level) => {
      ring.rotate(level);
      if (alive) rosterChanged();
    },
    given,
    crash,
    dieAt: (calls, died) => {
      told = died;
      dying.dieAt(calls);
    },
    disarm: dying.disarm,
    leases,
    signIn: async (station, whose) => {
      const grant = accounts.signIn(station, whose);
      if (!grant) throw new SyncFailure('unauthorized', 'The right has been withdrawn.');
      return grant;
    },
    start,
    skew: (by) => {
      skew = by;
    },
    upgrade: () => {
      known = READS;
      reading = readingOf();
    },
    backup: () => ({
      log: log.snapshot(),
      workstations: workstations.backup(),
      accounts: accounts.backup(),
      leases: leases.backup(),
      decided: new Map(decided),
    }),
    restore: async (backup, unnoticed) => {
      log.restore(backup.log);
      workstations.restore(backup.workstations);
      accounts.restore(backup.accounts);
      leases.restore(backup.leases, unnoticed);
      decided = new Map(backup.decided);
      if (!unnoticed) await kept.beginEpoch(ORG, `epoch-${++epochs}r`, 'restored');
    },
    hello: async (station, input) => {
      const isBack = workstations.takeBack(input.roster, ring.centerKeys().publicKeys);
      const before = JSON.stringify(readersNow());
      reads.set(station, input.reads);
      const { emit, older } = readersNow();
      if (JSON.stringify({ emit, older }) !== before) rosterChanged();
      accounts.takeBack(input.grants);
      const greeted = await greet(log, ring.centerKeys().publicKeys, world, ORG, SITE, input);
      await settleShown(log, ring.centerKeys().signer, world, ORG, sessionsOf(input.grants));
      const known = input.keys ?? [];
      const { moved, waits } = ring.held(station, known);
      if (moved || isBack) rosterChanged();
      else if (waits) tellSeldom();
      return {
        epoch: greeted.epoch,
        head: greeted.head,
        wants: [...greeted.wants],
        ...given(known),
        emit: [...emit],
        older: older.map((one) => ({ ...one, lacks: [...one.lacks] })),
        now: clock(),
      };
    },
    push: (input, from = SITE) => pushFrames(log, ring.centerKeys(), world, ORG, from, input),
    pull: async (epoch, after, limit, afterHash) => {
      const page = await pullPage(log, ORG, SITE, { epoch, after, limit, afterHash });
      if (page === 'elsewhere') throw new SyncFailure('refused', 'The stream is another than the one read so far.');
      return page;
    },
    snapshot: async () => {
      const { items, keys: envelopes, head, folded, heads } = await log.startingPoint(ORG, SITE, clock() - foldedAfter);
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
    request: async (station, input) => {
      const put = decided.get(input.id) ?? (await putAtCenter(log, site, station, input, clock()));
      if (put) {
        decided.set(input.id, put);
        return put;
      }
      if (input.kind !== 'numbers.lease') throw new SyncFailure('refused', 'Not in this simulation.');
      const { log: of, year, size } = input.input as { log: string; year: number; size: number };
      const mine = life;
      const owner = (await log.positions(ORG, [of])).get(of)?.station ?? null;
      if (life !== mine) throw new CenterDown();
      // What is leased and the word of it are one step, as in the center's transaction.
      const before = decided.get(input.id);
      if (before) return before;
      const lease = leases.lease({ station, log: of, owner, year, size }, highestSeen);
      const answer = leaseAnswer(input.id, { log: of, year }, lease);
      decided.set(input.id, answer);
      return answer;
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    presence: (from, presence) => {
      for (const listener of [...listeners]) if (listener.station !== from) listener.presence(presence);
    },
    hold: (incident, held) => {
      if (held) holds.add(incident);
      else holds.delete(incident);
    },
    erase: (incident, number) => eraseAtCenter(log, holds, ring.centerKeys().signer, world, { incident, number }),
    envelopes: () => log.snapshot().get(ORG)?.envelopes.values() ?? [],
    frames: function* () {
      for (const { frame } of log.facts(ORG)) yield frame;
    },
  };
}
