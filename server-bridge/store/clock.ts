/** Time of a station: its wall clock corrected by the measured offset to the center, and the hybrid clock over it. */
import {
  HLC_START,
  type Hlc,
  type HlcState,
  hlcFormat,
  hlcObserve,
  hlcParse,
  hlcTick,
} from '../../domain/kernel/hlc.ts';
import type { Clock } from '../../domain/kernel/ids.ts';

/**
 * By less, the order of what was written is worth more than the time: it is shown in that order, and no sign-in ends so soon that what
 * is written meanwhile would be contested. ms
 */
const FAR_AHEAD_MS = 3_600_000;

export interface StationClock {
  readonly wall: Clock;
  /** Corrected time, ms UTC. */
  readonly now: () => number;
  /** The reading for a fact made now. */
  readonly tick: () => Hlc;
  readonly observe: (remote: Hlc) => void;
  /** Takes up a reading that was kept here, however far ahead of the wall clock it is. */
  readonly resume: (kept: Hlc) => void;
  /** The last reading, to be kept with a commit. */
  readonly reading: () => Hlc;
  /** The highest corrected time ever seen: what expiry is counted by, so that setting a clock back wins nothing. */
  readonly highest: () => number;
  /** Whether what is read of this clock is far ahead of now, since it was set so once. */
  readonly isFarAhead: () => boolean;
  /**
   * It is now by the word of the center, which nobody here can set: the highest is no more, and a reading far ahead goes back to it.
   * Whether an author had the right to a fact is told by its reading.
   */
  readonly confirm: () => void;
  readonly offset: () => { readonly offset: number; readonly uncertainty: number };
  readonly setOffset: (offset: number, uncertainty: number) => void;
}

/** `wall` may jump; `held` is what the store knew of the clock when it was last open. */
export function stationClock(
  wall: Clock,
  short: string,
  held: { hlc: Hlc; highest: number; offset: number; uncertainty: number },
): StationClock {
  let state: HlcState = held.hlc === '' ? HLC_START : hlcParse(held.hlc);
  let { highest, offset, uncertainty } = held;
  const now = (): number => {
    const corrected = Math.round(wall() + offset);
    if (corrected > highest) highest = corrected;
    return corrected;
  };
  return {
    wall,
    now,
    tick: () => {
      state = hlcTick(state, now());
      return hlcFormat(state, short);
    },
    observe: (remote) => {
      state = hlcObserve(state, remote, now());
    },
    resume: (kept) => {
      const { ms, count } = hlcParse(kept);
      if (ms > state.ms || (ms === state.ms && count > state.count)) state = { ms, count };
    },
    reading: () => hlcFormat(state, short),
    highest: () => {
      now();
      return highest;
    },
    isFarAhead: () => state.ms > now() + FAR_AHEAD_MS,
    confirm: () => {
      const time = now();
      highest = Math.min(highest, time);
      if (state.ms > time + FAR_AHEAD_MS) state = { ms: time, count: 0 };
    },
    offset: () => ({ offset, uncertainty }),
    setOffset: (by, within) => {
      offset = by;
      uncertainty = within;
    },
  };
}
