/** Topics that differ by seat: who is signed in, their drafts, their layouts. */
import type { Me } from '../../domain/bridge/calls.ts';
import type { Sessions } from '../session/port.ts';
import type { Store } from '../store/store.ts';
import { createFeed, type Source } from './feed.ts';

/** Drafts belong to the position: whoever relieves finds them. Layouts belong to the person at the position. */
export function ownerOf(space: 'draft' | 'layout', me: Me, store: Store): string {
  const position = me.position ?? store.identity.station;
  return space === 'draft' ? position : `${position}/${me.user}`;
}

export function meSource(sessions: Sessions, seat: string): Source {
  const feed = createFeed(['me']);
  const look = (): void => {
    const me = sessions.me(seat);
    if (me) feed.put('me', 'me', me);
    else feed.drop('me', 'me');
    feed.flush();
  };
  look();
  const stop = sessions.onChange((changed) => {
    if (changed === seat) look();
  });
  return { feed, close: stop };
}

export interface KeptSource extends Source {
  /** The seat saved or forgot something: look again. */
  readonly look: () => void;
}

/** What the store keeps for a seat's person in a space; empty while nobody is signed in. */
export function keptSource(options: {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly seat: string;
  readonly space: 'draft' | 'layout';
}): KeptSource {
  const { store, sessions, seat, space } = options;
  const table = `${space}s`;
  const feed = createFeed([table]);
  const look = (): void => {
    const me = sessions.me(seat);
    const values = me ? store.values(space, ownerOf(space, me, store)) : new Map();
    for (const key of feed.keys(table)) if (!values.has(key)) feed.drop(table, key);
    for (const [key, value] of values) feed.put(table, key, value);
    feed.flush();
  };
  look();
  const stop = sessions.onChange((changed) => {
    if (changed === seat) look();
  });
  return { feed, close: stop, look };
}
