/** The network between the center and the stations: delays, cuts in one direction or both, duplicates. */
import type { Chance } from './chance.ts';
import type { VirtualTime } from './virtual-time.ts';

export const CENTER = 'center';

export interface Network {
  /** Carries something one way. Lost where the way is cut when it is sent or when it would arrive. */
  readonly carry: (
    from: string,
    to: string,
    run: () => void,
    options?: { readonly once?: boolean; readonly notBefore?: number },
  ) => number;
  readonly cut: (from: string, to: string) => void;
  readonly mend: (from: string, to: string) => void;
  readonly mendAll: () => void;
  readonly isCut: (from: string, to: string) => boolean;
  /** Returns how to stop. */
  readonly onChange: (listener: () => void) => () => void;
}

export function createNetwork(time: VirtualTime, chance: Chance): Network {
  const cuts = new Set<string>();
  const listeners = new Set<() => void>();
  const way = (from: string, to: string): string => `${from}>${to}`;
  const told = (): void => {
    for (const listener of [...listeners]) listener();
  };
  return {
    carry: (from, to, run, options = {}) => {
      if (cuts.has(way(from, to))) return time.now();
      // Mostly a LAN; now and then a message takes its time, and others overtake it.
      const delay = chance.happens(0.03) ? chance.between(50, 900) : chance.between(0.3, 6);
      const at = Math.max(time.now() + delay, options.notBefore ?? 0);
      const arrive = (): void => {
        if (!cuts.has(way(from, to))) run();
      };
      time.after(at - time.now(), arrive);
      if (!options.once && chance.happens(0.01)) time.after(at - time.now() + chance.between(1, 400), arrive);
      return at;
    },
    cut: (from, to) => {
      cuts.add(way(from, to));
      told();
    },
    mend: (from, to) => {
      cuts.delete(way(from, to));
      told();
    },
    mendAll: () => {
      cuts.clear();
      told();
    },
    isCut: (from, to) => cuts.has(way(from, to)),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
