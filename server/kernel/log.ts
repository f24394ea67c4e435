/** The center's log of its own running. Facts, bodies, tokens and what people typed are never written to it. */
import pino, { type DestinationStream, type Logger } from 'pino';
import { MODULES } from '#domain/modules.ts';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Fields that are declared to hold what is about patients and callers. */
const DECLARED = MODULES.flatMap((module) => module.entities.flatMap((entity) => entity.encrypt));

/** Fields that hold content or secrets wherever they might come up, however deep. */
const SECRET: ReadonlySet<string> = new Set([
  ...DECLARED,
  'body',
  'frames',
  'keys',
  'password',
  'token',
  'authorization',
  'assertion',
  'accessToken',
  'refreshToken',
  'cookie',
  'clientSecret',
  'detail',
  'parameters',
]);

/** What is nested deeper is no line of a log. */
const DEEPEST = 6;

/** The same without what is not to be said. An error stays itself, for its own serializer. */
function shown(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (depth > DEEPEST) return undefined;
  if (Array.isArray(value)) return value.map((item) => shown(item, depth + 1));
  const kept: { [name: string]: unknown } = {};
  for (const [name, of] of Object.entries(value)) if (!SECRET.has(name)) kept[name] = shown(of, depth + 1);
  return kept;
}

/** `to`: where the lines go; the error output, unless a test reads them. */
export function createLogger(level: LogLevel, to?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      formatters: { log: (line) => shown(line, 0) as { [name: string]: unknown } },
      serializers: {
        req: () => undefined,
        res: () => undefined,
        err: (error: { name?: string; code?: string; at?: string }) => ({
          name: error.name,
          code: error.code,
          at: error.at,
        }),
      },
    },
    // A line for every call must not hold the loop up: lines go out together, a tenth of a second late at most, and at the
    // latest when the process ends.
    to ?? pino.destination({ dest: 2, sync: false, minLength: 8_192, periodicFlush: 100 }),
  );
}
