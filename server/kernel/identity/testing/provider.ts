/** A real OpenID provider on loopback (`oidc-provider`), and a browser that goes there and back. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider from 'oidc-provider';

export interface Account {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean | string;
  readonly name?: string;
  readonly groups?: readonly string[] | string;
}

export interface TestProvider {
  readonly issuer: string;
  /** Whoever is asked to sign in there does so as this account. */
  readonly as: (account: Account) => void;
  /** Changes the ID tokens it gives from now on; null for none. */
  readonly tampering: (with_: ((token: string) => string | Promise<string>) | null) => void;
  /** Signs claims with the provider's own key. */
  readonly sign: (claims: { readonly [claim: string]: unknown }) => Promise<string>;
  readonly close: () => Promise<void>;
}

export const CLIENT = { clientId: 'center', clientSecret: 'of the center, at the provider' };

/** `small`: the ID token holds the subject alone, the rest is told by userinfo. `tokens`: where it says that it gives tokens. */
export async function testProvider(
  redirectUri: string,
  { small = false, tokens }: { readonly small?: boolean; readonly tokens?: string } = {},
): Promise<TestProvider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  let account: Account = { sub: 'nobody' };
  let tamper: ((token: string) => string | Promise<string>) | null = null;
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [jwk] },
    cookies: { keys: ['of the test'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    conformIdTokenClaims: small,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ ...account, sub }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new provider.Grant({
        clientId: ctx.oidc.client?.clientId ?? '',
        accountId: ctx.oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid email profile groups');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    const body = ctx.body as { id_token?: string; token_endpoint?: string } | undefined;
    if (body?.token_endpoint && tokens !== undefined) body.token_endpoint = tokens;
    if (ctx.path === '/token' && tamper && body?.id_token) body.id_token = await tamper(body.id_token);
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
    void provider.interactionFinished(request, response, { login: { accountId: account.sub } });
  });
  return {
    issuer,
    as: (of) => {
      account = of;
    },
    tampering: (with_) => {
      tamper = with_;
    },
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A browser as far as sign-ins need one: cookies by host, redirects one at a time. */
export interface TestBrowser {
  /** One request; where it is sent to, if anywhere. */
  readonly go: (url: string) => Promise<{ readonly status: number; readonly to: string | null; readonly text: string }>;
  /** What a page of that very origin sends. */
  readonly send: (url: string, body: object) => Promise<{ readonly status: number }>;
  /** Follows from here until the address fits, and returns it without going there. */
  readonly until: (url: string, fits: (url: string) => boolean) => Promise<string>;
  readonly cookies: (origin: string) => ReadonlyMap<string, string>;
}

export function testBrowser(): TestBrowser {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: string): Map<string, string> => {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };
  const ask = async (url: string, more: RequestInit = {}): Promise<Response> => {
    const jar = jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...more.headers, ...(cookie ? { cookie } : {}) };
    const response = await fetch(url, { ...more, redirect: 'manual', headers });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (/Max-Age=0|expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
  const go: TestBrowser['go'] = async (url) => {
    const response = await ask(url);
    const location = response.headers.get('location');
    return { status: response.status, to: location && new URL(location, url).href, text: await response.text() };
  };
  return {
    go,
    send: (url, body) =>
      ask(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        body: JSON.stringify(body),
      }),
    until: async (from, fits) => {
      let url = from;
      for (let hops = 0; hops < 12; hops++) {
        if (fits(url)) return url;
        const { to, status, text } = await go(url);
        if (to === null) throw new Error(`led nowhere: ${status} ${text.slice(0, 300)}`);
        url = to;
      }
      throw new Error('led in circles');
    },
    cookies: (origin) => jarOf(origin),
  };
}
