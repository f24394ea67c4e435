/** What operators and programs ask of the center itself. */
import { z } from 'zod';
import type { Metrics } from '../telemetry/metrics.ts';
import { openApi } from './openapi.ts';
import { Problem } from './problem.ts';
import { type Route, route } from './route.ts';

type Unready = 'database away' | 'disk full';

const UNREADY: { readonly [U in Unready]: readonly [code: string, detail: string] } = {
  'database away': ['center.not_ready', 'The database does not answer; try again shortly.'],
  'disk full': [
    'center.disk_full',
    'The disk of the database is full and takes nothing; make room on it. Workstations go on and keep what they write.',
  ],
};

/** `everyRoute`: all that the center serves, these included; asked once everything is put together. */
export function systemRoutes(
  /** Null where the center can work, otherwise why not. */
  unready: () => Promise<Unready | null>,
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
      title: 'The center can take facts: its database answers, and has room for them',
      access: 'public',
      output: z.strictObject({ status: z.literal('ready') }),
      handler: async () => {
        const why = await unready();
        if (why === null) return { status: 'ready' as const };
        throw new Problem(503, ...UNREADY[why], { retryAfter: 1 });
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
