/** Telling whoever runs the center why a provider was of no use: the people who come by it are told no more than that it was. */
import type { Logger } from 'pino';
import type { SsoSettings } from '#domain/identity/api/sso.ts';
import { NotAskable } from '../../http/outbound.ts';

/** Errors and what caused them, the outermost first; what is nested deeper tells nothing more. */
const DEEPEST = 5;
const NAME = /^\w{1,60}$/;

export function tellOfProvider(
  logger: Pick<Logger, 'warn'>,
  { issuer }: Pick<SsoSettings, 'issuer'>,
  error: unknown,
): void {
  const errors = causesOf(error);
  // By their names alone: what a provider says may be about somebody.
  const why = errors
    .flatMap(({ name, code, error: refused }) => [name, code, refused])
    .filter((one) => typeof one === 'string' && NAME.test(one));
  const host = errors.find((one) => one instanceof NotAskable)?.host;
  logger.warn(
    { provider: new URL(issuer).host, why, ...(host === undefined ? {} : { host }) },
    'the provider of single sign-on did not answer as it has to',
  );
}

/** As Node, undici and openid-client make them: `code` of their own, `error` of the protocol (RFC 6749, 5.2). */
type Caused = Error & { readonly code?: unknown; readonly error?: unknown; readonly host?: string };

function causesOf(error: unknown): readonly Caused[] {
  const all: Caused[] = [];
  for (let one = error; one instanceof Error && all.length < DEEPEST; one = one.cause) all.push(one);
  return all;
}
