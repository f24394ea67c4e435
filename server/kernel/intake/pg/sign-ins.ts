/** Facts that wait for their sign-in to be shown, as rows. */
import { type FactHeader, readHeader } from '#domain/kernel/fact.ts';
import type { Asking } from '../../db/flight.ts';

export const AWAITS = 'select from kernel.awaiting_sign_in where org = $1 and session = any ($2) limit 1';

/** Facts of sessions that the center does not know yet: they are judged when it hears of these. */
export async function awaitSignIn(
  client: Asking,
  org: string,
  facts: readonly { readonly fact: string; readonly session: string }[],
): Promise<void> {
  if (facts.length === 0) return;
  await client.query(
    `insert into kernel.awaiting_sign_in (org, session, fact)
     select $1, session, fact from json_to_recordset($2::json) as r (fact text, session text) on conflict do nothing`,
    [org, JSON.stringify(facts)],
  );
}

/** Headers of the facts that waited for these sessions; they wait no more. */
export async function takeAwaiting(
  client: Asking,
  org: string,
  sessions: readonly string[],
): Promise<readonly FactHeader[]> {
  const { rows } = await client.query<{ h: string }>(
    `with gone as (delete from kernel.awaiting_sign_in where org = $1 and session = any ($2) returning fact)
     select f.h from gone join kernel.fact f on f.org = $1 and f.id = gone.fact order by f.hlc, f.id`,
    [org, sessions],
  );
  return rows.flatMap(({ h }) => readHeader(h) ?? []);
}
