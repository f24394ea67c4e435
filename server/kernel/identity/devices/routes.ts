/** What administrators and supervisors do with workstations. */
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import {
  ApprovedOutSchema,
  ApproveInSchema,
  type DeviceOut,
  DevicesOutSchema,
  EnrolmentCodeOutSchema,
  EnrolmentsOutSchema,
} from '#domain/identity/api/devices.ts';
import { taken } from '../../http/problem.ts';
import { type Permit, type Route, route } from '../../http/route.ts';
import { scopeOf } from '../../http/scope.ts';
import type { IdentityPorts } from '../ports.ts';
import type { IdentityTables } from '../tables.ts';
import { approveEnrolment, refuseEnrolment, waitingOf } from './approval.ts';
import { revokeDevice } from './devices.ts';
import { issueEnrolmentCode } from './enrolment.ts';

const Id = z.string().min(1).max(128);
const Nothing = z.strictObject({});
const {
  'devices.approve': APPROVE,
  'devices.code': CODE,
  'devices.read': READ,
  'devices.revoke': REVOKE,
} = IDENTITY_ACTIONS;

export function deviceRoutes(ports: IdentityPorts): readonly Route[] {
  const devicesOf = (org: string): Promise<DeviceOut[]> =>
    ports.db.inOrg<IdentityTables, DeviceOut[]>({ org }, async (trx) => {
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
  /** One that is not known is left to whoever looks for it again, under the row's lock. */
  const mayDecide = async (
    caller: { readonly org: string; readonly site: string | null },
    id: string,
    permit: Permit,
  ) => {
    const waiting = (await waitingOf(ports, caller.org)).find((of) => of.id === id);
    permit(APPROVE, { site: waiting?.site ?? caller.site });
  };
  return [
    route({
      method: 'POST',
      path: '/v1/sites/{site}/enrolment-codes',
      title: 'A one-time code by which one workstation may ask to be enrolled within 24 hours; shown once',
      access: 'user',
      action: CODE,
      params: z.strictObject({ site: Id }),
      body: Nothing,
      output: EnrolmentCodeOutSchema,
      handler: async ({ caller, params, request, reason, permit }) => {
        permit(CODE, { site: params.site });
        return taken(await issueEnrolmentCode(ports, scopeOf(caller, request, reason), caller.org, params.site));
      },
    }),
    route({
      method: 'GET',
      path: '/v1/enrolments',
      title: 'Workstations that wait to be let in',
      access: 'user',
      action: READ,
      output: EnrolmentsOutSchema,
      handler: async ({ caller }) => {
        const waiting = await waitingOf(ports, caller.org);
        return { enrolments: waiting.filter(({ site }) => caller.site === null || caller.site === site) };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/enrolments/{id}/approve',
      title: 'Let a workstation in, by the code read at it',
      access: 'user',
      action: APPROVE,
      params: z.strictObject({ id: Id }),
      body: ApproveInSchema,
      output: ApprovedOutSchema,
      handler: async ({ caller, params, body, request, reason, permit }) => {
        await mayDecide(caller, params.id, permit);
        const acting = scopeOf(caller, request, reason);
        const { station } = taken(await approveEnrolment(ports, acting, caller.org, params.id, body.compare));
        return { station };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/enrolments/{id}/refuse',
      title: 'Do not let a workstation in',
      access: 'user',
      action: APPROVE,
      params: z.strictObject({ id: Id }),
      body: Nothing,
      output: Nothing,
      handler: async ({ caller, params, request, reason, permit }) => {
        await mayDecide(caller, params.id, permit);
        taken(await refuseEnrolment(ports, scopeOf(caller, request, reason), caller.org, params.id));
        return {};
      },
    }),
    route({
      method: 'GET',
      path: '/v1/devices',
      title: 'Workstations of the organisation',
      access: 'user',
      action: READ,
      output: DevicesOutSchema,
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
      action: REVOKE,
      params: z.strictObject({ station: Id }),
      body: Nothing,
      output: Nothing,
      handler: async ({ caller, params, request, reason, permit }) => {
        const device = (await devicesOf(caller.org)).find(({ station }) => station === params.station);
        permit(REVOKE, { site: device?.site ?? caller.site });
        taken(await revokeDevice(ports, scopeOf(caller, request, reason), caller.org, params.station));
        return {};
      },
    }),
  ];
}
