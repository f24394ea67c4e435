/** Kills with -9, one after the other at moments that the seed chooses, and starts again what was killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type House, insisting, type Station } from './house.ts';
import type { Seeded } from './seeded.ts';
import { backendsOf, kill9 } from './victims.ts';

export interface Kill {
  readonly what: string;
  readonly pid: number;
}

/** From one kill to the next, and from a death to the restart. ms */
const BETWEEN = [400, 2_600] as const;
const DEAD_FOR = [0, 1_200] as const;
/** A start may fall into the moment in which something else that it needs is dead as well; it has to come in the end. */
const TRIES = 5;

/** What is killed how often, in parts of twelve. */
const CHANCES = [
  ['station', 5],
  ['center', 3],
  ['postmaster', 2],
  ['backend', 2],
] as const;

/**
 * Kills `count` times. `back` is called when a station works again. Rejects where something that was killed does not start
 * again.
 */
export async function killAll(
  house: House,
  count: number,
  random: Seeded,
  tell: (kill: Kill, n: number) => void,
  back: (station: Station) => void,
): Promise<void> {
  for (let n = 1; n <= count; ) {
    await sleep(random.between(...BETWEEN));
    const kill = await killOne(house, random, back);
    if (kill) tell(kill, n++);
  }
}

async function killOne(house: House, random: Seeded, back: (station: Station) => void): Promise<Kill | null> {
  const what = random.pick(CHANCES.flatMap(([name, parts]) => Array.from({ length: parts }, () => name)));
  const dead = random.between(...DEAD_FOR);
  if (what === 'station') {
    const station = random.pick(house.stations);
    const child = station.child();
    house.killing(child);
    if (!kill9(child.pid)) return null;
    await child.ended;
    await sleep(dead);
    await insisting(() => station.start(), `station ${station.n} does not start again`, TRIES);
    back(station);
    return { what: `station ${station.n}`, pid: child.pid };
  }
  if (what === 'center') {
    const child = house.center();
    house.killing(child);
    if (!kill9(child.pid)) return null;
    await child.ended;
    await sleep(dead);
    await insisting(() => house.startCenter(), 'the center does not start again', TRIES);
    return { what, pid: child.pid };
  }
  const postmaster = house.postmaster();
  if (postmaster === null) return null;
  if (what === 'postmaster') return kill9(postmaster) ? { what, pid: postmaster } : null;
  const backends = backendsOf(postmaster);
  if (backends.length === 0) return null;
  const pid = random.pick(backends);
  return kill9(pid) ? { what, pid } : null;
}
