/** Who tried to sign in, from where: what the detectors look at. */
import { type QueryExecutorProvider, sql } from 'kysely';
import { uuidV7 } from '#domain/kernel/ids.ts';
import type { CenterContext } from '../part.ts';

export interface SignInAttempt {
  /** A hash of the name that was typed. */
  readonly account: string;
  readonly person: string | null;
  readonly address: string;
  readonly station: string | null;
  readonly good: boolean;
}

/**
 * Notes one in the transaction that judged it. `org` null: a name that belongs nowhere, of which nothing is kept; the same is
 * asked all the same, so that the time it takes tells nothing.
 */
export async function noteAttempt(
  { clock, random }: Pick<CenterContext, 'clock' | 'random'>,
  trx: QueryExecutorProvider,
  org: string | null,
  attempt: SignInAttempt,
): Promise<void> {
  const now = clock();
  await sql`insert into security.attempt (org, id, at, account, person, address, station, good)
    select of.org, ${uuidV7(now, random)}, ${now}, ${attempt.account}, ${attempt.person}, ${attempt.address},
           ${attempt.station}, ${attempt.good} from (values (${org}::text)) of(org) where of.org is not null`.execute(
    trx,
  );
}
