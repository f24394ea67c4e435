/** What a session gives its holder: a refresh token, an access token and, at a station, the grant for the time without the center. */
import { uuidV7 } from '#domain/kernel/ids.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { type Grant, grantText, type SessionOut } from '#domain/wire/sync.ts';
import { thumbprintOf } from '#sealing/dpop.ts';
import type { Signer } from '#sealing/signing.ts';
import type { Proof } from '../../http/auth.ts';
import { policyIn } from '../policy/policy.ts';
import type { IdentityPorts } from '../ports.ts';
import { newRefreshToken, refreshTokenHash } from '../secrets.ts';
import type { IdentityTx } from '../tables.ts';
import { type AtStation, accessToken } from '../tokens/tokens.ts';

const HOUR_MS = 3_600_000;
/** A refresh token outlives the grant given with it by so long: a session survives any outage that its grant does. */
const REFRESH_BEYOND_GRANT_MS = 24 * HOUR_MS;
const SESSION_LIFE_MS = 14 * 24 * HOUR_MS;

/** A session of the API has no station, so no grant. */
export type ApiSessionOut = Omit<SessionOut, 'grant' | 'idleLockMinutes' | 'lockout'>;

/** Of a person, what their sessions are made of. */
export interface Holder {
  readonly id: string;
  readonly site: string | null;
  readonly login: string;
  readonly name: string;
  readonly roles: Role[];
}

/** Times in ms UTC. */
export interface SessionRow {
  readonly id: string;
  readonly started_at: number;
  readonly expires_at: number;
  readonly station: string | null;
  readonly site: string | null;
  readonly proof: Proof;
  readonly amr: readonly string[];
}

/** Begins the session of somebody who has proved who they are. `device` null for the API. */
export async function beginSession(
  ports: IdentityPorts,
  trx: IdentityTx,
  signer: Signer,
  org: string,
  person: Holder,
  from: {
    readonly device: AtStation | null;
    readonly position: string | null;
    readonly amr: readonly string[];
    readonly page?: boolean;
    readonly client?: string | null;
    /** Ends it sooner than sessions end, ms UTC. */
    readonly until?: number;
  },
): Promise<SessionOut | ApiSessionOut> {
  const now = ports.clock();
  const session: SessionRow = {
    id: uuidV7(now, ports.random),
    started_at: now,
    expires_at: Math.min(now + SESSION_LIFE_MS, from.until ?? Number.POSITIVE_INFINITY),
    station: from.device?.station ?? null,
    site: from.device?.site ?? person.site,
    proof: from.device ? 'dpop' : from.page ? 'cookie' : 'bearer',
    amr: [...from.amr],
  };
  await trx
    .insertInto('identity.session')
    .values({
      org,
      ...session,
      amr: [...from.amr],
      person: person.id,
      position: from.position,
      client: from.device ? null : (from.client ?? null),
      roles: person.roles,
      refreshed_at: now,
    })
    .execute();
  return issueSession(ports, trx, signer, org, person, session, null, now);
}

/** New tokens and, at a station, a new grant for a session; `parent` is the hash of the refresh token they are given for. */
export async function issueSession(
  ports: IdentityPorts,
  trx: IdentityTx,
  signer: Signer,
  org: string,
  person: Holder,
  session: SessionRow,
  parent: string | null,
  now: number,
): Promise<SessionOut | ApiSessionOut> {
  const { offline, idleLockMinutes, lockout } = await policyIn(trx);
  const grantLife = offline.hours * HOUR_MS;
  const refreshToken = newRefreshToken(ports.random);
  await trx
    .insertInto('identity.refresh_token')
    .values({
      org,
      hash: refreshTokenHash(refreshToken),
      session: session.id,
      parent,
      issued_at: now,
      expires_at: Math.min(now + grantLife + REFRESH_BEYOND_GRANT_MS, session.expires_at),
    })
    .execute();
  const bearer = {
    org,
    user: person.id,
    session: session.id,
    roles: person.roles,
    site: session.site,
    station: session.station,
    proof: session.proof,
    amr: session.amr,
    jkt: session.station === null ? null : await thumbprintOfStation(trx, session.station),
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
    roles: person.roles.filter((role) => offline.roles.includes(role)),
    issuedAt: now,
    expiresAt: now + grantLife,
  };
  await keepGrant(trx, unsigned, session, person.roles);
  return { ...out, grant: { ...unsigned, sig: signer.sign(grantText(unsigned)) }, idleLockMinutes, lockout };
}

async function thumbprintOfStation(trx: IdentityTx, station: string): Promise<string> {
  const { key } = await trx
    .selectFrom('kernel.device')
    .select('key')
    .where('station', '=', station)
    .executeTakeFirstOrThrow();
  return thumbprintOf(key);
}

/** What is written under the session stands with all of the person's roles, under the grant with those it names, until the grant ends. */
async function keepGrant(
  trx: IdentityTx,
  grant: Omit<Grant, 'sig'>,
  session: SessionRow,
  roles: readonly Role[],
): Promise<void> {
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
  const standing = { org: grant.org, user_id: grant.user, valid_until: grant.expiresAt, station: grant.station };
  await trx
    .insertInto('kernel.standing')
    .values([
      { ...standing, session: session.id, roles, valid_from: session.started_at },
      { ...standing, session: grant.id, roles: grant.roles, valid_from: grant.issuedAt },
    ])
    .onConflict((on) =>
      on.columns(['org', 'session']).doUpdateSet((with_) => ({
        roles: with_.ref('excluded.roles'),
        valid_until: with_.ref('excluded.valid_until'),
        station: with_.ref('excluded.station'),
      })),
    )
    .execute();
}
