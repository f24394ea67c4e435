/**
 * Hybrid logical clock (Kulkarni et al. 2014), as a string that sorts as it orders: 12 hex digits of milliseconds, 4 of
 * a counter, then the station. It is for display order and ties, never for deciding whose value stands.
 */
export type Hlc = string;

/** A remote clock further ahead than this is not followed (DESIGN §4, Time). Milliseconds. */
export const HLC_MAX_AHEAD_MS = 120_000;

export interface HlcState {
  readonly ms: number;
  readonly count: number;
}

export const HLC_START: HlcState = { ms: 0, count: 0 };

/** The next reading for a fact made here, `now` being the corrected time. */
export function hlcTick(state: HlcState, now: number): HlcState {
  if (now > state.ms) return { ms: now, count: 0 };
  return state.count < 0xffff ? { ms: state.ms, count: state.count + 1 } : { ms: state.ms + 1, count: 0 };
}

/** Takes note of a reading that came from elsewhere; one more than 120 s ahead of `now` is left alone. */
export function hlcObserve(state: HlcState, remote: Hlc, now: number): HlcState {
  const { ms, count } = hlcParse(remote);
  if (ms > now + HLC_MAX_AHEAD_MS) return state;
  if (ms > state.ms) return { ms, count };
  if (ms === state.ms && count > state.count) return { ms, count };
  return state;
}

/** Milliseconds and count in hexadecimal of fixed width, then the station: text that sorts as time does. */
export function hlcFormat(state: HlcState, station: string): Hlc {
  return `${state.ms.toString(16).padStart(12, '0')}-${state.count.toString(16).padStart(4, '0')}-${station}`;
}

/** Total: what cannot be read is 0. */
export function hlcParse(hlc: Hlc): HlcState & { readonly station: string } {
  const ms = Number.parseInt(hlc.slice(0, 12), 16);
  const count = Number.parseInt(hlc.slice(13, 17), 16);
  return { ms: Number.isFinite(ms) ? ms : 0, count: Number.isFinite(count) ? count : 0, station: hlc.slice(18) };
}
