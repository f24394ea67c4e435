/** What was last done, for the footer. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

export interface Said {
  readonly at: number;
  readonly ok: boolean;
  readonly what: string;
}

const store = createStore<{ readonly last: Said | null }>(() => ({ last: null }));

export const say = (ok: boolean, what: string): void => store.setState({ last: { at: Date.now(), ok, what } });
export const useSaid = (): Said | null => useStore(store, (at) => at.last);
