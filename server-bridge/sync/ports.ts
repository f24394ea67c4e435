/** What sync needs from the world. HTTP and sockets in the product, a virtual network in simulation; nothing else differs. */

import type { z } from 'zod';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { StreamPage } from '../../domain/kernel/stream.ts';
import type {
  DeviceTokenInSchema,
  HelloIn,
  HelloOut,
  PeerMessage,
  Presence,
  PushIn,
  PushOut,
  RequestIn,
  RequestOut,
  Snapshot,
} from '../../domain/wire/sync.ts';

export type DeviceTokenIn = z.infer<typeof DeviceTokenInSchema>;

/** A failed exchange. `unreachable` is retried with backoff; `refused` carries what the center said. */
export class SyncFailure extends Error {
  readonly kind: 'unreachable' | 'refused' | 'unauthorized';
  readonly status: number;
  /** The code of the center's problem; empty where it said none. */
  readonly code: string;
  constructor(kind: 'unreachable' | 'refused' | 'unauthorized', message: string, status = 0, code = '') {
    super(message);
    this.kind = kind;
    this.status = status;
    this.code = code;
  }
}

/** Code of an unreachable center: whoever answers there shows a certificate that is not taken. */
export const UNTRUSTED = 'center.untrusted';

/** The center as a station reaches it. Every promise settles within its timeout, or rejects with SyncFailure. */
export interface CenterPort {
  readonly hello: (input: HelloIn) => Promise<HelloOut>;
  readonly push: (input: PushIn) => Promise<PushOut>;
  /** `afterHash`: of the item numbered `after`; refused where another stands there. */
  readonly pull: (epoch: string, after: number, limit: number, afterHash?: string) => Promise<StreamPage>;
  readonly snapshot: () => Promise<Snapshot>;
  readonly entity: (ref: EntityRef) => Promise<StreamPage>;
  readonly request: (input: RequestIn) => Promise<RequestOut>;
  /**
   * Opens the live channel; returns how to leave it. `onDown` is called once when it breaks, and within about two seconds
   * of the center going silent: this is how an outage is noticed while nothing happens.
   */
  readonly live: (events: {
    /** Called once when pages have begun to flow. */
    readonly onUp: () => void;
    readonly onPage: (page: StreamPage) => void;
    readonly onPresence: (presence: Presence) => void;
    readonly onDown: (reason: string) => void;
    /** Roster or keys changed: say hello again. */
    readonly onRoster: () => void;
    /** The center ended a session of this station from elsewhere. */
    readonly onSessionEnded: (session: string) => void;
    /** Somebody signed in here was told something of their account, or said elsewhere that they know it. */
    readonly onTold?: () => void;
  }) => { readonly close: () => void; readonly presence: (presence: Presence) => void };
  /** Gives up on every exchange in flight but a greeting: their promises reject as `unreachable`. The next call starts afresh. */
  readonly abandon: () => void;
  /** The same of a greeting, and of that alone. The next call takes no connection of before. */
  readonly abandonGreeting: () => void;
}

/** The LAN: authenticated, encrypted links to the stations of the roster. */
export interface PeersPort {
  /** Keeps links to these stations (dials, accepts, redials) until told otherwise. */
  readonly reach: (
    peers: readonly { readonly station: string; readonly key: string; readonly address: string }[],
  ) => void;
  readonly send: (station: string, message: PeerMessage) => boolean;
  /** So much of what was sent to it waits to be taken that more is better sent later. */
  readonly isBusy: (station: string) => boolean;
  readonly on: (events: {
    readonly onUp: (station: string) => void;
    readonly onDown: (station: string) => void;
    /** A promise where it takes time; a link on which much waits to be taken is read no further until then. */
    readonly onMessage: (station: string, message: PeerMessage) => void | Promise<void>;
  }) => void;
  readonly close: () => Promise<void>;
}

/** Timers, so that a virtual clock can drive them. `after(0, …)` lets what is waiting run first (actions of a window). */
export interface Timers {
  readonly after: (ms: number, run: () => void) => () => void;
}
