/** The doors of single sign-on: a browser's way out and back, and how it is set up. */
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { SsoInSchema, SsoOutSchema } from '#domain/identity/api/sso.ts';
import { STEP_UP_MS } from '#domain/kernel/action.ts';
import type { Visitor } from '../../http/auth.ts';
import { SSO } from '../../http/cookies.ts';
import type { Outbound } from '../../http/outbound.ts';
import { taken } from '../../http/problem.ts';
import { type Route, route } from '../../http/route.ts';
import { scopeOf } from '../../http/scope.ts';
import { limited } from '../limits.ts';
import { worksAt } from '../works-at.ts';
import { makeProviders } from './provider.ts';
import { changeSso, removeSso, ssoOf, unlinkProvider } from './settings.ts';
import { beginSso, CALLBACK, finishSso, type SsoPorts } from './sign-in.ts';
import type { Ticket } from './ticket.ts';

const UNLINK = IDENTITY_ACTIONS['people.unlink_provider'];
const Nothing = z.strictObject({});
const Flag = z.enum(['true', 'false']).default('false');
const OrgSchema = z.strictObject({ org: z.string().min(2).max(64) });
/** As long as a person may stay at the provider. */
const TICKET_S = 15 * 60;

export function ssoRoutes(of: Omit<SsoPorts, 'providerOf'>, outbound: Outbound): readonly Route[] {
  const ports = { ...of, outbound, providerOf: makeProviders(of.clock, outbound) };
  const shown = async (org: string): Promise<z.input<typeof SsoOutSchema>> => {
    const set = await ssoOf(ports, org);
    const at = ports.publicUrl();
    return {
      settings: set?.settings ?? null,
      changedAt: set?.changedAt ?? null,
      redirectUri: `${at}${CALLBACK}`,
      beginUrl: `${at}${SSO}/${encodeURIComponent(org)}/begin`,
    };
  };
  return [
    route({
      method: 'GET',
      path: `${SSO}/{org}/begin`,
      title: 'Begin to sign in by the organisation’s provider: leads there',
      access: 'visitor',
      params: OrgSchema,
      // `anew=true`: the provider asks although it knows them; so confirms who they are whoever has no second factor here.
      // `link=true`: whoever is signed in here, and has just shown it, is the one whom the provider vouches for.
      query: z.strictObject({ anew: Flag, link: Flag }),
      output: z.string(),
      redirect: true,
      handler: async ({ caller: visitor, params, query, address }) => {
        await limited(ports.limits, 'sign-in address', address);
        const me = await visitor.signedIn();
        const holder = query.link === 'true' ? holderOf(me, params.org, ports.clock()) : null;
        if (query.link === 'true' && holder === null) return '/#refused=sso.prove';
        const begun = await beginSso(ports, params.org, {
          anew: query.anew === 'true',
          holder,
          before: me && { org: me.org, person: me.user, session: me.session },
        });
        if (!begun.ok) return `/#refused=${begun.why}`;
        visitor.hold(begun.ticket, TICKET_S);
        return begun.to;
      },
    }),
    route({
      method: 'GET',
      path: CALLBACK,
      title: 'Back from the provider: a session in cookies, or `#refused=` and why; leads to the center’s page',
      access: 'visitor',
      // `code` and `state` (RFC 6749, 4.1.2) and whatever else a provider adds. The code opens nothing without the ticket.
      query: z.looseObject({}),
      output: z.string(),
      redirect: true,
      handler: async ({ caller: visitor, query, address, request }) => {
        await limited(ports.limits, 'sign-in address', address);
        visitor.drop();
        const finished = await finishSso(ports, { ticket: visitor.ticket, query: textOf(query), address, request });
        if (!finished.ok) return `/#refused=${finished.why}`;
        visitor.keep(finished.session);
        return '/';
      },
    }),
    route({
      method: 'GET',
      path: SSO,
      title: 'How single sign-on is set up',
      access: 'user',
      action: IDENTITY_ACTIONS['sso.read'],
      output: SsoOutSchema,
      handler: ({ caller }) => shown(caller.org),
    }),
    route({
      method: 'PUT',
      path: SSO,
      title: 'Set single sign-on up; the provider is asked whether it is one',
      access: 'user',
      action: IDENTITY_ACTIONS['sso.change'],
      body: SsoInSchema,
      output: SsoOutSchema,
      handler: async ({ caller, body, request, reason }) => {
        taken(await changeSso(ports, scopeOf(caller, request, reason), caller.org, body));
        return shown(caller.org);
      },
    }),
    route({
      method: 'DELETE',
      path: SSO,
      title: 'Forget how single sign-on was set up',
      access: 'user',
      action: IDENTITY_ACTIONS['sso.change'],
      output: Nothing,
      handler: async ({ caller, request, reason }) => {
        await removeSso(ports, scopeOf(caller, request, reason), caller.org);
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/v1/people/{person}/provider/unlink',
      title: 'Forget who a person is at the provider; they are linked anew as they were at first',
      access: 'user',
      action: UNLINK,
      params: z.strictObject({ person: z.string().min(1).max(128) }),
      body: Nothing,
      output: Nothing,
      handler: async ({ caller, params: { person }, request, reason, permit }) => {
        const { org } = caller;
        permit(UNLINK, await worksAt(ports, org, person));
        await unlinkProvider(ports, scopeOf(caller, request, reason), org, person);
        return {};
      },
    }),
  ];
}

/** Who is signed in at the organisation in this browser, where they proved it as lately as a sensitive action asks. */
function holderOf(me: Awaited<ReturnType<Visitor['signedIn']>>, org: string, now: number): Ticket['holder'] {
  const may = me?.org === org && me.secondFactor !== 'missing' && now - me.provenAt <= STEP_UP_MS;
  return may ? { person: me.user, session: me.session } : null;
}

/** The query as it came; a parameter sent twice is left as two, which no provider's answer has. */
function textOf(query: { readonly [name: string]: unknown }): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) params.append(name, String(each));
  }
  return `?${params}`;
}
