/** The one clock of a window: every time on the screen moves on its beat. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

const clock = createStore<{ readonly now: number; readonly zone: string }>(() => ({
  now: Date.now(),
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
}));

/** Beats on the full second, so that all figures change together. */
export function startClock(): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const beat = (): void => {
    clock.setState({ now: Date.now() });
    timer = setTimeout(beat, 1_000 - (Date.now() % 1_000) + 5);
  };
  beat();
  return () => clearTimeout(timer);
}

export function setZone(zone: string): void {
  if (clock.getState().zone !== zone) clock.setState({ zone });
}

/** Now, to the second; the caller is drawn again on each. */
export const useNow = (): number => useStore(clock, (at) => at.now);
export const useZone = (): string => useStore(clock, (at) => at.zone);
export const now = (): number => Date.now();
