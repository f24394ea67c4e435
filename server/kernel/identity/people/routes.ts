/** People at the center's doors: the list, invitations, changes, resets, pauses, their sessions. */
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import {
  AcceptedOutSchema,
  CodeInSchema,
  InvitationAcceptSchema,
  InvitationInSchema,
  InvitationLookSchema,
  InvitationsOutSchema,
  InvitedOutSchema,
  PeopleOutSchema,
  PersonChangeSchema,
  ResetInSchema,
  ResetOutSchema,
} from '#domain/identity/api/people.ts';
import { RevokedOutSchema, SessionsOutSchema } from '#domain/identity/api/sessions.ts';
import type { ActionType } from '#domain/kernel/action.ts';
import type { AuthenticatedUser } from '../../http/auth.ts';
import { Problem, taken } from '../../http/problem.ts';
import { type Permit, type Route, route } from '../../http/route.ts';
import { scopeOf } from '../../http/scope.ts';
import { issueReset, resetPassword } from '../passwords/new-password.ts';
import { unlockPerson } from '../passwords/unlock.ts';
import type { IdentityPorts } from '../ports.ts';
import { endSessionsOf, sessionsOf } from '../sessions/session-list.ts';
import { acceptInvitation, invitationsOf, invite, lookAtInvitation, revokeInvitation } from './invitations.ts';
import { changePerson } from './people.ts';
import { peopleOf } from './people-shown.ts';
import { type WorksAt, worksAt } from './works-at.ts';

const Id = z.string().min(1).max(128);
const Nothing = z.strictObject({});
const SMALL = 16_384;
const OfPerson = z.strictObject({ person: Id });
const ACTIONS = IDENTITY_ACTIONS;

export function peopleRoutes(ports: IdentityPorts): readonly Route[] {
  /** Asks for the right by where and for whom the person works. */
  const about = async (
    caller: AuthenticatedUser,
    permit: Permit,
    action: ActionType,
    person: string,
  ): Promise<WorksAt> => {
    const row = await worksAt(ports, caller.org, person);
    permit(action, row);
    return row;
  };
  const limited = async (address: string): Promise<void> => {
    const wait = await ports.limits.take('code address', address);
    if (wait === 0) return;
    const seconds = Math.ceil(wait / 1000);
    throw new Problem(429, 'limit.reached', `Too many tries; wait ${seconds} s and try again.`, {
      retryAfter: seconds,
    });
  };
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
      output: Nothing,
      handler: async ({ caller, params, body, request, reason, permit }) => {
        const { site } = await about(caller, permit, ACTIONS['people.change'], params.person);
        if (body.agency !== undefined) permit(ACTIONS['people.change'], { site, agency: body.agency });
        taken(await changePerson(ports, scopeOf(caller, request, reason), caller.org, params.person, body));
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
        await about(caller, permit, ACTIONS['people.unlock'], params.person);
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
        await about(caller, permit, ACTIONS['people.reset_password'], params.person);
        return taken(await issueReset(ports, scopeOf(caller, request, reason), caller.org, params.person));
      },
    }),
    route({
      method: 'GET',
      path: '/v1/people/{person}/sessions',
      title: 'Sessions of a person',
      access: 'user',
      action: ACTIONS['people.read'],
      params: OfPerson,
      output: SessionsOutSchema,
      handler: async ({ caller, params, permit }) => {
        await about(caller, permit, ACTIONS['people.read'], params.person);
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
        await about(caller, permit, ACTIONS['people.sign_out'], params.person);
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
        await about(caller, permit, ACTIONS['people.sign_out'], params.person);
        const acting = scopeOf(caller, request, reason);
        return taken(await endSessionsOf(ports, acting, caller.org, params.person, { session: params.session }));
      },
    }),
    route({
      method: 'GET',
      path: '/v1/invitations',
      title: 'Invitations of the organisation, newest first',
      access: 'user',
      action: ACTIONS['people.read'],
      output: InvitationsOutSchema,
      handler: async ({ caller }) => {
        const all = await invitationsOf(ports, caller.org);
        return { invitations: all.filter(({ site }) => caller.site === null || site === caller.site) };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/invitations',
      title: 'Invite somebody: a one-time code, for 72 hours, by which they choose a password and join; shown once',
      access: 'user',
      action: ACTIONS['people.invite'],
      body: InvitationInSchema,
      output: InvitedOutSchema,
      handler: async ({ caller, body, request, reason, permit }) => {
        // Whoever works for one agency invites into that one.
        const agency = body.agency ?? caller.agency;
        const mayInvite = (of: WorksAt): void => void permit(ACTIONS['people.invite'], of);
        mayInvite({ site: body.site, agency });
        const acting = scopeOf(caller, request, reason);
        return taken(await invite(ports, acting, caller.org, { ...body, agency }, mayInvite));
      },
    }),
    route({
      method: 'POST',
      path: '/v1/invitations/{invitation}/revoke',
      title: 'Take an invitation back',
      access: 'user',
      action: ACTIONS['people.invite'],
      params: z.strictObject({ invitation: Id }),
      body: Nothing,
      output: Nothing,
      handler: async ({ caller, params, request, reason, permit }) => {
        const mayInvite = (of: WorksAt): void => void permit(ACTIONS['people.invite'], of);
        const acting = scopeOf(caller, request, reason);
        taken(await revokeInvitation(ports, acting, caller.org, params.invitation, mayInvite));
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/v1/invitations/look',
      title: 'What an invitation is for, by its code',
      access: 'public',
      body: CodeInSchema,
      output: InvitationLookSchema,
      bodyLimit: SMALL,
      handler: async ({ body, address }) => {
        await limited(address);
        return taken(await lookAtInvitation(ports, body.code));
      },
    }),
    route({
      method: 'POST',
      path: '/v1/invitations/accept',
      title: 'Accept an invitation with a password of one’s own; then sign in',
      access: 'public',
      body: InvitationAcceptSchema,
      output: AcceptedOutSchema,
      bodyLimit: SMALL,
      handler: async ({ body, address, request }) => {
        await limited(address);
        return taken(await acceptInvitation(ports, request, body));
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
        await limited(address);
        taken(await resetPassword(ports, request, body));
        return {};
      },
    }),
  ];
}
