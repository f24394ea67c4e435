/** Single values of the store: who it belongs to, how far it is, the site's keys and roster. */
import type { Json } from '../../domain/kernel/json.ts';
import type { Connection } from './file/database.ts';

export type MetaKey =
  | 'identity'
  | 'deviceKey'
  | 'siteKeys'
  | 'roster'
  | 'forgotten'
  | 'emit'
  | 'older'
  | 'heard'
  | 'epoch'
  | 'cursor'
  | 'standsOn'
  | 'ownLog'
  | 'offset'
  | 'erasuresShown';

export interface Meta {
  readonly read: <T>(key: MetaKey) => T | undefined;
  readonly write: (key: MetaKey, value: unknown) => void;
  /** A transaction was undone: what it wrote was not written. */
  readonly forget: () => void;
}

/** Each value is read once and then kept: the store has one writer, and the place in the stream is asked for all the time. */
export function metaOf(db: Connection): Meta {
  const held = new Map<MetaKey, unknown>();
  return {
    read: <T>(key: MetaKey) => {
      if (!held.has(key)) {
        const row = db.sql('SELECT value FROM meta WHERE key = ?').get<{ value: string }>(key);
        held.set(key, row && JSON.parse(row.value));
      }
      return held.get(key) as T | undefined;
    },
    write: (key, value) => {
      const text = JSON.stringify(value as Json);
      db.sql('INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value').run(
        key,
        text,
      );
      held.set(key, JSON.parse(text));
    },
    forget: () => held.clear(),
  };
}
