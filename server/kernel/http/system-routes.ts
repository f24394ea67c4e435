/** What operators and programs ask of the center itself. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Metrics } from '../telemetry/metrics.ts';
import { openApi } from './openapi.ts';
import { Problem } from './problem.ts';
import { type Route, route } from './route.ts';

export function systemRoutes(ready: () => Promise<boolean>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/health',
      title: 'The center’s process is up',
      access: 'public',
      output: z.strictObject({ status: z.literal('up') }),
      handler: async () => ({ status: 'up' as const }),
    }),
    route({
      method: 'GET',
      path: '/ready',
      title: 'The center can take facts: its database answers',
      access: 'public',
      output: z.strictObject({ status: z.literal('ready') }),
      handler: async () => {
        if (await ready()) return { status: 'ready' as const };
        throw new Problem(503, 'center.not_ready', 'The database does not answer; try again shortly.', {
          retryAfter: 1,
        });
      },
    }),
  ];
}

/** Pages that are not the API's own: its description and its figures. */
export function addPages(app: FastifyInstance, routes: readonly Route[], metrics: Metrics): void {
  const description = JSON.stringify(openApi(routes));
  app.get('/openapi.json', (_request, reply) => reply.type('application/json').send(description));
  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text()),
  );
}
