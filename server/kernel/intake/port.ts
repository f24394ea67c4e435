/**
 * The center's log: what intake needs from storage. PostgreSQL in the product, memory in simulation; one contract suite
 * (server/kernel/intake/testing/contract.ts) holds both to the same behaviour.
 */
import type { KeyEnvelope } from '../../../domain/kernel/envelope.ts';
import type { Fact, Frame } from '../../../domain/kernel/fact.ts';
import type { Folded } from '../../../domain/kernel/fold.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import type { LogHead } from '../../../domain/kernel/log.ts';
import type { RecordVersion, StreamItem } from '../../../domain/kernel/stream.ts';
import type { Role } from '../../../domain/kernel/permission.ts';

/** A device as intake knows it. */
export interface Device {
  readonly org: string;
  readonly site: string;
  readonly station: string;
  readonly key: string;
  readonly revoked: boolean;
}

/** What a session or offline grant allowed, and until when; null dates mean open. */
export interface Standing {
  readonly user: string;
  readonly roles: readonly Role[];
  readonly validFrom: number;
  /** Contested from here: expiry of the grant, or the moment the right was withdrawn. ms UTC. */
  readonly validUntil: number | null;
}

/** One serializable step of an organisation's intake; all reads see its writes. Rolled back whole when `work` throws. */
export interface IntakeTransaction {
  readonly head: (log: string) => Promise<LogHead>;
  readonly heads: (logs: readonly string[]) => Promise<ReadonlyMap<string, LogHead>>;
  readonly device: (station: string) => Promise<Device | null>;
  readonly standing: (session: string) => Promise<Standing | null>;
  readonly keys: (ids: readonly string[]) => Promise<ReadonlyMap<string, KeyEnvelope>>;
  readonly putKeys: (keys: readonly KeyEnvelope[]) => Promise<void>;
  readonly siteKey: (site: string, id: string) => Promise<Uint8Array | null>;
  /** Declared gaps of a log: `to` of the furthest `log.gap`, 0 for none. */
  readonly gapTo: (log: string) => Promise<number>;
  readonly folded: (refs: readonly EntityRef[]) => Promise<ReadonlyMap<EntityRef, Folded>>;
  readonly factsAbout: (ref: EntityRef) => Promise<readonly Fact[]>;
  /** Sites that hold these entities. */
  readonly sitesOf: (refs: readonly EntityRef[]) => Promise<ReadonlyMap<EntityRef, readonly string[]>>;
  /** Appends accepted facts, moves their logs' heads, numbers them on the streams of the sites named. */
  readonly append: (rows: readonly { readonly frame: Frame; readonly fact: Fact; readonly hash: string; readonly sites: readonly string[] }[]) => Promise<void>;
  /** Puts a folded state and its relational row. */
  readonly putFolded: (states: readonly Folded[]) => Promise<void>;
  readonly putRecord: (site: string, record: RecordVersion) => Promise<void>;
  readonly putMarker: (site: string, log: string, seq: number, reason: string) => Promise<void>;
}

export interface CenterLog {
  /** One writer at a time per organisation. */
  readonly intake: <T>(org: string, work: (tx: IntakeTransaction) => Promise<T>) => Promise<T>;
  readonly epoch: (org: string) => Promise<string>;
  readonly beginEpoch: (org: string, epoch: string) => Promise<void>;
  readonly streamHead: (org: string, site: string) => Promise<number>;
  readonly read: (org: string, site: string, after: number, limit: number) => Promise<{ readonly items: readonly StreamItem[]; readonly keys: readonly KeyEnvelope[] }>;
  readonly entityFacts: (org: string, site: string, ref: EntityRef) => Promise<{ readonly items: readonly StreamItem[]; readonly keys: readonly KeyEnvelope[] }>;
  readonly logHeads: (org: string, site: string) => Promise<readonly LogHead[]>;
}
