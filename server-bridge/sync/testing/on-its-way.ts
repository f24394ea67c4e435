/** What is on its way in the model, in no order but that of links and live channels, until it is delivered or lost. */
import type { Lane } from '../state.ts';
import type { SmallStation } from './small-station.ts';

export interface Delivery {
  readonly to: string;
  readonly what: 'hello' | 'pull' | 'push' | 'live' | 'page' | 'peer' | 'snapshot';
  readonly line: number;
  readonly greeting: number;
  readonly life: number;
  readonly push?: { readonly lane: Lane; readonly id: number; readonly logs: readonly string[] };
  readonly run: () => void;
}

export interface OnItsWay {
  /** `s` is whom it comes to. Of an earlier life of theirs, or of an exchange that was abandoned, it comes to nobody. */
  readonly send: (s: SmallStation, what: Delivery['what'], run: () => void, extra?: Partial<Delivery>) => void;
  readonly flying: (s: SmallStation, what: Delivery['what']) => readonly Delivery[];
  /** Takes one off; undefined where nothing is on its way. */
  readonly take: (pick: number) => Delivery | undefined;
  readonly isEmpty: () => boolean;
}

/** `lives`: whether that is the station by its name, and not one that another life has taken the place of. */
export function onItsWay(lives: (s: SmallStation) => boolean): OnItsWay {
  const pending: Delivery[] = [];
  return {
    send: (s, what, run, extra = {}) => {
      const { life, line, greetings } = s;
      const abandoned = (): boolean =>
        what === 'hello' ? greetings !== s.greetings : what !== 'peer' && what !== 'page' && line !== s.line;
      const lost = (): boolean => !lives(s) || life !== s.life || abandoned();
      pending.push({
        to: s.name,
        what,
        line,
        greeting: greetings,
        life,
        ...extra,
        run: () => {
          if (!lost()) run();
        },
      });
    },
    flying: (s, what) =>
      pending.filter(
        (d) =>
          d.to === s.name &&
          d.life === s.life &&
          d.what === what &&
          (what === 'hello' ? d.greeting === s.greetings : d.line === s.line),
      ),
    take: (pick) => {
      if (pending.length === 0) return undefined;
      const one = pending[pick % pending.length] as Delivery;
      // Links and the live channel keep order: the oldest of its kind for that station goes first.
      const index =
        one.what === 'peer' || one.what === 'page'
          ? pending.findIndex((d) => d.to === one.to && d.what === one.what)
          : pick % pending.length;
      return pending.splice(index, 1)[0];
    },
    isEmpty: () => pending.length === 0,
  };
}
