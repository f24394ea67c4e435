/** The organisation as its people see it: state, modules, permissions. */
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import {
  ModuleSwitchInSchema,
  ModulesOutSchema,
  OrganisationOutSchema,
  PermissionsOutSchema,
  RestrictionInSchema,
  WhyOutSchema,
  WhyQuerySchema,
} from '#domain/identity/api/organisation.ts';
import { authorise } from '#domain/kernel/authorise.ts';
import { Problem, taken } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { IdentityTables } from '../identity/tables.ts';
import type { CenterContext } from '../part.ts';
import { modulesOf, switchModule } from './modules.ts';
import { permissionMatrix, permissionNamed } from './permissions.ts';
import { changeRestriction } from './restrictions.ts';
import { organisationOf } from './states.ts';

export const ModuleName = z.string().min(1).max(64);

export function organisationRoutes(
  ports: Pick<CenterContext, 'db' | 'log' | 'clock' | 'circumstancesOf'>,
): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/organisation',
      title: 'The organisation, its state and what that means',
      access: 'user',
      action: IDENTITY_ACTIONS['organisation.read'],
      output: OrganisationOutSchema,
      handler: async ({ caller }) => {
        const organisation = await organisationOf(ports, caller.org);
        if (organisation) return organisation;
        throw new Problem(404, 'organisation.unknown', 'The organisation is not there any more.');
      },
    }),
    route({
      method: 'GET',
      path: '/v1/modules',
      title: 'The modules, which are off and why',
      access: 'user',
      action: IDENTITY_ACTIONS['organisation.read'],
      output: ModulesOutSchema,
      handler: ({ caller }) => modulesOf(ports, caller.org),
    }),
    route({
      method: 'POST',
      path: '/v1/modules/{module}',
      title: 'Switch a module on or off; those that need it go with it',
      access: 'user',
      action: IDENTITY_ACTIONS['modules.switch'],
      params: z.strictObject({ module: ModuleName }),
      body: ModuleSwitchInSchema,
      output: ModulesOutSchema,
      handler: async ({ caller, params, body, request }) => {
        const acting = scopeOf(caller, request, body.reason);
        taken(await switchModule(ports, acting, caller.org, params.module, { ...body, as: 'administrator' }));
        return modulesOf(ports, caller.org);
      },
    }),
    route({
      method: 'GET',
      path: '/v1/permissions',
      title: 'Every permission of every module, and the roles that have it',
      access: 'user',
      action: IDENTITY_ACTIONS['permissions.read'],
      output: PermissionsOutSchema,
      handler: async ({ caller }) => permissionMatrix(await ports.circumstancesOf(caller.org)),
    }),
    route({
      method: 'POST',
      path: '/v1/permissions/{permission}/restriction',
      title: 'Take an action away from a role of the organisation, or give it back',
      access: 'user',
      action: IDENTITY_ACTIONS['permissions.restrict'],
      params: z.strictObject({ permission: z.string().min(1).max(120) }),
      body: RestrictionInSchema,
      output: PermissionsOutSchema,
      handler: async ({ caller, params, body, request }) => {
        const action = permissionNamed(params.permission);
        if (!action)
          throw new Problem(404, 'permission.unknown', 'There is no permission of that name.', { field: 'permission' });
        taken(await changeRestriction(ports, scopeOf(caller, request, body.reason), caller.org, action, body));
        return permissionMatrix(await ports.circumstancesOf(caller.org, 'anew'));
      },
    }),
    route({
      method: 'GET',
      path: '/v1/permissions/why',
      title: 'Why a person may or may not do one thing now: the rules that speak and what they looked at',
      access: 'user',
      action: IDENTITY_ACTIONS['permissions.read'],
      query: WhyQuerySchema,
      output: WhyOutSchema,
      handler: async ({ caller, query, permit }) => {
        const action = permissionNamed(query.permission);
        if (!action)
          throw new Problem(404, 'permission.unknown', 'There is no permission of that name.', { field: 'permission' });
        const person = await ports.db.inOrg<IdentityTables, Person | undefined>({ org: caller.org }, (trx) =>
          trx
            .selectFrom('identity.person')
            .select(['id', 'roles', 'site', 'agency', 'active'])
            .where('id', '=', query.person)
            .executeTakeFirst(),
        );
        if (!person) throw new Problem(404, 'person.unknown', 'This person is not known.', { field: 'person' });
        permit(IDENTITY_ACTIONS['permissions.read'], { site: person.site ?? caller.site });
        const now = ports.clock();
        const asker = {
          user: person.id,
          roles: person.active ? person.roles : [],
          site: person.site,
          agency: person.agency,
          provenAt: now,
          secondFactor: 'given',
        } as const;
        const about = {
          ...(query.site === undefined ? {} : { site: query.site }),
          ...(query.owner === undefined ? {} : { owner: query.owner }),
        };
        const decision = authorise(action, asker, await ports.circumstancesOf(caller.org), now, about);
        return { decision };
      },
    }),
  ];
}

type Person = Pick<IdentityTables['identity.person'], 'id' | 'site' | 'agency'> & {
  readonly roles: Parameters<typeof authorise>[1]['roles'];
  readonly active: boolean;
};
