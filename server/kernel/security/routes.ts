/** Security events, for those who handle them. */
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import {
  CloseEventInSchema,
  SecurityEventsOutSchema,
  SecurityEventsQuerySchema,
} from '#domain/identity/api/security-events.ts';
import { taken } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { CenterContext } from '../part.ts';
import { closeEvent, eventsOf, takeEvent } from './events.ts';

const Params = z.strictObject({ event: z.string().min(1).max(128) });
const Nothing = z.strictObject({});

export function securityRoutes(ports: Pick<CenterContext, 'db' | 'clock' | 'random'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/security/events',
      title: 'Security events, newest first, a page at a time',
      access: 'user',
      action: IDENTITY_ACTIONS['security.read'],
      query: SecurityEventsQuerySchema,
      output: SecurityEventsOutSchema,
      handler: async ({ caller, query }) => taken(await eventsOf(ports, caller.org, query)),
    }),
    route({
      method: 'POST',
      path: '/v1/security/events/{event}/take',
      title: 'Take a security event in hand',
      access: 'user',
      action: IDENTITY_ACTIONS['security.handle'],
      params: Params,
      body: Nothing,
      output: Nothing,
      handler: async ({ caller, params, request, reason }) => {
        taken(await takeEvent(ports, scopeOf(caller, request, reason), params.event));
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/v1/security/events/{event}/close',
      title: 'Bring a security event to an end, with what it was and what was done',
      access: 'user',
      action: IDENTITY_ACTIONS['security.handle'],
      params: Params,
      body: CloseEventInSchema,
      output: Nothing,
      handler: async ({ caller, params, body, request }) => {
        taken(await closeEvent(ports, scopeOf(caller, request, body.note), params.event, body));
        return {};
      },
    }),
  ];
}
