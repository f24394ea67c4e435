/** How a center was started: its flags, and the variables that stand in for them. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { objectionToGiven, readCommandLine, whole } from '#domain/kernel/command-line.ts';
import { LOG_LEVELS } from './kernel/log.ts';

const USAGE = `npm run center [-- flags]
  --data DIR    where the center keeps its key and, without DATABASE_URL, its PostgreSQL (.data; QD_DATA)
  --port N      port to serve (8420; QD_PORT), 0 for any free one
  --host HOST   address to serve (127.0.0.1; QD_HOST); any but this machine's own takes a certificate
  --tls-cert FILE, --tls-key FILE  certificate and its key, PEM (QD_TLS_CERT, QD_TLS_KEY); without them plain HTTP
  --checkpoints DIR  where signed checkpoints of the audit are kept (checkpoints in the data folder; QD_CHECKPOINTS)
  --demo        make the demo organisation; loopback alone (QD_DEMO=1)
  --log LEVEL   ${LOG_LEVELS.join(', ')} (info; QD_LOG), to the error output
  QD_PUBLIC_URL       addresses under which people and workstations reach it (https://center.example), with commas
  QD_TRUSTED_PROXIES  proxies whose X-Forwarded-* headers count: addresses, networks (10.0.0.0/8), loopback
  QD_CLOSED_NETWORKS  networks of your own that nobody else is on (172.18.0.0/16): within them TLS may be left out
  QD_SSO_HOSTS        hosts of a single sign-on of your own (id.example, *.id.example, id.example:8443), with commas
  QD_CORS_ORIGINS     other sites whose pages may call the API with a token of their own; none
  OTEL_EXPORTER_OTLP_ENDPOINT  an OTLP/HTTP collector, which traces and figures are sent to
  QD_OTLP_HEADERS     a file of NAME: VALUE lines, by which the collector is shown who sends
  QD_AUTHORITY       PEM of your own authority, by which alone Redis, Vault and the collector are then taken
  QD_ADDRESS_PLACES  a file of network,longitude,latitude lines: where addresses are, to judge impossible travel by
  QD_BREACHED_PASSWORDS  a file of leaked passwords, HASH:count lines ordered by SHA-1: none of them may be chosen
  QD_MASTER_KEY     file:PATH, aws-kms:ARN or vault:URL/KEY (master.key in the data folder); docs/operator/keys.md
  QD_MASTER_KEY_OLD  master keys of before, with commas, that may still have wrapped something
  VAULT_TOKEN, VAULT_TOKEN_FILE, VAULT_NAMESPACE  how the center shows Vault who it is
  QD_LIMITS_SCALE     multiplies the budgets of calls, for a center larger than any (1)
  REDIS_URL           Redis of a center of several nodes: rediss://host:6379, or redis:// on this machine
  QD_REDIS_CERT, QD_REDIS_KEY  certificate by which a Redis that asks for one knows the center, and the key of it, PEM
  DATABASE_URL  connection of a role that owns the schema and may create roles; without it an own PostgreSQL is run`;

const OptionsSchema = z
  .object({
    data: z.string().min(1, 'must name a folder'),
    checkpoints: z.string().min(1, 'must name a folder').optional(),
    port: whole(0, 65_535),
    host: z
      .string()
      .min(1, 'must be an address')
      .max(255)
      .regex(/^[\w.:-]+$/, 'must be an address'),
    'tls-cert': z.string().min(1, 'must name a file').optional(),
    'tls-key': z.string().min(1, 'must name a file').optional(),
    demo: z.union([z.boolean(), z.enum(['0', '1', ''])]).transform((value) => value === true || value === '1'),
    log: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }),
    otlp: z.url({ protocol: /^https?$/, error: 'must be an http address' }).optional(),
    'otlp-headers': z.string().min(1, 'must name a file').optional(),
    authority: z.string().min(1, 'must name a file').optional(),
    places: z.string().min(1, 'must name a file').optional(),
    breached: z.string().min(1, 'must name a file').optional(),
    limits: z.coerce
      .number({ error: 'must be a number' })
      .positive('must be above 0')
      .max(1_000, 'must be at most 1000')
      .optional(),
    'redis-cert': z.string().min(1, 'must name a file').optional(),
    'redis-key': z.string().min(1, 'must name a file').optional(),
    redis: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// address' }).optional(),
    database: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional(),
  })
  .refine((of) => (of['tls-cert'] === undefined) === (of['tls-key'] === undefined), {
    path: ['tls-cert'],
    message: 'goes with --tls-key: give both',
  })
  .refine((of) => (of['redis-cert'] === undefined) === (of['redis-key'] === undefined), {
    path: ['redis-cert'],
    message: 'goes with QD_REDIS_KEY: give both',
  })
  .refine((of) => of['redis-cert'] === undefined || of.redis?.startsWith('rediss:') === true, {
    path: ['redis-cert'],
    message: 'goes with REDIS_URL at rediss://: a certificate is shown over TLS alone',
  })
  .refine((of) => of['otlp-headers'] === undefined || of.otlp !== undefined, {
    path: ['otlp-headers'],
    message: 'goes with OTEL_EXPORTER_OTLP_ENDPOINT: say where the collector is',
  });

/** The variable that stands in for each setting where the command line says nothing of it; those without a flag have it alone. */
export const VARIABLES = {
  data: 'QD_DATA',
  checkpoints: 'QD_CHECKPOINTS',
  port: 'QD_PORT',
  host: 'QD_HOST',
  'tls-cert': 'QD_TLS_CERT',
  'tls-key': 'QD_TLS_KEY',
  demo: 'QD_DEMO',
  log: 'QD_LOG',
  otlp: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  'otlp-headers': 'QD_OTLP_HEADERS',
  authority: 'QD_AUTHORITY',
  places: 'QD_ADDRESS_PLACES',
  breached: 'QD_BREACHED_PASSWORDS',
  redis: 'REDIS_URL',
  'redis-cert': 'QD_REDIS_CERT',
  'redis-key': 'QD_REDIS_KEY',
  limits: 'QD_LIMITS_SCALE',
  database: 'DATABASE_URL',
} as const satisfies { readonly [setting in keyof z.input<typeof OptionsSchema>]-?: string };

