/** Who asks: the person behind a request, as the center knows them now. */
import type { Asker } from '#domain/kernel/authorise.ts';
import type { RequestIn } from '#domain/wire/sync.ts';
import type { Caller } from '../../kernel/http/auth.ts';
import { Problem } from '../../kernel/http/problem.ts';
import type { IdentityTables, IdentityTx } from '../../kernel/identity/tables.ts';
import type { CenterContext } from '../../kernel/part.ts';

export interface Asking {
  readonly org: string;
  readonly site: string;
  readonly station: string | null;
  readonly session: string | null;
  /** Null where a process asks for itself, and where the right has ended. */
  readonly person: Asker | null;
  /** Why there is no person though one was named. */
  readonly ended: string | null;
}

/**
 * Works out who asks. What a station brings later was asked under a session or an offline grant of that time; the center
 * decides by what the person may do now, too.
 */
export async function whoAsks(context: Pick<CenterContext, 'db'>, caller: Caller, input: RequestIn): Promise<Asking> {
  const { org } = caller;
  const station = caller.kind === 'device' ? caller.station : null;
  const session = caller.kind === 'user' ? caller.session : input.session;
  return context.db.inOrg<IdentityTables, Asking>({ org }, async (trx) => {
    const site = caller.site ?? (await onlySite(trx));
    if (site === null) {
      throw new Problem(
        400,
        'site.which',
        'This organisation has several sites; ask from a workstation of the one you mean.',
      );
    }
    const asking = { org, site, station, session };
    if (session === null) return { ...asking, person: null, ended: null };
    const given =
      caller.kind === 'user'
        ? { user: caller.user, until: null }
        : await standingOf(trx, session, station, input.madeAt);
    if (!given || (input.by !== null && input.by !== given.user)) {
      return { ...asking, person: null, ended: 'The sign-in is not known to the center.' };
    }
    if (given.until !== null && input.madeAt >= given.until) {
      return { ...asking, person: null, ended: 'The right to sign in had ended.' };
    }
    const person = await trx
      .selectFrom('identity.person')
      .select(['id', 'roles', 'active', 'site', 'agency'])
      .where('id', '=', given.user)
      .executeTakeFirst();
    if (!person?.active) return { ...asking, person: null, ended: 'The right to sign in was withdrawn.' };
    const { id, roles, agency } = person;
    // At a workstation the sign-in gave it; without the center, the enrolled workstation is the second factor.
    const secondFactor = caller.kind === 'user' ? caller.secondFactor : 'given';
    const { site: worksAt } = person;
    return {
      ...asking,
      person: { user: id, roles, site: worksAt, agency, provenAt: input.madeAt, secondFactor },
      ended: null,
    };
  });
}

async function standingOf(
  trx: IdentityTx,
  session: string,
  station: string | null,
  madeAt: number,
): Promise<{ readonly user: string; readonly until: number | null } | null> {
  const row = await trx
    .selectFrom('kernel.standing')
    .select(['user_id', 'valid_until', 'valid_from'])
    .where('session', '=', session)
    .executeTakeFirst();
  if (!row || madeAt < row.valid_from - CLOCK_SLACK_MS) return null;
  const there = await trx
    .selectFrom('identity.session')
    .select('station')
    .where('id', '=', session)
    .union(trx.selectFrom('identity.offline_grant').select('station').where('id', '=', session))
    .executeTakeFirst();
  return there?.station === station ? { user: row.user_id, until: row.valid_until } : null;
}

/** A station's clock may be this far behind the center's when it signs somebody in. */
const CLOCK_SLACK_MS = 15 * 60_000;

async function onlySite(trx: IdentityTx): Promise<string | null> {
  const sites = await trx.selectFrom('kernel.site').select('site').limit(2).execute();
  return sites.length === 1 ? (sites[0]?.site ?? null) : null;
}
