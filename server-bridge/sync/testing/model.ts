/**
 * Three stations and a center as small as they can be, driven by the sync decisions alone: logs are counters, the network
 * is a list of what is on its way, and a list of numbers decides what happens next. It holds every step to the invariants.
 */
import { decide } from '../decide.ts';
import {
  IDLE,
  type Lane,
  type PageNote,
  type SyncEffect,
  type SyncEvent,
  type SyncState,
  TIMES,
  type TimerName,
} from '../state.ts';

const PAGE = 3;
const PUSH = 4;
export const NAMES = ['a', 'b', 'c'] as const;

interface Center {
  up: boolean;
  epoch: string;
  heads: Map<string, number>;
  stream: { log: string; seq: number }[];
}

interface Delivery {
  readonly to: string;
  readonly what: 'hello' | 'pull' | 'push' | 'live' | 'page' | 'peer' | 'snapshot';
  readonly line: number;
  readonly life: number;
  readonly lane?: Lane;
  readonly logs?: readonly string[];
  readonly run: () => void;
}

interface Page extends PageNote {
  readonly items: readonly { log: string; seq: number }[];
}

interface Station {
  readonly name: string;
  state: SyncState;
  log: string;
  opened: number;
  own: Set<string>;
  held: Map<string, number>;
  known: Map<string, number>;
  epoch: string | null;
  cursor: number;
  line: number;
  /** Changes with each life, so that what was on its way to the one before is lost. */
  life: number;
  live: boolean;
  /** Counts openings and closings of the live channel: what was on its way on an earlier one is lost. */
  channel: number;
  timers: Set<TimerName>;
  pages: Map<number, Page>;
  /** Pages that it holds without having applied them. */
  kept: Set<number>;
  pageIds: number;
}

class Broken extends Error {}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what);
}

export interface Model {
  readonly append: (name: string) => void;
  readonly deliver: (pick: number) => void;
  readonly drop: (pick: number) => void;
  readonly fire: (name: string, pick: number) => void;
  readonly setCenter: (up: boolean) => void;
  readonly restoreCenter: (keep: number) => void;
  readonly link: (a: string, b: string, up: boolean) => void;
  readonly restart: (name: string) => void;
  /** Everything works from now on: true once nothing differs, within `steps`. */
  readonly heal: (steps: number) => boolean;
  readonly describe: () => string;
  /** Pages that were kept and then applied. */
  readonly keptApplied: () => number;
}

