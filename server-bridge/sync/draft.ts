/** One decision in the making: a state that is copied where it is touched, and the effects asked for so far. */
import type { LogState, SyncEffect, SyncState, TimerName } from './state.ts';
import { TIMES } from './state.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface Draft {
  s: Mutable<SyncState>;
  readonly effects: SyncEffect[];
  /** In [0, 1): the one source of chance. */
  readonly luck: number;
  ownLogs: boolean;
}

export function draftOf(state: SyncState, luck: number): Draft {
  return { s: { ...state }, effects: [], luck, ownLogs: false };
}

export function ask(d: Draft, effect: SyncEffect): void {
  d.effects.push(effect);
}

const NOBODY: ReadonlyMap<string, number> = new Map();
const NEW_LOG: LogState = {
  held: 0,
  acked: 0,
  own: false,
  wanted: false,
  stuck: false,
  overtaken: false,
  knows: NOBODY,
  told: NOBODY,
};

export function logOf(d: Draft, log: string): LogState {
  return d.s.logs.get(log) ?? NEW_LOG;
}

export function setLog(d: Draft, log: string, change: Partial<LogState>): LogState {
  if (!d.ownLogs) {
    d.s.logs = new Map(d.s.logs);
    d.ownLogs = true;
  }
  const next = { ...logOf(d, log), ...change };
  (d.s.logs as Map<string, LogState>).set(log, next);
  return next;
}

export function setAllLogs(d: Draft, change: (log: string, state: LogState) => LogState): void {
  d.s.logs = new Map([...d.s.logs].map(([log, state]) => [log, change(log, state)]));
  d.ownLogs = true;
}

/** The same map where it says so already, so that nothing seems to have changed. */
export function noting(map: ReadonlyMap<string, number>, station: string, seq: number): ReadonlyMap<string, number> {
  return map.get(station) === seq ? map : new Map(map).set(station, seq);
}

export function arm(d: Draft, timer: TimerName, ms: number): void {
  d.s.armed = new Set(d.s.armed).add(timer);
  ask(d, { do: 'arm', timer, ms });
}

/** Leaves a timer of that name that runs as it is. */
export function armOnce(d: Draft, timer: TimerName, ms: number): void {
  if (!d.s.armed.has(timer)) arm(d, timer, ms);
}

export function disarm(d: Draft, ...timers: readonly TimerName[]): void {
  for (const timer of timers) {
    if (!d.s.armed.has(timer)) continue;
    const armed = new Set(d.s.armed);
    armed.delete(timer);
    d.s.armed = armed;
    ask(d, { do: 'disarm', timer });
  }
}

/** Doubles from `retryFirst` to `retryMost`, then halved at random so that fifty consoles do not come back at once. */
export function backoff(tries: number, luck: number): number {
  return jittered(Math.min(TIMES.retryMost, TIMES.retryFirst * 2 ** Math.min(tries, 16)), luck);
}

/** Between half of it and all of it, by `luck` from 0 to 1. */
export function jittered(ms: number, luck: number): number {
  return Math.ceil(ms * (0.5 + luck / 2));
}
