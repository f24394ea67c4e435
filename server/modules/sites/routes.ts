/** What an administrator does with sites. Everything else about them is identity's. */
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { SiteInSchema, SiteMadeSchema, SitesOutSchema } from '#domain/cad/api.ts';
import { taken } from '../../kernel/http/problem.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { scopeOf } from '../../kernel/http/scope.ts';
import { sitesOf } from '../../kernel/identity/organisations.ts';
import type { IdentityPorts } from '../../kernel/identity/ports.ts';
import { createSite } from './create.ts';

export function siteRoutes(ports: IdentityPorts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/sites',
      title: 'Sites of the organisation',
      access: 'user',
      action: CAD_ACTIONS['sites.read'],
      output: SitesOutSchema,
      handler: async ({ caller }) => {
        const sites = await sitesOf(ports, caller.org);
        return { sites: sites.filter(({ site }) => caller.site === null || caller.site === site) };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/sites',
      title: 'Set up a site and invite its first administrator; the code is shown once',
      access: 'user',
      action: CAD_ACTIONS['sites.create'],
      body: SiteInSchema,
      output: SiteMadeSchema,
      handler: async ({ caller, body, request, reason }) => {
        return taken(await createSite(ports, scopeOf(caller, request, reason), caller.org, body));
      },
    }),
  ];
}
