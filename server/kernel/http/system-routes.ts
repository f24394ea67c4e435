/** What operators and programs ask of the center itself. */
import { z } from 'zod';
import type { Metrics } from '../telemetry/metrics.ts';
import { openApi } from './openapi.ts';
import { Problem } from './problem.ts';
import { type Route, route } from './route.ts';

/** `everyRoute`: all that the center serves, these included; asked once everything is put together. */
export function systemRoutes(
  ready: () => Promise<boolean>,
  metrics: Pick<Metrics, 'text'>,
  everyRoute: () => readonly Route[],
): readonly Route[] {
  let description: Uint8Array | null = null;
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
    route({
      method: 'GET',
      path: '/metrics',
      title: 'What the center counts, for Prometheus',
      access: 'scraper',
      media: 'text/plain; version=0.0.4; charset=utf-8',
      output: z.custom<Uint8Array>(),
      handler: async () => Buffer.from(await metrics.text()),
    }),
    // Open to everyone: it says what the program can be asked, as its source does, and nothing about this center or its people.
    route({
      method: 'GET',
      path: '/openapi.json',
      title: 'This description',
      access: 'public',
      media: 'application/json',
      output: z.custom<Uint8Array>(),
      handler: async () => {
        description ??= Buffer.from(JSON.stringify(openApi(everyRoute())));
        return description;
      },
    }),
  ];
}
