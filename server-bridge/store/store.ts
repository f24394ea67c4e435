/**
 * The one interface of the station's store. One writer, synchronous (SQLite), every method that says "durable" returns
 * only after the commit is on disk. Everything above it (sync, dispatch, simulation) uses this and nothing of SQLite.
 */

import type { z } from 'zod';
import type { KeyEnvelope } from '../../domain/kernel/envelope.ts';
import type { Author, Fact, FactDraft, Frame } from '../../domain/kernel/fact.ts';
import type { Folded } from '../../domain/kernel/fold.ts';
import type { EntityRef, FactId } from '../../domain/kernel/ids.ts';
import type { Json } from '../../domain/kernel/json.ts';
import type { LogHead } from '../../domain/kernel/log.ts';
import type { ReadersWord } from '../../domain/kernel/readers.ts';
import type { Ack, Cursor, RecordVersion, StreamPage } from '../../domain/kernel/stream.ts';
import type { Grant, HeldLogSchema, Lease, RequestIn, RequestOut, Roster, Snapshot } from '../../domain/wire/sync.ts';
import type { Pruned } from './entities/prune.ts';
import type { Refusing } from './state.ts';

/** Who this station is, from its enrolment. */
export interface StationIdentity {
  readonly org: string;
  readonly site: string;
  readonly station: string;
  readonly short: string;
  readonly name: string;
}

/** What became different by one commit; windows and sync react to it. */
export interface Change {
  /** Facts newly held, in the order they were applied. Kernel bookkeeping included. */
  readonly facts: readonly Fact[];
  /** Facts held before that can be read only now: their key came, or the body that a damaged disk had lost. */
  readonly opened: readonly Fact[];
  /** Entities refolded. */
  readonly entities: readonly EntityRef[];
  readonly records: readonly RecordVersion[];
  /** True where acknowledgments moved, so that "not at the center" marks have to be counted again. */
  readonly acked: boolean;
  readonly requests: boolean;
  /** What is known of the site's stations: who they are, and what each reads. */
  readonly stations: boolean;
  /** Facts of an entity are wanted that were not wanted before; see {@link Store.wantFacts}. */
  readonly wanted: boolean;
  readonly origin: 'here' | 'peer' | 'center';
}

export interface Accepted {
  /** Positions applied or already held, per log: what may be acknowledged. */
  readonly held: ReadonlyMap<string, number>;
  readonly applied: number;
  /**
   * Frames that must wait for earlier ones, or that are not authentic. An `ahead` that names a `device` waits for a roster
   * that names that station: nothing of it was kept.
   */
  readonly problems: readonly {
    readonly log: string;
    readonly seq: number;
    readonly why: 'ahead' | 'forked' | 'forged' | 'unreadable';
    readonly device?: string;
  }[];
}

/** A request in the outbox. */
export interface OutboxRequest extends RequestIn {
  readonly state: 'waiting' | 'accepted' | 'refused' | 'withdrawn';
  readonly attempts: number;
  readonly nextAt: number;
  readonly lastError: string;
  readonly answer: RequestOut | null;
  /** Requests with the same key keep their order. */
  readonly entity: string | null;
}

/** What a value is kept as. `read`: what was shown of patients, until the center has it. */
type Space = 'draft' | 'layout' | 'setting' | 'document' | 'read';

export interface Store {
  readonly identity: StationIdentity;
  /** The log that this opening of the store writes to. */
  readonly log: () => string;

