/**
 * Three stations and a center as small as they can be, driven by the sync decisions alone: logs are counters, the network
 * is a list of what is on its way, and a list of numbers decides what happens next. It holds every step to the invariants.
 */
import { type Counts, type Perform, performing } from './performing.ts';
import { isTogether, restore } from './small-center.ts';
import { createLinks } from './small-links.ts';
import { createSmallRoom } from './small-room.ts';
import type { SmallStation } from './small-station.ts';

export const NAMES = ['a', 'b', 'c'] as const;

export interface Model {
  readonly append: (name: string) => void;
  readonly deliver: (pick: number) => void;
  readonly drop: (pick: number) => void;
  readonly fire: (name: string, pick: number) => void;
  readonly setCenter: (up: boolean) => void;
  readonly restoreCenter: (keep: number) => void;
  readonly link: (a: string, b: string, up: boolean) => void;
  /** The center tells a station that its roster changed, while its channel is open. */
  readonly change: (name: string) => void;
  readonly restart: (name: string) => void;
  /** Everything works from now on: true once nothing differs, within `steps`. */
  readonly heal: (steps: number) => boolean;
  readonly describe: () => string;
  readonly counts: Readonly<Counts>;
}

export function createModel(luck: () => number): Model {
  const counts: Counts = { keptApplied: 0, overtook: 0 };
  const room = createSmallRoom(luck, (s, effect) => perform(s, effect));
  const { center, stations, of, open, happen, take, isEmpty, settle } = room;
  const links = createLinks(room);
  const perform: Perform = performing(room, links, counts);

  const same = (): boolean => [...stations.values()].every((s) => isTogether(center, s));
  const channelBreaks = (s: SmallStation): void => {
    s.live = false;
    s.channel++;
    happen(s, { t: 'liveDown' });
  };

  const model: Model = {
    append: (name) => {
      const s = of(name);
      const seq = (s.held.get(s.log) ?? 0) + 1;
      s.held.set(s.log, seq);
      happen(s, { t: 'localAppended', log: s.log, seq });
      settle();
    },
    change: (name) => {
      const s = of(name);
      if (s.live) happen(s, { t: 'rosterChanged' });
      settle();
    },
    deliver: (pick) => {
      take(pick)?.run();
      settle();
    },
    drop: (pick) => {
      const lost = take(pick);
      if (!lost) return;
      const s = of(lost.to);
      // Whatever carries it breaks: an answer fails, a link or channel goes down.
      if (lost.what === 'hello') {
        if (lost.life === s.life && lost.greeting === s.greetings) happen(s, { t: 'helloFailed', why: 'unreachable' });
      } else if (lost.what === 'page' || lost.what === 'live') {
        if (s.state.live !== 'closed') channelBreaks(s);
      } else if (lost.what === 'peer') for (const other of NAMES) links.unlink(lost.to, other);
      else if (lost.line === s.line && lost.life === s.life) {
        if (lost.what === 'pull') happen(s, { t: 'pullFailed', why: 'unreachable' });
        else if (lost.push)
          happen(s, { t: 'pushFailed', lane: lost.push.lane, push: lost.push.id, why: 'unreachable' });
        else happen(s, { t: 'snapshotFailed', why: 'unreachable' });
      }
      settle();
    },
    fire: (name, pick) => {
      const s = of(name);
      const timer = [...s.timers][pick % Math.max(1, s.timers.size)];
      if (!timer) return;
      s.timers.delete(timer);
      happen(s, { t: 'timer', timer });
      settle();
    },
    setCenter: (up) => {
      center.up = up;
      if (up) return;
      for (const s of stations.values()) if (s.live) channelBreaks(s);
      settle();
    },
    restoreCenter: (keep) => {
      model.setCenter(false);
      restore(center, keep);
    },
    link: (a, b, up) => {
      if (a === b || links.isLinked(a, b) === up) return;
      if (up) links.link(a, b);
      else links.unlink(a, b);
      settle();
    },
    restart: (name) => {
      for (const other of NAMES) links.unlink(name, other);
      open(name, of(name));
      settle();
    },
    heal: (steps) => {
      center.up = true;
      for (let step = 0; step < steps; step++) {
        if (!isEmpty()) model.deliver(0);
        else if (same()) return true;
        else
          for (const name of NAMES)
            for (const timer of [...of(name).timers])
              if (of(name).timers.has(timer)) model.fire(name, [...of(name).timers].indexOf(timer));
      }
      return same();
    },
    counts,
    describe: () =>
      JSON.stringify({
        center: { epoch: center.epoch, heads: [...center.heads] },
        stations: [...stations.values()].map((s) => [
          s.name,
          s.epoch,
          s.cursor,
          [...s.held],
          s.state.center,
          s.state.snapshot,
          s.state.pulling,
          s.state.fetched,
          s.state.head,
          s.state.live,
          [...s.timers],
        ]),
      }),
  };
  for (const name of NAMES) open(name);
  settle();
  return model;
}
