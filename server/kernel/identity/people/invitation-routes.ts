/** Invitations: who was invited, and the door of those who come with a code. */
import { z } from 'zod';
import { IDENTITY_ACTIONS as ACTIONS } from '#domain/identity/actions.ts';
import {
  AcceptedOutSchema,
  CodeInSchema,
  InvitationAcceptSchema,
  InvitationInSchema,
  InvitationLookSchema,
  InvitationsOutSchema,
  InvitedOutSchema,
} from '#domain/identity/api/people.ts';
import { taken } from '../../http/problem.ts';
import { type Route, route } from '../../http/route.ts';
import { scopeOf } from '../../http/scope.ts';
import { limited } from '../limits.ts';
import type { IdentityPorts } from '../ports.ts';
import type { WorksAt } from '../works-at.ts';
import { acceptInvitation, invitationsOf, invite, lookAtInvitation, revokeInvitation } from './invitations.ts';

const Id = z.string().min(1).max(128);
const Nothing = z.strictObject({});
/** Most bytes of what comes with a code. */
const SMALL = 16_384;

export function invitationRoutes(ports: IdentityPorts): readonly Route[] {
  return [
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
        await limited(ports.limits, 'code address', address);
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
        await limited(ports.limits, 'code address', address);
        return taken(await acceptInvitation(ports, request, body));
      },
    }),
  ];
}
