/** What the sync decisions know, what may happen to them, and what they may ask for. Plain data: no clock, no I/O. */
import type { Cursor } from '../../domain/kernel/stream.ts';

/**
 * Pushes go in two lanes, so that what this console has just done never waits behind what it carries for others: `own`
 * (logs that this station wrote) and `rest`.
 */
export type Lane = 'own' | 'rest';

/** Pushes of one lane that are on their way at a time. */
export const PUSHES = 4;
/**
 * While one is on its way another leaves at once with so many facts, and with fewer so long after the last (ms). Over a short line
 * that is about what an answer takes: a push for each of a quick run of facts would cost the center, and whoever it tells, more
 * than it spares them.
 */
export const WORTH_A_PUSH = 20;
export const PUSH_PACE = 4;

/** What a push carries of a log. */
export interface Run {
  readonly from: number;
  /** Null until the push is made. */
  readonly through: number | null;
  /** It goes on from what is acknowledged, not from another that is on its way. */
  readonly first: boolean;
}

/** A push on its way. */
export interface Flight {
  readonly id: number;
  readonly runs: ReadonlyMap<string, Run>;
}

/**
 * - `hello`   say hello again (backoff)
 * - `doubt`   a doubted center that has not answered by now counts as unreachable
 * - `check`   pull even when nothing is known to be new: what the live channel lost, and while there is none
 * - `live`    open the live channel again
 * - `push`    push what little was written here since the last push, though that is on its way
 * - `carry`   push what others wrote and the center still lacks
 * - `tell`    tell peers what is newly held here
 * - `relay`   send peers what others wrote and they still lack
 * - `sweep`   tell peers again, in case a message was lost on the way
 * - `requests` send requests again
 * - `again`   ask once more what the center failed at although it answers greetings (backoff)
 */
export type TimerName =
  | 'hello'
  | 'doubt'
  | 'check'
  | 'live'
  | 'push'
  | 'carry'
  | 'tell'
  | 'relay'
  | 'sweep'
  | 'requests'
  | 'again';

/** What is asked of a center besides greetings. */
export type Asked = 'snapshot' | 'pull' | 'push' | 'requests';

/** Milliseconds. */
export const TIMES = {
  /** First and longest wait between greetings of an unreachable center; halved at random. */
  retryFirst: 100,
  retryMost: 1_000,
  /** The same for a center that answers and refuses: nothing will change quickly. */
  refusedRetry: 10_000,
  /** A store that refuses (disk full) is tried again after this. */
  storeRefused: 1_000,
  doubt: 300,
  /** Between two looks at the center while the live channel brings everything, and while it does not. */
  check: 10_000,
  checkAlone: 1_000,
  /** Others' facts are carried after this wait and up to as much again `spread`, unless the stream shows them first. */
  carry: 250,
  spread: 1_000,
  /** Between two tellings to peers, at least and per linked peer: fifty consoles must not drown each other. */
  tell: 100,
  tellPerPeer: 20,
  sweep: 5_000,
} as const;

/** Every so many checks what is unacknowledged is counted afresh from the store. */
export const CHECKS_PER_COUNT = 3;
/** Every so many sweeps all logs are told, not only those the center lacks. */
export const SWEEPS_PER_FULL = 12;
/** Logs that are kept in mind for a peer's word alone: what it names beyond that is not believed. The longest id of a log. */
export const MOST_LOGS = 20_000;
export const LONGEST_LOG_ID = 128;
/** Most items in one pull. */
export const PULL_ITEMS = 1_000;
/** No further page is pulled while more than this many items wait to be applied. */
export const FETCH_AHEAD = 2_000;
/**
 * Items of the live channel that are kept until what lies before them has been pulled, and those that are taken ahead of what is
 * stored; beyond that they are pulled as well.
 */
export const KEPT_ITEMS = 16_000;

export interface LogState {
  /** Durably held here through this position. */
  readonly held: number;
  /** Known to be held by the center through this position, in this epoch. */
  readonly acked: number;
  readonly own: boolean;
  /** Somebody else's, and the center lacks it: to be carried. */
  readonly wanted: boolean;
  /** The center would not have it; tried again at the next count or greeting. */
  readonly stuck: boolean;
  /** A push of it came before the one that it goes on from: all that are on their way are waited for. */
  readonly overtaken: boolean;
  /** Through where each linked peer holds it, as far as is known; absent is 0. */
  readonly knows: ReadonlyMap<string, number>;
  /** Through where each linked peer was told that it is held here. */
  readonly told: ReadonlyMap<string, number>;
}

