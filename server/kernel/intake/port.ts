/**
 * The center's log: what intake needs from storage. PostgreSQL in the product, memory in simulation; one contract suite
 * (server/kernel/intake/testing/contract.ts) holds both to the same behaviour.
 */
import type { KeyEnvelope } from '../../../domain/kernel/envelope.ts';
import type { Fact, FactHeader, Frame } from '../../../domain/kernel/fact.ts';
import type { EffectsOf, Folded } from '../../../domain/kernel/fold.ts';
import type { EntityRef, FactId } from '../../../domain/kernel/ids.ts';
import type { LogHead } from '../../../domain/kernel/log.ts';
import type { Role } from '../../../domain/kernel/permission.ts';
import type { RecordVersion, StreamItem } from '../../../domain/kernel/stream.ts';
import type { Scope } from '../db/database.ts';

/** A device as intake knows it. */
export interface Device {
  readonly org: string;
  readonly site: string;
  readonly station: string;
  readonly key: string;
  readonly revoked: boolean;
  /** Its facts are contested from here. ms UTC; null while it is not revoked. */
  readonly revokedAt: number | null;
}

/** What a session or offline grant allowed, and until when; null dates mean open. */
export interface Standing {
  readonly user: string;
  readonly roles: readonly Role[];
  readonly validFrom: number;
  /** Contested from here: expiry of the grant, or the moment the right was withdrawn. ms UTC. */
  readonly validUntil: number | null;
  /** The workstation it was made at; left out or null where that is not known. */
  readonly station?: string | null;
  /** What the organisation has taken away from these roles. */
  readonly withheld?: readonly Withheld[];
}

/** A right that a role has not any more: `permission` is `type@v` of a fact, since in ms UTC. */
export type Withheld = readonly [role: Role, permission: string, since: number];

/** Positions from … to of a log, both included. */
export type Range = readonly [from: number, to: number];

export interface LogPlace {
  readonly log: string;
  readonly seq: number;
}

/** How far a log is held. */
export interface LogPosition extends LogHead {
  /** Whose log it is: the station of its first frame; null for one of which nothing is held. */
  readonly station: string | null;
  readonly site: string | null;
  /** `to` of the furthest gap that its station declared, 0 for none. */
  readonly gapTo: number;
  /** Positions skipped under a declared gap that nobody has filled yet, and those held by their header alone; ascending. */
  readonly holes: readonly Range[];
}

/** A fact to append: its exact bytes, what was read of them, and the sites whose streams it enters (its own among them). */
export interface AppendRow {
  readonly frame: Frame;
  readonly fact: Fact;
  readonly hash: string;
  readonly sites: readonly string[];
  /** Its body waits for a key that is not here yet. */
  readonly unread: boolean;
}

/** The rest of a fact that is held by its header alone. */
export interface BodyRow {
  readonly frame: Frame;
  readonly hash: string;
  readonly fact: Fact;
}

/** A site, and an entity that it holds or has said something about. */
export interface Holder {
  readonly ref: EntityRef;
  readonly site: string;
}

export interface Authors {
  readonly devices: ReadonlyMap<string, Device>;
  readonly standings: ReadonlyMap<string, Standing>;
}

