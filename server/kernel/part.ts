/** A part of the center: what it adds to the whole. server/center.ts puts the parts together. */
import type { Logger } from 'pino';
import type { SecurityKind } from '#domain/identity/detection.ts';
import type { Clock, RandomBytes } from '#domain/kernel/ids.ts';
import type { Database } from './db/database.ts';
import type { Route } from './http/route.ts';
import type { Ended } from './identity/sessions/withdrawal.ts';
import type { StoredLog } from './intake/pg/log.ts';
import type { Committed } from './intake/port.ts';
import type { SealedColumn } from './keys/reseal.ts';
import type { KeyRing } from './keys/ring.ts';
import type { Counters } from './limits/counters.ts';
import type { CircumstancesOf } from './organisation/circumstances.ts';
import type { Chore } from './organisation/daily.ts';

/** What every part is given. */
export interface CenterContext {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly log: StoredLog;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly circumstancesOf: CircumstancesOf;
  /** What all nodes count together. */
  readonly counters: Counters;
  readonly logger: Logger;
  readonly dataDir: string;
  /** The demo organisation is wanted; the center is bound to loopback. */
  readonly demo: boolean;
  /** Counts a security event that is new. */
  readonly eventRaised: (kind: SecurityKind) => void;
  /** Tells the stations of a site that its roster or keys changed. */
  readonly rosterChanged: (org: string, site: string) => void;
  /** The doors of this node forget sessions before whoever ended them is answered; their stations hear of it with the commit. */
  readonly sessionsEnded: (org: string, sessions: readonly Ended[]) => void;
  /** Where people's browsers reach the center: an origin, without a path. */
  readonly publicUrl: () => string;
  /** Has the doors look up anew what a session has proven. */
  readonly sessionChanged: () => void;
}

export interface CenterPart {
  readonly name: string;
  readonly routes: readonly Route[];
  /** Where it keeps what is sealed under the organisation's key of secrets. */
  readonly sealed?: readonly SealedColumn[];
  /** Called after each commit of an intake, in order; must not throw and must not wait for long. */
  readonly committed?: (change: Committed) => void;
  /** What it does for every organisation once a day. */
  readonly daily?: readonly Chore[];
  /** Begins jobs and first-time work (the demo); the center is ready once all have resolved. Returns how to end. */
  readonly start?: () => Promise<() => Promise<void>>;
}