/** What the center takes on its command line. */
export const FLAGS = {
  data: { type: 'string' },
  checkpoints: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  demo: { type: 'boolean' },
  log: { type: 'string' },
} as const;

export type Read =
  | { readonly kind: 'settings'; readonly settings: z.output<typeof OptionsSchema> }
  | { readonly kind: 'usage'; readonly text: string }
  /** `sentence`: which flag or variable is wrong, and what it has to be. */
  | { readonly kind: 'wrong'; readonly sentence: string };

/** Reads the command line, and the environment where it says nothing. */
export function readSettings(argv: readonly string[], env: NodeJS.ProcessEnv): Read {
  const given: { [setting: string]: string } = { data: '.data', port: '8420', host: '127.0.0.1', log: 'info' };
  for (const [setting, variable] of Object.entries(VARIABLES)) {
    const text = env[variable];
    // A variable of a setting without a flag that is there and empty is one that is not set.
    if (text === undefined || (text === '' && !(setting in FLAGS))) continue;
    const objection = objectionToGiven(text);
    if (objection !== null) return { kind: 'wrong', sentence: `${variable} ${objection}.` };
    given[setting] = text;
  }
  const read = readCommandLine(
    {
      command: 'npm run center',
      usage: USAGE,
      options: FLAGS,
      called: Object.fromEntries(Object.entries(VARIABLES).filter(([setting]) => !(setting in FLAGS))),
      schema: z.preprocess((flags) => ({ demo: false, ...given, ...(flags as object) }), OptionsSchema),
    },
    argv,
    parseArgs,
  );
  if (!read.ok) return { kind: 'wrong', sentence: read.refusal.message };
  return read.value === 'help' ? { kind: 'usage', text: USAGE } : { kind: 'settings', settings: read.value };
}
