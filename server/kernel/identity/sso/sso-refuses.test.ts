/** What single sign-on takes nobody in by, each as an attacker would try it. */
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SSO_REFUSALS } from '#domain/identity/api/sso.ts';
import { DEMO_USER } from '../../../modules/demo/sign-in.ts';
import { ANN, type CenterWithProvider, centerWithProvider } from '../testing/center-with-provider.ts';
import { testBrowser, testProvider } from '../testing/provider.ts';

let at: CenterWithProvider;
beforeAll(async () => {
  at = await centerWithProvider();
});
afterEach(() => at.reset());
afterAll(() => at.close());

describe('single sign-on refuses', () => {
  const attack = async (change: (callback: URL) => void, why: keyof typeof SSO_REFUSALS): Promise<void> => {
    at.provider.as(ANN);
    const browser = testBrowser();
    const callback = new URL(await at.answered(browser));
    change(callback);
    await at.refused(browser, callback.href, why);
  };

  it('another state, none, and one begun in another browser (ASVS 7.6.2, 10.1.2)', async () => {
    await attack((url) => url.searchParams.set('state', 'made-up'), 'sso.stale');
    await attack((url) => url.searchParams.delete('state'), 'sso.stale');
    at.provider.as(ANN);
    const [theirs, mine] = [testBrowser(), testBrowser()];
    const callback = await at.answered(theirs);
    // Signing somebody in to another's account: without a ticket, and with the ticket of a sign-in of one's own.
    await at.refused(mine, callback, 'sso.stale');
    await at.answered(mine);
    await at.refused(mine, callback, 'sso.stale');
  });

  it('a code that was used, and the same answer again', async () => {
    at.provider.as(ANN);
    const browser = testBrowser();
    const first = await at.answered(browser);
    const ticket = browser.cookies(at.origin).get('qd-sso') ?? '';
    expect((await browser.go(first)).to).toBe(`${at.origin}/`);
    const again = testBrowser();
    await at.answered(again);
    (again.cookies(at.origin) as Map<string, string>).set('qd-sso', ticket);
    await at.refused(again, first, 'sso.stale');
    const other = testBrowser();
    const replayed = new URL(await at.answered(other));
    replayed.searchParams.set('code', new URL(first).searchParams.get('code') ?? '');
    await at.refused(other, replayed.href, 'sso.provider');
  });

  it('a code that was taken from somebody else’s sign-in: the verifier is not theirs', async () => {
    at.provider.as(ANN);
    const [victim, attacker] = [testBrowser(), testBrowser()];
    const stolen = new URL(await at.answered(victim)).searchParams.get('code') ?? '';
    const callback = new URL(await at.answered(attacker));
    callback.searchParams.set('code', stolen);
    await at.refused(attacker, callback.href, 'sso.provider');
  });

  it('an answer of another issuer (ASVS 6.8.1, 10.2.2)', async () => {
    await attack((url) => url.searchParams.set('iss', 'https://honest.example'), 'sso.provider');
    await attack((url) => url.searchParams.delete('iss'), 'sso.provider');
    at.provider.as(ANN);
    const browser = testBrowser();
    const callback = await at.answered(browser);
    const other = await testProvider(`${at.origin}/v1/sso/callback`);
    try {
      await at.set({ issuer: other.issuer });
      await at.refused(browser, callback, 'sso.off');
    } finally {
      await other.close();
    }
  });

  it('another nonce than was asked for (ASVS 10.5.1)', async () => {
    at.provider.as(ANN);
    const browser = testBrowser();
    const url = new URL((await browser.go(at.begin)).to ?? '');
    url.searchParams.set('nonce', 'of-somebody-else');
    await at.refused(browser, await browser.until(url.href, at.isCallback), 'sso.provider');
  });

  it('ID tokens that were changed, are expired, are of another client or issuer, or unsigned (ASVS 6.8.2, 9.1.2, 10.5.4)', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claimsOf = (token: string) => decodeJwt(token);
    const forged: ((token: string) => string | Promise<string>)[] = [
      (token) => {
        const [head, , signature] = token.split('.');
        return `${head}.${part({ ...claimsOf(token), groups: ['leads'] })}.${signature}`;
      },
      (token) => `${token.slice(0, -6)}${token.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`,
      (token) => `${part({ alg: 'none' })}.${part(claimsOf(token))}.`,
      (token) => at.provider.sign({ ...claimsOf(token), exp: Math.floor(Date.now() / 1000) - 120 }),
      (token) => at.provider.sign({ ...claimsOf(token), aud: 'another client' }),
      (token) => at.provider.sign({ ...claimsOf(token), iss: 'https://honest.example' }),
      (token) => at.provider.sign({ ...claimsOf(token), nonce: 'another' }),
      async (token) => {
        const stranger = await testProvider(`${at.origin}/v1/sso/callback`);
        await stranger.close();
        return stranger.sign(claimsOf(token));
      },
    ];
    for (const tamper of forged) {
      at.provider.tampering(tamper);
      await attack(() => undefined, 'sso.provider');
    }
    // What only was signed anew goes through: it is the changes that were refused.
    at.provider.tampering((token) => at.provider.sign(claimsOf(token)));
    expect((await at.signIn(ANN)).to).toBe(`${at.origin}/`);
  });

  it('an address that another one’s verification would stand for', async () => {
    at.provider.as({ ...ANN, sub: 'mallory-1', email: 'mallory@psap.example' });
    const browser = testBrowser();
    // The ID token names somebody else’s address and does not say that it is verified; userinfo does, of their own.
    at.provider.tampering((token) => {
      const { email_verified: _, groups: __, ...claims } = decodeJwt(token);
      return at.provider.sign({ ...claims, email: 'dee@psap.example' });
    });
    await at.withEmail(DEMO_USER, 'dee@psap.example');
    await at.refused(browser, await at.answered(browser), 'sso.email');
    await at.withEmail(DEMO_USER, 'ann@psap.example');
  });

  it('an answer of the provider that is a refusal', async () => {
    await attack((url) => {
      url.searchParams.delete('code');
      url.searchParams.set('error', 'access_denied');
    }, 'sso.provider');
  });

  it('where it is off, was forgotten, or of an organisation that is not here', async () => {
    await at.set({ on: false });
    expect((await testBrowser().go(at.begin)).to).toBe(`${at.origin}/#refused=sso.off`);
    expect((await testBrowser().go(`${at.origin}/v1/sso/nowhere/begin`)).to).toBe(`${at.origin}/#refused=sso.off`);
    expect((await at.sso('DELETE')).status).toBe(200);
    expect((await at.sso('GET')).body.settings).toBeNull();
    expect((await testBrowser().go(at.begin)).to).toBe(`${at.origin}/#refused=sso.off`);
  });
});
