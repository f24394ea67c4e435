/** Everything that runs because of one `npm start`: watched, started again when it dies, and stopped in order. */
import type { Child, Ended } from './child.ts';
import { type Supervised, supervise } from './supervise.ts';

export interface House {
  /** From the moment that it runs. `floor` 0 is stopped last. */
  readonly hold: (child: Child, floor: number) => void;
  /**
   * From when it is ready: starts it again when it dies unasked, and says so. `closes` is for one that a person may close:
   * ending with code 0, it stays closed. `back` is what to say of one that is ready again, besides that it is.
   */
  readonly keep: (child: Child, floor: number, again: () => Child, more?: Keeping) => void;
  /** Upper floors first, each floor at once. Nothing is started any more. */
  readonly stop: () => Promise<void>;
  /** kill -9 of everything. */
  readonly kill: () => void;
  readonly stopping: () => boolean;
}

export interface Keeping {
  readonly closes?: boolean;
  readonly back?: (ready: unknown) => string;
}

/** @param say where a death and a recovery are told, in one sentence each */
export function createHouse(say: (text: string) => void): House {
  const floors = new Map<number, Set<Supervised>>();
  let stopping = false;

  const put = (floor: number, one: Supervised): void => {
    floors.set(floor, (floors.get(floor) ?? new Set()).add(one));
  };

  return {
    stopping: () => stopping,
    hold: (child, floor) => {
      if (stopping) return child.kill();
      const one = { stop: async () => void (await child.stop()), kill: child.kill };
      put(floor, one);
      void child.ended.then(() => floors.get(floor)?.delete(one));
    },
    keep: (child, floor, again, { closes = false, back = () => '' } = {}) => {
      const { name } = child;
      put(
        floor,
        supervise(child, again, {
          wished: (how) => {
            if (!closes || how.code !== 0) return false;
            say(`${name} was closed; Ctrl-C stops the rest.`);
            return true;
          },
          died: (how, waitMs) => say(`${deathOf(name, how)} It is started again in ${waitMs} ms.`),
          back: (ready) => say(`${name} is back. ${back(ready)}`.trimEnd()),
        }),
      );
    },
    stop: async () => {
      stopping = true;
      for (const floor of [...floors.keys()].sort((a, b) => b - a)) {
        await Promise.all([...(floors.get(floor) ?? [])].map((one) => one.stop()));
      }
    },
    kill: () => {
      stopping = true;
      for (const floor of floors.values()) for (const one of floor) one.kill();
    },
  };
}

/** What it said last is why it ended where it ended by itself; whoever was killed said that of something else. */
function deathOf(name: string, how: Ended): string {
  const word = how.code === null ? '' : how.said;
  return word === '' ? `${name} ended unexpectedly (${howItEnded(how)}).` : `${name} ended: ${word}`;
}

export function howItEnded({ code, signal }: Ended): string {
  return signal ?? `code ${code ?? 'unknown'}`;
}
