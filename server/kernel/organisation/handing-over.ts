/**
 * Whether the operator of the center may take the records of an organisation out. Where its people can read, they do that
 * themselves, each within what they may; once they cannot, the operator hands the records over for them.
 */
import type { OrganisationState } from '#domain/kernel/organisation.ts';
import type { Database, Scope } from '../db/database.ts';
import { Problem } from '../http/problem.ts';

const HANDED_OVER: readonly OrganisationState[] = ['READ_ONLY', 'SUSPENDED', 'TERMINATED'];

/**
 * As whom, for whom and why records are read. Throws Problem `reason.missing`, `organisation.unknown`, `organisation.destroyed`,
 * `organisation.at_work`.
 */
export async function handingOver(
  db: Pick<Database, 'inOrgClient'>,
  org: string,
  request: string,
  reason: string | null,
): Promise<Scope> {
  if (reason === null)
    throw new Problem(422, 'reason.missing', 'Say why, and to whom the records go; it stands in the audit.', {
      field: 'qd-reason',
    });
  const scope = { org, actor: 'operator', request, reason };
  const { rows } = await db.inOrgClient(scope, (client) =>
    client.query<{ state: OrganisationState; destroyed: boolean }>(
      'select state, destroyed_at is not null as destroyed from kernel.organisation',
    ),
  );
  const [held] = rows;
  if (!held) throw new Problem(404, 'organisation.unknown', 'There is no organisation of this name.', { field: 'org' });
  if (held.destroyed)
    throw new Problem(409, 'organisation.destroyed', 'Its keys were destroyed: nothing that was sealed for it opens.');
  if (!HANDED_OVER.includes(held.state))
    throw new Problem(
      409,
      'organisation.at_work',
      `While it is ${held.state}, its own people take its records out; move it to READ_ONLY, SUSPENDED or TERMINATED first.`,
      { field: 'org' },
    );
  return scope;
}
