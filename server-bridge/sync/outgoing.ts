/** Frames on their way out: into pushes, and to each peer in order and in pieces that leave room for actions. */
import type { KeyEnvelope } from '../../domain/kernel/envelope.ts';
import { type Frame, readPlace } from '../../domain/kernel/fact.ts';
import { MAX_FRAMES, type PushIn, type PushOut } from '../../domain/wire/sync.ts';
import type { Store } from '../store/store.ts';
import type { PeersPort, Timers } from './ports.ts';

/** Text of frames in one push, and in one message to a peer. UTF-16 units. */
const PUSH_TEXT = 2_000_000;
const PEER_TEXT = 500_000;
const PEER_FRAMES = 200;
/** A peer that is still taking what was sent before is looked at again after this. ms */
const BUSY_WAIT = 10;

interface Run {
  readonly frames: readonly Frame[];
  readonly keys: readonly KeyEnvelope[];
}

/** As much of a log from a position as fits; at least one frame where there is one. */
function run(store: Store, log: string, from: number, limit: number, text: number): Run {
  const { frames, keys } = store.framesFrom(log, from, limit);
  let left = text;
  let n = 0;
  for (const frame of frames) {
    left -= frame.h.length + (frame.b?.length ?? 0);
    if (left < 0 && n > 0) break;
    n++;
  }
  if (n === frames.length) return { frames, keys };
  const named = new Set(frames.slice(0, n).map((frame) => frame.k));
  return { frames: frames.slice(0, n), keys: keys.filter((key) => named.has(key.id)) };
}

/** One push of several logs; `through`: how far it goes in each it has room for, before its beginning where nothing is left. */
export function pushOf(
  store: Store,
  logs: readonly { readonly log: string; readonly from: number }[],
): { readonly push: PushIn; readonly through: readonly { readonly log: string; readonly seq: number }[] } {
  const frames: Frame[] = [];
  const keys = new Map<string, KeyEnvelope>();
  const through: { log: string; seq: number }[] = [];
  let text = PUSH_TEXT;
  for (const { log, from } of logs) {
    if (frames.length >= MAX_FRAMES || text <= 0) break;
    const part = run(store, log, from, MAX_FRAMES - frames.length, text);
    const last = part.frames.at(-1);
    through.push({ log, seq: (last && readPlace(last.h)?.seq) ?? from - 1 });
    for (const frame of part.frames) {
      frames.push(frame);
      text -= frame.h.length + (frame.b?.length ?? 0);
    }
    for (const key of part.keys) keys.set(key.id, key);
  }
  return { push: { frames, keys: [...keys.values()] }, through };
}

/** What of a push the center had nothing against. */
export function takenOf(frames: readonly Frame[], problems: PushOut['problems']): readonly Frame[] {
  const left = new Set(problems.map(({ log, seq }) => `${log} ${seq}`));
  return frames.filter(({ h }) => {
    const place = readPlace(h);
    return place !== null && !left.has(`${place.log} ${place.seq}`);
  });
}

export interface ToPeers {
  readonly frames: (station: string, log: string, from: number, to: number) => void;
  readonly forget: (station: string) => void;
}

interface Errand {
  readonly log: string;
  from: number;
  to: number;
}

export function createToPeers(store: Store, peers: PeersPort, timers: Timers): ToPeers {
  const errands = new Map<string, Errand[]>();

  /** Sends the next piece; false where there is nothing more, or the link does not take it. */
  const piece = (station: string): boolean => {
    const errand = errands.get(station)?.[0];
    if (!errand) return false;
    const { frames, keys } = run(
      store,
      errand.log,
      errand.from,
      Math.min(PEER_FRAMES, errand.to - errand.from + 1),
      PEER_TEXT,
    );
    const first = frames[0];
    // What was dropped here after the center had it cannot be sent on: the peer has it from the center.
    const contiguous = first !== undefined && readPlace(first.h)?.seq === errand.from;
    if (contiguous && !peers.send(station, { t: 'frames', frames: [...frames], keys: [...keys] })) {
      errands.delete(station);
      return false;
    }
    errand.from += frames.length;
    if (!contiguous || errand.from > errand.to) errands.get(station)?.shift();
    return (errands.get(station)?.length ?? 0) > 0;
  };
  const go = (station: string): void => {
    // A backlog is read here faster than another takes it, and a link on which too much waits counts as dead.
    if (peers.isBusy(station)) timers.after(BUSY_WAIT, () => go(station));
    else if (piece(station)) timers.after(0, () => go(station));
    else if (errands.get(station)?.length === 0) errands.delete(station);
  };

  return {
    frames: (station, log, from, to) => {
      const waiting = errands.get(station);
      const last = waiting?.at(-1);
      if (last && last.log === log && last.to + 1 === from) last.to = to;
      else if (waiting) waiting.push({ log, from, to });
      else {
        errands.set(station, [{ log, from, to }]);
        go(station);
      }
    },
    forget: (station) => {
      errands.delete(station);
    },
  };
}
