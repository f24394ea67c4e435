/**
 * Two builds in one run: what the older one lacks, as though it had come after the first wire, and a witness, outside of
 * every store, of who was told of whom. What is held back is never written by a station that was told that another lacks it.
 */
import type { Fact } from '../../domain/kernel/fact.ts';
import type { EffectsOf } from '../../domain/kernel/fold.ts';
import type { Newer } from '../../domain/kernel/module.ts';
import { effectsOf, READS } from '../../domain/modules.ts';

const ENOUGH: Newer = { partlyShownIsEnough: 'Played through: what an older build keeps and passes on unread.' };

/** What a build before these were thought of does not read, and what becomes of each meanwhile. */
const LATER: ReadonlyMap<string, Newer> = new Map<string, Newer>([
  ['unit.committed@1', 'held back'],
  ['incident.linked@1', 'held back'],
  ['time.amended@1', ENOUGH],
  ['unit.patients@1', ENOUGH],
  ['journey.amended@1', 'held back'],
  ['unit.emergency@1', ENOUGH],
]);
/** At a console of the older build itself none of these can be entered. */
const UNKNOWN_THERE: ReadonlyMap<string, Newer> = new Map([...LATER.keys()].map((type) => [type, 'held back']));
export const OLDER_READS: readonly string[] = READS.filter((type) => !LATER.has(type));

/** A build as it is installed at a workstation. */
export interface Installed {
  readonly name: string;
  readonly reads: readonly string[];
  /** Types that another build may not read, and what becomes of them meanwhile. */
  readonly newer: ReadonlyMap<string, Newer>;
  readonly isRead: (fact: Pick<Fact, 'type' | 'v'>) => boolean;
  readonly effectsOf: EffectsOf;
}

const isReadByOlder: Installed['isRead'] = ({ type, v }) => OLDER_READS.includes(`${type}@${v}`);

export const THIS_BUILD: Installed = { name: 'this', reads: READS, newer: LATER, isRead: () => true, effectsOf };
export const OLDER_BUILD: Installed = {
  name: 'older',
  reads: OLDER_READS,
  newer: UNKNOWN_THERE,
  isRead: isReadByOlder,
  effectsOf: (fact) => (isReadByOlder(fact) ? effectsOf(fact) : null),
};

export interface Witness {
  /** A peer's word reached a station. */
  readonly said: (to: string, from: string, reads: readonly string[]) => void;
  /** The center's word reached it, while it was linked with these. */
  readonly answered: (to: string, older: readonly { readonly station: string }[], linked: ReadonlySet<string>) => void;
  /** Its disk went back, or lost its last write: what it was told may be gone with it. */
  readonly forgot: (station: string) => void;
  readonly wrote: (station: string, facts: readonly Fact[]) => void;
  /** Facts written by a station that had been told of somebody who still does not read them. */
  readonly tooEarly: () => readonly string[];
}

/** `isOlder` is asked as things are then, of the id of a workstation. */
export function createWitness(isOlder: (station: string) => boolean): Witness {
  const told = new Map<string, Set<string>>();
  const early: string[] = [];
  const of = (station: string): Set<string> => {
    const held = told.get(station) ?? new Set<string>();
    told.set(station, held);
    return held;
  };
  return {
    said: (to, from, reads) => {
      if ([...LATER.keys()].every((type) => reads.includes(type))) of(to).delete(from);
      else of(to).add(from);
    },
    answered: (to, older, linked) => {
      const named = new Set(older.map(({ station }) => station));
      for (const station of [...of(to)]) if (!named.has(station) && !linked.has(station)) of(to).delete(station);
      for (const station of named) if (!linked.has(station)) of(to).add(station);
    },
    forgot: (station) => of(station).clear(),
    wrote: (station, facts) => {
      for (const { type, v, id } of facts)
        if (LATER.get(`${type}@${v}`) === 'held back')
          for (const other of of(station))
            if (isOlder(other)) early.push(`${station} wrote ${type} ${id} and knew that ${other} does not read it`);
    },
    tooEarly: () => early,
  };
}
