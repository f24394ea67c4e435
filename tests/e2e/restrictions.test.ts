/** An administrator takes an action away from a role at the center's page and gives it back, by keyboard alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_ADMIN, DEMO_ORG, DEMO_PASSWORD } from '../../server/modules/demo/sign-in.ts';
import { MEMBER_PASSWORD, type TestCenter, testCenter } from '../../server/testing/center.ts';
import { asMigrator } from '../../server/testing/postgres.ts';
import { buildCenterPage } from '../../tools/build/renderer.ts';
import { faults } from './axe.ts';
import { type CenterPage, openCenterPage } from './center-page.ts';
import { launchBrowser } from './console.ts';
import { picture } from './security-page.ts';

const ACTION = 'Lift a pause after wrong passwords';
const REASON = 'Pauses are lifted by the help desk';
const folder = mkdtempSync(join(tmpdir(), 'qd-e2e-restrictions-'));
let house: TestCenter;
let context: BrowserContext;
let center: CenterPage;

beforeAll(async () => {
  await buildCenterPage();
  house = await testCenter();
  // Somebody who sees the matrix and may change nothing of it.
  await house.member('ada', ['auditor']);
  context = await launchBrowser(join(folder, 'browser'), process.env);
  center = await openCenterPage(await context.newPage(), house.url);
  await center.fill('User', `${DEMO_ADMIN}@${DEMO_ORG}`);
  await center.fill('Password', DEMO_PASSWORD);
  await center.press('Enter');
  await center.page.getByRole('navigation', { name: 'Screens' }).waitFor();
});
afterAll(async () => {
  await context?.close();
  await house?.close();
  rmSync(folder, { recursive: true, force: true });
});

const cell = (stands: string): Locator =>
  center.page
    .getByRole('row', { name: ACTION, exact: true })
    .getByRole('gridcell', { name: `Supervisor: ${stands}`, exact: true });

/** With the matrix in focus: the arrows until the cell of the role is in hand. */
async function toCell(stands: string): Promise<void> {
  await expect.poll(() => center.focused()).toBe('Permissions');
  for (let i = 0; i < 20 && (await cell(stands).getAttribute('aria-selected')) !== 'true'; i++) {
    await center.press('ArrowRight');
  }
  expect(await cell(stands).getAttribute('aria-selected')).toBe('true');
}

/** Nobody has confirmed who they are for an hour, and the doors, which remember a session for a second, know it of the page's. */
async function provenLongAgo(): Promise<void> {
  const anHourAgo = Date.now() - 3_600_000;
  await asMigrator(house, (client) => client.query('update identity.session set proven_at = $1', [anHourAgo]));
  // It says nothing of what to change: where the doors still hold that this is proven, it is refused as not valid.
  const asked = (): Promise<string> =>
    center.page.evaluate(async () => {
      const own = /qd-csrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';
      const headers = { 'content-type': 'application/json', 'qd-csrf': own };
      const path = '/v1/permissions/people.unlock/restriction';
      const answer = await fetch(path, { method: 'POST', headers, body: '{}' });
      return (await answer.json()).code;
    });
  await expect.poll(asked, { timeout: 10_000 }).toBe('step_up.needed');
}

it('asks for a reason and for who one is, and the cell and Why say what was taken away', async () => {
  const { page } = center;
  await center.goTo('w', 'Who may do what');
  await center.press('/');
  await page.keyboard.type(ACTION);
  await center.press('Enter');
  await toCell('may');
  await center.press('Enter');
  await page.keyboard.type('supervisor 1');
  await center.status('Why').getByText('may', { exact: false }).first().waitFor();
  await center.press('Escape');
  await toCell('may');

  await provenLongAgo();
  await center.press('Delete');
  await expect.poll(() => center.focused()).toBe('Reason');
  await page.getByRole('group', { name: 'Take away from Supervisor' }).waitFor();
  expect(await faults(page)).toEqual([]);
  await picture(page, 'restriction-form');
  // What is missing is said before who they are is asked.
  await center.press('Enter');
  await page.getByRole('alert').getByText('Say why').waitFor();
  expect(await page.getByRole('group', { name: 'Confirm who you are' }).count()).toBe(0);
  await expect.poll(center.focused).toBe('Reason');
  await page.keyboard.type(REASON);
  await center.press('Enter');
  await page.getByRole('group', { name: 'Confirm who you are' }).waitFor();
  await expect.poll(() => center.focused()).toBe('Your password');
  expect(await faults(page)).toEqual([]);
  await picture(page, 'restriction-step-up');
  await page.keyboard.type(DEMO_PASSWORD);
  await center.press('Enter');
  await center.said(`${ACTION}: taken away from Supervisor`);
  await cell('taken away by the organisation').waitFor();
  await center.status('Why').getByText(REASON).waitFor();
  await picture(page, 'restriction-taken');
  expect(await faults(page)).toEqual([]);
});

it('gives it back from the same cell', async () => {
  const { page } = center;
  // Done with the form, one is in the matrix again, at the cell.
  await toCell('taken away by the organisation');
  await center.press('Delete');
  await page.getByRole('group', { name: 'Give back to Supervisor' }).waitFor();
  await expect.poll(() => center.focused()).toBe('Reason');
  await center.press('Enter');
  await page.getByRole('alert').waitFor();
  await expect.poll(center.focused).toBe('Reason');
  expect(await faults(page)).toEqual([]);
  await picture(page, 'restriction-back');
  await page.keyboard.type('The help desk is closed at night');
  await center.press('Enter');
  await center.said(`${ACTION}: given back to Supervisor`);
  await cell('may').waitFor();
  await center.status('Why').getByText(REASON).waitFor({ state: 'detached' });
  await toCell('may');
  expect(center.errors).toEqual([]);
});

it('says at a cell why it cannot be taken away', async () => {
  const { page } = center;
  const said = (): Promise<string | null> => page.getByRole('status', { name: 'Last action' }).textContent();
  for (let i = 0; i < 20; i++) await center.press('ArrowRight');
  await center.press('Delete');
  await expect.poll(said).toMatch(/The role Integration does not have this, and no organisation adds to a role/);
  await expect.poll(center.focused).toBe('Permissions');
  for (let i = 0; i < 20; i++) await center.press('ArrowLeft');
  await center.press('Delete');
  await expect.poll(said).toMatch(/Choose the cell of a role/);
  await center.push('Sign out');
  await center.fill('User', `ada@${DEMO_ORG}`);
  await center.fill('Password', MEMBER_PASSWORD);
  await center.press('Enter');
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  await center.goTo('w', 'Who may do what');
  await center.press('/');
  await page.keyboard.type(ACTION);
  await center.press('Enter');
  await toCell('may');
  await center.press('Delete');
  await expect.poll(said).toMatch(/✕ .*Your role does not allow this/);
  await expect.poll(center.focused).toBe('Permissions');
  await picture(page, 'restriction-not-allowed');
  expect(center.errors).toEqual([]);
});
