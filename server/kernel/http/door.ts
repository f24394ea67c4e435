/** Who is at the door: by a token in the Authorization header, or by the cookies of a page of the center's own. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type AuthenticatedUser,
  type Bearers,
  type Browser,
  type Caller,
  type Operator,
  type ShownToken,
  shownToken,
  type Visitor,
} from './auth.ts';
import { clearCookie, cookieIn, cookiesOf, setCookie } from './cookies.ts';
import { CSRF_HEADER, type Csrf } from './csrf.ts';
import type { Dpop } from './dpop.ts';
import { isOthersPage, isOwnPage, type Network } from './network.ts';
import { Problem } from './problem.ts';
import type { Access, Route } from './route.ts';

export interface DoorOptions {
  readonly bearers: Bearers;
  /** Whether a token is the operator's. */
  readonly isOperator: (token: string) => boolean;
  /** Whether it is the one that figures are read with. */
  readonly isScraper: (token: string) => boolean;
  readonly csrf: Csrf;
  readonly dpop: Dpop;
  readonly network: Network;
}

export interface LetIn {
  readonly caller: Caller | Operator | Browser | Visitor | null;
  /** Of a person or a workstation: who they are by now, by the same token; null where it is not good any more. */
  readonly again?: () => Promise<Caller | null>;
}

