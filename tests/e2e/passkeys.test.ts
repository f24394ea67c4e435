/**
 * Passkeys in a real browser, at the center's own address, with an authenticator that Chromium has of its own for tests
 * (WebAuthn Level 3, 11.2): what the browser refuses is refused by the browser, what it makes is taken by the center.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WhoAmIOut } from '../../domain/identity/api/web.ts';
import { DEMO_ADMIN, DEMO_PASSWORD } from '../../server/modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../server/testing/center.ts';
import { launchBrowser } from './console.ts';
import { type Authenticator, addAuthenticator } from './security-page.ts';

interface Answer {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly options?: object;
    readonly passkey?: object | null;
    readonly passkeys?: readonly { readonly id: string; readonly name: string }[];
    readonly recoveryCodes?: readonly string[] | null;
    readonly secondFactor?: { readonly methods: readonly string[]; readonly passkey: object | null };
  };
}

const ALONE = { user: DEMO_ADMIN, password: DEMO_PASSWORD };
let folder: string;
let center: TestCenter;
let at: string;
let browser: BrowserContext;
let page: Page;
let authenticator: Authenticator;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qd-passkeys-'));
  mkdirSync(join(folder, 'pages'));
  writeFileSync(join(folder, 'pages', 'center.html'), '<!doctype html><title>Center</title>');
  center = await testCenter({ pages: join(folder, 'pages') });
  at = `http://localhost:${new URL(center.url).port}`;
  browser = await launchBrowser(join(folder, 'profile'), process.env);
  page = browser.pages()[0] ?? (await browser.newPage());
  await page.goto(`${at}/`);
  authenticator = await addAuthenticator(browser, page);
});
afterAll(async () => {
  await browser?.close();
  await center?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One call of the page's own, as the center's page makes it. */
const ask = (method: string, path: string, body?: object): Promise<Answer> =>
  page.evaluate(
    async (call) => {
      const csrf = /(?:^|; )qd-csrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';
      const response = await fetch(call.path, {
        method: call.method,
        headers: { 'qd-csrf': csrf, ...(call.body ? { 'content-type': 'application/json' } : {}) },
        ...(call.body ? { body: JSON.stringify(call.body) } : {}),
      });
      return { status: response.status, body: await response.json() };
    },
    { method, path, body },
  );
/** What the browser makes of options for a new passkey, or for one that it has. Rejects as the browser does. */
const create = (options: object): Promise<object> =>
  page.evaluate(async (json) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json as PublicKeyCredentialCreationOptionsJSON);
    const made = await navigator.credentials.create({ publicKey });
    return (made as PublicKeyCredential).toJSON();
  }, options);
const show = (options: object): Promise<object> =>
  page.evaluate(async (json) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json as PublicKeyCredentialRequestOptionsJSON);
    const shown = await navigator.credentials.get({ publicKey });
    return (shown as PublicKeyCredential).toJSON();
  }, options);
const optionsOf = async (path: string): Promise<object> => (await ask('POST', path, {})).body.options ?? {};
const me = async (): Promise<WhoAmIOut> => {
  const { status, body } = await ask('GET', '/v1/web/session');
  if (status !== 200) throw new Error(`nobody is signed in: ${body.code}`);
  return body as unknown as WhoAmIOut;
};

it('is made by a person who signed in, and stands beside the password from then on', async () => {
  expect((await ask('POST', '/v1/web/sessions', ALONE)).status).toBe(200);
  const response = await create(await optionsOf('/v1/me/passkeys/options'));
  const added = await ask('POST', '/v1/me/passkeys', { name: 'This computer', response });
  expect(added.body.recoveryCodes).toHaveLength(10);
  expect((await me()).secondFactor).toBe('given');
  const { passkeys } = (await ask('GET', '/v1/me/second-factors')).body;
  expect(passkeys).toMatchObject([{ name: 'This computer' }]);
  // The authenticator has one of theirs: it makes no second one.
  await expect(create(await optionsOf('/v1/me/passkeys/options'))).rejects.toThrow(/InvalidStateError/);

  const asked = await ask('POST', '/v1/web/sessions', ALONE);
  expect(asked.status).toBe(401);
  expect(asked.body).toMatchObject({
    code: 'second_factor.needed',
    secondFactor: { methods: ['passkey', 'recovery'] },
  });
  const passkey = await show(asked.body.secondFactor?.passkey ?? {});
  expect((await ask('POST', '/v1/web/sessions', { ...ALONE, passkey })).status).toBe(200);
});

it('signs in without a password, once for each time it is shown', async () => {
  await ask('POST', '/v1/web/end', {});
  await expect(me()).rejects.toThrow('nobody is signed in');
  const passkey = await show(await optionsOf('/v1/web/passkey/options'));
  expect((await ask('POST', '/v1/web/passkey', { passkey })).status).toBe(200);
  expect(await me()).toMatchObject({ login: DEMO_ADMIN, secondFactor: 'given' });
  await ask('POST', '/v1/web/end', {});
  expect((await ask('POST', '/v1/web/passkey', { passkey })).body.code).toBe('sign_in.refused');
  await expect(me()).rejects.toThrow('nobody is signed in');
});

it('confirms who one is before what is sensitive', async () => {
  const signIn = await show(await optionsOf('/v1/web/passkey/options'));
  await ask('POST', '/v1/web/passkey', { passkey: signIn });
  const before = (await me()).provenAt;
  const options = (await ask('POST', '/v1/me/step-up/options', {})).body.passkey ?? {};
  expect((await ask('POST', '/v1/me/step-up', { passkey: await show(options) })).status).toBe(200);
  expect((await me()).provenAt).toBeGreaterThan(before);
});

it('is shown by the browser only with its person verified, and only here', async () => {
  await authenticator.verifies(false);
  await expect(show(await optionsOf('/v1/web/passkey/options'))).rejects.toThrow(/NotAllowedError/);
  await authenticator.verifies(true);
  const options = await optionsOf('/v1/web/passkey/options');
  await page.goto(`${center.url}/`);
  await expect(show(options)).rejects.toThrow(/SecurityError/);
  await page.goto(`${at}/`);
});

it('opens nothing once its person has taken it away', async () => {
  await ask('POST', '/v1/web/passkey', { passkey: await show(await optionsOf('/v1/web/passkey/options')) });
  const [held] = (await ask('GET', '/v1/me/second-factors')).body.passkeys ?? [];
  expect((await ask('DELETE', `/v1/me/passkeys/${held?.id}`)).status).toBe(200);
  await ask('POST', '/v1/web/end', {});
  const passkey = await show(await optionsOf('/v1/web/passkey/options'));
  expect((await ask('POST', '/v1/web/passkey', { passkey })).body.code).toBe('sign_in.refused');
  expect((await ask('POST', '/v1/web/sessions', ALONE)).status).toBe(200);
});
