/**
 * Records at the center's page, by keyboard alone: a crew claims charts, whoever leads it gives and releases them; incidents are
 * found, read and their reports taken out.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { pushOf } from '../../server/kernel/intake/testing/station.ts';
import { takeCall } from '../../server/modules/cad/handoff/testing/floor.ts';
import { DEMO_ORG } from '../../server/modules/demo/sign-in.ts';
import { firstRecordId } from '../../server/modules/sites/create.ts';
import { MEMBER_PASSWORD, type TestCenter, testCenter } from '../../server/testing/center.ts';
import { asMigrator } from '../../server/testing/postgres.ts';
import { buildCenterPage } from '../../tools/build/renderer.ts';
import { faults } from './axe.ts';
import { type CenterPage, openCenterPage } from './center-page.ts';
import { launchBrowser } from './console.ts';
import { picture } from './security-page.ts';

/** What the list of charts asks. */
const LISTED = '**/v1/charts?*';

const NUMBERS = ['26-00501', '26-00502', '26-00503'] as const;
const [FIRST, SECOND] = NUMBERS;
/** A call of which nobody was transported, so that it has no chart. */
const AT_HOME = '26-00504';
const CALLBACK = '(415) 555-0199';
const folder = mkdtempSync(join(tmpdir(), 'qd-e2e-charts-'));
let house: TestCenter;
let context: BrowserContext;
let center: CenterPage;
let pete: { readonly token: string; readonly person: string };

beforeAll(async () => {
  await buildCenterPage();
  house = await testCenter();
  const seat = await house.enrol('Seat');
  const unit = firstRecordId(house.site, 'roster_unit', 'm36');
  const made = NUMBERS.flatMap((number, i) => {
    const call = takeCall(seat, number);
    const at = Date.now() - (60 - i) * 60_000;
    call.send(unit, at);
    call.status(unit, 'onScene', at + 300_000);
    call.status(unit, 'transporting', at + 900_000, { destination: { name: 'Mercy' } });
    call.status(unit, 'atDestination', at + 1_500_000);
    call.status(unit, 'available', at + 1_800_000, { commitments: [] });
    const amended = { element: 'onScene', at: at + 290_000, reason: 'radio log' };
    if (i === 0) call.fact('time.amended', at + 1_810_000, [call.run(unit), call.incident], amended);
    return call.made;
  });
  const atHome = takeCall(seat, AT_HOME, { callback: CALLBACK, caller: 'Ida Moss' });
  const began = Date.now() - 3_600_000;
  atHome.send(unit, began);
  atHome.status(unit, 'onScene', began + 300_000);
  atHome.fact('incident.noted', began + 310_000, [atHome.incident], { text: 'Helped back to bed' });
  atHome.status(unit, 'available', began + 900_000, { commitments: [] });
  expect((await seat.push(pushOf(...made, ...atHome.made))).body).toMatchObject({ problems: [] });
  for (const [login, role] of [
    ['pam', 'provider'],
    ['lena', 'medical_director'],
    ['bill', 'biller'],
    ['dan', 'dispatcher'],
  ] as const) {
    await house.member(login, [role]);
  }
  pete = await house.member('pete', ['provider']);
  await vi.waitUntil(async () => (await charts()).length === NUMBERS.length, { timeout: 30_000 });
  context = await launchBrowser(join(folder, 'browser'), process.env);
  center = await openCenterPage(await context.newPage(), house.url);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await picture(center.page, `failed-${task.name.slice(0, 30).replaceAll(/\W+/g, '-')}`);
});
afterAll(async () => {
  await context?.close();
  await house?.close();
  rmSync(folder, { recursive: true, force: true });
});

const charts = async (): Promise<{ chart: string; number: string; author: object | null }[]> =>
  (
    await house.call<{ charts: { chart: string; number: string; author: object | null }[] }>(
      'GET',
      '/v1/charts',
      undefined,
      house.adminToken,
    )
  ).body.charts;
const idOf = async (number: string): Promise<string> =>
  (await charts()).find((chart) => chart.number === number)?.chart ?? '';
/** Who has read the chart, by the audit. */
const readers = async (number: string): Promise<string[]> => {
  const id = await idOf(number);
  const { rows } = await asMigrator(house, (client) =>
    client.query<{ login: string }>(
      `select distinct p.login from audit.entry e join identity.person p on p.org = e.org and p.id = e.actor
       where e.op = 'read' and e.tbl = 'epcr.chart' and e.row_id = $1 order by 1`,
      [id],
    ),
  );
  return rows.map(({ login }) => login);
};

async function signIn(login: string): Promise<void> {
  const { page } = center;
  if ((await page.getByRole('button', { name: 'Sign out' }).count()) > 0) await center.push('Sign out');
  await page.getByRole('heading', { name: 'Quantum Dispatch' }).waitFor();
  await center.fill('User', `${login}@${DEMO_ORG}`);
  await center.fill('Password', MEMBER_PASSWORD);
  await center.press('Enter');
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
}
const row = (number: string): Locator =>
  center.page
    .getByRole('grid', { name: 'Charts', exact: true })
    .getByRole('row', { name: `${number} M36`, exact: true });

