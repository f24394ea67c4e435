/**
 * Keeps the blind index over callback numbers to what the sealed column holds: after each commit for the incidents it touched,
 * when a center starts for what another left behind, and for all when the index key is another.
 */
import type pg from 'pg';
import type { Logger } from 'pino';
import { idOf, kindOf } from '#domain/kernel/ids.ts';
import { unseal } from '#sealing/cipher.ts';
import type { Database } from '../db/database.ts';
import { openEnvelope } from '../intake/open.ts';
import { envelopesOf } from '../intake/pg/frames.ts';
import { ONE_BY_ONE } from '../intake/pg/one-by-one.ts';
import { columnContext } from '../intake/pg/rows.ts';
import type { Committed } from '../intake/port.ts';
import { forEachOrganisation } from '../organisation/each.ts';
import { blindIndex, CALLBACK } from './blind-index.ts';
import type { KeyRing } from './ring.ts';

const BATCH = 500;
/** Facts that may give an incident another callback number. */
const SAYING: ReadonlySet<string> = new Set(['incident.opened', 'incident.edited', 'fact.settled']);
/** Commits that follow each other closely are indexed together. ms */
const GATHER_MS = 100;
/** What failed, as where the database was away for a moment, is tried again after this, and then after twice as long each time. ms */
const AGAIN_MS = 1_000;
const AGAIN_MOST_MS = 10 * 60_000;

export interface CallbackIndex {
  /** The tags under which a number is found. */
  readonly tagsOf: (org: string, number: string) => Promise<readonly Buffer[]>;
  readonly committed: (change: Pick<Committed, 'org' | 'facts' | 'opened'>) => void;
  /** Indexes a batch of what is not indexed as it is now; how many, 0 where none is left. */
  readonly reindex: (org: string) => Promise<number>;
  readonly start: () => Promise<() => Promise<void>>;
}

/** Of incidents `i`, those whose number is not indexed, or as it was before, or under an earlier key. */
const STALE = `i.callback is not null and i.key is not null
    and (x.incident is null or x.key <> $2 or x.source <> sha256(i.callback))`;
const STALE_OF_ALL = `
  select i.id, i.key, i.callback from cad.incident i
  left join cad.callback_index x on x.org = i.org and x.incident = i.id
  where i.org = $1 and ${STALE} order by i.id limit ${BATCH}`;
const STALE_OF_NAMED = `
  select i.id, i.key, i.callback from unnest($3::text[]) as r (id)
  cross join lateral (select id, key, callback from cad.incident where org = $1 and id = r.id ${ONE_BY_ONE}) i
  left join lateral (select * from cad.callback_index where org = $1 and incident = r.id ${ONE_BY_ONE}) x on true
  where ${STALE}`;

/** Keeps the blind index of callback numbers up to the incidents, beside the intake and not in it. */
export function callbackIndex(db: Database, keys: KeyRing, logger: Logger): CallbackIndex {
  const due: Due = new Map();
  /** Kept apart: what cannot be indexed takes nothing with it that can. */
  const failed: Due = new Map();
  let timer: NodeJS.Timeout | undefined;
  let again: NodeJS.Timeout | undefined;
  let wait = AGAIN_MS;
  let running = Promise.resolve();
  let stopped = false;

  const index = async (org: string, ids: readonly string[] | null): Promise<number> => {
    const [key] = await keys.indexKeys(org);
    if (!key) return 0;
    return db.inOrgClient({ org, actor: 'center' }, async (client) => {
      const { rows } = await client.query<{ id: string; key: string; callback: Buffer }>(
        ids === null ? STALE_OF_ALL : STALE_OF_NAMED,
        [org, key.id, ...(ids === null ? [] : [ids])],
      );
      if (rows.length === 0) return 0;
      const plain = await opened(client, keys, org, rows);
      const entries = rows.map(({ id, callback }) => {
        const number = plain.get(id);
        return {
          incident: id,
          // One that cannot be opened, or names nobody, is kept as looked at: under a tag that no number has.
          tag: ((number === undefined ? null : blindIndex(key, org, CALLBACK, number)) ?? Buffer.alloc(0)).toString(
            'hex',
          ),
          source: callback.toString('base64'),
        };
      });
      await client.query(
        `insert into cad.callback_index (org, incident, key, tag, source)
         select $1, r.incident, $2, decode(r.tag, 'hex'), sha256(decode(r.source, 'base64'))
         from json_to_recordset($3::json) as r (incident text, tag text, source text)
         on conflict (org, incident) do update set key = excluded.key, tag = excluded.tag, source = excluded.source`,
        [org, key.id, JSON.stringify(entries)],
      );
      return rows.length;
    });
  };
  const work = async (todo: Due): Promise<void> => {
    for (const [org, ids] of [...todo]) {
      todo.delete(org);
      try {
        await index(org, [...ids]);
      } catch (error) {
        // What is missing is found by the next start, and by a rotation.
        if (stopped) return;
        logger.warn({ code: (error as { code?: string }).code ?? '' }, 'callback numbers could not be indexed');
        for (const id of ids) note(failed, org, id);
      }
    }
    if (failed.size === 0) wait = AGAIN_MS;
    else again ??= setTimeout(tryAgain, wait);
  };
  const tryAgain = (): void => {
    again = undefined;
    wait = Math.min(AGAIN_MOST_MS, wait * 2);
    running = running.then(() => work(failed));
  };

  return {
    tagsOf: async (org, number) =>
      (await keys.indexKeys(org)).flatMap((key) => blindIndex(key, org, CALLBACK, number) ?? []),
    committed: ({ org, facts, opened: readable }) => {
      const saying = facts.filter(({ type }) => SAYING.has(type)).flatMap(({ about }) => about);
      for (const ref of [...saying, ...readable]) {
        if (kindOf(ref) !== 'incident') continue;
        note(due, org, idOf(ref));
      }
      if (due.size === 0 || timer || stopped) return;
      timer = setTimeout(() => {
        timer = undefined;
        running = running.then(() => work(due));
      }, GATHER_MS);
    },
    reindex: (org) => index(org, null),
    start: async () => {
      const catchUp = (): Promise<void> =>
        forEachOrganisation(
          db,
          () => stopped,
          async (org) => {
            while (!stopped && (await index(org, null)) > 0);
          },
          (of) => logger.warn(of, 'callback numbers could not be indexed at the start'),
        );
      running = running.then(catchUp);
      return async () => {
        stopped = true;
        clearTimeout(timer);
        clearTimeout(again);
        await running;
      };
    },
  };
}

/** Ids of incidents, by organisation. */
type Due = Map<string, Set<string>>;

function note(due: Due, org: string, id: string): void {
  due.set(org, (due.get(org) ?? new Set()).add(id));
}

async function opened(
  client: pg.ClientBase,
  keys: KeyRing,
  org: string,
  rows: readonly { readonly id: string; readonly key: string; readonly callback: Buffer }[],
): Promise<ReadonlyMap<string, string>> {
  const envelopes = new Map(
    (await envelopesOf(client, org, [...new Set(rows.map(({ key }) => key))])).map((one) => [one.id, one] as const),
  );
  const plain = new Map<string, string>();
  for (const { id, key, callback } of rows) {
    const envelope = envelopes.get(key);
    const bytes = envelope ? await openEnvelope(envelope, (site, under) => keys.siteKey(org, site, under)) : null;
    const value = bytes && unseal(bytes, callback, columnContext(org, CALLBACK.table, id, CALLBACK.column));
    const text: unknown = value && JSON.parse(value.toString('utf8'));
    if (typeof text === 'string') plain.set(id, text);
  }
  return plain;
}
