/** Refresh tokens: each is used once, and its second use tells that it was copied. */
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { SessionOut } from '#domain/wire/sync.ts';
import type { IdentityPorts } from '../ports.ts';
import { refreshTokenHash } from '../secrets.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import type { AtStation } from '../tokens/tokens.ts';
import { actsIn, endSession, orgOfRefresh } from './end-session.ts';
import { type ApiSessionOut, issueSession } from './issue-session.ts';

/**
 * A client whose answer was lost may ask once more within this time. A workstation may whenever its line is back: its token is of no use
 * without its own key, which is what RFC 9700 (4.14.2) asks for in place of rotation (docs/adr/0044).
 */
const REPEAT_WINDOW_MS = 30_000;

const REFRESH_REFUSED = refused('session.ended', 'This session has ended; sign in again.');

/**
 * Exchanges a refresh token for a new one. A token that was used before ends its whole family, unless its answer may have
 * been lost: while nobody has used what came of it, and but for a workstation within 30 s. Whoever used first wins; the other answer is void.
 */
export async function refresh(
  ports: IdentityPorts,
  input: { readonly refreshToken: string; readonly device: AtStation | null; readonly page?: boolean },
): Promise<Outcome<SessionOut | ApiSessionOut>> {
  const hash = refreshTokenHash(input.refreshToken);
  const org = await orgOfRefresh(ports, hash);
  if (org === null) return REFRESH_REFUSED;
  const { signer } = await ports.keys.centerKeys(org);
  return ports.db.inOrg<IdentityTables, Outcome<SessionOut | ApiSessionOut>>({ org }, async (trx) => {
    const now = ports.clock();
    const found = await trx
      .selectFrom('identity.refresh_token')
      .select('session')
      .where('hash', '=', hash)
      .executeTakeFirst();
    if (!found) return REFRESH_REFUSED;
    // The session's row is the family's lock: two refreshes of one family follow each other.
    const session = await trx
      .selectFrom('identity.session')
      .selectAll()
      .where('id', '=', found.session)
      .forUpdate()
      .executeTakeFirstOrThrow();
    await actsIn(trx, session);
    if (session.ended_at !== null || session.expires_at <= now) return REFRESH_REFUSED;
    if ((session.proof === 'cookie') !== (input.page ?? false)) return REFRESH_REFUSED;
    if (session.station !== null && input.device?.station !== session.station) return REFRESH_REFUSED;
    const token = await trx
      .selectFrom('identity.refresh_token')
      .selectAll()
      .where('hash', '=', hash)
      .executeTakeFirstOrThrow();
    if (token.expires_at <= now) return REFRESH_REFUSED;
    if (token.superseded || (token.used_at !== null && !(await mayRepeat(trx, token, session, now)))) {
      await endSession(trx, session.id, 'reused', now);
      return REFRESH_REFUSED;
    }
    const person = await trx
      .selectFrom('identity.person')
      .selectAll()
      .where('id', '=', session.person)
      .executeTakeFirstOrThrow();
    if (!person.active) return REFRESH_REFUSED;
    await trx
      .updateTable('identity.refresh_token')
      .set({ used_at: token.used_at ?? now })
      .where('hash', '=', hash)
      .execute();
    if (token.parent !== null) {
      await trx
        .updateTable('identity.refresh_token')
        .set({ superseded: true })
        .where('parent', '=', token.parent)
        .where('hash', '!=', hash)
        .execute();
    }
    await trx
      .updateTable('identity.session')
      .set({ refreshed_at: now, roles: person.roles })
      .where('id', '=', session.id)
      .execute();
    return done(await issueSession(ports, trx, signer, org, person, session, hash, now));
  });
}

async function mayRepeat(
  trx: IdentityTx,
  token: { readonly hash: string; readonly used_at: number | null },
  { station }: { readonly station: string | null },
  now: number,
): Promise<boolean> {
  if (token.used_at === null || (station === null && now - token.used_at > REPEAT_WINDOW_MS)) return false;
  const used = await trx
    .selectFrom('identity.refresh_token')
    .select('hash')
    .where('parent', '=', token.hash)
    .where('used_at', 'is not', null)
    .executeTakeFirst();
  return used === undefined;
}
