/** One's own account at the center's doors: who one is, the password, the sessions. */
import { sql } from 'kysely';
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { MeOutSchema, PasswordChangeSchema } from '#domain/identity/api/people.ts';
import { RevokedOutSchema, SessionsOutSchema } from '#domain/identity/api/sessions.ts';
import { passwordMinimum } from '#domain/identity/policy.ts';
import { taken } from '../../http/problem.ts';
import { type Route, route } from '../../http/route.ts';
import { scopeOf } from '../../http/scope.ts';
import { changeOwnPassword } from '../passwords/new-password.ts';
import { policyIn } from '../policy/policy.ts';
import type { IdentityPorts } from '../ports.ts';
import { endSessionsOf, sessionsOf } from '../sessions/session-list.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';

const Id = z.string().min(1).max(128);
const Nothing = z.strictObject({});
const SMALL = 16_384;

export function meRoutes(ports: IdentityPorts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/me',
      title: 'Who one is at the center',
      access: 'user',
      action: IDENTITY_ACTIONS['me.read'],
      output: MeOutSchema,
      handler: ({ caller }) =>
        ports.db.inOrg<IdentityTables, z.input<typeof MeOutSchema>>({ org: caller.org }, async (trx) => {
          const person = await trx
            .selectFrom('identity.person')
            .select(['login', 'name', 'roles', 'site', 'agency', 'password_changed_at'])
            .where('id', '=', caller.user)
            .executeTakeFirstOrThrow();
          const { name } = await trx.selectFrom('kernel.organisation').select('name').executeTakeFirstOrThrow();
          return {
            person: caller.user,
            ...{ login: person.login, name: person.name, site: person.site, agency: person.agency },
            ...{ org: caller.org, organisation: name, roles: person.roles, session: caller.session },
            passwordAtLeast: passwordMinimum(await policyIn(trx), person.roles),
            passwordChangedAt: person.password_changed_at,
            provider: await providerOf(trx, caller.user),
          };
        }),
    }),
    route({
      method: 'POST',
      path: '/v1/me/password',
      title: 'Change one’s own password, by the old one; every other session of one’s own ends',
      access: 'user',
      action: IDENTITY_ACTIONS['me.secure'],
      body: PasswordChangeSchema,
      output: Nothing,
      bodyLimit: SMALL,
      handler: async ({ caller, body, request, reason }) => {
        taken(await changeOwnPassword(ports, scopeOf(caller, request, reason), caller.org, body));
        return {};
      },
    }),
    route({
      method: 'GET',
      path: '/v1/me/sessions',
      title: 'One’s own sessions',
      access: 'user',
      action: IDENTITY_ACTIONS['me.read'],
      output: SessionsOutSchema,
      handler: async ({ caller }) => ({
        sessions: await sessionsOf(ports, caller.org, caller.user, caller.session),
      }),
    }),
    route({
      method: 'POST',
      path: '/v1/me/sessions/revoke',
      title: 'End every session of one’s own but this, at once',
      access: 'user',
      action: IDENTITY_ACTIONS['me.secure'],
      body: Nothing,
      output: RevokedOutSchema,
      handler: async ({ caller, request, reason }) => {
        const acting = scopeOf(caller, request, reason);
        return taken(await endSessionsOf(ports, acting, caller.org, caller.user, { allBut: caller.session }));
      },
    }),
    route({
      method: 'POST',
      path: '/v1/me/sessions/{session}/revoke',
      title: 'End a session of one’s own, at once',
      access: 'user',
      action: IDENTITY_ACTIONS['me.secure'],
      params: z.strictObject({ session: Id }),
      body: Nothing,
      output: RevokedOutSchema,
      handler: async ({ caller, params, request, reason }) => {
        const acting = scopeOf(caller, request, reason);
        return taken(await endSessionsOf(ports, acting, caller.org, caller.user, { session: params.session }));
      },
    }),
  ];
}

async function providerOf(trx: IdentityTx, person: string): Promise<z.input<typeof MeOutSchema>['provider']> {
  const { rows } = await sql<{ linked: boolean }>`
    select exists (select from identity.federated f where f.person = ${person} and f.issuer = s.settings ->> 'issuer') as linked
    from identity.sso s where (s.settings ->> 'on')::boolean`.execute(trx);
  if (!rows[0]) return 'none';
  return rows[0].linked ? 'linked' : 'not linked';
}
