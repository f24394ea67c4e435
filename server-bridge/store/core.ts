/** What the parts of an open store share, and the one way anything is written: a transaction, then word of what changed. */
import { type Fact, type FactHeader, type Frame, LAST_SEQ } from '../../domain/kernel/fact.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { Json } from '../../domain/kernel/json.ts';
import type { RecordVersion } from '../../domain/kernel/stream.ts';
import type { Roster } from '../../domain/wire/sync.ts';
import { headerHash } from '../../sealing/digest.ts';
import type { Signer } from '../../sealing/signing.ts';
import type { StationClock } from './clock.ts';
import type { Entities } from './entities/entities.ts';
import type { Facts } from './facts/facts.ts';
import { type LogState, type Logs, posOf } from './facts/logs.ts';
import type { Pending } from './facts/pending.ts';
import type { Strays } from './facts/strays.ts';
import type { Connection, Synced } from './file/database.ts';
import type { HeldGrants } from './from-center/grants.ts';
import type { RecordCache } from './from-center/records.ts';
import type { EntityKeys } from './keys/entity-keys.ts';
import type { Meta } from './meta.ts';
import type { StoreOptions } from './options.ts';
import { type Refusing, StoreFailure, stateOf, takesNothing } from './state.ts';
import type { Change, StationIdentity } from './store.ts';

export interface Core {
  readonly db: Connection;
  readonly options: StoreOptions;
  readonly identity: StationIdentity;
  readonly signer: Signer;
  /** What it signs with. PKCS #8, base64url. */
  readonly deviceKey: string;
  readonly clock: StationClock;
  readonly meta: Meta;
  readonly logs: Logs;
  readonly keys: EntityKeys;
  readonly facts: Facts;
  readonly entities: Entities;
  readonly records: RecordCache;
  readonly strays: Strays;
  readonly pending: Pending;
  readonly grants: HeldGrants;
  /** The log of this opening. */
  readonly logId: string;
  readonly roster: () => Roster | null;
  /** Within a transaction: brings indexes, heads and folded states on disk up to its facts. */
  readonly settle: () => void;
  /** Facts that they are behind by. */
  readonly behind: () => number;
  /** `synced`: `soon` where the center will say again what a power cut takes. */
  readonly write: <T>(origin: Change['origin'], work: (tx: Tx) => T, synced?: Synced) => T;
  /** Writes what nothing in memory speaks of: where the disk does not take it, all that is held stays as it is. */
  readonly alone: (work: () => void) => void;
  /** Why the disk took nothing of what was written; null again once it was {@link Core.taken}. */
  readonly refuses: () => Refusing | null;
  readonly taken: () => void;
  readonly onChange: (listener: (change: Change) => void) => () => void;
  readonly onListenerFailed: (heard: (error: unknown) => void) => () => void;
}

/** What one transaction has changed so far. */
export interface Tx {
  readonly facts: Fact[];
  readonly opened: Fact[];
  readonly entities: Set<EntityRef>;
  readonly records: RecordVersion[];
  acked: boolean;
  requests: boolean;
  stations: boolean;
  wanted: boolean;
  /** Something was written that indexes on disk could not catch up with later: they follow in this transaction. */
  settle: boolean;
}

/** A frame whose header has been read. */
export interface ReadFrame {
  readonly frame: Frame;
  readonly header: FactHeader;
  readonly hash: string;
}

/**
 * Most facts that indexes and folded states on disk are behind by. A fact is one page then, not ten; a killed process folds
 * this many again when it is next started.
 */
const BEHIND = 256;

type WriteParts = Pick<Core, 'db' | 'options' | 'clock' | 'logs' | 'keys' | 'facts' | 'entities' | 'records'> & {
  readonly forget: () => void;
};