export function createModel(luck: () => number): Model {
  const center: Center = { up: true, epoch: 'e1', heads: new Map(), stream: [] };
  const pending: Delivery[] = [];
  /** Links that stand, each with a number of its own: what was on its way on an earlier one is lost. */
  const linked = new Map<string, number>();
  let links = 0;
  let keptApplied = 0;
  const pair = (a: string, b: string): string => [a, b].sort().join('-');
  const stations = new Map<string, Station>();

  function openStation(name: string, before?: Station): Station {
    const opened = (before?.opened ?? 0) + 1;
    const log = `${name}${opened}`;
    const station: Station = {
      name,
      state: IDLE,
      log,
      opened,
      own: new Set([...(before?.own ?? []), log]),
      held: new Map([...(before?.held ?? []), [log, 1]]),
      known: new Map(before?.known ?? []),
      epoch: before?.epoch ?? null,
      cursor: before?.cursor ?? 0,
      line: 0,
      life: (before?.life ?? 0) + 1,
      live: false,
      channel: 0,
      timers: new Set(),
      pages: new Map(),
      kept: new Set(),
      pageIds: 0,
    };
    stations.set(name, station);
    happen(station, {
      t: 'started',
      cursor: station.epoch === null ? null : { epoch: station.epoch, n: station.cursor },
      heads: positions(station.held),
      unacknowledged: unacknowledged(station),
      log,
    });
    return station;
  }

  const positions = (map: ReadonlyMap<string, number>) => [...map].map(([log, seq]) => ({ log, seq }));
  const unacknowledged = (s: Station) =>
    positions(s.held)
      .filter(({ log, seq }) => seq > (s.known.get(log) ?? 0))
      .map(({ log }) => ({ log, from: (s.known.get(log) ?? 0) + 1, own: s.own.has(log) }));

  function hold(s: Station, log: string, seq: number): 'held' | 'next' | 'ahead' {
    const held = s.held.get(log) ?? 0;
    if (seq <= held) return 'held';
    if (seq > held + 1) return 'ahead';
    s.held.set(log, seq);
    return 'next';
  }

  function happen(s: Station, event: SyncEvent): void {
    const before = s.state;
    const { state, effects } = decide(before, event, luck());
    s.state = state;
    if (event.t === 'localAppended' && before.center !== 'up')
      for (const [peer, { said }] of state.peers)
        must(
          !said ||
            effects.some((e) => e.do === 'sendFrames' && e.peer === peer && e.log === event.log && e.to === event.seq),
          '8: append to peers',
        );
    for (const effect of effects) {
      check(s, before, effect);
      perform(s, effect);
    }
    invariants(s);
  }

  const flying = (s: Station, what: Delivery['what']) =>
    pending.filter(
      (d) => d.to === s.name && d.life === s.life && d.what === what && (what === 'hello' || d.line === s.line),
    );

  function check(s: Station, before: SyncState, effect: SyncEffect): void {
    const up = s.state.center === 'up';
    if (['pull', 'push', 'openLive', 'fetchSnapshot', 'sendRequests', 'recount'].includes(effect.do))
      must(up, `2: ${effect.do} while ${s.state.center}`);
    if (effect.do === 'hello') must(flying(s, 'hello').length === 0, '1: two greetings');
    if (effect.do === 'pull') must(flying(s, 'pull').length === 0, '1: two pulls');
    if (effect.do === 'pull' || effect.do === 'push') must(s.epoch === s.state.epoch, '4: before the epoch began');
    if (effect.do === 'push') {
      must(
        !flying(s, 'push').some(
          (d) => d.lane === effect.lane || d.logs?.some((log) => effect.logs.some((l) => l.log === log)),
        ),
        '1: two pushes',
      );
      for (const { log, from } of effect.logs) {
        const state = s.state.logs.get(log);
        must(from === (state?.acked ?? 0) + 1 && from <= (state?.held ?? 0), `7: ${log} pushed from ${from}`);
      }
    }
    if (effect.do === 'arm') {
      must(effect.ms <= TIMES.refusedRetry && effect.ms >= 0, '5: wait');
      if (effect.timer === 'hello')
        must(effect.ms <= TIMES.retryMost && effect.ms >= TIMES.retryFirst / 2, '5: backoff');
    }
    if (effect.do === 'sendFrames') {
      const known = before.logs.get(effect.log)?.knows.get(effect.peer) ?? 0;
      must(
        effect.from >= 1 && effect.from <= effect.to && effect.to <= (s.held.get(effect.log) ?? 0),
        '8: frames not held',
      );
      must(known < effect.to || effect.from <= known, '8: known to be held');
    }
  }

  function invariants(s: Station): void {
    const { state } = s;
    if (state.center === 'up') {
      must(state.armed.has('check'), '5: check armed');
      const lacking = [...state.logs].some(
        ([log, s]) => s.own && !s.stuck && s.held > s.acked && !state.pushing.rest?.has(log),
      );
      must(!lacking || state.pushing.own !== null, '6: own facts wait');
    } else must(state.greeting || state.armed.has('hello'), '5: nobody greets');
    must([...state.armed].every((timer) => s.timers.has(timer)) && s.timers.size === state.armed.size, 'timers differ');
    must(state.cursor <= state.fetched, '3: cursor past what was fetched');
    must(state.kept.every(({ id }) => s.kept.has(id)) && s.kept.size === state.kept.length, '3: other pages are kept');
    state.kept.reduce((end, { from, to }, i) => {
      must(i === 0 ? from > end : from === end, '3: what is kept does not go on');
      return to;
    }, state.fetched);
  }

  function send(s: Station, what: Delivery['what'], run: () => void, extra: Partial<Delivery> = {}): void {
    const life = s.life;
    const line = s.line;
    const lost = (): boolean =>
      s !== stations.get(s.name) ||
      life !== s.life ||
      (what !== 'hello' && what !== 'peer' && what !== 'page' && line !== s.line);
    pending.push({
      to: s.name,
      what,
      line,
      life,
      ...extra,
      run: () => {
        if (!lost()) run();
      },
    });
  }

  const performing: {
    readonly [D in SyncEffect['do']]: (s: Station, effect: Extract<SyncEffect, { readonly do: D }>) => void;
  } = {
    hello: (s) => {
      const offered = new Map(s.held);
      send(s, 'hello', () => {
        if (!center.up) {
          happen(s, { t: 'helloFailed', why: 'unreachable' });
          return;
        }
        const wants = positions(offered)
          .filter(({ log, seq }) => seq > (center.heads.get(log) ?? 0))
          .map(({ log }) => ({ log, from: (center.heads.get(log) ?? 0) + 1 }));
        happen(s, { t: 'helloAnswered', epoch: center.epoch, head: center.stream.length, wants });
      });
    },
    abandon: (s) => {
      s.line++;
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
        came(s, 'pullAnswered', from, center.stream.slice(from, from + Math.min(PAGE, effect.limit)));
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
    push: (s, effect) => {
      send(
        s,
        'push',
        () => {
          if (!center.up) {
            happen(s, { t: 'pushFailed', lane: effect.lane, why: 'unreachable' });
            return;
          }
          const { epoch, tried, acks, problems } = intake(s, effect.logs);
          // The acknowledgment comes back later than what was pushed went out on the live channel.
          send(
            s,
            'push',
            () => {
              if (s.epoch === epoch)
                for (const { log, seq } of acks) s.known.set(log, Math.max(seq, s.known.get(log) ?? 0));
              happen(s, { t: 'pushAnswered', lane: effect.lane, epoch, tried, acks, problems });
            },
            { lane: effect.lane, logs: effect.logs.map((l) => l.log) },
          );
        },
        { lane: effect.lane, logs: effect.logs.map((l) => l.log) },
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
  function perform(s: Station, effect: SyncEffect): void {
    (performing[effect.do] as (s: Station, effect: SyncEffect) => void)(s, effect);
  }

  /** The engine takes such an event after the effects of the one before it. */
  const soon: (() => void)[] = [];
  function queueMicro(s: Station, run: () => void): void {
    const life = s.life;
    soon.push(() => {
      if (stations.get(s.name) === s && life === s.life) run();
    });
  }
  function settle(): void {
    for (let run = soon.shift(); run; run = soon.shift()) run();
  }

  function came(s: Station, t: 'pullAnswered' | 'liveArrived', from: number, items: Page['items']): void {
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

  function apply(s: Station, id: number): void {
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

  function intake(s: Station, logs: readonly { log: string; from: number }[]) {
    let room = PUSH;
    const tried: string[] = [];
    const acks: { log: string; seq: number }[] = [];
    const problems: { log: string; why: string; from?: number }[] = [];
    const first = center.stream.length;
    for (const { log, from } of logs) {
      if (room === 0) break;
      tried.push(log);
      const head = center.heads.get(log) ?? 0;
      if (from > head + 1) {
        problems.push({ log, why: 'ahead', from: head + 1 });
        room--;
        continue;
      }
      const to = Math.min(s.held.get(log) ?? 0, from + room - 1);
      room -= to - from + 1;
      for (let seq = Math.max(from, head + 1); seq <= to; seq++) center.stream.push({ log, seq });
      center.heads.set(log, Math.max(head, to));
      acks.push({ log, seq: Math.max(head, to) });
    }
    const items = center.stream.slice(first);
    if (items.length > 0) for (const other of stations.values()) if (other.live) livePage(other, first, items);
    return { epoch: center.epoch, tried, acks, problems };
  }

  function livePage(s: Station, from: number, items: Page['items']): void {
    const { channel } = s;
    send(s, 'page', () => {
      if (s.live && channel === s.channel) came(s, 'liveArrived', from, items);
    });
  }

  function toPeer(s: Station, name: string, run: (peer: Station) => void): void {
    const peer = stations.get(name);
    const link = linked.get(pair(s.name, name));
    if (!peer || link === undefined) return;
    send(peer, 'peer', () => {
      if (linked.get(pair(s.name, name)) === link) run(peer);
    });
  }

  function take(pick: number): Delivery | undefined {
    if (pending.length === 0) return undefined;
    const one = pending[pick % pending.length] as Delivery;
    // Links and the live channel keep order: the oldest of its kind for that station goes first.
    const index =
      one.what === 'peer' || one.what === 'page'
        ? pending.findIndex((d) => d.to === one.to && d.what === one.what)
        : pick % pending.length;
    return pending.splice(index, 1)[0];
  }

  const of = (name: string): Station => stations.get(name) as Station;
  const unlink = (a: string, b: string): void => {
    if (!linked.delete(pair(a, b))) return;
    happen(of(a), { t: 'peerDown', station: b });
    happen(of(b), { t: 'peerDown', station: a });
  };

  const same = (): boolean =>
    [...stations.values()].every(
      (s) =>
        s.state.center === 'up' &&
        s.cursor === center.stream.length &&
        s.epoch === center.epoch &&
        unacknowledged(s).length === 0 &&
        [...s.held].every(([log, seq]) => center.heads.get(log) === seq) &&
        s.held.size === center.heads.size,
    );

  const model: Model = {
    append: (name) => {
      const s = of(name);
      const seq = (s.held.get(s.log) ?? 0) + 1;
      s.held.set(s.log, seq);
      happen(s, { t: 'localAppended', log: s.log, seq });
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
        if (lost.life === s.life) happen(s, { t: 'helloFailed', why: 'unreachable' });
      } else if (lost.what === 'page' || lost.what === 'live') {
        if (s.state.live !== 'closed') {
          s.live = false;
          s.channel++;
          happen(s, { t: 'liveDown' });
        }
      } else if (lost.what === 'peer') for (const other of NAMES) unlink(lost.to, other);
      else if (lost.line === s.line && lost.life === s.life) {
        if (lost.what === 'pull') happen(s, { t: 'pullFailed', why: 'unreachable' });
        else if (lost.what === 'push') happen(s, { t: 'pushFailed', lane: lost.lane as Lane, why: 'unreachable' });
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
      center.up = true;
      center.epoch = `e${Number(center.epoch.slice(1)) + 1}`;
      center.stream = center.stream.slice(0, keep % (center.stream.length + 1));
      center.heads = new Map();
      for (const { log, seq } of center.stream) center.heads.set(log, seq);
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
        if (pending.length > 0) model.deliver(0);
        else if (same()) return true;
        else
          for (const name of NAMES)
            for (const timer of [...of(name).timers])
              if (of(name).timers.has(timer)) model.fire(name, [...of(name).timers].indexOf(timer));
      }
      return same();
    },
    keptApplied: () => keptApplied,
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
