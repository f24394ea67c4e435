/** Keys of an organisation's sites, as their rows say them and its key opens them. */
import type { Clock } from '#domain/kernel/ids.ts';
import type { Database } from '../db/database.ts';
import { holdsStill } from '../holds-still.ts';
import { remembered } from '../remembered.ts';
import { siteContext } from './contexts.ts';
import { IN_ORDER, type KeptKey, READ_LIFE_MS, stateOf } from './kept.ts';
import type { OrgKeys } from './org-key.ts';
import type { KeyRing, SiteKey } from './ring.ts';
import { settled } from './settled.ts';

/** Ids of keys that are nowhere, of which it is remembered that they were looked for. */
const MOST_LOOKED = 10_000;

interface SiteKeys extends Pick<KeyRing, 'siteKeys' | 'siteKey'> {
  /** Of one site, or of all of the organisation's. */
  readonly forget: (org: string, site?: string) => void;
}

export function keysOfSites(db: Database, keys: Pick<OrgKeys, 'open'>, clock: Clock): SiteKeys {
  const known = remembered<readonly SiteKey[]>({
    clock,
    lifeMs: READ_LIFE_MS,
    // A site without keys is one that is not there yet: ask again next time.
    isKept: (found) => found.length > 0,
  });
  /** Keys that were looked for in vain, and until when they are not looked for again. */
  const looked = new Map<string, number>();
  const nameOf = (org: string, site: string): string => `${org}|${site}`;

  const read = async (org: string, site: string) => {
    const { rows } = await db.inOrgClient({ org, actor: 'center' }, (client) =>
      client.query<KeptKey>(
        `select id, wrapped, active_at, retired_at from keys.site where org = $1 and site = $2 ${IN_ORDER}`,
        [org, site],
      ),
    );
    const opened: SiteKey[] = [];
    for (const row of rows) {
      const bytes = await keys.open(org, row.wrapped, siteContext(org, site, row.id));
      if (bytes) opened.push({ id: row.id, bytes, state: stateOf(row) });
    }
    return { whole: opened.length === rows.length, opened };
  };
  const found = (org: string, site: string) => async (): Promise<readonly SiteKey[]> =>
    (await settled(() => read(org, site))).opened;

  const siteKeys: SiteKeys['siteKeys'] = (org, site) => known.get(nameOf(org, site), found(org, site));
  return {
    siteKeys,
    siteKey: async (org, site, id) => {
      const among = (held: readonly SiteKey[]) => held.find((key) => key.id === id)?.bytes ?? null;
      const held = among(await siteKeys(org, site));
      const name = `${nameOf(org, site)}|${id}`;
      if (held || holdsStill(looked.get(name) ?? 0, clock(), READ_LIFE_MS)) return held;
      // Another node may have made it since. One that is nowhere is not looked for at every call.
      if (looked.size > MOST_LOOKED) looked.clear();
      looked.set(name, clock() + READ_LIFE_MS);
      return among(await known.anew(nameOf(org, site), found(org, site)));
    },
    forget: (org, site) =>
      known.forget((name) => (site === undefined ? name.startsWith(`${org}|`) : name === nameOf(org, site))),
  };
}