describe('one of the crew', () => {
  it('finds what is nobody’s yet, of which call it is and when it was transported', async () => {
    const { page } = center;
    await signIn('pam');
    await page.getByRole('main', { name: 'Charts' }).waitFor();
    await row(FIRST).waitFor();
    await expect.poll(() => page.getByRole('grid', { name: 'Charts', exact: true }).getByRole('row').count()).toBe(4);
    await row(FIRST).getByText('Mercy').waitFor();
    await row(FIRST).getByText('nobody’s yet').waitFor();
    expect(await faults(page)).toEqual([]);
    await picture(page, 'charts');
    await center.press('t');
    expect(await faults(page)).toEqual([]);
    await picture(page, 'charts-other-palette');
    // The rows came after the focus did, and none is in hand yet: Enter means the first.
    await expect.poll(center.focused).toBe('Charts');
    await center.press('Enter');
    await page.getByRole('region', { name: 'Run record' }).waitFor();
    await center.press('Escape');
  });

  it('is told that it is read once it is claimed, claims it, and reads it; that is noted', async () => {
    const { page } = center;
    await center.openRow('Charts', `${FIRST} M36`);
    await page.getByRole('region', { name: 'Patient chart' }).getByText('Nobody has claimed this yet').waitFor();
    const run = page.getByRole('region', { name: 'Run record' });
    await run.getByText('left scene').waitFor();
    // Of its times the one that was amended has the mark of the report, and no other.
    await run.getByText('* amended: from what and why is in the incident report.').waitFor();
    expect(await run.locator('.mono', { hasText: /\d\* amended$/ }).count()).toBe(1);
    await page.getByText('Give or release it: Your role does not allow this.').waitFor();
    await expect.poll(center.focused).toBe('Claim it as mine');
    expect(await faults(page)).toEqual([]);
    await picture(page, 'chart-unclaimed');
    expect(await readers(FIRST)).toEqual([]);
    await center.press('Enter');
    await center.said(`The chart of ${FIRST} M36 is yours`);
    await page.getByRole('region', { name: 'Patient chart' }).getByText('1 of this run').waitFor();
    expect(await readers(FIRST)).toEqual(['pam']);
    await row(FIRST).waitFor({ state: 'detached' });
    expect(await faults(page)).toEqual([]);
    await picture(page, 'chart-claimed');
    await center.push('mine');
    await row(FIRST).getByText('yours').waitFor();
  });

  it('is refused in place what another claimed in the meantime', async () => {
    const { page } = center;
    await center.push('nobody’s yet');
    await row(SECOND).waitFor();
    await center.press('/', 'Enter');
    await center.openRow('Charts', `${SECOND} M36`);
    await expect.poll(() => center.focused()).toBe('Claim it as mine');
    // The list looks again every few seconds, and would offer it no more if that came in between.
    await page.route(LISTED, () => undefined);
    expect((await house.call('POST', `/v1/charts/${await idOf(SECOND)}/claim`, {}, pete.token)).status).toBe(200);
    await center.press('Enter');
    await page.getByRole('alert').getByText('Somebody else has claimed this chart').waitFor();
    await page.unroute(LISTED);
    await expect.poll(center.focused).toBe('Claim it as mine');
    expect(await faults(page)).toEqual([]);
    await picture(page, 'chart-refused');
    expect(await readers(SECOND)).toEqual([]);
  });
});

describe('whoever leads the crew', () => {
  it('gives a chart to another of it, and is asked for whom and why first', async () => {
    const { page } = center;
    await signIn('lena');
    await center.goTo('h', 'Charts');
    await row(FIRST).getByText('Name of pam').waitFor();
    await center.openRow('Charts', `${FIRST} M36`);
    await page.getByText('Claim it: Your role does not allow this.').waitFor();
    await expect.poll(() => center.focused()).toContain('Give it to');
    await center.push('Give it');
    await page.getByRole('alert').getByText('Choose whose it is to be.').waitFor();
    await page.getByRole('option', { name: /^Name of pete/ }).waitFor({ state: 'attached' });
    await page.keyboard.type('Name of pete');
    await center.push('Give it');
    await page.getByRole('alert').getByText('Say why').waitFor();
    await expect.poll(center.focused).toBe('Reason');
    // Asked once more without one, it is refused once more, and one is in the field again.
    await center.push('Give it');
    await expect.poll(center.focused).toBe('Reason');
    await page.keyboard.type('Pam went home');
    await picture(page, 'chart-give');
    await center.press('Enter');
    await center.said(`The chart of ${FIRST} M36 is given to Name of pete`);
    await row(FIRST).getByText('Name of pete').waitFor();
    expect(await faults(page)).toEqual([]);
    expect(await readers(FIRST)).toEqual(['lena', 'pam']);
  });

  it('releases it for the crew to claim', async () => {
    const { page } = center;
    await expect.poll(() => center.focused()).toContain('Give it to');
    await page.keyboard.type('nobody');
    await center.fill('Reason', 'Pete was not on it');
    await center.push('Release it');
    await center.said(`The chart of ${FIRST} M36 is nobody’s again`);
    await row(FIRST).getByText('nobody’s yet').waitFor();
    expect((await charts()).find(({ number }) => number === FIRST)?.author).toBeNull();
  });

  it('takes out the report, which names the patient', async () => {
    const downloading = center.page.waitForEvent('download');
    await center.push('Take out the report (PDF)');
    expect((await downloading).suggestedFilename()).toBe(`Incident-report-${FIRST}.pdf`);
  });
});

