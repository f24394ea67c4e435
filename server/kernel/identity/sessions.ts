/**
 * Signing in, refreshing and ending. What is refused is refused in one shape: the answer, and the work done for it, do not
 * tell whether a user name exists, whether the password was right or whether the account is paused.
 */
import { sql } from 'kysely';
import { uuidV7 } from '#domain/kernel/ids.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { type Grant, grantText, type SessionOut } from '#domain/wire/sync.ts';
import type { Signer } from '#sealing/signing.ts';
import { afterFailure, isPaused, NO_FAILURES } from './lockout.ts';
import type { IdentityPorts } from './ports.ts';
import { limitKey, newRefreshToken, refreshTokenHash } from './secrets.ts';
import type { IdentityTables, IdentityTx } from './tables.ts';
import { accessToken, type DeviceBearer } from './tokens.ts';

/** How long a person may sign in at a station without the center. */
const GRANT_LIFE_MS = 72 * 3_600_000;
/** A refresh token outlives the grant given with it, so that a session survives any outage that its grant does. */
const REFRESH_LIFE_MS = 96 * 3_600_000;
const SESSION_LIFE_MS = 14 * 24 * 3_600_000;
/** A client whose answer was lost may ask once more within this time (RFC 9700, 4.14.2, allows such a window). */
const REPEAT_WINDOW_MS = 30_000;

/** A session of the API has no station, so no grant. */
export type ApiSessionOut = Omit<SessionOut, 'grant'>;

const SIGN_IN_REFUSED = refused(
  'sign_in.refused',
  'User name or password is not right, or sign-in is paused for 30 minutes after five wrong passwords.',
);
const REFRESH_REFUSED = refused('session.ended', 'This session has ended; sign in again.');

interface PersonRow {
  readonly id: string;
  readonly site: string | null;
  readonly login: string;
  readonly name: string;
  readonly roles: Role[];
  readonly active: boolean;
  readonly password: string;
}

interface SessionRow {
  readonly id: string;
  readonly started_at: number;
  readonly expires_at: number;
  readonly station: string | null;
  readonly site: string | null;
}

export interface SignIn {
  /** The station at which it happens; null for the API. */
  readonly device: DeviceBearer | null;
  readonly user: string;
  readonly password: string;
  readonly position: string | null;
}

/** Where an API user belongs: `name@org`, or a name that is the only one of its kind here. */
async function orgOfLogin(ports: IdentityPorts, user: string): Promise<{ org: string; login: string } | null> {
  const { rows } = await ports.db.preOrg((client) =>
    client.query<{ org: string }>('select org from identity.orgs_of_login($1)', [user]),
  );
  if (rows.length === 1 && rows[0]) return { org: rows[0].org, login: user };
  const at = user.lastIndexOf('@');
  return at > 0 ? { org: user.slice(at + 1), login: user.slice(0, at) } : null;
}

/**
 * Counts the attempt before the password is looked at, under the account's row lock, so that guesses sent at once count
 * one by one. True where sign-in is paused.
 */
async function countAttempt(trx: IdentityTx, org: string, account: string, now: number): Promise<boolean> {
  await trx
    .insertInto('identity.sign_in_failures')
    .values({ org, account, times: [], paused_until: null })
    .onConflict((on) => on.columns(['org', 'account']).doNothing())
    .execute();
  const row = await trx
    .selectFrom('identity.sign_in_failures')
    .selectAll()
    .where('account', '=', account)
    .forUpdate()
    .executeTakeFirst();
  const held = row ? { times: row.times, pausedUntil: row.paused_until } : NO_FAILURES;
  const next = afterFailure(held, now);
  await trx
    .updateTable('identity.sign_in_failures')
    .set({ times: [...next.times], paused_until: next.pausedUntil })
    .where('account', '=', account)
    .execute();
  return isPaused(held, now);
}

