/** What the header says of reach: whether the center answers and since when, which peers do, and how far behind we are. */
import type { ReachRow } from '../../domain/bridge/topics.ts';
import type { Store } from '../store/store.ts';
import type { SyncState } from './state.ts';

export type Reached = Pick<ReachRow, 'center' | 'since' | 'refusal' | 'peers' | 'behind'>;

/**
 * How a greeting ended: what the center said where it refused, and what keeps it from being asked where that is not for it to
 * end, nor for time: somebody else answers there, or with a certificate that ran out.
 */
export type Greeted = 'taken' | 'not answered' | { readonly refusal: string } | { readonly hindrance: string };

export interface ReachView {
  /** Takes note of the state after an event. */
  readonly saw: (state: SyncState) => void;
  readonly greeted: (how: Greeted) => void;
  readonly now: () => Reached;
  readonly onChange: (listener: () => void) => () => void;
}

export function createReach(store: Store): ReachView {
  const listeners = new Set<() => void>();
  let center: Reached['center'] = store.cursor() === null ? 'never' : 'unreachable';
  let ever = center !== 'never';
  let ended: Greeted = 'not answered';
  let why: string | null = null;
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
      const refusal = !reached && typeof ended === 'object' && 'refusal' in ended ? ended.refusal : null;
      const hindrance = !reached && typeof ended === 'object' && 'hindrance' in ended ? ended.hindrance : null;
      const next = reached ? 'reached' : refusal !== null ? 'refused' : ever ? 'unreachable' : 'never';
      const nowWhy = refusal ?? hindrance;
      const nowBehind = Math.max(0, state.head - state.cursor);
      // After every event: a state is copied where it is touched, so the same map means the same links.
      const nowLinked = state.peers === peers ? linked : [...state.peers.keys()].sort().join(' ');
      peers = state.peers;
      if (next === center && nowWhy === why && nowBehind === behind && nowLinked === linked) return;
      if (next !== center) since = store.now();
      center = next;
      why = nowWhy;
      behind = nowBehind;
      linked = nowLinked;
      stations = new Set(state.peers.keys());
      tell();
    },
    greeted: (how) => {
      ended = how;
    },
    now: () => ({
      center,
      since,
      refusal: why,
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
