/** What lists are filtered by in this window. Kept behind the lock; of whoever typed it, and gone when they sign out. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { useMe } from './connection/use-station.ts';

export interface Filter {
  readonly typed: string;
  readonly open: boolean;
}
const NONE: Filter = { typed: '', open: false };
const store = createStore<{ readonly [list: string]: Filter }>(() => ({}));

export function useFilter(list: string): [Filter, (change: Partial<Filter>) => void] {
  const key = `${useMe()?.user ?? ''} ${list}`;
  const filter = useStore(store, (at) => at[key]) ?? NONE;
  return [filter, (change) => store.setState({ [key]: { ...filter, ...change } })];
}

/** A filter that somebody else set hides calls from whoever comes next. */
export function forgetFilters(): void {
  store.setState({}, true);
}