/** One serializable step of an organisation's intake; all reads see its writes. Rolled back whole when `work` throws. */
export interface IntakeTransaction {
  readonly org: string;
  readonly epoch: string;
  /** What facts do, as far as this center reads them. */
  readonly effectsOf: EffectsOf;
  /** One for every log asked for. */
  readonly positions: (logs: readonly string[]) => Promise<ReadonlyMap<string, LogPosition>>;
  readonly putPositions: (positions: readonly LogPosition[]) => Promise<void>;
  /** Who may have written facts, as of now: their workstations and the standing of their sessions. */
  readonly authors: (stations: readonly string[], sessions: readonly string[]) => Promise<Authors>;
  readonly keys: (ids: readonly string[]) => Promise<ReadonlyMap<string, KeyEnvelope>>;
  /** Of these ids, those whose keys were destroyed: what they sealed is erased and is not taken again. */
  readonly destroyed: (ids: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Destroys every key of an entity and blanks the bodies they sealed. Throws where a legal hold stands in the way. */
  readonly destroyKeys: (ref: EntityRef, reason: string) => Promise<void>;
  /** A legal hold stands on it: its keys are not to be destroyed. */
  readonly underHold: (ref: EntityRef) => Promise<boolean>;
  /**
   * Answers with the entities about which facts waited for these keys; from now on they wait no more. Keys of what was erased are
   * destroyed as they come.
   */
  readonly putKeys: (keys: readonly KeyEnvelope[]) => Promise<readonly EntityRef[]>;
  readonly siteKey: (site: string, id: string) => Promise<Uint8Array | null>;
  /**
   * Folded states; null for one that has to be folded whole again, absent for one that has no facts. What was erased cannot be
   * folded again: it is as it was.
   */
  readonly folded: (refs: readonly EntityRef[]) => Promise<ReadonlyMap<EntityRef, Folded | null>>;
  readonly factsAbout: (ref: EntityRef) => Promise<readonly Fact[]>;
  /** Which of these facts are held. */
  readonly held: (ids: readonly FactId[]) => Promise<ReadonlySet<FactId>>;
  /** Of these facts, those of which the header alone is held, with its hash: their body may come yet. */
  readonly headersAlone: (places: readonly LogPlace[]) => Promise<readonly (LogPlace & { readonly hash: string })[]>;
  /** Gives facts held by their header alone their bodies, and tells of them again on every stream that they are on. */
  readonly complete: (rows: readonly BodyRow[]) => Promise<void>;
  /** Sites that hold these entities. */
  readonly sitesOf: (refs: readonly EntityRef[]) => Promise<ReadonlyMap<EntityRef, readonly string[]>>;
  /** Sites that have said something about these entities and do not hold them: what they said is all that they have of them. */
  readonly guestsOf: (refs: readonly EntityRef[]) => Promise<ReadonlyMap<EntityRef, readonly string[]>>;
  /** Assignments on an incident that sites which do not hold them have said something about. */
  readonly visitedRuns: (incident: EntityRef) => Promise<readonly EntityRef[]>;
  /** The sites that records say these entities are of, where there is a kind of record that does (`homeOf`). */
  readonly homesOf: (refs: readonly EntityRef[]) => Promise<ReadonlyMap<EntityRef, string>>;
  /** A site comes to hold an entity: earlier facts about it enter the site's stream. */
  readonly hold: (rows: readonly Holder[]) => Promise<void>;
  /** Sites that say something about entities which they do not hold. */
  readonly visit: (rows: readonly Holder[]) => Promise<void>;
  /** Appends accepted facts and numbers them on the streams of the sites named, in this order. */
  readonly append: (rows: readonly AppendRow[]) => Promise<void>;
  /** Puts folded states and their relational rows. */
  readonly putFolded: (states: readonly Folded[]) => Promise<void>;
  /** Puts the newest version of a record in its table and on the site's stream. */
  readonly putRecord: (site: string, record: RecordVersion) => Promise<void>;
  /** Puts a version of a record whose home is another site on this site's stream too (a person of every site). */
  readonly showRecord: (site: string, record: RecordVersion) => Promise<void>;
  readonly record: (kind: string, id: string) => Promise<RecordVersion | null>;
  /** Facts contested only because their sign-in is not known here: they wait for somebody to show it. */
  readonly awaitSignIn: (facts: readonly { readonly fact: FactId; readonly session: string }[]) => Promise<void>;
  /** The facts that wait for these sign-ins; they wait no more. */
  readonly takeAwaiting: (sessions: readonly string[]) => Promise<readonly FactHeader[]>;
  /** Once per log and position. */
  readonly putMarker: (site: string, log: string, seq: number, reason: string) => Promise<void>;
}

/** What shows that the center lost something. */
export interface Loss {
  /** The epoch in which it was found: where another has begun since, it has been dealt with, and none begins. */
  readonly foundIn: string;
  /** Epochs that the center signed for and has forgotten: what was acknowledged in them is of the past from now on. */
  readonly forgotten: readonly string[];
}

/** What one committed step put on each site's stream: `items` follow each other and end at `head`. */
export interface Committed {
  readonly org: string;
  readonly epoch: string;
  /** Facts newly held, in order. */
  readonly facts: readonly Fact[];
  /** What is folded otherwise since the body or the key came of a fact that was held without it. */
  readonly opened: readonly EntityRef[];
  readonly sites: ReadonlyMap<string, { readonly items: readonly StreamItem[]; readonly head: number }>;
  /** Envelopes of the keys that the frames among the items name. */
  readonly keys: readonly KeyEnvelope[];
}

export interface StreamRead {
  readonly items: readonly StreamItem[];
  readonly keys: readonly KeyEnvelope[];
}

export interface SnapshotRead extends StreamRead {
  readonly head: number;
  readonly folded: readonly Folded[];
  readonly heads: readonly LogHead[];
}

export interface CenterLog {
  /**
   * One writer at a time per organisation. `scope` says who acts and why, for the audit rows of what the step writes.
   * `repeatable` work may be run a second time, from the start and in a step of its own: it is then begun on what is
   * remembered, before it is known that no other node took in meanwhile.
   */
  readonly intake: <T>(
    org: string,
    work: (tx: IntakeTransaction) => Promise<T>,
    scope?: Omit<Scope, 'org'>,
    repeatable?: boolean,
  ) => Promise<T>;
  readonly epoch: (org: string) => Promise<string>;
  /** Every epoch there was, the current one included. */
  readonly epochs: (org: string) => Promise<readonly string[]>;
  /** Begins a new epoch; leases of numbers jump past whatever may have been leased after the backup. */
  readonly beginEpoch: (org: string, epoch: string, reason: string, loss?: Loss) => Promise<void>;
  /** Devices by station, outside of any intake; keys of devices never change, revocation is judged inside. */
  readonly devices: (org: string, stations: readonly string[]) => Promise<ReadonlyMap<string, Device>>;
  /** How far these logs are held; one for every log asked for. */
  readonly positions: (org: string, logs: readonly string[]) => Promise<ReadonlyMap<string, LogPosition>>;
  /** Whether any fact waits for one of these sign-ins. */
  readonly awaits: (org: string, sessions: readonly string[]) => Promise<boolean>;
  readonly streamHead: (org: string, site: string) => Promise<number>;
  readonly read: (org: string, site: string, after: number, limit: number) => Promise<StreamRead>;
  readonly entityFacts: (org: string, site: string, ref: EntityRef) => Promise<StreamRead>;
  /** Facts about an entity, opened, in the order of their readings; for a site that does not hold it, none. */
  readonly factsAbout: (org: string, site: string | null, ref: EntityRef) => Promise<readonly Fact[]>;
  /** Entities that another build folded, and may not have read all of; at most `limit`. */
  readonly foldedByOthers: (org: string, limit: number) => Promise<readonly EntityRef[]>;
  /** How far the logs of a site's stations, and of the center for the site, are held. */
  readonly logHeads: (org: string, site: string) => Promise<readonly LogPosition[]>;
  /**
   * Facts of what is open or was touched since `since` (ms UTC) and the site's records; folded state of the others. What never closes
   * comes as a state too, and those facts about it whose reading is not before then.
   */
  readonly startingPoint: (org: string, site: string, since: number) => Promise<SnapshotRead>;
  /** Called after each commit, in the order of commits. Returns how to stop. */
  readonly onCommit: (listener: (change: Committed) => void) => () => void;
}
