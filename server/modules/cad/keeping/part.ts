/** The doors to what is kept of incidents, for how long the law says: legal holds, and erasure. */
import { z } from 'zod';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import {
  EraseInSchema,
  HoldInSchema,
  HoldsOutSchema,
  IncidentsKeptInSchema,
  IncidentsKeptSchema,
  type Keeping,
  KeepingOutSchema,
  ReleaseInSchema,
} from '#domain/cad/keeping-api.ts';
import type { ActionType } from '#domain/kernel/action.ts';
import type { Outcome } from '#domain/kernel/refusal.ts';
import { recordActions } from '#domain/modules.ts';
import type { Scope } from '../../../kernel/db/database.ts';
import type { AuthenticatedUser } from '../../../kernel/http/auth.ts';
import { taken } from '../../../kernel/http/problem.ts';
import { type Permit, route } from '../../../kernel/http/route.ts';
import { scopeOf } from '../../../kernel/http/scope.ts';
import type { CenterContext, CenterPart } from '../../../kernel/part.ts';
import { eraseIncident } from './erasure.ts';
import { holdsOn, placeHold, releaseHold, standingHolds } from './holds.ts';
import { type MustBeAllowed, mustKnow } from './incident.ts';
import { eraseOld, keepIncidentsFor, yearsKept } from './retention.ts';

const Id = z.string().min(1).max(128);
const Incident = z.strictObject({ incident: Id });
const READ = recordActions('incident')?.read;

interface Asked {
  readonly caller: AuthenticatedUser;
  readonly params: { readonly incident: string };
  readonly body: { readonly reason: string };
  readonly request: string;
  readonly permit: Permit;
}

const by =
  (permit: Permit, action: ActionType): MustBeAllowed =>
  (of) =>
    void permit(action, of);

export function keepingPart(context: Pick<CenterContext, 'db' | 'log' | 'keys' | 'clock' | 'random'>): CenterPart {
  if (!READ) throw new Error('incidents are declared in domain/cad');
  const keepingOf = (scope: Scope, incident: string, mustBeAllowed: MustBeAllowed): Promise<Keeping> =>
    context.db.inOrgClient(scope, async (client) => {
      const { erasedAt } = taken(await mustKnow(client, incident, mustBeAllowed));
      return { holds: [...(await holdsOn(client, incident))], erasedAt };
    });
  /** Does something to an incident for the reason that was given; how it stands then. */
  const acting = async (
    { caller, params, body, request, permit }: Asked,
    action: ActionType,
    deed: (scope: Scope, mustBeAllowed: MustBeAllowed) => Promise<Outcome<unknown>>,
  ): Promise<Keeping> => {
    const scope = scopeOf(caller, request, body.reason);
    const allowed = by(permit, action);
    taken(await deed(scope, allowed));
    return keepingOf(scope, params.incident, allowed);
  };
  return {
    name: 'keeping',
    daily: [{ failing: 'old incidents could not be erased', work: (org, stopped) => eraseOld(context, org, stopped) }],
    routes: [
      route({
        method: 'GET',
        path: '/v1/retention/incidents',
        title: 'For how many years incidents are kept',
        access: 'user',
        action: CAD_ACTIONS['retention.read'],
        output: IncidentsKeptSchema,
        handler: async ({ caller }) => ({ years: await yearsKept(context, caller.org) }),
      }),
      route({
        method: 'PUT',
        path: '/v1/retention/incidents',
        title: 'Set for how many years incidents are kept; what is older is erased day by day',
        access: 'user',
        action: CAD_ACTIONS['retention.change'],
        body: IncidentsKeptInSchema,
        output: IncidentsKeptSchema,
        handler: async ({ caller, body: { years, reason }, request }) => {
          await keepIncidentsFor(context.db, scopeOf(caller, request, reason), years);
          return { years: await yearsKept(context, caller.org) };
        },
      }),
      route({
        method: 'GET',
        path: '/v1/incidents/{incident}/keeping',
        title: 'The legal holds on an incident, and whether it was erased',
        access: 'user',
        action: READ,
        params: Incident,
        output: KeepingOutSchema,
        handler: ({ caller, params, request, permit }) =>
          keepingOf(scopeOf(caller, request, null), params.incident, by(permit, READ)),
      }),
      route({
        method: 'GET',
        path: '/v1/holds',
        title: 'The legal holds that stand, the oldest first',
        access: 'user',
        action: CAD_ACTIONS['holds.read'],
        output: HoldsOutSchema,
        handler: async ({ caller, request }) => ({
          items: await standingHolds(context, scopeOf(caller, request, null), caller.site),
        }),
      }),
      route({
        method: 'POST',
        path: '/v1/incidents/{incident}/holds',
        title: 'Place a legal hold on an incident: it is not erased while one stands',
        access: 'user',
        action: CAD_ACTIONS['holds.place'],
        params: Incident,
        body: HoldInSchema,
        output: KeepingOutSchema,
        handler: (asked) =>
          acting(asked, CAD_ACTIONS['holds.place'], (scope, allowed) =>
            placeHold(context, scope, asked.params.incident, allowed),
          ),
      }),
      route({
        method: 'POST',
        path: '/v1/incidents/{incident}/holds/{hold}/release',
        title: 'Release a legal hold',
        access: 'user',
        action: CAD_ACTIONS['holds.release'],
        params: Incident.extend({ hold: Id }),
        body: ReleaseInSchema,
        output: KeepingOutSchema,
        handler: (asked) =>
          acting(asked, CAD_ACTIONS['holds.release'], (scope, allowed) =>
            releaseHold(context, scope, asked.params, allowed),
          ),
      }),
      route({
        method: 'POST',
        path: '/v1/incidents/{incident}/erase',
        title: 'Erase what an incident says of people, here and at every workstation, for good',
        access: 'user',
        action: CAD_ACTIONS['incidents.erase'],
        params: Incident,
        body: EraseInSchema,
        output: KeepingOutSchema,
        handler: (asked) =>
          acting(asked, CAD_ACTIONS['incidents.erase'], (scope, allowed) =>
            eraseIncident(context, scope, { ...asked.params, number: asked.body.number }, allowed),
          ),
      }),
    ],
  };
}
