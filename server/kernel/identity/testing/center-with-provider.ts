/** A center whose people come in by single sign-on: a provider is set, and the demo's dispatcher is known to it by e-mail. */
import { expect } from 'vitest';
import type { z } from 'zod';
import { SSO_REFUSALS, type SsoOutSchema } from '#domain/identity/api/sso.ts';
import type { WhoAmIOut } from '#domain/identity/api/web.ts';
import { DEMO_ORG, DEMO_PASSWORD, DEMO_USER } from '../../../modules/demo/sign-in.ts';
import { type Answer, type TestCenter, testCenter } from '../../../testing/center.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { CLIENT, type TestBrowser, type TestProvider, testBrowser, testProvider } from './provider.ts';

export const GROUPS = [
  { group: 'floor', roles: ['dispatcher'] },
  { group: 'leads', roles: ['supervisor', 'dispatcher'] },
];
/** The demo's dispatcher, as the provider speaks of them. */
export const ANN = {
  sub: 'ann-1',
  email: 'Ann@PSAP.example',
  email_verified: true,
  name: 'Ann Other',
  groups: ['floor'],
};

type Settings = Answer<z.infer<typeof SsoOutSchema>>;

export interface CenterWithProvider {
  readonly center: TestCenter;
  readonly provider: TestProvider;
  readonly origin: string;
  /** Where signing in begins. */
  readonly begin: string;
  /** Asks for the settings, or puts or forgets them. */
  readonly sso: (method: string, body?: object, token?: string) => Promise<Settings>;
  /** The settings as they are at first, but for a change. */
  readonly set: (change?: object) => Promise<Settings>;
  readonly withEmail: (login: string, email: string) => Promise<unknown>;
  /** A browser in which somebody of the demo has just signed in with their password. */
  readonly signedInHere: (login: string) => Promise<TestBrowser>;
  /** Links whoever has just signed in so with an account of the provider; where the browser was led in the end. */
  readonly link: (browser: TestBrowser, account: Parameters<TestProvider['as']>[0]) => Promise<string | null>;
  readonly isCallback: (url: string) => boolean;
  /** The provider's answer, on its way to the center. */
  readonly answered: (browser: TestBrowser) => Promise<string>;
  readonly signedInAs: (browser: TestBrowser) => Promise<WhoAmIOut | null>;
  readonly signIn: (account: Parameters<TestProvider['as']>[0]) => Promise<{
    readonly browser: TestBrowser;
    readonly to: string | null;
    readonly me: WhoAmIOut | null;
  }>;
  /** Nobody came in, and the page is told why. */
  readonly refused: (browser: TestBrowser, callback: string, why: keyof typeof SSO_REFUSALS) => Promise<void>;
  readonly roles: (login: string) => Promise<string[] | undefined>;
  /** As it was at first, for the next test. */
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function centerWithProvider(more: Parameters<typeof testCenter>[0] = {}): Promise<CenterWithProvider> {
  const center = await testCenter(more);
  const sso: CenterWithProvider['sso'] = (method, body, token = center.adminToken) =>
    center.call(method, '/v1/sso', body, token);
  const out = (await sso('GET')).body;
  const origin = new URL(out.beginUrl).origin;
  const begin = out.beginUrl;
  const provider = await testProvider(out.redirectUri);
  const set: CenterWithProvider['set'] = async (change = {}) => {
    const { changedAt } = (await sso('GET')).body;
    return sso('PUT', { on: true, issuer: provider.issuer, ...CLIENT, groups: GROUPS, changedAt, ...change });
  };
  const withEmail: CenterWithProvider['withEmail'] = (login, email) =>
    asMigrator(center, (client) =>
      client.query('update identity.person set email = $2 where login = $1', [login, email]),
    );
  expect((await set()).status).toBe(200);
  await withEmail(DEMO_USER, 'ann@psap.example');
  const isCallback = (url: string): boolean => url.startsWith(`${origin}/v1/sso/callback`);
  const signedInHere: CenterWithProvider['signedInHere'] = async (login) => {
    const browser = testBrowser();
    const answer = await browser.send(`${origin}/v1/web/sessions`, {
      user: `${login}@${DEMO_ORG}`,
      password: DEMO_PASSWORD,
    });
    expect(answer.status).toBe(200);
    return browser;
  };
  const link: CenterWithProvider['link'] = async (browser, account) => {
    provider.as(account);
    return (await browser.go(await browser.until(`${begin}?link=true`, isCallback))).to;
  };
  expect(await link(await signedInHere(DEMO_USER), ANN)).toBe(`${origin}/`);
  const answered = (browser: TestBrowser): Promise<string> => browser.until(begin, isCallback);
  const signedInAs = async (browser: TestBrowser): Promise<WhoAmIOut | null> => {
    const { status, text } = await browser.go(`${origin}/v1/web/session`);
    return status === 200 ? (JSON.parse(text) as WhoAmIOut) : null;
  };
  return {
    center,
    provider,
    origin,
    begin,
    sso,
    set,
    withEmail,
    signedInHere,
    link,
    isCallback,
    answered,
    signedInAs,
    signIn: async (account) => {
      provider.as(account);
      const browser = testBrowser();
      const { to } = await browser.go(await answered(browser));
      return { browser, to, me: await signedInAs(browser) };
    },
    refused: async (browser, callback, why) => {
      const { to } = await browser.go(callback);
      expect(to).toBe(`${origin}/#refused=${why}`);
      expect(SSO_REFUSALS[why]).toMatch(/\.$/);
      expect([...browser.cookies(origin).keys()]).toEqual([]);
      expect(await signedInAs(browser)).toBeNull();
    },
    roles: async (login) => {
      const { rows } = await asMigrator(center, (client) =>
        client.query('select roles from identity.person where login = $1', [login]),
      );
      return rows[0]?.roles;
    },
    reset: async () => {
      provider.tampering(null);
      await set();
    },
    close: async () => {
      await provider.close();
      await center.close();
    },
  };
}
