/** Pages and frames on their way into the store, in durable slices. What became of each slice is reported as an event. */
import type { KeyEnvelope } from '../../domain/kernel/envelope.ts';
import { type Frame, readPlace } from '../../domain/kernel/fact.ts';
import type { StreamItem, StreamPage } from '../../domain/kernel/stream.ts';
import { takesNothing } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import type { Slices } from './slices.ts';
import type { Position, SyncEvent } from './state.ts';
import type { TakingAgain } from './taking-again.ts';

const NOT_STORED = 'Frames of a peer could not be stored';

export interface Incoming {
  /** Queues a page; its first slice is taken where the slices are begun. */
  readonly page: (page: StreamPage) => void;
  /** Resolves once nothing of them waits any more. */
  readonly frames: (station: string, frames: readonly Frame[], keys: readonly KeyEnvelope[]) => Promise<void>;
}

export function createIncoming(
  store: Store,
  slices: Slices,
  onceTaken: TakingAgain['onceTaken'],
  happen: (event: SyncEvent) => void,
  trouble: (what: string, error: unknown) => void,
): Incoming {
  /**
   * The store has just refused a page, which is not fetched anew until it takes something. What comes after it cannot be next: it
   * is left out, and asked for once that one is.
   */
  let refusing = false;
  const refused = (): void => {
    refusing = true;
    onceTaken(() => {
      refusing = false;
      // Another epoch may have begun meanwhile, whose pages were left out as well.
      const { epoch = '', n = 0 } = store.cursor() ?? {};
      happen({ t: 'pageArrived', result: 'gap', epoch, cursor: n, logs: [] });
    });
  };
  /**
   * Logs of which a disk that takes nothing did not take all that a peer sent, by station. It counts that as known here, and sends none of it again
   * before it is told where to begin: once the disk takes the first of it, and not before, or each telling would bring all
   * of it again.
   */
  const missed = new Map<string, Set<string>>();
  const missing = (station: string, frames: readonly Frame[], first: () => void): void => {
    const logs = missed.get(station) ?? new Set<string>();
    for (const { log } of furthest(frames, store.identity.site)) logs.add(log);
    if (missed.has(station)) return;
    missed.set(station, logs);
    const again = (): void =>
      onceTaken(() => {
        slices.add(() => {
          try {
            first();
          } catch (error) {
            if (takesNothing(error)) {
              again();
              return false;
            }
            trouble(NOT_STORED, error);
          }
          missed.delete(station);
          happen({ t: 'peerFrames', station, held: [], ahead: [...logs] });
          return false;
        });
        slices.begin();
      });
    again();
  };
  return {
    page: (page) => {
      const keys = new Map(page.keys.map((key) => [key.id, key]));
      let at = 0;
      slices.add((size) => {
        if (refusing) return false;
        const whole = at === 0 && page.items.length <= size;
        const items = whole ? page.items : page.items.slice(at, at + size);
        const slice = whole ? page : { ...page, from: page.from + at, items, keys: keysOf(framesOf(items), keys) };
        at += items.length;
        try {
          const result = store.applyPage(slice);
          happen({
            t: 'pageArrived',
            result,
            epoch: page.epoch,
            cursor: store.cursor()?.n ?? 0,
            logs: furthest(framesOf(items), store.identity.site),
          });
          return result === 'applied' && at < page.items.length;
        } catch (error) {
          trouble('A page of the stream could not be stored', error);
          refused();
          return false;
        }
      });
    },
    frames: (station, frames, envelopes) => {
      const keys = new Map(envelopes.map((key) => [key.id, key]));
      const { promise, resolve } = Promise.withResolvers<void>();
      let at = 0;
      slices.add((size) => {
        const slice = frames.slice(at, at + size);
        const from = at;
        at += slice.length;
        const take = (): void => {
          const accepted = store.accept(slice, keysOf(slice, keys), 'peer');
          const held = [...accepted.held].map(([log, seq]) => ({ log, seq }));
          const ahead = new Set(
            accepted.problems.filter((problem) => problem.why === 'ahead').map((problem) => problem.log),
          );
          happen({ t: 'peerFrames', station, held, ahead: [...ahead] });
        };
        try {
          take();
          if (at < frames.length) return true;
        } catch (error) {
          trouble(NOT_STORED, error);
          if (takesNothing(error)) missing(station, frames.slice(from), take);
        }
        resolve();
        return false;
      });
      slices.begin();
      return promise;
    },
  };
}

function framesOf(items: readonly StreamItem[]): readonly Frame[] {
  return items.flatMap((item) => ('frame' in item ? [item.frame] : []));
}

function keysOf(frames: readonly Frame[], keys: ReadonlyMap<string, KeyEnvelope>): KeyEnvelope[] {
  const named = new Map<string, KeyEnvelope>();
  for (const { k } of frames) {
    const key = k === null ? undefined : keys.get(k);
    if (key) named.set(key.id, key);
  }
  return [...named.values()];
}

/** Of the logs that stations exchange: the center's own and other sites' come on the stream alone, and not whole. */
function furthest(frames: readonly Frame[], site: string): Position[] {
  const by = new Map<string, number>();
  for (const frame of frames) {
    const place = readPlace(frame.h);
    if (place && place.site === site && place.station !== 'center')
      by.set(place.log, Math.max(place.seq, by.get(place.log) ?? 0));
  }
  return [...by].map(([log, seq]) => ({ log, seq }));
}