/** Signs a person in. At a station the answer carries the grant for signing in there without the center. */
export async function signIn(ports: IdentityPorts, input: SignIn): Promise<Outcome<SessionOut | ApiSessionOut>> {
  const user = input.user.trim().toLowerCase();
  const at = input.device ? { org: input.device.org, login: user } : await orgOfLogin(ports, user);
  if (!at) {
    await ports.passwords.holds(null, input.password);
    return SIGN_IN_REFUSED;
  }
  const { org, login } = at;
  const account = limitKey(input.device ? 'station' : 'api', login);
  const { person, paused } = await ports.db.inOrg<IdentityTables, { person: PersonRow | undefined; paused: boolean }>(
    { org },
    async (trx) => ({
      paused: await countAttempt(trx, org, account, ports.clock()),
      person: await trx.selectFrom('identity.person').selectAll().where('login', '=', login).executeTakeFirst(),
    }),
  );
  const here = person && (person.site === null || !input.device || person.site === input.device.site);
  const holds = await ports.passwords.holds(person?.password ?? null, input.password);
  const good = holds && person?.active && here && !paused;
  const { signer } = await ports.keys.centerKeys(org);
  return ports.db.inOrg<IdentityTables, Outcome<SessionOut | ApiSessionOut>>(
    { org, actor: good ? person.id : null, device: input.device?.station ?? null },
    async (trx) => {
      if (!good) {
        await sql`select audit.note_act('act', 'identity.person', ${person?.id ?? null}, ${JSON.stringify({ act: 'sign-in refused', station: input.device?.station ?? null, paused })}::jsonb)`.execute(
          trx,
        );
        return SIGN_IN_REFUSED;
      }
      // Whoever was withdrawn while the password was checked does not come in by it.
      const still = await trx
        .selectFrom('identity.person')
        .select('id')
        .where('id', '=', person.id)
        .where('active', '=', true)
        .where('password', '=', person.password)
        .forShare()
        .executeTakeFirst();
      if (!still) return SIGN_IN_REFUSED;
      await trx.deleteFrom('identity.sign_in_failures').where('account', '=', account).execute();
      const now = ports.clock();
      const session: SessionRow = {
        id: uuidV7(now, ports.random),
        started_at: now,
        expires_at: now + SESSION_LIFE_MS,
        station: input.device?.station ?? null,
        site: input.device?.site ?? person.site,
      };
      await trx
        .insertInto('identity.session')
        .values({
          org,
          ...session,
          person: person.id,
          position: input.position,
          roles: person.roles,
          refreshed_at: now,
        })
        .execute();
      return done(await answer(ports, trx, signer, org, person, session, null, now));
    },
  );
}

/** A new refresh token, access token and, at a station, grant for a session. */
async function answer(
  ports: IdentityPorts,
  trx: IdentityTx,
  signer: Signer,
  org: string,
  person: PersonRow,
  session: SessionRow,
  parent: string | null,
  now: number,
): Promise<SessionOut | ApiSessionOut> {
  const refreshToken = newRefreshToken(ports.random);
  await trx
    .insertInto('identity.refresh_token')
    .values({
      org,
      hash: refreshTokenHash(refreshToken),
      session: session.id,
      parent,
      issued_at: now,
      expires_at: Math.min(now + REFRESH_LIFE_MS, session.expires_at),
    })
    .execute();
  const bearer = {
    org,
    user: person.id,
    session: session.id,
    roles: person.roles,
    site: session.site,
    station: session.station,
  };
  const access = accessToken(signer, bearer, now);
  const out = {
    session: session.id,
    user: person.id,
    name: person.name,
    roles: person.roles,
    accessToken: access.token,
    accessExpiresAt: access.expiresAt,
    refreshToken,
  };
  if (session.station === null || session.site === null) return out;
  const unsigned: Omit<Grant, 'sig'> = {
    id: uuidV7(now, ports.random),
    org,
    site: session.site,
    station: session.station,
    session: session.id,
    user: person.id,
    login: person.login,
    name: person.name,
    roles: person.roles,
    issuedAt: now,
    expiresAt: now + GRANT_LIFE_MS,
  };
  await keepGrant(trx, unsigned, session);
  return { ...out, grant: { ...unsigned, sig: signer.sign(grantText(unsigned)) } };
}