export type Door = (
  route: Pick<Route, 'access' | 'method'>,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<LetIn>;

/** What whoever shows no token that is good any more is told. */
export const tokenMissing = (): Problem =>
  new Problem(401, 'bearer.missing', 'Send a token that is still good in the Authorization header.');

/** Throws Problem 401 for nobody known, 403 for a call that another site's page may have had sent. */
export function makeDoor(options: DoorOptions): Door {
  const { bearers, isOperator, isScraper, csrf, dpop } = options;

  const byToken = async (
    { scheme, token }: ShownToken,
    access: Access,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<LetIn | null> => {
    const device = access === 'user' || scheme === 'bearer' ? null : await bearers.deviceOf(token);
    const caller = device ?? (access === 'device' ? null : await bearers.userOf(token));
    if (caller === null) return null;
    if (caller.kind === 'user' && caller.proof !== scheme) return null;
    const again = () => (caller.kind === 'device' ? bearers.deviceOf(token) : bearers.userOf(token));
    if (caller.jkt === null) return { caller, again };
    const [path = ''] = request.url.split('?');
    const { method, host } = request;
    const judged = await dpop.judge({ proof: request.headers.dpop, method, path, host, token, jkt: caller.jkt });
    if (judged === 'good') return { caller, again };
    reply.header('dpop-nonce', dpop.nonce());
    throw unproven(judged);
  };

  const byCookie = async (
    route: Pick<Route, 'method'>,
    request: FastifyRequest,
  ): Promise<{ readonly caller: AuthenticatedUser; readonly again: () => Promise<Caller | null> } | null> => {
    const cookies = cookiesOf(isSecure(request, options.network));
    const token = cookieIn(request.headers.cookie, cookies.access);
    if (token === null) return null;
    if (isOthersPage(request.headers)) throw forged();
    const caller = await bearers.userOf(token);
    if (caller?.proof !== 'cookie') return null;
    const vouched =
      route.method === 'GET' ||
      csrf.holds(caller.session, request.headers[CSRF_HEADER], cookieIn(request.headers.cookie, cookies.csrf));
    if (!vouched) throw forged();
    return { caller, again: () => bearers.userOf(token) };
  };

  return async (route, request, reply) => {
    const { access } = route;
    const { authorization } = request.headers;
    // Whoever proves a key is told in time what the next proof has to hold.
    if (request.headers.dpop !== undefined) reply.header('dpop-nonce', dpop.nonce());
    if (access === 'public' || (access === 'optional' && authorization === undefined)) return NOBODY;
    if (access === 'browser') return { caller: browserAt(request, reply, options) };
    if (access === 'visitor') {
      // Another site's page has a browser send no session, by its cookies' attributes; one that says so is not asked.
      const signedIn = async () =>
        isOthersPage(request.headers) ? null : ((await byCookie({ method: 'GET' }, request))?.caller ?? null);
      return { caller: visitorAt(request, reply, options, signedIn) };
    }
    const shown = shownToken(authorization);
    if (access === 'operator') {
      if (shown?.scheme === 'bearer' && isOperator(shown.token)) return { caller: { kind: 'operator' } };
    } else if (access === 'scraper') {
      // Never by where it comes from: behind a proxy of the same machine everyone comes from here.
      if (shown?.scheme === 'bearer' && (isScraper(shown.token) || isOperator(shown.token))) return NOBODY;
    } else {
      const byPage = authorization === undefined && (access === 'user' || access === 'any');
      const letIn = shown
        ? await byToken(shown, access, request, reply)
        : byPage
          ? await byCookie(route, request)
          : null;
      if (letIn) return letIn;
    }
    throw tokenMissing();
  };
}

const NOBODY: LetIn = { caller: null };

function browserAt(request: FastifyRequest, reply: FastifyReply, { csrf, network }: DoorOptions): Browser {
  if (!isOwnPage(request.headers, `${request.protocol}://${request.host}`, network)) throw forged();
  const cookies = cookiesOf(isSecure(request, network));
  const { cookie } = request.headers;
  return {
    kind: 'browser',
    refreshToken: cookieIn(cookie, cookies.refresh),
    vouchesFor: (session) => csrf.holds(session, request.headers[CSRF_HEADER], cookieIn(cookie, cookies.csrf)),
    keep: keeping(reply, cookies, csrf),
    forget: () => {
      reply.header('set-cookie', [cookies.access, cookies.refresh, cookies.csrf].map(clearCookie));
    },
  };
}

function visitorAt(
  request: FastifyRequest,
  reply: FastifyReply,
  { csrf, network }: DoorOptions,
  signedIn: Visitor['signedIn'],
): Visitor {
  const cookies = cookiesOf(isSecure(request, network));
  const { ticket } = cookies;
  return {
    kind: 'visitor',
    ticket: cookieIn(request.headers.cookie, ticket),
    signedIn,
    hold: (value, seconds) => {
      reply.header('set-cookie', `${setCookie(ticket, value)}; Max-Age=${seconds}`);
    },
    drop: () => {
      reply.header('set-cookie', clearCookie(ticket));
    },
    keep: keeping(reply, cookies, csrf),
  };
}

function keeping(reply: FastifyReply, cookies: ReturnType<typeof cookiesOf>, csrf: Csrf): Browser['keep'] {
  return ({ session, accessToken, refreshToken }) => {
    reply.header('set-cookie', [
      setCookie(cookies.access, accessToken),
      setCookie(cookies.refresh, refreshToken),
      setCookie(cookies.csrf, csrf.issue(session)),
    ]);
  };
}

/** Whether the browser reached the center over https: it did so itself, by a proxy that is believed, or by the only address there is. */
function isSecure(request: FastifyRequest, { publicOrigins }: Network): boolean {
  if (request.protocol === 'https') return true;
  return publicOrigins.length > 0 && publicOrigins.every((origin) => origin.startsWith('https:'));
}

function forged(): Problem {
  return new Problem(
    403,
    'page.foreign',
    'This call did not come from a page of the center’s own, or that page is out of date; load it again.',
  );
}

function unproven(judged: 'stale' | 'bad'): Problem {
  return judged === 'stale'
    ? new Problem(401, 'dpop.nonce', 'Prove the key again, with the nonce of this answer.')
    : new Problem(
        401,
        'dpop.proof',
        'This token is bound to the key of a workstation: send it as DPoP, with a fresh proof of that key for this very call.',
      );
}
