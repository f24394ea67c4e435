/** Who may sign in here without the center. */
import { GRANT_SHOWN_MS, type Grant } from '../../../domain/wire/sync.ts';
import type { Core } from '../core.ts';
import type { Connection } from '../file/database.ts';

export interface HeldGrant {
  readonly grant: Grant;
  /** argon2id; empty where it opens nothing any more. */
  readonly verifier: string;
}

/** Read once and then kept; the same grant is the same object until one is saved. */
export interface HeldGrants {
  readonly all: () => readonly HeldGrant[];
  readonly forget: () => void;
}

export function heldGrants(db: Connection): HeldGrants {
  let held: readonly HeldGrant[] | null = null;
  return {
    all: () => {
      held ??= db
        .sql('SELECT body, verifier FROM grant_held')
        .all<{ body: string; verifier: string }>()
        .map(({ body, verifier }) => ({ grant: JSON.parse(body) as Grant, verifier }));
      return held;
    },
    forget: () => {
      held = null;
    },
  };
}

export function saveGrant(core: Core, grant: Grant, verifier: string): void {
  core.write('center', () => {
    const now = core.clock.highest();
    const others = core.grants.all().filter(({ grant: held }) => held.user === grant.user && held.id !== grant.id);
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
    core.grants.forget();
  });
}
