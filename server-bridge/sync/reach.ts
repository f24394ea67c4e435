/** What the header says of reach: whether the center answers and since when, which peers do, and how far behind we are. */
import type { ReachRow } from '../../domain/bridge/topics.ts';
import type { Store } from '../store/store.ts';
import type { SyncState } from './state.ts';

export type Reached = Pick<ReachRow, 'center' | 'since' | 'refusal' | 'peers' | 'behind'>;

export interface ReachView {
  /** Takes note of the state after an event. */
  readonly saw: (state: SyncState) => void;
  /** How a greeting ended: what the center said where it refused, null where it took it or did not answer. */
  readonly greeted: (refusal: string | null) => void;
  readonly now: () => Reached;
  readonly onChange: (listener: () => void) => () => void;
}

export function createReach(store: Store): ReachView {
  const listeners = new Set<() => void>();
  let center: Reached['center'] = store.cursor() === null ? 'never' : 'unreachable';
  let ever = center !== 'never';
  let refusal: string | null = null;
  let since = store.now();
  let linked = '';
  let behind = 0;
  let stations: ReadonlySet<string> = new Set();
  let peers: SyncState['peers'] | null = null;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  return {
    saw: (state) => {
      // A doubt is settled within a moment; only then is it shown.
      const reached = state.center === 'up' || state.center === 'doubt';
      ever ||= reached;
      const next = reached ? 'reached' : refusal !== null ? 'refused' : ever ? 'unreachable' : 'never';
      const nowBehind = Math.max(0, state.head - state.cursor);
      // After every event: a state is copied where it is touched, so the same map means the same links.
      const nowLinked = state.peers === peers ? linked : [...state.peers.keys()].sort().join(' ');
      peers = state.peers;
      if (next === center && nowBehind === behind && nowLinked === linked) return;
      if (next !== center) since = store.now();
      center = next;
      behind = nowBehind;
      linked = nowLinked;
      stations = new Set(state.peers.keys());
      tell();
    },
    greeted: (said) => {
      refusal = said;
    },
    now: () => ({
      center,
      since,
      refusal,
      behind,
      peers: (store.roster()?.peers ?? [])
        .filter((peer) => !peer.revoked && peer.station !== store.identity.station)
        .map(({ station, name }) => ({ station, name, reached: stations.has(station) })),
    }),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
