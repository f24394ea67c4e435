/** What the board needs of its surroundings besides the store; in simulation and replay most of it is simply absent. */
import type { ReachRow } from '../../domain/bridge/topics.ts';
import type { Clock, RandomBytes } from '../../domain/kernel/ids.ts';
import type { Newer } from '../../domain/kernel/module.ts';
import type { Outcome } from '../../domain/kernel/refusal.ts';
import type { Presence } from '../../domain/wire/sync.ts';
import type { Sessions } from '../session/port.ts';
import type { ReadLog } from '../session/read-log.ts';
import type { Refusing } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import type { Timers } from '../sync/ports.ts';
import type { Source } from './feed.ts';

/** How the center and the peers are reached, as sync knows it. */
export interface Reach {
  readonly now: () => Pick<ReachRow, 'center' | 'since' | 'refusal' | 'peers' | 'behind'>;
  readonly onChange: (listener: () => void) => () => void;
  /** Something waits in the outbox: look now instead of at the next turn. */
  readonly wake: () => void;
  /** The network is back: the center is tried now, however long it was waited for. */
  readonly networkReturned: () => void;
  readonly sendPresence: (presence: Presence) => void;
  readonly onPresence: (listener: (presence: Presence) => void) => () => void;
}

export interface Document {
  readonly media: string;
  readonly base64: string;
}

/**
 * Stored documents, fetched from the center and kept encrypted for an outage. Refuses with `document.unavailable`, or with what
 * the center refused it for.
 */
export interface Documents {
  readonly open: (id: string, accessToken: string | null) => Promise<Outcome<Document>>;
}

/** What people are told of their own accounts. */
export interface Notices {
  /** What whoever is signed in at the seat was told and has not said they know of. */
  readonly source: (seat: string) => Source;
  readonly seen: (seat: string, upTo: number) => void;
}

export interface DispatchOptions {
  readonly store: Store;
  /** The wall clock, ms UTC. What is written uses the store's corrected time; this one only measures how long work took. */
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly timers: Timers;
  readonly sessions: Sessions;
  readonly reach?: Reach;
  readonly documents?: Documents;
  readonly notices?: Notices;
  /** Keeps what was shown of patients for the center's audit. */
  readonly reads?: Pick<ReadLog, 'shown' | 'opened'>;
  /** A one-time token for another window of a seat. */
  readonly windowToken?: (seat: string) => string;
  /** What the keys of the store are kept in, e.g. `OS keychain`; the help card shows it. */
  readonly keySlots?: readonly string[];
  /** Types of facts that came after the first wire, where another wire than this build's is played through. */
  readonly newer?: ReadonlyMap<string, Newer>;
  /** Told of what should never happen. Nothing about a person is in it. */
  readonly fault?: (where: string, error: unknown) => void;
  /** The damaged store that was set aside when this one was refilled, or null. */
  readonly setAside?: string | null;
  /** Whether the store's file lies elsewhere than the next start looks for it. That it does is told as a change of reach. */
  readonly isAstray?: () => boolean;
  /** Why its disk takes nothing; null where it does. Told likewise. */
  readonly refuses?: () => Refusing | null;
}
