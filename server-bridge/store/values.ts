/** What people leave at a station: drafts, layouts, settings, cached documents. */
import type { Json } from '../../domain/kernel/json.ts';
import type { Core } from './core.ts';

/** Where a workstation that asks to be enrolled anew keeps the key that it asks with. */
export const NEXT_KEY = ['setting', 'station', 'nextDeviceKey'] as const;

export function heldValue(core: Core, space: string, owner: string, key: string): Json | undefined {
  const row = core.db
    .sql('SELECT value FROM value WHERE space = ? AND owner = ? AND key = ?')
    .get<{ value: string }>(space, owner, key);
  return row && (JSON.parse(row.value) as Json);
}

export function heldValues(core: Core, space: string, owner: string): ReadonlyMap<string, Json> {
  const rows = core.db
    .sql('SELECT key, value FROM value WHERE space = ? AND owner = ? ORDER BY key')
    .all<{ key: string; value: string }>(space, owner);
  return new Map(rows.map((row) => [row.key, JSON.parse(row.value) as Json]));
}

/** A null value takes it away. */
export function saveValue(core: Core, space: string, owner: string, key: string, value: Json | null): void {
  core.write('here', () => {
    if (value === null)
      core.db.sql('DELETE FROM value WHERE space = ? AND owner = ? AND key = ?').run(space, owner, key);
    else {
      core.db
        .sql(
          'INSERT INTO value(space, owner, key, value) VALUES(?, ?, ?, ?) ON CONFLICT(space, owner, key) DO UPDATE SET value = excluded.value',
        )
        .run(space, owner, key, JSON.stringify(value));
    }
  });
}
