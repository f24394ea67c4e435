/** The organisation's provider: what its discovery document says, kept for a while. */
import * as oidc from 'openid-client';
import type { SsoSettings } from '#domain/identity/api/sso.ts';
import type { Clock } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';
import type { Outbound } from '../../http/outbound.ts';
import { remembered } from '../../remembered.ts';

const LIFE_MS = 10 * 60_000;
const TIMEOUT_S = 10;

/** A client at the provider; throws where the provider cannot be reached or does not say what it must. */
export type ProviderOf = (settings: SsoSettings, clientSecret: string | null) => Promise<oidc.Configuration>;

/** Whether an issuer's identifier is one (OpenID Connect Discovery 1.0, 3): https, without query or fragment. */
export function isIssuer(issuer: string): boolean {
  const { protocol, search, hash, hostname } = new URL(issuer);
  // One of this machine, where that is allowed at all, may do without.
  return (
    search === '' && hash === '' && (protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  );
}

/** Everything that a provider and its discovery document name is asked by `outbound`, and so only where that may ask. */
export function makeProviders(clock: Clock, outbound: Outbound): ProviderOf {
  const known = remembered<oidc.Configuration>({ clock, lifeMs: LIFE_MS });
  return (settings, clientSecret) =>
    known.get(sha256(JSON.stringify([settings.issuer, settings.clientId, clientSecret])), () =>
      discovered(settings, clientSecret, outbound),
    );
}

async function discovered(
  settings: SsoSettings,
  clientSecret: string | null,
  outbound: Outbound,
): Promise<oidc.Configuration> {
  if (!isIssuer(settings.issuer)) throw new Error('an issuer that may not be asked');
  const insecure = new URL(settings.issuer).protocol === 'http:';
  const authentication = clientSecret === null ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
  return oidc.discovery(new URL(settings.issuer), settings.clientId, undefined, authentication, {
    timeout: TIMEOUT_S,
    [oidc.customFetch]: (url, options) => outbound.ask(url, options),
    // The ID token's own signature is checked although it came over TLS: who relies on it relies on the key, not on the way.
    execute: [oidc.enableNonRepudiationChecks, ...(insecure ? [oidc.allowInsecureRequests] : [])],
  });
}
