/** The budgets at the door: spent before anything is done, told in every answer. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Browser, Caller, Operator, Visitor } from '../http/auth.ts';
import { Problem } from '../http/problem.ts';
import type { Route } from '../http/route.ts';
import type { Budgets, RouteClass, Standing } from './budgets.ts';

function classOf({ budget, access, method }: Pick<Route, 'budget' | 'access' | 'method'>): RouteClass {
  if (budget !== undefined) return budget;
  if (access === 'device' || access === 'user' || access === 'any') return method === 'GET' ? 'read' : 'write';
  return 'open';
}

/** By where it comes from, before it is known who asks. Throws Problem 429. */
export function spendAddress(budgets: Budgets, route: Route, request: FastifyRequest, reply: FastifyReply): void {
  told(reply, budgets.spend(classOf(route), { address: request.ip }));
  if (route.perMinute !== undefined) told(reply, budgets.spendOwn(route.path, route.perMinute, request.ip));
}

/** By who asks. Throws Problem 429. */
export function spendCaller(
  budgets: Budgets,
  route: Route,
  caller: Caller | Operator | Browser | Visitor | null,
  reply: FastifyReply,
): void {
  if (caller?.kind !== 'device' && caller?.kind !== 'user') return;
  const { org: organisation } = caller;
  const account = caller.kind === 'user' ? `${organisation}|${caller.user}` : null;
  const device = caller.station === null ? null : `${organisation}|${caller.station}`;
  told(reply, budgets.spend(classOf(route), { account, device, organisation }));
}

function told(reply: FastifyReply, standing: Standing | null): void {
  if (standing === null) return;
  const { policy, quota, windowS, remaining, resetS, spent } = standing;
  reply.header('ratelimit-policy', `"${policy}";q=${quota};w=${windowS}`);
  reply.header('ratelimit', `"${policy}";r=${spent ? 0 : remaining};t=${resetS}`);
  if (!spent) return;
  throw new Problem(429, 'limit.reached', `This is more than is answered in a minute; wait ${resetS} s and go on.`, {
    retryAfter: resetS,
  });
}
