/** Stations of the model and their center: what happens to a station is decided, held to the invariants, and done. */
import { decide } from '../decide.ts';
import type { SyncEffect, SyncEvent } from '../state.ts';
import { appendIsTold, effectMay, stateHolds } from './invariants.ts';
import { type OnItsWay, onItsWay } from './on-its-way.ts';
import { newCenter, type SmallCenter } from './small-center.ts';
import { openedAfter, positions, type SmallStation, unacknowledged } from './small-station.ts';

export interface SmallRoom extends Pick<OnItsWay, 'send' | 'take' | 'isEmpty'> {
  readonly center: SmallCenter;
  readonly stations: ReadonlyMap<string, SmallStation>;
  readonly of: (name: string) => SmallStation;
  /** A new life of a station. */
  readonly open: (name: string, before?: SmallStation) => void;
  readonly happen: (s: SmallStation, event: SyncEvent) => void;
  /** As the engine takes an event that a doing made: after all that the one before it has done. */
  readonly soon: (s: SmallStation, run: () => void) => void;
  /** Whatever was to happen soon has. */
  readonly settle: () => void;
}

export function createSmallRoom(luck: () => number, perform: (s: SmallStation, effect: SyncEffect) => void): SmallRoom {
  const center = newCenter();
  const stations = new Map<string, SmallStation>();
  const { send, flying, take, isEmpty } = onItsWay((s) => stations.get(s.name) === s);
  const waiting: (() => void)[] = [];
  const happen = (s: SmallStation, event: SyncEvent): void => {
    const before = s.state;
    const { state, effects } = decide(before, event, luck());
    s.state = state;
    appendIsTold(before, event, effects);
    for (const effect of effects) {
      effectMay(s, before, effect, (what) => flying(s, what));
      perform(s, effect);
    }
    stateHolds(s);
  };
  return {
    center,
    stations,
    send,
    take,
    isEmpty,
    of: (name) => stations.get(name) as SmallStation,
    open: (name, before) => {
      const station = openedAfter(name, before);
      stations.set(name, station);
      happen(station, {
        t: 'started',
        cursor: station.epoch === null ? null : { epoch: station.epoch, n: station.cursor },
        heads: positions(station.held),
        unacknowledged: unacknowledged(station),
        log: station.log,
      });
    },
    happen,
    soon: (s, run) => {
      const { life } = s;
      waiting.push(() => {
        if (stations.get(s.name) === s && life === s.life) run();
      });
    },
    settle: () => {
      for (let run = waiting.shift(); run; run = waiting.shift()) run();
    },
  };
}
