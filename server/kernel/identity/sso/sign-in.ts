/** Signing in by the organisation's provider: OpenID Connect with PKCE (S256), nonce and state (RFC 9700, 2.1). */
import * as oidc from 'openid-client';
import type { Logger } from 'pino';
import type { SsoRefusal, SsoSettings } from '#domain/identity/api/sso.ts';
import { noteAttempt } from '../../security/attempts.ts';
import { actIn } from '../acts.ts';
import { accountOf } from '../passwords/attempts.ts';
import type { IdentityPorts } from '../ports.ts';
import { type ChallengeFor, challengeEnds, newChallenge, takeChallenge } from '../second-factor/challenge.ts';
import { MFA } from '../second-factor/held.ts';
import { endSession } from '../sessions/end-session.ts';
import { type ApiSessionOut, beginSession, type Holder } from '../sessions/issue-session.ts';
import type { IdentityTables } from '../tables.ts';
import { toldBy, type Vouched, vouchedBy } from './claims.ts';
import { memberFor } from './member.ts';
import type { ProviderOf } from './provider.ts';
import { ssoOf } from './settings.ts';
import { tellOfProvider } from './telling.ts';
import { readTicket, type Ticket, ticketText } from './ticket.ts';

export interface SsoPorts extends IdentityPorts {
  readonly logger: Pick<Logger, 'warn'>;
  readonly providerOf: ProviderOf;
}

export const CALLBACK = '/v1/sso/callback';

type Refused = { readonly ok: false; readonly why: SsoRefusal };
const not = (why: SsoRefusal): Refused => ({ ok: false, why });
const signingOn = (org: string): ChallengeFor => ({ purpose: 'single sign-on', to: org });

/** How long ago somebody who is to prove themselves anew may have done so at the provider. */
const ANEW_S = 60;
/** Two clocks may be so far apart. ms */
const SKEW_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * Where the browser goes, and the ticket with which it comes back. `anew`: the provider is to ask, although it knows them.
 * `holder`: who is signed in there, and is to be linked with whomever the provider vouches for. `before`: the browser's session.
 */
export async function beginSso(
  ports: SsoPorts,
  org: string,
  { anew, holder, before }: Pick<Ticket, 'anew' | 'holder' | 'before'>,
): Promise<{ readonly ok: true; readonly to: string; readonly ticket: string } | Refused> {
  const set = (await isOrganisation(ports, org)) ? await ssoOf(ports, org) : null;
  if (!set?.settings.on) return not('sso.off');
  const { settings } = set;
  const provider = await ports.providerOf(settings, set.clientSecret).catch((error: unknown) => {
    tellOfProvider(ports.logger, settings, error);
    return null;
  });
  if (!provider) return not('sso.provider');
  const state = newChallenge(ports.keys, signingOn(org), ports.clock(), ports.random);
  const ticket: Ticket = {
    org,
    issuer: settings.issuer,
    state,
    nonce: oidc.randomNonce(),
    verifier: oidc.randomPKCECodeVerifier(),
    anew,
    holder,
    before,
  };
  const to = oidc.buildAuthorizationUrl(provider, {
    redirect_uri: `${ports.publicUrl()}${CALLBACK}`,
    scope: [...new Set(['openid', ...settings.scopes])].join(' '),
    state,
    nonce: ticket.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(ticket.verifier),
    code_challenge_method: 'S256',
    // Whoever proved themselves longer ago is asked again (OpenID Connect Core 1.0, 3.1.2.1).
    max_age: String(anew ? ANEW_S : (settings.maxHours * HOUR_MS) / 1_000),
    ...(anew ? { prompt: 'login' } : {}),
  });
  return { ok: true, to: to.href, ticket: ticketText(ports.keys, ticket, ports.random) };
}

/** Takes what the browser brought back from the provider. `query` as it came, with its `?`. */
export async function finishSso(
  ports: SsoPorts,
  came: { readonly ticket: string | null; readonly query: string; readonly address: string; readonly request: string },
): Promise<{ readonly ok: true; readonly session: ApiSessionOut } | Refused> {
  const ticket = came.ticket === null ? null : readTicket(ports.keys, came.ticket);
  if (!ticket || new URLSearchParams(came.query).get('state') !== ticket.state) return not('sso.stale');
  const { org } = ticket;
  const now = ports.clock();
  const ends = challengeEnds(ports.keys, signingOn(org), ticket.state, now);
  if (ends === null) return not('sso.stale');
  const fresh = await ports.db.inOrg<IdentityTables, boolean>({ org }, (trx) =>
    takeChallenge(trx, org, ticket.state, ends, now),
  );
  if (!fresh) return not('sso.stale');
  const set = await ssoOf(ports, org);
  if (!set?.settings.on || set.settings.issuer !== ticket.issuer) return not('sso.off');
  const vouched = await vouchedAt(ports, set.settings, set.clientSecret, ticket, came.query);
  const member = vouched.ok
    ? await memberFor(ports, org, set.settings, vouched.of, ticket.holder, came.request)
    : vouched;
  if (!vouched.ok || !member.ok) {
    const why = member.ok ? 'sso.provider' : member.why;
    await ports.db.inOrg<IdentityTables, void>({ org, request: came.request }, (trx) =>
      actIn(trx, 'identity.sso', org, { act: 'single sign-on refused', why }),
    );
    return not(why);
  }
  const session = await opened(ports, org, member.person, vouched.of, { ...came, maxHours: set.settings.maxHours });
  if (session.ok && ticket.before) await endBefore(ports, ticket.before, came.request);
  return session;
}

