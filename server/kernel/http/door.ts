/** Who is at the door: by a token in the Authorization header, or by the cookies of a page of the center's own. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type Bearers,
  type Browser,
  bearerToken,
  type Caller,
  type Operator,
  type Proof,
  type Visitor,
} from './auth.ts';
import { clearCookie, cookieIn, cookiesOf, setCookie } from './cookies.ts';
import { CSRF_HEADER, type Csrf } from './csrf.ts';
import { isOthersPage, isOwnPage, type Network } from './network.ts';
import { Problem } from './problem.ts';
import type { Access, Route } from './route.ts';

export interface DoorOptions {
  readonly bearers: Bearers;
  /** Whether a token is the operator's. */
  readonly isOperator: (token: string) => boolean;
  readonly csrf: Csrf;
  readonly network: Network;
}

export type Door = (
  route: Pick<Route, 'access' | 'method'>,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<Caller | Operator | Browser | Visitor | null>;

/** Throws Problem 401 for nobody known, 403 for a call that another site's page may have had sent. */
export function makeDoor(options: DoorOptions): Door {
  const { bearers, isOperator, csrf } = options;

  const knownBy = async (token: string, access: Access, proof: Proof): Promise<Caller | null> => {
    if (access !== 'user' && proof === 'bearer') {
      const device = await bearers.deviceOf(token);
      if (device) return device;
    }
    if (access === 'device') return null;
    const user = await bearers.userOf(token);
    return user?.proof === proof ? user : null;
  };

  const byCookie = async (route: Pick<Route, 'access' | 'method'>, request: FastifyRequest): Promise<Caller | null> => {
    const cookies = cookiesOf(isSecure(request, options.network));
    const token = cookieIn(request.headers.cookie, cookies.access);
    if (token === null) return null;
    if (isOthersPage(request.headers)) throw forged();
    const caller = await knownBy(token, route.access, 'cookie');
    if (caller?.kind !== 'user') return null;
    const vouched =
      route.method === 'GET' ||
      csrf.holds(caller.session, request.headers[CSRF_HEADER], cookieIn(request.headers.cookie, cookies.csrf));
    if (!vouched) throw forged();
    return caller;
  };

  return async (route, request, reply) => {
    const { access } = route;
    const { authorization } = request.headers;
    if (access === 'public' || (access === 'optional' && authorization === undefined)) return null;
    if (access === 'browser') return browserAt(request, reply, options);
    if (access === 'visitor') return visitorAt(request, reply, options);
    const token = bearerToken(authorization);
    if (token !== null && access === 'operator' && isOperator(token)) return { kind: 'operator' };
    if (access !== 'operator') {
      const caller =
        token !== null
          ? await knownBy(token, access, 'bearer')
          : authorization === undefined && (access === 'user' || access === 'any')
            ? await byCookie(route, request)
            : null;
      if (caller) return caller;
    }
    throw new Problem(401, 'bearer.missing', 'Send a token that is still good in the Authorization header.');
  };
}

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

function visitorAt(request: FastifyRequest, reply: FastifyReply, { csrf, network }: DoorOptions): Visitor {
  const cookies = cookiesOf(isSecure(request, network));
  const { ticket } = cookies;
  return {
    kind: 'visitor',
    ticket: cookieIn(request.headers.cookie, ticket),
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
