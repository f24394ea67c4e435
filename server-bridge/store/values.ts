/** What people leave at a station: drafts, layouts, settings, cached documents. And who may sign in here. */
import type { Json } from '../../domain/kernel/json.ts';
import { GRANT_SHOWN_MS, type Grant } from '../../domain/wire/sync.ts';
import type { Core } from './core.ts';

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

export function saveGrant(core: Core, grant: Grant, verifier: string): void {
  core.write('center', () => {
    const now = core.clock.highest();
    const others = grantsOf(core).filter(({ grant: held }) => held.user === grant.user && held.id !== grant.id);
    const began = Math.min(
      ...others.filter(({ grant: held }) => held.session === grant.session).map(({ grant: held }) => held.issuedAt),
    );
    for (const { grant: held } of others) {
      // The newest alone opens. A session's first stays beside it, and those of other sign-ins a while: what was written
      // under them may need their word.
      const between = held.session === grant.session && held.issuedAt > began;
      if (between || held.expiresAt <= now - GRANT_SHOWN_MS)
        core.db.sql('DELETE FROM grant_held WHERE id = ?').run(held.id);
      else core.db.sql("UPDATE grant_held SET verifier = '' WHERE id = ?").run(held.id);
    }
    core.db.sql('DELETE FROM grant_held WHERE id = ?').run(grant.id);
    core.db
      .sql('INSERT INTO grant_held(id, body, verifier) VALUES(?, ?, ?)')
      .run(grant.id, JSON.stringify(grant), verifier);
  });
}

export function grantsOf(core: Core): { grant: Grant; verifier: string }[] {
  return core.db
    .sql('SELECT body, verifier FROM grant_held')
    .all<{ body: string; verifier: string }>()
    .map((row) => ({ grant: JSON.parse(row.body) as Grant, verifier: row.verifier }));
}
