/** What only the operator of the center does with an organisation: move its state, stop a module in it. */
import { z } from 'zod';
import {
  DestroyedOutSchema,
  ModulesOutSchema,
  OrganisationOutSchema,
  ReasonSchema,
} from '#domain/identity/api/organisation.ts';
import { OrganisationStateSchema } from '#domain/kernel/organisation.ts';
import { Problem, taken } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import type { Acting } from '../identity/ports.ts';
import { type DestroyPorts, destroyOrganisation } from './destroy.ts';
import { modulesOf, switchModule } from './modules.ts';
import { ModuleName } from './routes.ts';
import { moveOrganisation, organisationOf } from './states.ts';

const Org = z.string().min(1).max(64);
const acting = (request: string): Acting => ({ actor: 'operator', request });

export function operatorRoutes(ports: DestroyPorts): readonly Route[] {
  const shown = async (org: string): Promise<z.infer<typeof OrganisationOutSchema>> => {
    const organisation = await organisationOf(ports, org);
    if (organisation) return organisation;
    throw new Problem(404, 'organisation.unknown', 'There is no organisation of this name.', { field: 'org' });
  };
  return [
    route({
      method: 'GET',
      path: '/v1/operator/organisations',
      title: 'Every organisation of this center and its state',
      access: 'operator',
      output: z.strictObject({ organisations: z.array(OrganisationOutSchema) }),
      handler: async () => {
        const { rows } = await ports.db.pool.query<{ org: string }>('select org from kernel.every_organisation() org');
        return { organisations: await Promise.all(rows.map(({ org }) => shown(org))) };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/operator/organisations/{org}/state',
      title: 'Move an organisation to another state',
      access: 'operator',
      params: z.strictObject({ org: Org }),
      body: z.strictObject({
        state: OrganisationStateSchema,
        reason: ReasonSchema,
        /** Only with TERMINATED: when its key may be destroyed, ms UTC; after its retention where it is left out. */
        destroyAfter: z.int().min(0).optional(),
      }),
      output: OrganisationOutSchema,
      handler: async ({ params, body, request }) => {
        taken(await moveOrganisation(ports, acting(request), params.org, body.state, body.reason, body.destroyAfter));
        return shown(params.org);
      },
    }),
    route({
      method: 'POST',
      path: '/v1/operator/organisations/{org}/destruction',
      title: 'Destroy the keys of an organisation after its retention; answers with the certificate',
      access: 'operator',
      params: z.strictObject({ org: Org }),
      body: z.strictObject({
        /** The organisation's name once more, as typed by whoever means it. */
        confirm: z.string().max(64),
        reason: ReasonSchema,
      }),
      output: DestroyedOutSchema,
      handler: async ({ params, body, request }) => {
        if (body.confirm !== params.org) {
          throw new Problem(422, 'confirm.differs', 'Type the name of the organisation once more to confirm.', {
            field: 'confirm',
          });
        }
        return taken(await destroyOrganisation(ports, acting(request), params.org, body.reason));
      },
    }),
    route({
      method: 'POST',
      path: '/v1/operator/organisations/{org}/modules/{module}',
      title: 'Stop a module in an organisation, or lift that',
      access: 'operator',
      params: z.strictObject({ org: Org, module: ModuleName }),
      body: z.strictObject({ on: z.boolean(), reason: ReasonSchema }),
      output: ModulesOutSchema,
      handler: async ({ params, body, request }) => {
        taken(await switchModule(ports, acting(request), params.org, params.module, { ...body, as: 'operator' }));
        return modulesOf(ports, params.org);
      },
    }),
  ];
}
