/** How a center was started: its flags, and the variables that stand in for them. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { LOG_LEVELS } from './kernel/log.ts';

const USAGE = `Usage: node server/main.ts [--data DIR] [--port N] [--host HOST] [--demo] [--log LEVEL]
  --data DIR    where the center keeps its key and, without DATABASE_URL, its PostgreSQL (.data; QD_DATA)
  --port N      port to serve (8420; QD_PORT), 0 for any free one
  --host HOST   address to serve (127.0.0.1; QD_HOST)
  --checkpoints DIR  where signed checkpoints of the audit are kept (checkpoints in the data folder; QD_CHECKPOINTS)
  --demo        make the demo organisation; loopback alone (QD_DEMO=1)
  --log LEVEL   ${LOG_LEVELS.join(', ')} (info; QD_LOG), to the error output
  QD_PUBLIC_URL       addresses under which people and workstations reach it (https://center.example), with commas
  QD_TRUSTED_PROXIES  proxies whose X-Forwarded-* headers count: addresses, networks (10.0.0.0/8), loopback
  QD_CORS_ORIGINS     other sites whose pages may call the API with a token of their own; none
  OTEL_EXPORTER_OTLP_ENDPOINT  an OTLP/HTTP collector, which traces and figures are sent to
  QD_ADDRESS_PLACES  a file of network,longitude,latitude lines: where addresses are, to judge impossible travel by
  QD_BREACHED_PASSWORDS  a file of leaked passwords, HASH:count lines ordered by SHA-1: none of them may be chosen
  QD_MASTER_KEY     file:PATH, aws-kms:ARN or vault:URL/KEY (master.key in the data folder); docs/operator/keys.md
  QD_LIMITS_SCALE     multiplies the budgets of calls, for a center larger than any (1)
  REDIS_URL           Redis of a center of several nodes: redis://host:6379, or rediss:// over TLS
  DATABASE_URL  connection of a role that owns the schema and may create roles; without it an own PostgreSQL is run`;

const Port = z.coerce
  .number({ error: 'must be a number' })
  .int('must be a whole number')
  .min(0, 'must be at least 0')
  .max(65_535, 'must be at most 65535');
const OptionsSchema = z.object({
  data: z.string().min(1, 'must name a folder'),
  checkpoints: z.string().min(1, 'must name a folder').optional(),
  port: Port,
  host: z
    .string()
    .min(1, 'must be an address')
    .max(255)
    .regex(/^[\w.:-]+$/, 'must be an address'),
  demo: z.union([z.boolean(), z.enum(['0', '1', ''])]).transform((value) => value === true || value === '1'),
  log: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }),
  otlp: z.url({ protocol: /^https?$/, error: 'must be an http address' }).optional(),
  places: z.string().min(1, 'must name a file').optional(),
  breached: z.string().min(1, 'must name a file').optional(),
  limits: z.coerce
    .number({ error: 'must be a number' })
    .positive('must be above 0')
    .max(1_000, 'must be at most 1000')
    .optional(),
  redis: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// address' }).optional(),
  database: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional(),
});

const FLAG_OF: { readonly [option: string]: string } = {
  database: 'DATABASE_URL',
  redis: 'REDIS_URL',
  limits: 'QD_LIMITS_SCALE',
  otlp: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  places: 'QD_ADDRESS_PLACES',
  breached: 'QD_BREACHED_PASSWORDS',
};

export type Read =
  | { readonly kind: 'settings'; readonly settings: z.output<typeof OptionsSchema> }
  | { readonly kind: 'usage'; readonly text: string }
  /** `sentence`: which flag or variable is wrong, and what it has to be. */
  | { readonly kind: 'wrong'; readonly sentence: string };

/** Reads the command line, and the environment where it says nothing. */
export function readSettings(argv: readonly string[], env: NodeJS.ProcessEnv): Read {
  let flags: {
    data?: string;
    checkpoints?: string;
    port?: string;
    host?: string;
    demo?: boolean;
    log?: string;
    help?: boolean;
  };
  try {
    flags = parseArgs({
      args: [...argv],
      options: {
        data: { type: 'string' },
        checkpoints: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        demo: { type: 'boolean' },
        log: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : 'These flags cannot be read.';
    return { kind: 'wrong', sentence: `${why} --help lists the flags.` };
  }
  if (flags.help) return { kind: 'usage', text: USAGE };
  const parsed = OptionsSchema.safeParse({
    data: flags.data ?? env.QD_DATA ?? '.data',
    checkpoints: flags.checkpoints ?? env.QD_CHECKPOINTS,
    port: flags.port ?? env.QD_PORT ?? '8420',
    host: flags.host ?? env.QD_HOST ?? '127.0.0.1',
    demo: flags.demo ?? env.QD_DEMO ?? false,
    log: flags.log ?? env.QD_LOG ?? 'info',
    ...(env.OTEL_EXPORTER_OTLP_ENDPOINT ? { otlp: env.OTEL_EXPORTER_OTLP_ENDPOINT } : {}),
    ...(env.QD_ADDRESS_PLACES ? { places: env.QD_ADDRESS_PLACES } : {}),
    ...(env.QD_BREACHED_PASSWORDS ? { breached: env.QD_BREACHED_PASSWORDS } : {}),
    ...(env.REDIS_URL ? { redis: env.REDIS_URL } : {}),
    ...(env.QD_LIMITS_SCALE ? { limits: env.QD_LIMITS_SCALE } : {}),
    ...(env.DATABASE_URL ? { database: env.DATABASE_URL } : {}),
  });
  if (parsed.success) return { kind: 'settings', settings: parsed.data };
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0] ?? '');
  return { kind: 'wrong', sentence: `${FLAG_OF[name] ?? `--${name}`} ${issue?.message ?? 'is not valid'}.` };
}