  // ── facts ──
  /** Signs, seals, numbers and durably appends; makes keys for entities that have none. All or none. */
  readonly append: (drafts: readonly FactDraft[], author: Author) => readonly Fact[];
  /** Durably takes frames made elsewhere (peer, or salvage). Contiguous per log; anything else is a problem, never an error. */
  readonly accept: (frames: readonly Frame[], keys: readonly KeyEnvelope[], origin: 'peer' | 'center') => Accepted;
  /**
   * Applies a page whose `from` is the cursor; `gap` where it is not next or of another epoch. On disk before anything else
   * is written, and at most a moment after this returns: a power cut in between takes page and cursor together.
   */
  readonly applyPage: (page: StreamPage) => 'applied' | 'gap';
  readonly applySnapshot: (snapshot: Snapshot) => void;
  /** Frames of a log from a position, with the keys they name, oldest first; fewer than `limit` only at the end of what is held. */
  readonly framesFrom: (
    log: string,
    from: number,
    limit: number,
  ) => { readonly frames: readonly Frame[]; readonly keys: readonly KeyEnvelope[] };
  /**
   * Entities of which a verdict or a change of the rules concerns facts that are no longer held here, or that somebody reads: what
   * they show is the last known state until {@link Store.fillEntity} brings their facts.
   */
  readonly wanting: () => readonly EntityRef[];
  /** Whether some facts about an entity are not held here, but by the center: it came as a state, or was over long ago. */
  readonly lacksFacts: (ref: EntityRef) => boolean;
  /** Somebody reads what is said about an entity: what of it is not held is among {@link Store.wanting}, until it has come. */
  readonly wantFacts: (ref: EntityRef) => void;
  /** Durably takes all facts that the center holds about an entity (its answer to `sync/entity`) and folds it from them. */
  readonly fillEntity: (ref: EntityRef, page: StreamPage) => void;
  /** The center's words of what it erased that it was not shown in this epoch: one that was put back has forgotten some. */
  readonly erasuresToShow: () => readonly Frame[];
  /** It was shown them in that epoch. */
  readonly erasuresShown: (epoch: string) => void;
  /** All facts held about an entity, in order of reading. */
  readonly factsAbout: (ref: EntityRef) => readonly Fact[];
  readonly fact: (id: FactId) => Fact | null;

  // ── positions ──
  readonly cursor: () => Cursor | null;
  /** Hash of the item that the cursor stands on (sealing/digest.ts); null at the start, and where it is not known. */
  readonly cursorHash: () => string | null;
  /** Begins a new epoch: the cursor goes to its start, acknowledgments of the old epoch no longer count as held by the center. */
  readonly beginEpoch: (epoch: string) => void;
  /** Of every log of this site's stations. */
  readonly heads: () => readonly LogHead[];
  /** Of those of which facts are held, or that the center is not known to hold whole; the greeting's {@link Store.held} are these. */
  readonly spokenHeads: () => readonly LogHead[];
  readonly held: () => readonly z.infer<typeof HeldLogSchema>[];
  /**
   * Stores the center's signed acknowledgments; those with a bad signature are ignored. On disk as {@link Store.applyPage}
   * is: what a power cut takes with them is still in the outbox, and acknowledged again. `taken`: frames that it was offered
   * in what these answer, and had nothing against.
   */
  readonly acknowledge: (acks: readonly Ack[], taken?: readonly Frame[]) => void;
  /**
   * Logs with frames that the center is not known to hold in this epoch: first and last position, count, and whether this station
   * wrote the log (in this opening or an earlier one). The center is known to hold what it acknowledged and what came on
   * its stream.
   */
  readonly unacknowledged: () => readonly {
    readonly log: string;
    readonly from: number;
    readonly through: number;
    readonly count: number;
    readonly own: boolean;
  }[];
  readonly unsentTotal: () => number;
  readonly unsentAbout: (ref: EntityRef) => number;
  readonly isUnsent: (id: FactId) => boolean;

  // ── folded state ──
  readonly entity: (ref: EntityRef) => Folded | undefined;
  /** Every folded entity of a kind that is kept in memory (open, or touched within the keep window). */
  readonly entities: (kind: string) => Iterable<Folded>;
  /** Whether it is one of those. */
  readonly isKept: (ref: EntityRef) => boolean;
  /** Names of the same entities, without reading their states. */
  readonly refs: (kind: string) => readonly EntityRef[];
  /**
   * Every folded entity of a kind, from the last by reference back, before one (null: from the end): also those that left
   * memory long ago, which stay out of it. Fewer than `limit` only at the end.
   */
  readonly back: (kind: string, before: EntityRef | null, limit: number) => readonly Folded[];
  /** References of every entity that begin so, in memory or not. */
  readonly beginning: (prefix: string) => readonly EntityRef[];
  readonly record: (kind: string, id: string) => RecordVersion | undefined;
  readonly records: (kind: string) => readonly RecordVersion[];
  /** Records of any kind that name an incident, by its bare id: what was derived of its runs. */
  readonly recordsAbout: (incident: string) => readonly RecordVersion[];
  /** A unit's record as it was before it was archived; see `KEPT_OF_ARCHIVED`. */
  readonly formerRecord: (kind: string, id: string) => RecordVersion | undefined;

