/** People at the center's doors: the list, changes, resets, pauses; their sessions and invitations. */
import { z } from 'zod';
import { IDENTITY_ACTIONS as ACTIONS } from '#domain/identity/actions.ts';
import { PeopleOutSchema, PersonChangeSchema, ResetInSchema, ResetOutSchema } from '#domain/identity/api/people.ts';
import { taken } from '../../http/problem.ts';
import { type Route, route } from '../../http/route.ts';
import { scopeOf } from '../../http/scope.ts';
import { limited } from '../limits.ts';
import { issueReset, resetPassword } from '../passwords/new-password.ts';
import { unlockPerson } from '../passwords/unlock.ts';
import type { IdentityPorts } from '../ports.ts';
import { type WorksAt, worksAt } from '../works-at.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { changePerson } from './people.ts';
import { peopleOf } from './people-shown.ts';
import { personSessionRoutes } from './session-routes.ts';

const Nothing = z.strictObject({});
/** Most bytes of what comes with a code. */
const SMALL = 16_384;
const OfPerson = z.strictObject({ person: z.string().min(1).max(128) });

export function peopleRoutes(ports: IdentityPorts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/people',
      title: 'People of the organisation, with when they were last here and whether their sign-in is paused',
      access: 'user',
      action: ACTIONS['people.read'],
      output: PeopleOutSchema,
      handler: async ({ caller }) => ({ people: [...(await peopleOf(ports, caller.org, caller.site))] }),
    }),
    route({
      method: 'POST',
      path: '/v1/people/{person}/change',
      title: 'Change a person: name, roles, agency, e-mail, or make them inactive; what is withdrawn ends at once',
      access: 'user',
      action: ACTIONS['people.change'],
      params: OfPerson,
      body: PersonChangeSchema,
      saidInHeader: 'version',
      output: Nothing,
      handler: async ({ caller, params, body, request, reason, permit }) => {
        const mayChange = (of: WorksAt): void => {
          permit(ACTIONS['people.change'], of);
          if (body.agency !== undefined) permit(ACTIONS['people.change'], { site: of.site, agency: body.agency });
        };
        mayChange(await worksAt(ports, caller.org, params.person));
        taken(await changePerson(ports, scopeOf(caller, request, reason), caller.org, params.person, body, mayChange));
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/v1/people/{person}/unlock',
      title: 'Lift a pause of somebody’s sign-in after wrong passwords',
      access: 'user',
      action: ACTIONS['people.unlock'],
      params: OfPerson,
      body: Nothing,
      output: Nothing,
      handler: async ({ caller, params, request, reason, permit }) => {
        permit(ACTIONS['people.unlock'], await worksAt(ports, caller.org, params.person));
        taken(await unlockPerson(ports, scopeOf(caller, request, reason), caller.org, params.person));
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/v1/people/{person}/reset',
      title: 'A one-time code, for a day, by which somebody sets a new password; shown once',
      access: 'user',
      action: ACTIONS['people.reset_password'],
      params: OfPerson,
      body: Nothing,
      output: ResetOutSchema,
      handler: async ({ caller, params, request, reason, permit }) => {
        const mayReset = (of: WorksAt): void => void permit(ACTIONS['people.reset_password'], of);
        mayReset(await worksAt(ports, caller.org, params.person));
        return taken(await issueReset(ports, scopeOf(caller, request, reason), caller.org, params.person, mayReset));
      },
    }),
    route({
      method: 'POST',
      path: '/v1/password/reset',
      title: 'Set a new password by a one-time code; every session of the person ends',
      access: 'public',
      body: ResetInSchema,
      output: Nothing,
      bodyLimit: SMALL,
      handler: async ({ body, address, request }) => {
        await limited(ports.limits, 'code address', address);
        taken(await resetPassword(ports, request, body));
        return {};
      },
    }),
    ...personSessionRoutes(ports),
    ...invitationRoutes(ports),
  ];
}