export interface PeerState {
  /** Its first heads of this link have come. Before that nothing is known about it and no frames are sent. */
  readonly said: boolean;
  readonly centerReached: boolean;
}

export interface SyncState {
  /** `doubt`: something failed that worked a moment ago, and a greeting is under way to find out. */
  readonly center: 'idle' | 'down' | 'up' | 'doubt';
  readonly greeting: boolean;
  /** Something that an answer tells of changed while the greeting was under way: its answer may be of before. */
  readonly greetAgain: boolean;
  /** The greeting under way took the place of one that hung when the network came back: none takes its place. */
  readonly hurried: boolean;
  /** What was held when the greeting under way was sent. */
  readonly greeted: ReadonlyMap<string, LogState> | null;
  /** Greetings failed in a row. */
  readonly tries: number;
  readonly epoch: string | null;
  /** Applied and durable. */
  readonly cursor: number;
  /** Received and waiting to be applied, or applied. */
  readonly fetched: number;
  /** The newest number of the stream that was heard of. */
  readonly head: number;
  readonly snapshot: 'needed' | 'fetching' | 'no';
  /** A page is asked for after this number; null while none is. */
  readonly pulling: number | null;
  /** More may be there than the page that is asked for knows of: another is asked for behind it, even where it brings nothing. */
  readonly pullAgain: boolean;
  readonly live: 'closed' | 'opening' | 'up';
  readonly liveTries: number;
  /** Pages of the live channel beyond what is fetched, each going on where the one before it ends. Gone with the channel. */
  readonly kept: readonly PageNote[];
  readonly checks: number;
  /** What is unacknowledged has been counted since the stream was read to its head. */
  readonly counted: boolean;
  readonly logs: ReadonlyMap<string, LogState>;
  /** On their way in each lane, in the order in which they left. */
  readonly pushing: { readonly [lane in Lane]: readonly Flight[] };
  /** Pushes so far: the id of the last. */
  readonly pushes: number;
  /** Failures in a row of each, with an answered greeting between any two. From the second on it waits for `again`. */
  readonly failing: { readonly [what in Asked]: number };
  readonly requesting: boolean;
  readonly requestsDue: boolean;
  readonly peers: ReadonlyMap<string, PeerState>;
  readonly sweeps: number;
  readonly armed: ReadonlySet<TimerName>;
}

export const IDLE: SyncState = {
  center: 'idle',
  greeting: false,
  greetAgain: false,
  hurried: false,
  greeted: null,
  tries: 0,
  epoch: null,
  cursor: 0,
  fetched: 0,
  head: 0,
  snapshot: 'no',
  pulling: null,
  pullAgain: false,
  live: 'closed',
  liveTries: 0,
  kept: [],
  checks: 0,
  counted: false,
  logs: new Map(),
  pushing: { own: [], rest: [] },
  pushes: 0,
  failing: { snapshot: 0, pull: 0, push: 0, requests: 0 },
  requesting: false,
  requestsDue: false,
  peers: new Map(),
  sweeps: 0,
  armed: new Set(),
};

/** A page as the decisions see it: items `from`+1 … `to` of an epoch. The engine keeps the page itself under `id`. */
export interface PageNote {
  readonly id: number;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  readonly head: number;
  /** It ends where this station stands, on another item. */
  readonly elsewhere: boolean;
}

export interface Position {
  readonly log: string;
  readonly seq: number;
}
export interface Unacknowledged {
  readonly log: string;
  readonly from: number;
  /** Where what is held of it ends. */
  readonly through: number;
  readonly own: boolean;
}
/** Why an exchange failed: nobody there, or somebody who said no. */
export type Failure = 'unreachable' | 'refused' | 'unauthorized';

