/** One's own security at the center's page: a second factor that a role asks for, signing in with it, and confirming who one is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../domain/identity/policy.ts';
import { DEMO_ADMIN, DEMO_ORG, DEMO_PASSWORD } from '../../server/modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../server/testing/center.ts';
import { asMigrator } from '../../server/testing/postgres.ts';
import { buildCenterPage } from '../../tools/build/renderer.ts';
import { faults } from './axe.ts';
import { type CenterPage, openCenterPage } from './center-page.ts';
import { launchBrowser } from './console.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-e2e-security-'));
let house: TestCenter;
let context: BrowserContext;
let center: CenterPage;
let codes: readonly string[];

beforeAll(async () => {
  await buildCenterPage();
  house = await testCenter();
  const policy = { ...DEFAULT_POLICY, mfa: { admin: 'required' } };
  const set = { policy, version: 1, reason: 'a test of what a role may ask for' };
  expect((await house.call('PUT', '/v1/organisation/policy', set, house.adminToken)).status).toBe(200);
  context = await launchBrowser(join(folder, 'browser'), process.env);
  center = await openCenterPage(await context.newPage(), house.url);
});
afterAll(async () => {
  await context?.close();
  await house?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function signIn(): Promise<void> {
  await center.fill('User', `${DEMO_ADMIN}@${DEMO_ORG}`);
  await center.fill('Password', DEMO_PASSWORD);
  await center.press('Enter');
}
const screens = (): Promise<number> =>
  center.page.getByRole('navigation', { name: 'Screens' }).getByRole('link').count();

it('lets whoever owes a second factor to nothing but setting one up; then everything else opens', async () => {
  const { page } = center;
  expect(await faults(page)).toEqual([]);
  await signIn();
  await center.status('Second factor').getByText('Your role asks for a second factor').waitFor();
  expect(await screens()).toBe(1);
  await center.push('Set up an authenticator app');
  const secret = ((await page.locator('.secret-small').textContent()) ?? '').replaceAll(' ', '');
  expect(await faults(page)).toEqual([]);
  await center.fill('Six digits', '000000');
  await center.press('Enter');
  await page.getByRole('alert').waitFor();
  await expect.poll(center.focused).toBe('Six digits');
  await center.fill('Six digits', new TOTP({ secret: Secret.fromBase32(secret) }).generate());
  await center.press('Enter');
  await center.said('The authenticator app is set up');
  codes = await center.status('Recovery codes').getByRole('listitem').allTextContents();
  expect(codes).toHaveLength(10);
  // What comes next is in hand, and not the button that takes away what was just set up.
  await expect.poll(center.focused).toBe('Recovery codes');
  await expect.poll(screens).toBeGreaterThan(5);
  // The codes stay in sight, although the rest opened.
  expect(await center.status('Recovery codes').count()).toBe(1);
});

it('asks for it at sign-in; a recovery code stands in', async () => {
  await center.push('Sign out');
  await signIn();
  await center.page.getByRole('heading', { name: 'Second factor' }).waitFor();
  expect(await faults(center.page)).toEqual([]);
  await center.fill('Code', '000000');
  await center.press('Enter');
  await center.page.getByRole('alert').waitFor();
  await center.fill('Code', codes[0] ?? '');
  await center.press('Enter');
  await center.page.getByRole('navigation', { name: 'Screens' }).waitFor();
  expect(await screens()).toBeGreaterThan(5);
});

it('confirms who one is in place, and what was asked is done by itself', async () => {
  const { page } = center;
  const anHourAgo = Date.now() - 3_600_000;
  await asMigrator(house, (client) => client.query('update identity.session set proven_at = $1', [anHourAgo]));
  // Doors remember a session for a second.
  await page.waitForTimeout(1_200);
  await center.goTo('o', 'Organisation');
  await center.openRow('Modules', 'Billing');
  await center.fill('Reason', 'A test of the switch');
  await center.press('Enter');
  await page.getByRole('group', { name: 'Confirm who you are' }).waitFor();
  expect(await faults(page)).toEqual([]);
  await expect.poll(() => center.focused()).toBe('Your code');
  await page.keyboard.type(codes[1] ?? '');
  await center.press('Enter');
  await center.said('Billing is off');
  await page.getByRole('row', { name: 'Billing', exact: true }).getByText('off').first().waitFor();
  expect(center.errors).toEqual([]);
});

it('signs out while the center is away, and lets nobody in by what is left of the session once it is back', async () => {
  const { page } = center;
  const going = (): Promise<number> =>
    asMigrator(house, async (client) => {
      const { rows } = await client.query('select from identity.session where ended_at is null and station is null');
      return rows.length;
    });
  const before = await going();
  await context.setOffline(true);
  await center.push('Sign out');
  await page.getByText('it ends your session when this page reaches it').waitFor();
  // Whoever comes next loads the page again.
  await context.setOffline(false);
  await page.reload();
  await page.getByLabel('User', { exact: true }).waitFor();
  expect(await page.getByRole('navigation', { name: 'Screens' }).count()).toBe(0);
  await expect.poll(going).toBe(before - 1);
});