export function writing(
  parts: WriteParts,
): Pick<Core, 'write' | 'alone' | 'refuses' | 'taken' | 'onChange' | 'onListenerFailed' | 'settle' | 'behind'> {
  const listeners = new Set<(change: Change) => void>();
  const queue: Change[] = [];
  let telling = false;
  let failures: ((error: unknown) => void) | null = null;
  let refusing: Refusing | null = null;
  // Changes reach every listener in the order of their commits, also when a listener writes, or fails: what was committed
  // stands, and whoever sends it on must not miss it for one who could not show it.
  const tell = (change: Change): void => {
    queue.push(change);
    if (telling) return;
    telling = true;
    const failed: unknown[] = [];
    for (let next = queue.shift(); next; next = queue.shift())
      for (const listener of [...listeners])
        try {
          listener(next);
        } catch (error) {
          failed.push(error);
        }
    telling = false;
    // Whoever wrote is answered with what was committed: told of the failure alone, they would take it for not done.
    if (failures) for (const error of failed) failures(error);
    else if (failed.length > 0) throw failed[0];
  };

  const settle = (): void => {
    parts.facts.flush();
    parts.entities.flush();
    parts.logs.save();
    parts.logs.flush(parts.clock.reading(), parts.clock.highest());
  };

  const transacted = <T>(work: () => T, undone: () => void, synced?: Synced): T => {
    let result: T;
    try {
      result = parts.db.transaction(work, synced);
    } catch (error) {
      undone();
      const failure = failureOf(error);
      if (takesNothing(failure)) refusing = failure.state;
      throw failure;
    }
    parts.options.onCommit?.();
    return result;
  };
  const undone = (): void => {
    parts.forget();
    catchUp(parts);
  };

  return {
    settle,
    behind: parts.facts.unindexed,
    alone: (work) => transacted(work, () => undefined),
    write: (origin, work, synced) => {
      const tx: Tx = {
        facts: [],
        opened: [],
        entities: new Set(),
        records: [],
        acked: false,
        requests: false,
        stations: false,
        wanted: false,
        settle: false,
      };
      parts.facts.begin();
      const result = transacted(
        () => {
          const value = work(tx);
          parts.logs.save();
          if (tx.settle || parts.entities.mustFlush() || parts.facts.unindexed() >= BEHIND) settle();
          return value;
        },
        undone,
        synced,
      );
      if (
        tx.facts.length > 0 ||
        tx.entities.size > 0 ||
        tx.records.length > 0 ||
        tx.acked ||
        tx.requests ||
        tx.stations ||
        tx.wanted
      ) {
        const { settle: _, ...change } = tx;
        tell({ ...change, entities: [...tx.entities], origin });
      }
      return result;
    },
    refuses: () => refusing,
    taken: () => {
      refusing = null;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onListenerFailed: (heard) => {
      failures = heard;
      return () => {
        if (failures === heard) failures = null;
      };
    },
  };
}

/** Folds and indexes, in memory, the facts on disk that their indexes do not know: after a kill, or a call that was undone. */
export function catchUp(parts: Pick<Core, 'logs' | 'facts' | 'entities' | 'clock'>): void {
  for (const log of parts.logs.behind()) {
    let head: string | null = null;
    for (const row of parts.facts.headers(posOf(log, log.indexed + 1), posOf(log, LAST_SEQ))) {
      const fact = parts.facts.at(row.pos);
      if (!fact) continue;
      log.seq = fact.seq;
      head = row.h;
      parts.facts.index(fact.id, row.pos);
      parts.entities.apply(fact, row.pos, fact.seq <= log.floor);
      // What others wrote may be of a clock that was far ahead.
      if (log.own) parts.clock.resume(fact.hlc);
      else parts.clock.observe(fact.hlc);
    }
    if (head !== null) log.hash = headerHash(head);
    parts.logs.touch(log);
  }
}

/** An error of the disk as the store's own; any other as it is. */
export function failureOf(error: unknown): unknown {
  const state = stateOf(error);
  return state ? new StoreFailure(state, (error as Error).message) : error;
}

/** Keeps a frame at its place and folds it. Its log's head is moved by the caller. */
export function keep(core: Core, tx: Tx, log: LogState, read: ReadFrame, content?: Json): Fact {
  const pos = posOf(log, read.header.seq);
  if (read.header.seq <= log.indexed) tx.settle = true;
  const fact = core.facts.insert(pos, read.frame, read.header, content);
  for (const ref of core.entities.apply(fact, pos, read.header.seq <= log.floor)) tx.entities.add(ref);
  tx.facts.push(fact);
  return fact;
}

/** Facts that a key now opens are folded into what they are about. */
export function openAwaiting(core: Core, tx: Tx, key: number): void {
  const awaiting = core.facts.awaiting(key);
  if (awaiting.length === 0) return;
  for (const pos of awaiting) {
    const fact = core.facts.at(pos);
    if (fact?.content !== undefined) readable(core, tx, fact);
  }
  core.facts.opened(key);
  // From here on nothing on disk says that they are to be folded again: what they are about follows in this transaction.
  tx.settle = true;
}

/** A fact that was held without its content has it now. */
export function readable(core: Core, tx: Tx, fact: Fact): void {
  tx.opened.push(fact);
  for (const ref of fact.about) {
    core.entities.refold(ref);
    tx.entities.add(ref);
  }
}