export type SyncEvent =
  | {
      readonly t: 'started';
      readonly cursor: Cursor | null;
      readonly heads: readonly Position[];
      readonly unacknowledged: readonly Unacknowledged[];
      /** The log that this opening writes to. */
      readonly log: string;
    }
  | {
      readonly t: 'helloAnswered';
      readonly epoch: string;
      readonly head: number;
      readonly wants: readonly { readonly log: string; readonly from: number }[];
    }
  | { readonly t: 'helloFailed'; readonly why: Failure }
  | { readonly t: 'pullAnswered'; readonly page: PageNote }
  | { readonly t: 'pullFailed'; readonly why: Failure }
  | { readonly t: 'liveArrived'; readonly page: PageNote }
  /** A page, or a slice of one, was durably applied, or was found not to be next. `logs`: the furthest position of each log in it. */
  | {
      readonly t: 'pageArrived';
      readonly result: 'applied' | 'gap';
      readonly epoch: string;
      readonly cursor: number;
      readonly logs: readonly Position[];
    }
  | { readonly t: 'snapshotArrived'; readonly cursor: Cursor; readonly heads: readonly Position[] }
  | { readonly t: 'snapshotFailed'; readonly why: Failure }
  /** A push was made. `through`: how far it goes in each log it has room for; before its beginning where nothing of it is left. */
  | { readonly t: 'pushLeft'; readonly lane: Lane; readonly push: number; readonly through: readonly Position[] }
  | {
      readonly t: 'pushAnswered';
      readonly lane: Lane;
      readonly push: number;
      readonly epoch: string;
      readonly acks: readonly Position[];
      readonly problems: readonly { readonly log: string; readonly why: string; readonly from?: number | undefined }[];
    }
  | { readonly t: 'pushFailed'; readonly lane: Lane; readonly push: number; readonly why: Failure }
  | { readonly t: 'liveUp' }
  | { readonly t: 'liveDown' }
  | { readonly t: 'localAppended'; readonly log: string; readonly seq: number }
  | { readonly t: 'peerUp'; readonly station: string }
  | { readonly t: 'peerDown'; readonly station: string }
  | {
      readonly t: 'peerMessage';
      readonly station: string;
      readonly centerReached: boolean;
      readonly logs: readonly Position[];
    }
  /** Frames of a peer are durable; `ahead` are logs of which it sent a later part than is next here. */
  | {
      readonly t: 'peerFrames';
      readonly station: string;
      readonly held: readonly Position[];
      readonly ahead: readonly string[];
    }
  | { readonly t: 'timer'; readonly timer: TimerName }
  /** Roster or keys changed, the clock jumped, a shell says that the network is back: greet now. */
  | { readonly t: 'rosterChanged' }
  | { readonly t: 'networkReturned' }
  | { readonly t: 'requestDue' }
  /** Requests that were due have been tried; the next is due in `again` ms, or none waits. `why`: what stopped the trying. */
  | { readonly t: 'requestsSent'; readonly again: number | null; readonly why?: Failure }
  | { readonly t: 'counted'; readonly unacknowledged: readonly Unacknowledged[] };

export type SyncEffect =
  | { readonly do: 'hello' }
  /** Gives up on every exchange with the center but a greeting. */
  | { readonly do: 'abandon' }
  /** Gives up on the greeting under way as well. */
  | { readonly do: 'abandonGreeting' }
  | { readonly do: 'beginEpoch'; readonly epoch: string }
  | { readonly do: 'pull'; readonly epoch: string; readonly after: number; readonly limit: number }
  | { readonly do: 'apply'; readonly page: number }
  /** Holds a page that may be applied later. */
  | { readonly do: 'keep'; readonly page: number }
  /** Lets go of all that are held so. */
  | { readonly do: 'forgetKept' }
  | { readonly do: 'fetchSnapshot' }
  | {
      readonly do: 'push';
      readonly lane: Lane;
      /** Its id. */
      readonly push: number;
      readonly logs: readonly { readonly log: string; readonly from: number }[];
    }
  | { readonly do: 'openLive' }
  | { readonly do: 'closeLive' }
  | {
      readonly do: 'sendHeads';
      readonly peer: string;
      readonly logs: readonly Position[];
      readonly centerReached: boolean;
    }
  | {
      readonly do: 'sendFrames';
      readonly peer: string;
      readonly log: string;
      readonly from: number;
      readonly to: number;
    }
  /** Replaces a timer of that name. */
  | { readonly do: 'arm'; readonly timer: TimerName; readonly ms: number }
  | { readonly do: 'disarm'; readonly timer: TimerName }
  | { readonly do: 'recount' }
  | { readonly do: 'sendRequests' };

/** One way to carry out each thing that may be asked for. */
export type Doing = { readonly [D in SyncEffect['do']]: (effect: Extract<SyncEffect, { readonly do: D }>) => void };
