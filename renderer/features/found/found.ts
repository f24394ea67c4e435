/**
 * What incidents are looked for by at this position: kept by the station, so that every window of it shows the same and a
 * lost one loses nothing. Of whoever looked, and shown to nobody else.
 */
import { findTopic } from '#domain/bridge/topics.ts';
import type { Json } from '#domain/kernel/json.ts';
import type { Station } from '../../app/connection/station.ts';
import { useDrafts, useMe } from '../../app/connection/use-station.ts';
import { dock } from '../../app/layout/dock-api.ts';

/** The name under which it stands among the drafts of the position. */
const KEY = 'find';

/** What a draft looks for; null where another did, and where it cannot be read. */
function searchOf(stored: Json | undefined, user: string | undefined): string | null {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return null;
  const { user: whose, text } = stored as { readonly [key: string]: Json };
  return whose === user && typeof text === 'string' ? text : null;
}

/** Looks for it in every window of the position; done when they can show it. */
export async function lookFor(station: Station, user: string, text: string): Promise<void> {
  await station.call('draft.save', { key: KEY, value: { user, text } });
}

/** Nothing is looked for any more, and its list is gone. */
export function leaveFound(station: Station): void {
  dock.close('found');
  station.call('draft.save', { key: KEY, value: null }).catch(() => undefined);
}

/** The topic of what is looked for; null where nothing is. */
export function useFoundTopic(): string | null {
  const user = useMe()?.user;
  const text = searchOf(useDrafts()[KEY], user);
  return text === null ? null : findTopic(text);
}