/** What is written under the session, and under the grant while offline, stands until the grant ends. */
async function keepGrant(trx: IdentityTx, grant: Omit<Grant, 'sig'>, session: SessionRow): Promise<void> {
  await trx
    .insertInto('identity.offline_grant')
    .values({
      org: grant.org,
      id: grant.id,
      session: session.id,
      person: grant.user,
      station: grant.station,
      issued_at: grant.issuedAt,
      expires_at: grant.expiresAt,
    })
    .execute();
  const standing = { org: grant.org, user_id: grant.user, roles: grant.roles, valid_until: grant.expiresAt };
  await trx
    .insertInto('kernel.standing')
    .values([
      { ...standing, session: session.id, valid_from: session.started_at },
      { ...standing, session: grant.id, valid_from: grant.issuedAt },
    ])
    .onConflict((on) =>
      on.columns(['org', 'session']).doUpdateSet({ roles: grant.roles, valid_until: grant.expiresAt }),
    )
    .execute();
}

/**
 * Exchanges a refresh token for a new one. A token that was used before ends its whole family, unless its answer may have
 * been lost: within 30 s, and while nobody has used what came of it. Whoever used first wins; the other answer is void.
 */
export async function refresh(
  ports: IdentityPorts,
  input: { readonly refreshToken: string; readonly device: DeviceBearer | null },
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
    if (session.station !== null && input.device?.station !== session.station) return REFRESH_REFUSED;
    const token = await trx
      .selectFrom('identity.refresh_token')
      .selectAll()
      .where('hash', '=', hash)
      .executeTakeFirstOrThrow();
    if (token.expires_at <= now) return REFRESH_REFUSED;
    if (token.superseded || (token.used_at !== null && !(await mayRepeat(trx, token, now)))) {
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
    return done(await answer(ports, trx, signer, org, person, session, hash, now));
  });
}

async function mayRepeat(
  trx: IdentityTx,
  token: { readonly hash: string; readonly used_at: number | null },
  now: number,
): Promise<boolean> {
  if (token.used_at === null || now - token.used_at > REPEAT_WINDOW_MS) return false;
  const used = await trx
    .selectFrom('identity.refresh_token')
    .select('hash')
    .where('parent', '=', token.hash)
    .where('used_at', 'is not', null)
    .executeTakeFirst();
  return used === undefined;
}

async function endSession(
  trx: IdentityTx,
  session: string,
  reason: 'signed out' | 'reused',
  now: number,
): Promise<void> {
  await trx
    .updateTable('identity.session')
    .set({ ended_at: now, end_reason: reason })
    .where('id', '=', session)
    .where('ended_at', 'is', null)
    .execute();
}

/** Whose session it is was not known when the transaction began: its audit rows say so from here on. */
async function actsIn(
  trx: IdentityTx,
  session: { readonly id: string; readonly person: string; readonly station: string | null },
): Promise<void> {
  await sql`select set_config('qd.actor', ${session.person}, true), set_config('qd.session', ${session.id}, true),
    set_config('qd.device', ${session.station ?? ''}, true)`.execute(trx);
}

/** Ends the session of a refresh token. An unknown token is answered alike: there is nothing left to end. */
export async function end(ports: IdentityPorts, refreshToken: string): Promise<void> {
  const hash = refreshTokenHash(refreshToken);
  const org = await orgOfRefresh(ports, hash);
  if (org === null) return;
  await ports.db.inOrg<IdentityTables, void>({ org }, async (trx) => {
    const token = await trx
      .selectFrom('identity.refresh_token')
      .select('session')
      .where('hash', '=', hash)
      .executeTakeFirst();
    if (!token) return;
    await actsIn(
      trx,
      await trx
        .selectFrom('identity.session')
        .select(['id', 'person', 'station'])
        .where('id', '=', token.session)
        .executeTakeFirstOrThrow(),
    );
    await endSession(trx, token.session, 'signed out', ports.clock());
  });
}

async function orgOfRefresh(ports: IdentityPorts, hash: string): Promise<string | null> {
  const { rows } = await ports.db.preOrg((client) =>
    client.query<{ org: string }>('select org from identity.org_of_refresh($1)', [hash]),
  );
  return rows[0]?.org ?? null;
}
