/** Requests that were decided, as they are kept. */
import type { Decision } from '#domain/kernel/decision.ts';
import type { Json } from '#domain/kernel/json.ts';
import type { RequestIn, RequestOut } from '#domain/wire/sync.ts';
import type { Asking as Client } from '../../kernel/db/flight.ts';
import { Problem } from '../../kernel/http/problem.ts';
import { ONE_BY_ONE } from '../../kernel/intake/pg/one-by-one.ts';
import type { Asking } from './asking.ts';

interface KeptRow {
  readonly id: string;
  readonly input: string;
  readonly station: string | null;
  readonly by_user: string | null;
  readonly state: 'accepted' | 'refused';
  readonly decision: Decision;
  readonly result: { readonly [key: string]: Json } | null;
}

export interface Kept {
  /** SHA-256 of what was asked. */
  readonly input: string;
  readonly station: string | null;
  /** The person who asked; null where nobody was known to. */
  readonly by: string | null;
  readonly answer: RequestOut;
}

/** Of these ids, what was decided. */
export async function keptOf(client: Client, ids: readonly string[]): Promise<Map<string, Kept>> {
  const { rows } = await client.query<KeptRow>({
    name: 'request.kept',
    text: `select k.* from unnest($1::text[]) as r (id) cross join lateral (
        select id, input, station, by_user, state, decision, result from requests.request where id = r.id ${ONE_BY_ONE}) k`,
    values: [ids],
  });
  return new Map(
    rows.map(({ id, input, station, by_user, state, decision, result }) => [
      id,
      { input, station, by: by_user, answer: { id, state, decision, result: result as RequestOut['result'] } },
    ]),
  );
}

/**
 * What was decided is answered again; another request under its id is not, nor anybody else's. Whose right has ended since is
 * nobody's any more, and may still bring it where the answer was lost.
 */
export function answeredBy(kept: Kept, asking: Asking, digest: string): RequestOut | Problem {
  const another = kept.by !== null && asking.person !== null && kept.by !== asking.person.user;
  if (kept.input === digest && kept.station === asking.station && !another) return kept.answer;
  return new Problem(409, 'request.differs', 'Another request was made under this id; use a new id.', { field: 'id' });
}

/** Keeps an answer. Where the same request was decided meanwhile it rejects: that answer stands, and this work is undone. */
export async function keep(
  client: Client,
  asking: Asking,
  input: RequestIn,
  digest: string,
  answer: RequestOut,
  now: number,
): Promise<void> {
  const { rowCount } = await client.query({
    name: 'request.keep',
    text: `insert into requests.request (org, id, site, station, kind, by_user, session, made_at, decided_at, input, state, decision, result)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13::jsonb) on conflict (org, id) do nothing`,
    values: [
      ...[asking.org, input.id, asking.site, asking.station, input.kind, asking.person?.user ?? null, asking.session],
      ...[input.madeAt, now, digest, answer.state, JSON.stringify(answer.decision)],
      answer.result === null ? null : JSON.stringify(answer.result),
    ],
  });
  if (rowCount === 0) throw new DecidedMeanwhile();
}

/** The same request was being decided twice at once; asked again, it gets the answer that was kept. */
export class DecidedMeanwhile extends Error {}
