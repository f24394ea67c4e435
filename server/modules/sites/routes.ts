/** What an administrator does with sites and workstations. Everything else about them is identity's. */
import { z } from 'zod';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { InvitedOutSchema } from '#domain/identity/api/people.ts';
import type { Outcome } from '#domain/kernel/refusal.ts';
import { problemOf } from '../../kernel/http/problem.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { scopeOf } from '../../kernel/http/scope.ts';
import { issueEnrolmentCode, revokeDevice } from '../../kernel/identity/devices.ts';
import { sitesOf } from '../../kernel/identity/organisations.ts';
import type { IdentityPorts } from '../../kernel/identity/ports.ts';
import type { IdentityTables } from '../../kernel/identity/tables.ts';
import { createSite, SiteInSchema } from './create.ts';

const Id = z.string().min(1).max(128);
const Nothing = z.strictObject({});
const DeviceOutSchema = z.strictObject({
  station: Id,
  site: Id,
  name: z.string(),
  short: z.string(),
  address: z.string(),
  enrolledAt: z.int(),
  revokedAt: z.int().nullable(),
});

function taken<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw problemOf(outcome.refusal, outcome.refusal.code.endsWith('.unknown') ? 404 : 422);
}

export function siteRoutes(ports: IdentityPorts): readonly Route[] {
  const devicesOf = (org: string): Promise<z.infer<typeof DeviceOutSchema>[]> =>
    ports.db.inOrg<IdentityTables, z.infer<typeof DeviceOutSchema>[]>({ org }, async (trx) => {
      const rows = await trx.selectFrom('kernel.device').selectAll().orderBy('enrolled_at').execute();
      return rows.map(({ station, site, name, short, lan_address, enrolled_at, revoked_at }) => ({
        station,
        site,
        name,
        short,
        address: lan_address,
        enrolledAt: enrolled_at,
        revokedAt: revoked_at,
      }));
    });
  return [
    route({
      method: 'GET',
      path: '/v1/sites',
      title: 'Sites of the organisation',
      access: 'user',
      action: CAD_ACTIONS['sites.read'],
      output: z.strictObject({ sites: z.array(z.strictObject({ site: Id, name: z.string() })) }),
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
      output: z.strictObject({ site: Id, invitation: InvitedOutSchema }),
      handler: async ({ caller, body, request, reason }) => {
        return taken(await createSite(ports, scopeOf(caller, request, reason), caller.org, body));
      },
    }),
    route({
      method: 'POST',
      path: '/v1/sites/{site}/enrolment-codes',
      title: 'A one-time code that enrols one workstation within 24 hours; shown once',
      access: 'user',
      action: IDENTITY_ACTIONS['devices.code'],
      params: z.strictObject({ site: Id }),
      body: Nothing,
      output: z.strictObject({ code: z.string(), expiresAt: z.int() }),
      handler: async ({ caller, params, request, reason, permit }) => {
        permit(IDENTITY_ACTIONS['devices.code'], { site: params.site });
        return taken(await issueEnrolmentCode(ports, scopeOf(caller, request, reason), caller.org, params.site));
      },
    }),
    route({
      method: 'GET',
      path: '/v1/devices',
      title: 'Workstations of the organisation',
      access: 'user',
      action: IDENTITY_ACTIONS['devices.read'],
      output: z.strictObject({ devices: z.array(DeviceOutSchema) }),
      handler: async ({ caller }) => {
        const devices = await devicesOf(caller.org);
        return { devices: devices.filter(({ site }) => caller.site === null || caller.site === site) };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/devices/{station}/revoke',
      title: 'Revoke a workstation',
      access: 'user',
      action: IDENTITY_ACTIONS['devices.revoke'],
      params: z.strictObject({ station: Id }),
      body: Nothing,
      output: Nothing,
      handler: async ({ caller, params, request, reason, permit }) => {
        const device = (await devicesOf(caller.org)).find(({ station }) => station === params.station);
        permit(IDENTITY_ACTIONS['devices.revoke'], { site: device?.site ?? caller.site });
        taken(await revokeDevice(ports, scopeOf(caller, request, reason), caller.org, params.station));
        return {};
      },
    }),
  ];
}
