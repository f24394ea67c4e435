/** The security policy at the center's doors. */
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { PolicyInSchema, PolicyOutSchema } from '#domain/identity/api/policy.ts';
import { problemOf } from '../../http/problem.ts';
import { type Route, route } from '../../http/route.ts';
import { scopeOf } from '../../http/scope.ts';
import type { IdentityPorts } from '../ports.ts';
import { changePolicy, policyShown } from './policy.ts';

export function policyRoutes(ports: Pick<IdentityPorts, 'db' | 'clock'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/organisation/policy',
      title: 'The security policy: lockout, passwords, second factors, idle lock, offline sign-in',
      access: 'user',
      action: IDENTITY_ACTIONS['policy.read'],
      output: PolicyOutSchema,
      handler: ({ caller }) => policyShown(ports, caller.org),
    }),
    route({
      method: 'PUT',
      path: '/v1/organisation/policy',
      title: 'Set the security policy, whole',
      access: 'user',
      action: IDENTITY_ACTIONS['policy.change'],
      body: PolicyInSchema,
      saidInHeader: 'version',
      output: PolicyOutSchema,
      handler: async ({ caller, body, request }) => {
        const changed = await changePolicy(ports, scopeOf(caller, request, body.reason), caller.org, body);
        if (!changed.ok) throw problemOf(changed.refusal, 409);
        return policyShown(ports, caller.org);
      },
    }),
  ];
}
