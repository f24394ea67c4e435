/** Single values of the store: who it belongs to, how far it is, the site's keys and roster. */
import type { Json } from '../../domain/kernel/json.ts';
import type { Connection } from './database.ts';

export type MetaKey = 'identity' | 'siteKeys' | 'roster' | 'emit' | 'epoch' | 'cursor' | 'ownLog' | 'offset' | 'reads';

export interface Meta {
  readonly read: <T>(key: MetaKey) => T | undefined;
  readonly write: (key: MetaKey, value: unknown) => void;
}

export function metaOf(db: Connection): Meta {
  return {
    read: <T>(key: MetaKey) => {
      const row = db.sql('SELECT value FROM meta WHERE key = ?').get<{ value: string }>(key);
      return row && (JSON.parse(row.value) as T);
    },
    write: (key, value) => {
      db.sql('INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value').run(
        key,
        JSON.stringify(value as Json),
      );
    },
  };
}
