/** Sessions of other people: seen, and ended at once. */
import { z } from 'zod';
import { IDENTITY_ACTIONS as ACTIONS } from '#domain/identity/actions.ts';
import { RevokedOutSchema, SessionsOutSchema } from '#domain/identity/api/sessions.ts';
import { taken } from '../../http/problem.ts';
import { type Route, route } from '../../http/route.ts';
import { scopeOf } from '../../http/scope.ts';
import type { IdentityPorts } from '../ports.ts';
import { endSessionsOf, sessionsOf } from '../sessions/session-list.ts';
import { worksAt } from '../works-at.ts';

const Id = z.string().min(1).max(128);
const Nothing = z.strictObject({});
const OfPerson = z.strictObject({ person: Id });

export function personSessionRoutes(ports: IdentityPorts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/people/{person}/sessions',
      title: 'Sessions of a person',
      access: 'user',
      action: ACTIONS['people.read'],
      params: OfPerson,
      output: SessionsOutSchema,
      handler: async ({ caller, params, permit }) => {
        permit(ACTIONS['people.read'], await worksAt(ports, caller.org, params.person));
        return { sessions: await sessionsOf(ports, caller.org, params.person, caller.session) };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/people/{person}/sessions/revoke',
      title: 'End every session of a person, at once',
      access: 'user',
      action: ACTIONS['people.sign_out'],
      params: OfPerson,
      body: Nothing,
      output: RevokedOutSchema,
      handler: async ({ caller, params, request, reason, permit }) => {
        permit(ACTIONS['people.sign_out'], await worksAt(ports, caller.org, params.person));
        const acting = scopeOf(caller, request, reason);
        return taken(await endSessionsOf(ports, acting, caller.org, params.person, { allBut: null }));
      },
    }),
    route({
      method: 'POST',
      path: '/v1/people/{person}/sessions/{session}/revoke',
      title: 'End a session of a person, at once',
      access: 'user',
      action: ACTIONS['people.sign_out'],
      params: OfPerson.extend({ session: Id }),
      body: Nothing,
      output: RevokedOutSchema,
      handler: async ({ caller, params, request, reason, permit }) => {
        permit(ACTIONS['people.sign_out'], await worksAt(ports, caller.org, params.person));
        const acting = scopeOf(caller, request, reason);
        return taken(await endSessionsOf(ports, acting, caller.org, params.person, { session: params.session }));
      },
    }),
  ];
}
