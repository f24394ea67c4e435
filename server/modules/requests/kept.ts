/** Requests that were decided, as they are kept. */
import { type QueryExecutorProvider, sql } from 'kysely';
import type { Decision } from '#domain/kernel/decision.ts';
import type { Json } from '#domain/kernel/json.ts';
import type { RequestIn, RequestOut } from '#domain/wire/sync.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Asking } from './asking.ts';

interface KeptRow {
  readonly input: string;
  readonly station: string | null;
  readonly state: 'accepted' | 'refused';
  readonly decision: Decision;
  readonly result: { readonly [key: string]: Json } | null;
}

export interface Kept {
  readonly input: string;
  readonly station: string | null;
  readonly answer: RequestOut;
}

export function kept(db: Database, asking: Asking, id: string): Promise<Kept | null> {
  return db.inOrg({ org: asking.org }, (trx) => read(trx, id));
}

async function read(trx: QueryExecutorProvider, id: string): Promise<Kept | null> {
  const { rows } = await sql<KeptRow>`
    select input, station, state, decision, result from requests.request where id = ${id}`.execute(trx);
  const row = rows[0];
  if (!row) return null;
  const { input, station, state, decision, result } = row;
  return { input, station, answer: { id, state, decision, result: result as RequestOut['result'] } };
}

/** Keeps an answer. Where the same request was decided meanwhile, that answer stands, and the caller's work is undone. */
export async function keep(
  trx: QueryExecutorProvider,
  asking: Asking,
  input: RequestIn,
  digest: string,
  answer: RequestOut,
  now: number,
): Promise<RequestOut> {
  const { rows } = await sql`
    insert into requests.request (org, id, site, station, kind, by_user, session, made_at, decided_at, input, state, decision, result)
    values (${asking.org}, ${input.id}, ${asking.site}, ${asking.station}, ${input.kind}, ${asking.person?.user ?? null},
            ${asking.session}, ${input.madeAt}, ${now}, ${digest}, ${answer.state}, ${JSON.stringify(answer.decision)}::jsonb,
            ${answer.result === null ? null : JSON.stringify(answer.result)}::jsonb)
    on conflict (org, id) do nothing returning id`.execute(trx);
  if (rows.length > 0) return answer;
  throw new DecidedMeanwhile();
}

/** The same request was being decided twice at once; asked again, it gets the answer that was kept. */
export class DecidedMeanwhile extends Error {}
