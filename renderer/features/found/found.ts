/** What incidents are looked for by in this window. Kept behind the lock; of whoever looked, and gone when they sign out. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { findTopic } from '#domain/bridge/topics.ts';
import { useMe } from '../../app/connection/use-station.ts';
import { dock } from '../../app/layout/dock-api.ts';

interface Looking {
  readonly user: string;
  readonly text: string;
}
const store = createStore<{ readonly at: Looking | null }>(() => ({ at: null }));

export const lookFor = (user: string, text: string): void => store.setState({ at: { user, text } });
export const forgetFound = (): void => store.setState({ at: null });

/** Nothing is looked for any more, and its list is gone. */
export function leaveFound(): void {
  dock.close('found');
  forgetFound();
}

/** The topic of what is looked for; null where nothing is. */
export function useFoundTopic(): string | null {
  const user = useMe()?.user;
  const at = useStore(store, (held) => held.at);
  return at !== null && at.user === user ? findTopic(at.text) : null;
}