/** Who has opened the incident of this number, by the audit, once for each time. */
const openers = async (number: string): Promise<string[]> => {
  const { rows } = await asMigrator(house, (client) =>
    client.query<{ login: string }>(
      `select p.login from audit.entry e join identity.person p on p.org = e.org and p.id = e.actor
         join cad.incident i on i.org = e.org and i.id = e.row_id
       where e.op = 'read' and e.tbl = 'cad.incident' and i.number = $1`,
      [number],
    ),
  );
  return rows.map(({ login }) => login);
};
const nameOfSite = async (): Promise<string> => {
  const path = '/v1/entities/site';
  const { body } = await house.call<{ items: { body: { name: string } }[] }>('GET', path, undefined, house.adminToken);
  return body.items[0]?.body.name ?? 'no name';
};
const incidents = (): Locator => center.page.getByRole('grid', { name: 'Incidents', exact: true });

describe('whoever keeps the records', () => {
  it('finds an incident by its number and takes out its report, though it has no chart', async () => {
    const { page } = center;
    await signIn('dan');
    await page.getByRole('main', { name: 'Incidents' }).waitFor();
    await expect.poll(() => incidents().getByRole('row').count()).toBe(NUMBERS.length + 2);
    expect(await openers(AT_HOME)).toEqual([]);
    await center.press('/');
    await expect.poll(center.focused).toBe('Find');
    await center.press('Enter');
    await page.getByRole('alert').getByText('such as 26-00417').waitFor();
    await page.keyboard.type(AT_HOME);
    await center.press('Enter');
    await expect.poll(() => incidents().getByRole('row').count()).toBe(2);
    await expect.poll(center.focused).toBe('Incidents');
    await center.openRow('Incidents', `${AT_HOME} Sick person`);
    await page.getByRole('region', { name: 'Place and people' }).getByText('Ida Moss').waitFor();
    await page
      .getByText(await nameOfSite())
      .first()
      .waitFor();
    await page.getByRole('region', { name: 'Run of M36' }).getByText('on scene').waitFor();
    await page.getByRole('region', { name: 'Notes' }).getByText('Helped back to bed').waitFor();
    expect(await openers(AT_HOME)).toEqual(['dan']);
    expect(await faults(page)).toEqual([]);
    await picture(page, 'incident-at-the-center');
    const downloading = page.waitForEvent('download');
    await center.push('Take out the report (PDF)');
    expect((await downloading).suggestedFilename()).toBe(`Incident-report-${AT_HOME}.pdf`);
  });

  it('finds it by the number that called, however that is written', async () => {
    const { page } = center;
    await center.press('Escape');
    await center.push('The newest again');
    await expect.poll(() => incidents().getByRole('row').count()).toBe(NUMBERS.length + 2);
    await picture(page, 'incidents-at-the-center');
    await center.press('/');
    await page.keyboard.type('415.555.0199');
    await center.press('Tab', 'c', 'Enter');
    await center.push('Find');
    await expect.poll(() => incidents().getByRole('row').count()).toBe(2);
    await incidents()
      .getByRole('row', { name: `${AT_HOME} Sick person`, exact: true })
      .waitFor();
    await center.fill('Find', '415 555 0000');
    await center.press('Enter');
    await page.getByText('No incident has this callback number').waitFor();
    expect(await faults(page)).toEqual([]);
    expect(center.errors).toEqual([]);
  });
});

describe('whoever has nothing to do with whose a chart is', () => {
  it('reads it where their role does, and is told why not the rest', async () => {
    const { page } = center;
    await signIn('bill');
    await center.goTo('h', 'Charts');
    await center.openRow('Charts', `${SECOND} M36`);
    await page.getByText('Claim it: Your role does not allow this.').waitFor();
    await page.getByText('Give or release it: Your role does not allow this.').waitFor();
    await page.getByRole('region', { name: 'Billable trip' }).getByText('awaiting chart').waitFor();
    expect(await faults(page)).toEqual([]);
    await picture(page, 'chart-of-a-biller');
  });

  it('does not find the screen without any right to charts', async () => {
    const { page } = center;
    await signIn('dan');
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'My security' }).waitFor();
    expect(await page.getByRole('link', { name: 'Charts' }).count()).toBe(0);
    expect(center.errors).toEqual([]);
  });
});
