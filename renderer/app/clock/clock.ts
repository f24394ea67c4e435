/** The one clock of a window: every time on the screen moves on its beat. It is the center's time, as what is written is. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

/** What is added to this computer's clock, as its station measured it against the center. ms */
let offset = 0;

/** ms UTC, corrected. It may jump when the offset is measured anew: spans of the window's own are measured steadily. */
export const now = (): number => Date.now() + offset;

const clock = createStore<{ readonly now: number; readonly zone: string }>(() => ({
  now: now(),
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
}));

/** Beats on the full second, so that all figures change together. */
export function startClock(): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const beat = (): void => {
    clock.setState({ now: now() });
    timer = setTimeout(beat, 1_000 - (now() % 1_000) + 5);
  };
  beat();
  return () => clearTimeout(timer);
}

/** The center's zone, and the offset to its time in ms. */
export function setClock(zone: string, by: number): void {
  if (by !== offset) {
    offset = by;
    clock.setState({ now: now() });
  }
  if (clock.getState().zone !== zone) clock.setState({ zone });
}

/** Now, to the second; the caller is drawn again on each. */
export const useNow = (): number => useStore(clock, (at) => at.now);
export const useZone = (): string => useStore(clock, (at) => at.zone);
