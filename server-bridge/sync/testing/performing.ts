/** How each thing that is decided is done in the model. */
import type { SyncEffect } from '../state.ts';
import { must } from './invariants.ts';
import { itemsAfter, runsOf, takeIn, wantsOf } from './small-center.ts';
import type { SmallLinks } from './small-links.ts';
import type { SmallRoom } from './small-room.ts';
import { hold, type Page, positions, type SmallStation, unacknowledged } from './small-station.ts';

export type Perform = (s: SmallStation, effect: SyncEffect) => void;

/** What came of it that a test asks for. */
export interface Counts {
  /** Pages that were kept and then applied. */
  keptApplied: number;
  /** Runs of a log that came before the one they go on from. */
  overtook: number;
}

export function performing(
  { center, stations, send, happen, soon }: SmallRoom,
  links: SmallLinks,
  counts: Counts,
): Perform {
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
    if (s.kept.delete(id)) counts.keptApplied++;
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
    soon(s, () =>
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

  const by: {
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
      soon(s, () => happen(s, { t: 'pushLeft', lane, push, through }));
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
          counts.overtook += problems.length;
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
      links.toPeer(s, effect.peer, (peer) => {
        happen(peer, { t: 'peerMessage', station: s.name, centerReached: effect.centerReached, logs: effect.logs });
      });
    },
    sendFrames: (s, effect) => {
      links.toPeer(s, effect.peer, (peer) => {
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
      soon(s, () => happen(s, { t: 'counted', unacknowledged: unacknowledged(s) }));
    },
    sendRequests: (s) => {
      soon(s, () => happen(s, { t: 'requestsSent', again: null }));
    },
  };
  return (s, effect) => (by[effect.do] as Perform)(s, effect);
}
