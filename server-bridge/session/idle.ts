/** Locks a seat that nobody has touched for too long. */
import type { Clock } from '../../domain/kernel/ids.ts';
import { keptIfRoom } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import type { Timers } from '../sync/ports.ts';

export interface Idle {
  /** A key or pointer was used at the seat, or somebody sat down at it. */
  readonly touched: (seat: string) => void;
  /** Nobody is at the seat any more, or it is locked. */
  readonly left: (seat: string) => void;
  readonly close: () => void;
}

export interface IdleOptions {
  readonly timers: Timers;
  /** ms; any steady one. */
  readonly clock: Clock;
  /** How long a seat may lie untouched; null where it never locks by itself. Asked anew each time it might. */
  readonly limit: () => number | null;
  readonly lock: (seat: string) => void;
}

/** A seat that may lie untouched for ever is looked at again so often: its position may become another. */
const LOOK_AGAIN_MS = 60_000;

/** Until a center has said how long a console may lie untouched. */
const IDLE_MINUTES = 30;
const CENTER = 'center';
const IDLE_LOCK = 'idle lock';

/** How long a position may lie untouched, ms: as the center last said it; null in a secured room. */
export function idleLimitOf(store: Pick<Store, 'record' | 'value'>, position: string | null): number | null {
  const seat = position === null ? undefined : store.record('position', position)?.body;
  if (seat?.secured === true) return null;
  const minutes = store.value('setting', CENTER, IDLE_LOCK);
  return (typeof minutes === 'number' ? minutes : IDLE_MINUTES) * 60_000;
}

/** Keeps how long a console may lie untouched as the center said it; a full disk keeps what it said before. */
export function keepIdleLimit(store: Pick<Store, 'saveValue'>, minutes: number): void {
  keptIfRoom(() => store.saveValue('setting', CENTER, IDLE_LOCK, minutes));
}

export function createIdle({ timers, clock, limit, lock }: IdleOptions): Idle {
  const seats = new Map<string, { at: number; stop: () => void }>();

  const left = (seat: string): void => {
    seats.get(seat)?.stop();
    seats.delete(seat);
  };
  const wait = (seat: string, ms: number): (() => void) =>
    timers.after(ms, () => {
      const held = seats.get(seat);
      if (!held) return;
      const most = limit();
      const rest = most === null ? LOOK_AGAIN_MS : held.at + most - clock();
      if (rest > 0) {
        held.stop = wait(seat, rest);
        return;
      }
      left(seat);
      lock(seat);
    });

  return {
    touched: (seat) => {
      const held = seats.get(seat);
      if (held) held.at = clock();
      else seats.set(seat, { at: clock(), stop: wait(seat, limit() ?? LOOK_AGAIN_MS) });
    },
    left,
    close: () => {
      for (const { stop } of seats.values()) stop();
      seats.clear();
    },
  };
}
