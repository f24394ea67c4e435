/**
 * The center as a process. Says `ready {"center":URL}` on its output when it is up; ends in order on SIGINT, SIGTERM, or
 * when the process that started it with a channel is gone.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startCenter } from './center.ts';
import { CenterFailure } from './kernel/db/failure.ts';
import { masterConfigOf } from './kernel/keys/master-config.ts';
import { LOG_LEVELS } from './kernel/log.ts';
import { readPlaces } from './kernel/security/places.ts';
import { sendTraces } from './kernel/telemetry/traces.ts';

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

function fail(sentence: string, code: number): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

function optionsOf(argv: readonly string[], env: NodeJS.ProcessEnv): z.output<typeof OptionsSchema> {
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
    return fail(
      `${error instanceof Error ? error.message.split('\n')[0] : 'These flags cannot be read.'} --help lists the flags.`,
      2,
    );
  }
  if (flags.help) {
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  }
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
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0] ?? '');
  return fail(`${FLAG_OF[name] ?? `--${name}`} ${issue?.message ?? 'is not valid'}.`, 2);
}

const options = optionsOf(process.argv.slice(2), process.env);
// Whoever asks to end it while it is still starting is heard once it has started.
let ended = false;
let end = (): void => {
  ended = true;
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end());
process.on('disconnect', () => end());

try {
  const endTraces = options.otlp === undefined ? async (): Promise<void> => undefined : sendTraces(options.otlp);
  const center = await startCenter({
    dataDir: options.data,
    port: options.port,
    host: options.host,
    demo: options.demo,
    log: options.log,
    ...(options.redis === undefined ? {} : { redisUrl: options.redis }),
    ...(options.limits === undefined ? {} : { limitsScale: options.limits }),
    network: {
      publicUrl: process.env.QD_PUBLIC_URL,
      trustedProxies: process.env.QD_TRUSTED_PROXIES,
      corsOrigins: process.env.QD_CORS_ORIGINS,
    },
    ...(options.otlp === undefined ? {} : { otlp: options.otlp }),
    ...(options.places === undefined ? {} : { placeOf: await readPlaces(options.places) }),
    ...(options.breached === undefined ? {} : { breachedPasswords: options.breached }),
    masterKey: masterConfigOf(process.env),
    ...(options.checkpoints === undefined ? {} : { checkpoints: options.checkpoints }),
    ...(options.database === undefined ? {} : { databaseUrl: options.database }),
  });
  let stopping = false;
  end = () => {
    if (stopping) return;
    stopping = true;
    Promise.all([center.close(), endTraces()]).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  if (ended) end();
  else process.stdout.write(`ready ${JSON.stringify({ center: center.url })}\n`);
} catch (error) {
  fail(
    error instanceof CenterFailure
      ? error.message
      : `The center could not start: ${error instanceof Error ? error.name : 'unknown error'}.`,
    1,
  );
}