/** Its cookies went to the one that took its place: nobody holds it any more. */
async function endBefore(
  ports: IdentityPorts,
  { org, person, session }: NonNullable<Ticket['before']>,
  request: string,
): Promise<void> {
  await ports.db.inOrg<IdentityTables, void>({ org, actor: person, session, request }, (trx) =>
    endSession(trx, session, 'signed out', ports.clock()),
  );
}

/** What the provider says of whoever came back with this code, its word checked: signature, issuer, audience, nonce, time. */
async function vouchedAt(
  ports: SsoPorts,
  settings: SsoSettings,
  clientSecret: string | null,
  ticket: Ticket,
  query: string,
): Promise<{ readonly ok: true; readonly of: Vouched } | Refused> {
  try {
    const provider = await ports.providerOf(settings, clientSecret);
    const tokens = await oidc.authorizationCodeGrant(provider, new URL(`${ports.publicUrl()}${CALLBACK}${query}`), {
      pkceCodeVerifier: ticket.verifier,
      expectedState: ticket.state,
      expectedNonce: ticket.nonce,
      idTokenExpected: true,
      ...(ticket.anew ? { maxAge: ANEW_S } : {}),
    });
    const claims = tokens.claims();
    if (!claims) return not('sso.provider');
    const whole = claims.email !== undefined && claims[settings.groupsClaim] !== undefined;
    // Many providers keep the ID token small and tell the rest where it is asked for; the subject has to be the same.
    const more = whole ? {} : await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub);
    const vouched = vouchedBy(toldBy({ ...claims }, more), settings);
    if (!vouched.ok || vouched.of.provenAt === null) return vouched;
    // A provider that says when it last asked, and that this is too long ago, did not do what it was told.
    const late = vouched.of.provenAt + settings.maxHours * HOUR_MS + SKEW_MS < ports.clock();
    return late ? not('sso.provider') : vouched;
  } catch (error) {
    tellOfProvider(ports.logger, settings, error);
    return not('sso.provider');
  }
}

async function opened(
  ports: SsoPorts,
  org: string,
  person: string,
  vouched: Vouched,
  came: { readonly address: string; readonly request: string; readonly maxHours: number },
): Promise<{ readonly ok: true; readonly session: ApiSessionOut } | Refused> {
  const { signer } = await ports.keys.centerKeys(org);
  const scope = { org, actor: person, request: came.request };
  return ports.db.inOrg<IdentityTables, { ok: true; session: ApiSessionOut } | Refused>(scope, async (trx) => {
    const holder = await trx
      .selectFrom('identity.person')
      .select(['id', 'site', 'login', 'name', 'roles'])
      .where('id', '=', person)
      .where('active', '=', true)
      .forShare()
      .executeTakeFirst();
    if (!holder) return not('sso.unknown');
    const account = accountOf('api', holder.login);
    await noteAttempt(ports, trx, org, { account, person, address: came.address, station: null, good: true });
    const amr = vouched.secondFactor ? ['fed', MFA] : ['fed'];
    // A provider that knew them did not ask: what is sensitive here goes by when it last did, and so does how long this lasts.
    const proven_at = Math.min(vouched.provenAt ?? ports.clock(), ports.clock());
    const from = { device: null, position: null, page: true, amr, until: proven_at + came.maxHours * HOUR_MS };
    const session = await beginSession(ports, trx, signer, org, holder satisfies Holder, from);
    await trx.updateTable('identity.session').set({ proven_at }).where('id', '=', session.session).execute();
    return { ok: true, session };
  });
}

async function isOrganisation(ports: Pick<IdentityPorts, 'db'>, org: string): Promise<boolean> {
  const { rowCount } = await ports.db.pool.query('select from kernel.organisations() o where o = $1', [org]);
  return rowCount === 1;
}
