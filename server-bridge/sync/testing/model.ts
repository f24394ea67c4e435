/**
 * Three stations and a center as small as they can be, driven by the sync decisions alone: logs are counters, the network
 * is a list of what is on its way, and a list of numbers decides what happens next. It holds every step to the invariants.
 */
import { decide } from '../decide.ts';
import type { SyncEffect, SyncEvent } from '../state.ts';
import { appendIsTold, effectMay, must, stateHolds } from './invariants.ts';
import { onItsWay } from './on-its-way.ts';
import { isTogether, itemsAfter, newCenter, restore, runsOf, takeIn, wantsOf } from './small-center.ts';
import { hold, openedAfter, type Page, positions, type SmallStation, unacknowledged } from './small-station.ts';

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
  /** Pages that were kept and then applied. */
  readonly keptApplied: () => number;
  /** Runs of a log that came before the one they go on from. */
  readonly overtook: () => number;
}

export function createModel(luck: () => number): Model {
  const center = newCenter();
  const stations = new Map<string, SmallStation>();
  const { send, flying, take, isEmpty } = onItsWay((s) => stations.get(s.name) === s);
  /** Links that stand, each with a number of its own: what was on its way on an earlier one is lost. */
  const linked = new Map<string, number>();
  let links = 0;
  let keptApplied = 0;
  let overtook = 0;
  const pair = (a: string, b: string): string => [a, b].sort().join('-');

  function openStation(name: string, before?: SmallStation): void {
    const station = openedAfter(name, before);
    stations.set(name, station);
    happen(station, {
      t: 'started',
      cursor: station.epoch === null ? null : { epoch: station.epoch, n: station.cursor },
      heads: positions(station.held),
      unacknowledged: unacknowledged(station),
      log: station.log,
    });
  }

  function happen(s: SmallStation, event: SyncEvent): void {
    const before = s.state;
    const { state, effects } = decide(before, event, luck());
    s.state = state;
    appendIsTold(before, event, effects);
    for (const effect of effects) {
      effectMay(s, before, effect, (what) => flying(s, what));
      perform(s, effect);
    }
    stateHolds(s);
  }

  const performing: {
    readonly [D in SyncEffect['do']]: (s: SmallStation, effect: Extract<SyncEffect, { readonly do: D }>) => void;
  } = {
    hello: (s) => {
      const offered = new Map(s.held);
      send(s, 'hello', () => {
        if (!center.up) {
          happen(s, { t: 'helloFailed', why: 'unreachable' });
          return;
        }
        const wants = wantsOf(center, offered);
        happen(s, { t: 'helloAnswered', epoch: center.epoch, head: center.stream.length, wants });
      });
    },
    abandon: (s) => {
      s.line++;
    },
    abandonGreeting: (s) => {
      s.greetings++;
    },
    beginEpoch: (s, effect) => {
      s.epoch = effect.epoch;
      s.cursor = 0;
      s.known = new Map();
    },
    fetchSnapshot: (s) => {
      send(s, 'snapshot', () => happen(s, { t: 'snapshotFailed', why: center.up ? 'refused' : 'unreachable' }));
    },
    pull: (s, effect) => {
      send(s, 'pull', () => {
        if (!center.up) {
          happen(s, { t: 'pullFailed', why: 'unreachable' });
          return;
        }
        const from = effect.epoch === center.epoch ? effect.after : 0;
        came(s, 'pullAnswered', from, itemsAfter(center, from, effect.limit));
      });
    },
    apply: (s, effect) => {
      apply(s, effect.page);
    },
    keep: (s, effect) => {
      s.kept.add(effect.page);
    },
    forgetKept: (s) => {
      s.kept.clear();
    },
    push: (s, { lane, push, logs }) => {
      const runs = runsOf(s, logs);
      const through = runs.map(({ log, to }) => ({ log, seq: to }));
      queueMicro(s, () => happen(s, { t: 'pushLeft', lane, push, through }));
      const about = { push: { lane, id: push, logs: logs.map(({ log }) => log) } };
      send(
        s,
        'push',
        () => {
          if (!center.up) {
            happen(s, { t: 'pushFailed', lane, push, why: 'unreachable' });
            return;
          }
          const { epoch, first, acks, problems } = takeIn(center, runs);
          overtook += problems.length;
          toldLive(first);
          // The acknowledgment comes back later than what was pushed went out on the live channel.
          send(
            s,
            'push',
            () => {
              if (s.epoch === epoch)
                for (const { log, seq } of acks) s.known.set(log, Math.max(seq, s.known.get(log) ?? 0));
              happen(s, { t: 'pushAnswered', lane, push, epoch, acks, problems });
            },
            about,
          );
        },
        about,
      );
    },
    openLive: (s) => {
      const channel = ++s.channel;
      send(s, 'live', () => {
        if (channel !== s.channel) return;
        s.live = center.up;
        happen(s, { t: center.up ? 'liveUp' : 'liveDown' });
      });
    },
    closeLive: (s) => {
      s.channel++;
      s.live = false;
    },
    sendHeads: (s, effect) => {
      toPeer(s, effect.peer, (peer) => {
        happen(peer, { t: 'peerMessage', station: s.name, centerReached: effect.centerReached, logs: effect.logs });
      });
    },
    sendFrames: (s, effect) => {
      toPeer(s, effect.peer, (peer) => {
        let ahead = false;
        for (let seq = effect.from; seq <= effect.to; seq++) ahead ||= hold(peer, effect.log, seq) === 'ahead';
        const held = Math.min(effect.to, peer.held.get(effect.log) ?? 0);
        happen(peer, {
          t: 'peerFrames',
          station: s.name,
          held: [{ log: effect.log, seq: held }],
          ahead: ahead ? [effect.log] : [],
        });
      });
    },
    arm: (s, effect) => {
      s.timers.add(effect.timer);
    },
    disarm: (s, effect) => {
      s.timers.delete(effect.timer);
    },
    recount: (s) => {
      queueMicro(s, () => happen(s, { t: 'counted', unacknowledged: unacknowledged(s) }));
    },
    sendRequests: (s) => {
      queueMicro(s, () => happen(s, { t: 'requestsSent', again: null }));
    },
  };
  function perform(s: SmallStation, effect: SyncEffect): void {
    (performing[effect.do] as (s: SmallStation, effect: SyncEffect) => void)(s, effect);
  }

  /** The engine takes such an event after the effects of the one before it. */
  const soon: (() => void)[] = [];
  function queueMicro(s: SmallStation, run: () => void): void {
    const life = s.life;
    soon.push(() => {
      if (stations.get(s.name) === s && life === s.life) run();
    });
  }
  function settle(): void {
    for (let run = soon.shift(); run; run = soon.shift()) run();
  }

  function came(s: SmallStation, t: 'pullAnswered' | 'liveArrived', from: number, items: Page['items']): void {
    const page: Page = {
      id: ++s.pageIds,
      epoch: center.epoch,
      from,
      to: from + items.length,
      head: center.stream.length,
      elsewhere: false,
      items,
    };
    s.pages.set(page.id, page);
    happen(s, { t, page });
  }

  function apply(s: SmallStation, id: number): void {
    if (s.kept.delete(id)) keptApplied++;
    const page = s.pages.get(id) as Page;
    const fits = page.epoch === s.epoch && page.from === s.cursor;
    must(fits, `3: page ${page.from}@${page.epoch} applied at ${s.cursor}@${s.epoch}`);
    const logs = new Map<string, number>();
    for (const { log, seq } of page.items) {
      must(hold(s, log, seq) !== 'ahead', '3: the stream has a gap');
      s.known.set(log, Math.max(seq, s.known.get(log) ?? 0));
      logs.set(log, seq);
    }
    s.cursor = page.to;
    queueMicro(s, () =>
      happen(s, { t: 'pageArrived', result: 'applied', epoch: page.epoch, cursor: s.cursor, logs: positions(logs) }),
    );
  }

  /** Tells what is new in the stream on every live channel that is open. */
  function toldLive(first: number): void {
    const items = center.stream.slice(first);
    if (items.length > 0) for (const other of stations.values()) if (other.live) livePage(other, first, items);
  }

  function livePage(s: SmallStation, from: number, items: Page['items']): void {
    const { channel } = s;
    send(s, 'page', () => {
      if (s.live && channel === s.channel) came(s, 'liveArrived', from, items);
    });
  }

  function toPeer(s: SmallStation, name: string, run: (peer: SmallStation) => void): void {
    const peer = stations.get(name);
    const link = linked.get(pair(s.name, name));
    if (!peer || link === undefined) return;
    send(peer, 'peer', () => {
      if (linked.get(pair(s.name, name)) === link) run(peer);
    });
  }

  const of = (name: string): SmallStation => stations.get(name) as SmallStation;
  const unlink = (a: string, b: string): void => {
    if (!linked.delete(pair(a, b))) return;
    happen(of(a), { t: 'peerDown', station: b });
    happen(of(b), { t: 'peerDown', station: a });
  };

  const same = (): boolean => [...stations.values()].every((s) => isTogether(center, s));

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
        if (s.state.live !== 'closed') {
          s.live = false;
          s.channel++;
          happen(s, { t: 'liveDown' });
        }
      } else if (lost.what === 'peer') for (const other of NAMES) unlink(lost.to, other);
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
      for (const s of stations.values())
        if (s.live) {
          s.live = false;
          s.channel++;
          happen(s, { t: 'liveDown' });
        }
      settle();
    },
    restoreCenter: (keep) => {
      model.setCenter(false);
      restore(center, keep);
    },
    link: (a, b, up) => {
      if (a === b || linked.has(pair(a, b)) === up) return;
      if (!up) unlink(a, b);
      else {
        linked.set(pair(a, b), ++links);
        happen(of(a), { t: 'peerUp', station: b });
        happen(of(b), { t: 'peerUp', station: a });
      }
      settle();
    },
    restart: (name) => {
      for (const other of NAMES) unlink(name, other);
      openStation(name, of(name));
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
    keptApplied: () => keptApplied,
    overtook: () => overtook,
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
  for (const name of NAMES) openStation(name);
  settle();
  return model;
}
