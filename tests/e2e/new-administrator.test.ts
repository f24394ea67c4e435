/**
 * A new organisation, from nothing: its operator makes the first administrator at the machine of the center; they and
 * whoever they invite set up a second factor before anything else opens. By keyboard alone.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Secret, TOTP } from 'otpauth';
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startCenter } from '../../server/center.ts';
import { emptyDatabase } from '../../server/testing/postgres.ts';
import { buildCenterPage } from '../../tools/build/renderer.ts';
import { faults } from './axe.ts';
import { type CenterPage, openCenterPage } from './center-page.ts';
import { launchBrowser } from './console.ts';
import { addAuthenticator, picture } from './security-page.ts';

const PSAP = fileURLToPath(new URL('../../tools/psap/main.ts', import.meta.url));
const NORA = 'gulls on the harbor wall';
const OLA = 'mist and bells';
const folder = mkdtempSync(join(tmpdir(), 'qd-e2e-new-'));
const closing: (() => Promise<unknown>)[] = [];
let context: BrowserContext;
let center: CenterPage;
let at: string;
let noraApp: TOTP;
let invitation: string;

/** `npm run psap` as its operator runs it, beside the center that serves. */
function psap(databaseUrl: string, typed: string): Promise<string> {
  const flags = ['--org', 'north', '--org-name', 'North County', '--name', 'North 911', '--zone', 'America/Denver'];
  const child = spawn(process.execPath, [PSAP, '--data', join(folder, 'center'), ...flags, '--admin', 'nora'], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  // One that has ended reads nothing any more.
  child.stdin.on('error', () => undefined);
  child.stdin.end(typed);
  return new Promise((resolve, reject) =>
    child.on('close', (code) => (code === 0 ? resolve(said) : reject(new Error(said)))),
  );
}

beforeAll(async () => {
  await buildCenterPage();
  const database = await emptyDatabase();
  closing.push(database.drop);
  const house = await startCenter({
    dataDir: join(folder, 'center'),
    port: 0,
    host: '127.0.0.1',
    databaseUrl: database.migratorUrl,
    log: 'silent',
  });
  closing.push(house.close);
  expect(await psap(database.migratorUrl, `${NORA}\n`)).toContain('nora administers the whole organisation');
  // Passkeys are bound to a name, not to an address.
  at = `http://localhost:${new URL(house.url).port}`;
  context = await launchBrowser(join(folder, 'browser'), process.env);
  closing.push(() => context.close());
  center = await openCenterPage(await context.newPage(), at);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await picture(center.page, `failed-${task.name.slice(0, 30).replaceAll(/\W+/g, '-')}`);
});
afterAll(async () => {
  for (const end of closing.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

const screens = (): Promise<number> =>
  center.page.getByRole('navigation', { name: 'Screens' }).getByRole('link').count();

describe('in a new organisation', () => {
  it('the first administrator reaches nothing but their own security until they have a second factor', async () => {
    const { page } = center;
    await center.fill('User', 'nora@north');
    await center.fill('Password', NORA);
    await center.press('Enter');
    await center.status('Second factor').getByText('Your role asks for a second factor').waitFor();
    expect(await screens()).toBe(1);
    await picture(page, 'owes-a-factor');
    await center.push('Set up an authenticator app');
    const secret = ((await page.locator('.secret-small').textContent()) ?? '').replaceAll(' ', '');
    noraApp = new TOTP({ secret: Secret.fromBase32(secret) });
    await picture(page, 'authenticator-app');
    await center.fill('Six digits', noraApp.generate());
    await center.press('Enter');
    await center.said('The authenticator app is set up');
    await expect.poll(screens).toBeGreaterThan(5);
    await picture(page, 'recovery-codes');
  });

  it('the policy says so, and why', async () => {
    await center.goTo('y', 'Security policy');
    await center.page.getByText('As every new organisation begins: administrators need a second factor.').waitFor();
    expect(await center.status('Administrators').count()).toBe(0);
    await picture(center.page, 'policy');
  });

  it('an administrator invites another', async () => {
    const { page } = center;
    await center.press('Escape');
    await center.goTo('p', 'People');
    await center.press('n');
    await page.getByRole('group', { name: 'Invite a person' }).waitFor();
    await center.fill('Name', 'Ola');
    await center.fill('User name', 'ola');
    await center.tick('Administrator');
    await center.push('Invite');
    await center.said('Ola is invited');
    await picture(page, 'invited');
    invitation = (await center.status('Invitation').locator('.secret').textContent()) ?? '';
    await center.push('Sign out');
    await page.getByRole('heading', { name: 'Quantum Dispatch' }).waitFor();
  });

  it('who accepts with a password of their own, and is let in no further than to a second factor: here a passkey', async () => {
    center = await openCenterPage(await context.newPage(), `${at}/#/invitation/${invitation}`);
    const { page } = center;
    await addAuthenticator(context, page);
    await page.getByRole('heading', { name: 'Welcome to North County' }).waitFor();
    await center.fill('Password', OLA);
    await center.fill('Once more', OLA);
    await picture(page, 'accepts');
    await center.press('Enter');
    await center.status('Second factor').getByText('Your role asks for a second factor').waitFor();
    expect(await screens()).toBe(1);
    expect(await faults(page)).toEqual([]);
    await center.fill('Its name', 'Desk key');
    await center.press('Enter');
    await center.said('The passkey is added');
    await expect.poll(screens).toBeGreaterThan(5);
    expect(await center.status('Recovery codes').getByRole('listitem').count()).toBe(10);
    await page.getByRole('region', { name: 'Passkeys' }).getByText('Desk key', { exact: true }).waitFor();
    expect(await faults(page)).toEqual([]);
    await picture(page, 'passkey');
  });

  it('signs in for the first time: the password, then the passkey', async () => {
    const { page } = center;
    await center.push('Sign out');
    await center.fill('User', 'ola@north');
    await center.fill('Password', OLA);
    await center.press('Enter');
    await page.getByRole('heading', { name: 'Second factor' }).waitFor();
    await picture(page, 'asks-for-the-factor');
    await center.push('Use a passkey instead');
    await expect.poll(screens).toBeGreaterThan(5);
  });

  it('or by the passkey alone', async () => {
    await center.push('Sign out');
    await center.push('Sign in with a passkey');
    await expect.poll(screens).toBeGreaterThan(5);
    await center.page.getByRole('banner').getByText('Ola', { exact: true }).waitFor();
    expect(center.errors).toEqual([]);
  });

  it('is told what changed about the account above every screen, until they say that they know', async () => {
    const { page } = center;
    const told = page.getByRole('region', { name: 'About your account' });
    await told.getByText('A passkey was added to your account').waitFor();
    await told.getByText('Recovery codes were made').waitFor();
    expect(await faults(page)).toEqual([]);
    await picture(page, 'told');
    await center.push('I know of these');
    await told.waitFor({ state: 'detached' });
    await center.press('Escape', 'g', 'm');
    const all = page.getByRole('region', { name: 'What happened to the account' });
    await all.getByText('A passkey was added to your account').waitFor();
    expect(await all.getByText('new', { exact: true }).count()).toBe(0);
  });

  it('leaves nothing of them in the browser when they sign out (ASVS 14.3.1)', async () => {
    const { page } = center;
    await center.push('Sign out');
    await page.getByRole('heading', { name: 'Quantum Dispatch' }).waitFor();
    const kept = await page.evaluate(async () => {
      const databases = (await indexedDB.databases()).map(({ name }) => name);
      return [
        document.documentElement.outerHTML,
        JSON.stringify([localStorage, sessionStorage]),
        document.cookie,
        ...databases,
      ];
    });
    for (const text of kept) expect(text).not.toMatch(/ola|nora|north county|desk key/i);
    expect((await context.cookies()).map(({ name }) => name).filter((name) => name.includes('qd-'))).toEqual([]);
    // Back is no way in.
    await page.goBack().catch(() => null);
    await page.waitForTimeout(500);
    expect(await page.content()).not.toMatch(/Desk key|North County/);
    await page.goto(at);
    await center.push('Sign in with a passkey');
    await expect.poll(screens).toBeGreaterThan(5);
  });

  it('takes the passkey away only when something else is left', async () => {
    const { page } = center;
    await center.press('Escape', 'g', 'm');
    await page.getByRole('main', { name: 'My security' }).waitFor();
    await center.push('Take it away');
    await center.fill('Reason', 'A test of the last factor');
    await center.press('Enter');
    await page.getByRole('alert').waitFor();
    await picture(page, 'last-factor');
    await page.getByRole('region', { name: 'Passkeys' }).getByText('Desk key', { exact: true }).waitFor();
  });
});
