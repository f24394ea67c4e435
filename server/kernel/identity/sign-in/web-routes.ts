/** The doors of a browser at the center's own page. Sessions are those of the API; only how they are held differs. */
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { PasskeyOptionsOutSchema, PasskeySignInSchema } from '#domain/identity/api/mfa.ts';
import { type WebSessionOut, WebSessionOutSchema, WebSignInSchema, WhoAmIOutSchema } from '#domain/identity/api/web.ts';
import type { Outcome } from '#domain/kernel/refusal.ts';
import type { Browser } from '../../http/auth.ts';
import { WEB } from '../../http/cookies.ts';
import { Problem } from '../../http/problem.ts';
import { type Route, route } from '../../http/route.ts';
import { limited } from '../limits.ts';
import type { IdentityPorts } from '../ports.ts';
import { type Needed, signedIn } from '../second-factor/asking.ts';
import { passkeySignInOptions, signInByPasskey } from '../second-factor/passkey-sign-in.ts';
import { end, sessionOfRefresh } from '../sessions/end-session.ts';
import type { ApiSessionOut } from '../sessions/issue-session.ts';
import { refresh } from '../sessions/refresh.ts';
import type { IdentityTables } from '../tables.ts';
import { signIn } from './sign-in.ts';

const Nothing = z.strictObject({});
const SMALL = 16_384;

export function webRoutes(ports: IdentityPorts): readonly Route[] {
  const held = (browser: Browser, outcome: Outcome<ApiSessionOut> | Needed): WebSessionOut => {
    if (!outcome.ok) browser.forget();
    const out = signedIn(outcome);
    browser.keep(out);
    const { session, user, name, roles, accessExpiresAt } = out;
    return { session, user, name, roles, accessExpiresAt };
  };
  /** Whoever signs in anew leaves no session behind in this browser that nobody holds. */
  const begun = async (browser: Browser, outcome: Outcome<ApiSessionOut> | Needed): Promise<WebSessionOut> => {
    if (outcome.ok && browser.refreshToken !== null) await end(ports, browser.refreshToken);
    return held(browser, outcome);
  };
  /** The refresh token of a page that vouches for its session; null where there is no session to speak of. */
  const vouched = async (browser: Browser): Promise<string | null> => {
    const { refreshToken } = browser;
    const session = refreshToken === null ? null : await sessionOfRefresh(ports, refreshToken);
    if (session === null) return null;
    if (browser.vouchesFor(session)) return refreshToken;
    throw new Problem(403, 'page.foreign', 'This page is out of date; load it again.');
  };
  return [
    route({
      method: 'POST',
      path: `${WEB}/sessions`,
      title: 'Sign in at the center’s own page; the tokens go into cookies',
      access: 'browser',
      body: WebSignInSchema,
      output: WebSessionOutSchema,
      bodyLimit: SMALL,
      handler: async ({ caller: browser, body, address, client }) => {
        await limited(ports.limits, 'sign-in address', address);
        await limited(ports.limits, 'sign-in account', `|api|${body.user.trim()}`);
        return begun(
          browser,
          await signIn(ports, { ...body, device: null, position: null, page: true, from: address, client }),
        );
      },
    }),
    route({
      method: 'POST',
      path: `${WEB}/passkey/options`,
      title: 'Options with which a browser offers its passkeys for signing in',
      access: 'browser',
      body: Nothing,
      output: PasskeyOptionsOutSchema,
      bodyLimit: SMALL,
      handler: async ({ address }) => {
        await limited(ports.limits, 'sign-in address', address);
        return { options: { ...(await passkeySignInOptions(ports)) } };
      },
    }),
    route({
      method: 'POST',
      path: `${WEB}/passkey`,
      title: 'Sign in at the center’s own page with a passkey alone',
      access: 'browser',
      body: PasskeySignInSchema,
      output: WebSessionOutSchema,
      bodyLimit: SMALL,
      handler: async ({ caller: browser, body, address, client }) => {
        await limited(ports.limits, 'sign-in address', address);
        return begun(browser, await signInByPasskey(ports, body.passkey, address, client));
      },
    }),
    route({
      method: 'POST',
      path: `${WEB}/refresh`,
      title: 'Have the cookies of a session replaced by new ones',
      access: 'browser',
      body: Nothing,
      output: WebSessionOutSchema,
      bodyLimit: SMALL,
      handler: async ({ caller: browser, address }) => {
        await limited(ports.limits, 'refresh address', address);
        const refreshToken = await vouched(browser);
        if (refreshToken === null) {
          browser.forget();
          throw new Problem(401, 'session.ended', 'This session has ended; sign in again.');
        }
        return held(browser, await refresh(ports, { refreshToken, device: null, page: true }));
      },
    }),
    route({
      method: 'POST',
      path: `${WEB}/end`,
      title: 'Sign out: end the session and have the browser forget it',
      access: 'browser',
      body: Nothing,
      output: Nothing,
      bodyLimit: SMALL,
      handler: async ({ caller: browser, address }) => {
        await limited(ports.limits, 'refresh address', address);
        const refreshToken = await vouched(browser);
        if (refreshToken !== null) await end(ports, refreshToken);
        browser.forget();
        return {};
      },
    }),
    route({
      method: 'GET',
      path: `${WEB}/session`,
      title: 'Who is signed in',
      access: 'user',
      action: IDENTITY_ACTIONS['me.session'],
      output: WhoAmIOutSchema,
      handler: async ({ caller }) => {
        const { org, session, user, roles, site, agency, provenAt, secondFactor } = caller;
        const { name, login } = await ports.db.inOrg<IdentityTables, { name: string; login: string }>({ org }, (trx) =>
          trx.selectFrom('identity.person').select(['name', 'login']).where('id', '=', user).executeTakeFirstOrThrow(),
        );
        return { org, session, user, name, login, roles: [...roles], site, agency, provenAt, secondFactor };
      },
    }),
  ];
}