  // ── requests, leases, grants, drafts ──
  readonly putRequest: (request: RequestIn, entity: string | null) => void;
  /** In the order in which they were made; of these states, or of every one. */
  readonly requests: (states?: readonly OutboxRequest['state'][]) => readonly OutboxRequest[];
  readonly requestFailed: (id: string, error: string, nextAt: number) => void;
  readonly requestAnswered: (answer: RequestOut) => void;
  readonly withdrawRequest: (id: string) => void;
  /** The next incident number of a year, durably taken: leased where there is a lease, else under this log's own suffix. */
  readonly takeNumber: (year: number) => string;
  readonly addLease: (lease: Lease) => void;
  /** Numbers still free under leases for a year. */
  readonly numbersLeft: (year: number) => number;
  readonly saveGrant: (grant: Grant, verifier: string) => void;
  /** The newest of each person with its verifier; the first of its session and those of sign-ins before it, a while, with an empty one. */
  readonly grants: () => readonly { readonly grant: Grant; readonly verifier: string }[];
  readonly roster: () => Roster | null;
  /** Ids of the site's keys, and the center's keys that its word is known by. */
  readonly keysHeld: () => string[];
  /** Keys of the site that are held here and are not among these. */
  readonly keysBeside: (ids: readonly string[]) => readonly { readonly id: string; readonly key: string }[];
  readonly saveRoster: (roster: Roster, siteKeys: readonly { readonly id: string; readonly key: string }[]) => void;
  /**
   * A roster that was held before, and of which the one that is held now has forgotten a workstation, or that it was revoked; or the one
   * that is held, where the center has come with an older one: it was put back from a backup. Null where there is none.
   */
  readonly forgottenRoster: () => Roster | null;
  /** Enrolled stations of the site that do not read a type (`type@v`), as far as is known: see `notReadBy` of the domain. */
  readonly notReadBy: (type: string) => readonly string[] | null;
  /** The center's word on who reads what; `linked` are the peers that speak for themselves now. */
  readonly saveReaders: (word: ReadersWord, linked: ReadonlySet<string>) => void;
  /** What a peer says that it reads (`type@v`). */
  readonly heardReads: (station: string, reads: readonly string[]) => void;
  readonly value: (space: Space, owner: string, key: string) => Json | undefined;
  readonly values: (space: Space, owner: string) => ReadonlyMap<string, Json>;
  readonly saveValue: (space: Space, owner: string, key: string, value: Json | null) => void;

  // ── time ──
  /** Corrected time: the wall clock and the measured offset to the center. ms UTC. */
  readonly now: () => number;
  readonly setClockOffset: (offset: number, uncertainty: number) => void;
  /**
   * The center has just said what time it is, and the offset is as it should be: what the clock showed beyond that, while it was set
   * wrong, is no more the highest ever seen. Where it was far ahead, facts are read from now on again: until that time came each would
   * be contested.
   */
  readonly clockConfirmed: () => void;
  readonly clock: () => { readonly offset: number; readonly uncertainty: number; readonly highest: number };

  /** Why the disk took nothing of what was written last, until {@link Store.takesAgain}; null where it takes what it is given. */
  readonly refuses: () => Refusing | null;
  /** Writes a little, of which nothing stays: whether the disk takes something. */
  readonly takesAgain: () => boolean;
  readonly onChange: (listener: (change: Change) => void) => () => void;
  /** Whether it was erased here. */
  readonly isErased: (ref: EntityRef) => boolean;
  /** Erases what a destroyed key sealed: bodies, folded state, drafts of an entity. */
  readonly erase: (ref: EntityRef) => void;
  /**
   * Drops facts that the center holds and whose entities closed before `before` (ms UTC); folded state stays. At most some
   * hundred at a time: whoever wants all of them dropped goes on while there is more.
   */
  readonly prune: (before: number) => Pruned;
  /** Appends `log.closed` and closes the file. */
  readonly close: () => void;
}
