/** Who may see a topic when: behind a closed door a topic is empty, and it fills by a delta when the door opens. */
import type { Me } from '../../domain/bridge/calls.ts';
import type { TopicState } from '../../domain/bridge/topics.ts';
import type { Sessions } from '../session/port.ts';
import type { Store } from '../store/store.ts';
import type { Feed } from './feed.ts';
import type { Delta, Watch } from './port.ts';
import { readPatients } from './restrictions.ts';

const NOTHING: TopicState = {};

/** Whether somebody may see a topic at all, by what they are. */
export type MayRead = (me: Me) => boolean;

export const anybody: MayRead = () => true;
/** What shows callers and patients; the center asks for the same of whoever reads there. */
export const readsPatients =
  (store: Pick<Store, 'records'>): MayRead =>
  ({ roles }) =>
    readPatients(store, roles);

/** What is watched, from which seat, and who hears of it. */
export interface GatedOptions {
  readonly feed: Feed;
  readonly seat: string;
  readonly sessions: Sessions;
  readonly mayRead: MayRead;
  readonly listener: (delta: Delta) => void;
  readonly onStop: () => void;
}

function keysOf(state: TopicState): Delta['gone'] {
  return Object.fromEntries(Object.entries(state).map(([table, rows]) => [table, Object.keys(rows)]));
}

function emptied(state: TopicState): TopicState {
  return Object.fromEntries(Object.keys(state).map((table) => [table, NOTHING as never]));
}

/** Watches a feed as it is, whoever looks. */
export function openWatch(feed: Feed, listener: (delta: Delta) => void, onStop: () => void): Watch {
  const state = feed.state();
  const stop = feed.watch(listener);
  return {
    state,
    stop: once(() => {
      stop();
      onStop();
    }),
  };
}

/**
 * Watches a feed for a seat. It opens when somebody who may read it is signed in and the console is not locked; locking it later leaves
 * it open, because work goes on behind the lock and the window covers it; signing out empties it.
 */
export function gatedWatch({ feed, seat, sessions, mayRead, listener, onStop }: GatedOptions): Watch {
  const may = (was: boolean): boolean => {
    const me = sessions.me(seat);
    return me !== null && mayRead(me) && (was || !me.locked);
  };
  let open = may(false);
  const state = feed.state();
  const stopFeed = feed.watch((delta) => {
    if (open) listener(delta);
  });
  const stopSessions = sessions.onChange((changed) => {
    if (changed !== seat) return;
    const now = may(open);
    if (now === open) return;
    open = now;
    const held = feed.state();
    listener(open ? { set: held, gone: {} } : { set: {}, gone: keysOf(held) });
  });
  const stop = once(() => {
    stopFeed();
    stopSessions();
    onStop();
  });
  return { state: open ? state : emptied(state), stop };
}

/**
 * The same, telling `shown` of every row as it goes out, and of all of them where another person takes the seat: what a
 * watcher is given has been read.
 */
export function notedWatch(gated: GatedOptions, shown: (rows: TopicState) => void): Watch {
  const { feed, seat, sessions, mayRead, listener } = gated;
  let session = sessions.me(seat)?.session;
  const watched = gatedWatch({
    ...gated,
    listener: (delta) => {
      listener(delta);
      shown(delta.set);
    },
  });
  const stopSessions = sessions.onChange((changed) => {
    if (changed !== seat) return;
    const me = sessions.me(seat);
    if (me !== null && me.session !== session && mayRead(me)) shown(feed.state());
    session = me?.session;
  });
  shown(watched.state);
  return {
    state: watched.state,
    stop: () => {
      stopSessions();
      watched.stop();
    },
  };
}

function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    run();
  };
}
