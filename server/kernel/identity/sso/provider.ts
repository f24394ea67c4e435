/** The organisation's provider: what its discovery document says, kept for a while. */
import * as oidc from 'openid-client';
import type { SsoSettings } from '#domain/identity/api/sso.ts';
import type { Clock } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';

const LIFE_MS = 10 * 60_000;
const TIMEOUT_S = 10;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A client at the provider; throws where the provider cannot be reached or does not say what it must. */
export type ProviderOf = (settings: SsoSettings, clientSecret: string | null) => Promise<oidc.Configuration>;

/** Whether an issuer may be asked: over https; on this machine without it too, where that is allowed. */
export function mayBeIssuer(issuer: string, loopback: boolean): boolean {
  const { protocol, hostname, search, hash } = new URL(issuer);
  if (search !== '' || hash !== '') return false;
  return protocol === 'https:' || (loopback && LOOPBACK.has(hostname));
}

/** `loopback`: a provider on this machine may do without https. For the demo and tests. */
export function makeProviders(clock: Clock, loopback: boolean): ProviderOf {
  const known = new Map<string, { readonly until: number; readonly is: Promise<oidc.Configuration> }>();
  return (settings, clientSecret) => {
    const name = sha256(JSON.stringify([settings.issuer, settings.clientId, clientSecret]));
    const held = known.get(name);
    if (held && held.until > clock()) return held.is;
    const is = discovered(settings, clientSecret, loopback);
    known.set(name, { until: clock() + LIFE_MS, is });
    is.catch(() => known.delete(name));
    return is;
  };
}

async function discovered(
  settings: SsoSettings,
  clientSecret: string | null,
  loopback: boolean,
): Promise<oidc.Configuration> {
  if (!mayBeIssuer(settings.issuer, loopback)) throw new Error('an issuer that may not be asked');
  const insecure = new URL(settings.issuer).protocol === 'http:';
  const authentication = clientSecret === null ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
  return oidc.discovery(new URL(settings.issuer), settings.clientId, undefined, authentication, {
    timeout: TIMEOUT_S,
    // The ID token's own signature is checked although it came over TLS: who relies on it relies on the key, not on the way.
    execute: [oidc.enableNonRepudiationChecks, ...(insecure ? [oidc.allowInsecureRequests] : [])],
  });
}
