/**
 * What is asked for again and again, remembered for a while: whoever asks meanwhile gets the same, also while it is still being
 * found. What could not be found is asked for anew.
 */
import type { Clock } from '#domain/kernel/ids.ts';
import { holdsStill } from './holds-still.ts';

export interface Remembered<T> {
  /** As it is remembered by this name, or found now. Throws what `find` does. */
  readonly get: (name: string, find: () => Promise<T>) => Promise<T>;
  /** Found now, whatever is remembered, and remembered from now on. Throws what `find` does. */
  readonly anew: (name: string, find: () => Promise<T>) => Promise<T>;
  /** What is remembered by these names is found anew by whoever asks next; all of it where none are said. */
  readonly forget: (isMeant?: (name: string) => boolean) => void;
}

interface Options<T> {
  readonly clock: Clock;
  readonly lifeMs: number;
  /** Names at a time; any number where it is left out. Beyond it all is forgotten. */
  readonly most?: number;
  /** Whether what was found is worth remembering; all is where it is left out. */
  readonly isKept?: (found: T) => boolean;
}

export function remembered<T>({ clock, lifeMs, most, isKept = () => true }: Options<T>): Remembered<T> {
  const known = new Map<string, { readonly until: number; readonly value: Promise<T> }>();
  const anew: Remembered<T>['anew'] = (name, find) => {
    if (known.size >= (most ?? Number.POSITIVE_INFINITY)) known.clear();
    const held = { until: clock() + lifeMs, value: find() };
    known.set(name, held);
    // What was found anew meanwhile stays.
    const drop = (): void => {
      if (known.get(name) === held) known.delete(name);
    };
    held.value.then((found) => isKept(found) || drop(), drop);
    return held.value;
  };
  return {
    get: (name, find) => {
      const held = known.get(name);
      return held && holdsStill(held.until, clock(), lifeMs) ? held.value : anew(name, find);
    },
    anew,
    forget: (isMeant) => {
      if (!isMeant) known.clear();
      else for (const name of [...known.keys()]) if (isMeant(name)) known.delete(name);
    },
  };
}
