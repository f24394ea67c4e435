/** The center of a run: the shipped intake and greeting over its log in memory, behind a process that can die. */
import type { KeyEnvelope } from '../../domain/kernel/envelope.ts';
import type { Frame } from '../../domain/kernel/fact.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { Outcome } from '../../domain/kernel/refusal.ts';
import type { StreamPage } from '../../domain/kernel/stream.ts';
import {
  type Grant,
  type HelloIn,
  type HelloOut,
  type PushIn,
  type PushOut,
  type RequestOut,
  rosterText,
  type Snapshot,
} from '../../domain/wire/sync.ts';
import { sessionsOf } from '../../server/kernel/identity/grants/grant-standings.ts';
import { greet } from '../../server/kernel/intake/hello.ts';
import { foldUnread } from '../../server/kernel/intake/refold.ts';
import { settleShown } from '../../server/kernel/intake/shown.ts';
import type { LogBackup, MemoryLog } from '../../server/kernel/intake/testing/memory.ts';
import { pushFrames } from '../../server/kernel/intake/testing/push.ts';
import { SyncFailure } from '../../server-bridge/sync/ports.ts';
import { type Accounts, type AccountsBackup, createAccounts } from './accounts.ts';
import { eraseAtCenter } from './administrator.ts';
import { factsAbout, newsOf, pulled, snapshotOf } from './center-answers.ts';
import { type CenterDecides, createCenterDecides } from './center-decides.ts';
import { centerLog, giveRecords } from './center-log.ts';
import { createCenterReads } from './center-reads.ts';
import type { Chance } from './chance.ts';
import { CenterDown, dyingLog } from './dying-log.ts';
import { type CenterKeyRing, createKeyRing } from './keys.ts';
import { createLeases, type Leases, type LeasesBackup } from './leases.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { FAR, type Neighbour } from './neighbour.ts';
import type { Plan } from './plan.ts';
import { ORG, SITE, type Site } from './roster.ts';
import type { VirtualTime } from './virtual-time.ts';
import { createWorkstations, type Workstations, type WorkstationsBackup } from './workstations.ts';

export interface Backup {
  readonly log: LogBackup;
  readonly workstations: WorkstationsBackup;
  readonly accounts: AccountsBackup;
  readonly leases: LeasesBackup;
  readonly decided: ReadonlyMap<string, RequestOut>;
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
  readonly request: CenterDecides['request'];
  /** Pages as they are committed, what others edit, and the end of this life of the process. Returns how to stop. */
  readonly listen: Listeners['listen'];
  /** Tells the other stations what somebody edits. */
  readonly presence: Listeners['presence'];
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
  const workstations = createWorkstations(site, clock);
  const admits = (station: string): boolean => workstations.admitted().includes(station);
  const reads = createCenterReads(centerOlderUntil !== null, admits);
  const ring = createKeyRing(site, workstations.admitted, clock, chance.fork('keys'), keyPatience);
  const accounts = createAccounts(site, ring.centerKeys, clock, chance.fork('accounts'), grantMs);
  const leases = createLeases(SITE, begin - 86_400_000, leasedBefore(legacyNumbers, begin), clock);
  const listeners = createListeners(time);
  // Whoever put the center back places them again.
  const holds = new Set<EntityRef>();
  let epochs = 0;
  let alive = true;
  let life = 1;
  const kept = centerLog({
    ...{ neighbour, workstations, accounts, ring, holds, chance, reading: reads.reading },
    newEpoch: () => `epoch-${++epochs}`,
    lost: () => {
      leases.lost();
      workstations.lost();
    },
  });
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
    listeners.gone();
  };
  let told: (where: string) => void = () => undefined;
  const died = (where: string): void => {
    crash();
    told(where);
  };
  const dying = dyingLog(kept, () => life, died, trouble);
  const { log } = dying;
  const decides = createCenterDecides(log, site, leases, clock, () => life);
  await giveRecords(log, site, neighbour);
  log.onCommit((change) => {
    const news = newsOf(change);
    if (news) listeners.page(news);
  });

  /** `known`: keys that whoever gets it knows. */
  const given = (known: readonly string[] = []): Pick<HelloOut, 'roster' | 'siteKeys'> => {
    const roster = { ...workstations.roster(), centerKeys: [...ring.centerKeys().publicKeys] };
    return {
      roster: { ...roster, sig: ring.signerKnownTo(known).sign(rosterText(roster)) },
      siteKeys: ring.siteKeys().map(({ id, bytes }) => ({ id, key: Buffer.from(bytes).toString('base64url') })),
    };
  };
  const hello: CenterNode['hello'] = async (station, input) => {
    const isBack = workstations.takeBack(input.roster, ring.centerKeys().publicKeys);
    if (reads.said(station, input.reads)) listeners.rosterChanged();
    const { emit, older } = reads.word();
    accounts.takeBack(input.grants);
    const greeted = await greet(log, ring.centerKeys().publicKeys, world, ORG, SITE, input);
    await settleShown(log, ring.centerKeys().signer, world, ORG, sessionsOf(input.grants));
    const known = input.keys ?? [];
    const { moved, waits } = ring.held(station, known);
    if (moved || isBack) listeners.rosterChanged();
    else if (waits) listeners.rosterMayChange();
    return {
      epoch: greeted.epoch,
      head: greeted.head,
      wants: [...greeted.wants],
      ...given(known),
      emit: [...emit],
      older: older.map((one) => ({ ...one, lacks: [...one.lacks] })),
      now: clock(),
    };
  };
  return {
    log,
    alive: () => alive,
    life: () => life,
    accounts,
    admits,
    enrol: (station) => {
      workstations.enrol(station);
      listeners.rosterChanged();
    },
    revoke: (station) => {
      workstations.revoke(station);
      accounts.endAt(station);
      listeners.cutOff(station);
      listeners.rosterChanged();
    },
    rotate: (level) => {
      ring.rotate(level);
      if (alive) listeners.rosterChanged();
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
    upgrade: reads.upgrade,
    backup: () => ({
      log: log.snapshot(),
      workstations: workstations.backup(),
      accounts: accounts.backup(),
      leases: leases.backup(),
      decided: decides.backup(),
    }),
    restore: async (backup, unnoticed) => {
      log.restore(backup.log);
      workstations.restore(backup.workstations);
      accounts.restore(backup.accounts);
      leases.restore(backup.leases, unnoticed);
      decides.restore(backup.decided);
      if (!unnoticed) await kept.beginEpoch(ORG, `epoch-${++epochs}r`, 'restored');
    },
    hello,
    push: (input, from = SITE) => pushFrames(log, ring.centerKeys(), world, ORG, from, input),
    pull: (epoch, after, limit, afterHash) => pulled(log, { epoch, after, limit, afterHash }),
    snapshot: () => snapshotOf(log, clock() - foldedAfter),
    entity: (ref) => factsAbout(log, ref),
    request: decides.request,
    listen: listeners.listen,
    presence: listeners.presence,
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

/** How far both sites had leased numbers of their own in the year before they leased together; null where they never did. */
function leasedBefore(
  numbers: Plan['legacyNumbers'],
  begin: number,
): { readonly year: number; readonly furthest: ReadonlyMap<string, number> } | null {
  if (numbers === null) return null;
  const [here, there] = numbers;
  return {
    year: new Date(begin).getUTCFullYear(),
    furthest: new Map([
      [SITE, here],
      [FAR, there],
    ]),
  };
}
