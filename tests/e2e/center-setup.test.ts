/** A new administrator sets a PSAP up from the center's screens, without a page of documentation and without a pointer. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { InvitationsOutSchema } from '../../domain/identity/api/people.ts';
import { DEMO_ADMINISTRATOR } from '../../tools/start/demo.ts';
import { askCenter, signIn } from '../../tools/start/enrolment.ts';
import { anyFreePort } from '../../tools/start/ports.ts';
import { startStationProcess } from '../../tools/start/processes.ts';
import { RowsSchema } from './another-administrator.ts';
import { faults } from './axe.ts';
import { type CenterHouse, centerHouse, PASSWORD } from './center-house.ts';
import { type CenterPage, openCenterPage } from './center-page.ts';
import { picture } from './security-page.ts';

/** What the workstation says on its own screen. */
const shownThere: string[] = [];
const COMPARE = /code to compare there is ([A-Z0-9-]+)/;
let house: CenterHouse;
let center: CenterPage;

beforeAll(async () => {
  house = await centerHouse();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await picture(center.page, `center-${task.name.slice(0, 40).replaceAll(/\W+/g, '-')}`);
});
afterAll(() => house?.close());

describe('a new administrator', () => {
  it('accepts an invitation: a password too short is said at its field, the right one signs in (ASVS 6.2.6, 6.2.7)', async () => {
    center = await openCenterPage(await house.context.newPage(), `${house.url}/#/invitation/${house.invitation}`);
    const { page } = center;
    await page.getByRole('heading', { name: 'Welcome to Harbor County' }).waitFor();
    expect(page.url()).not.toContain(house.invitation);
    expect(await faults(page)).toEqual([]);
    const fields = page.locator('input[type="password"]');
    await expect.poll(() => fields.count()).toBe(2);
    // Nobody reads it over a shoulder; who keeps it elsewhere may paste it, and a keeper of passwords may fill it.
    expect(await fields.evaluateAll((all) => all.map((one) => one.getAttribute('autocomplete')))).toEqual([
      'new-password',
      'new-password',
    ]);
    await center.fill('Password', '');
    const pasted = await page.evaluate(() => {
      const paste = new ClipboardEvent('paste', { bubbles: true, cancelable: true });
      return document.activeElement?.dispatchEvent(paste);
    });
    expect(pasted).toBe(true);
    await page.keyboard.insertText('x'.repeat(5));
    expect(await fields.first().inputValue()).toBe('xxxxx');
    await center.fill('Password', 'short');
    await center.press('Enter');
    await page.getByRole('alert').getByText('It has 5 of at least 15 characters').waitFor();
    await expect.poll(center.focused).toBe('Password');
    await center.fill('Password', PASSWORD);
    await center.fill('Once more', PASSWORD);
    await center.press('Enter');
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    await center.said('Welcome, Grace');
  });

  it('sets up a PSAP, and is told what it still lacks', async () => {
    const { page } = center;
    await center.goTo('s', 'Set up a PSAP');
    await center.press('n');
    await page.getByRole('group', { name: 'A new PSAP' }).waitFor();
    // A further PSAP is mostly where the others are, wherever the browser is.
    await expect.poll(() => page.getByLabel('Time zone', { exact: true }).inputValue()).toBe('America/Los_Angeles');
    const sent: string[] = [];
    page.on('request', (request) => void sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await center.fill('Name', 'North Bay 911');
    await center.press('Enter');
    // Before the center is asked, which would want to know first who asks.
    await page.getByRole('alert').getByText('User name is missing or too short').waitFor();
    await expect.poll(center.focused).toBe('User name');
    expect(sent).not.toContain('POST /v1/sites');
    await center.fill('Time zone', 'America/Nowhere');
    await center.fill('User name', 'north-admin');
    await center.press('Enter');
    await page.getByRole('alert').getByText('Time zone must be an IANA time zone such as').waitFor();
    await expect.poll(center.focused).toBe('Time zone');
    await center.fill('Time zone', 'America/Los_Angeles');
    await center.press('Enter');
    await center.said('North Bay 911 is set up');
    await center.push('Go on with its parts');
    await expect
      .poll(() => center.status('Readiness').textContent())
      .toBe('! Before it can take calls: people, workstations, units, natures and dispositions.');
    expect(await faults(page)).toEqual([]);
  });

  it('invites a dispatcher in place', async () => {
    await center.page.getByRole('group', { name: 'Invite a person' }).waitFor();
    await center.fill('Name', 'Dana');
    await center.fill('User name', 'dana');
    // Nobody has a role that was not chosen for them.
    await center.push('Invite');
    await center.page.getByRole('alert').getByText('Roles must name at least one').waitFor();
    await expect.poll(center.focused).toBe('Administrator');
    await center.tick('Dispatcher');
    await center.push('Invite');
    await center.said('Dana is invited');
    // What is shown this once is in sight, however long the form under it.
    await expect.poll(center.focused).toBe('Invitation');
    await center.status('Invitation').getByText('For Dana alone').waitFor();
    await center.page.getByRole('list', { name: 'People of this PSAP' }).getByText('Dana').waitFor();
  });

  it('adds what calls need, a field at a time, and a refusal is shown at its field', async () => {
    const { page } = center;
    await center.press('Escape');
    await center.openRow('Parts of the PSAP', 'Units');
    await page.getByRole('group', { name: 'A new unit' }).waitFor();
    await center.fill('Callsign', 'm 36');
    await center.fill('Kind', 'ambulance');
    await center.press('Enter');
    await page.getByRole('alert').waitFor();
    await expect.poll(center.focused).toBe('Callsign');
    await center.fill('Callsign', 'm36');
    await center.press('Enter');
    await center.said('M36 · ambulance is added');
    // The form begins anew, and has the focus by itself.
    await expect.poll(() => center.focused()).toBe('Callsign');
    await center.press('Escape');
    await center.openRow('Parts of the PSAP', 'Natures');
    await center.fill('Code', 'CHEST');
    await center.fill('Words', 'Chest pain');
    await tabToChoice('Its priority', 'ArrowDown');
    await center.press('Enter');
    await center.push('Add the nature');
    await center.said('CHEST · Chest pain · P1 is added');
    await center.press('Escape');
    await center.openRow('Parts of the PSAP', 'Dispositions');
    await center.fill('Code', 'TRANSPORTED');
    await center.fill('Words', 'Transported');
    await center.press('Enter');
    await center.said('TRANSPORTED · Transported is added');
    await expect
      .poll(() => center.status('Readiness').textContent())
      .toBe('! Before it can take calls: people and workstations.');
  });

  it('invites a paramedic of one agency, which is there to be chosen once it is set up', async () => {
    const { page } = center;
    await center.press('Escape');
    await center.openRow('Parts of the PSAP', 'Agencies');
    await center.fill('Full name', 'North Bay EMS');
    await center.fill('Short name', 'NBEMS');
    await tabToChoice('Discipline', 'e');
    await center.push('Add the agency');
    await center.said('NBEMS · North Bay EMS is added');
    await center.press('Escape');
    await center.openRow('Parts of the PSAP', 'People');
    await center.fill('Name', 'Pia');
    await center.fill('User name', 'pia');
    await tabToChoice('Agency', 'ArrowDown');
    await center.tick('Provider');
    expect(await faults(page)).toEqual([]);
    await picture(page, 'invite-of-an-agency');
    await center.push('Invite');
    await center.said('Pia is invited');
    const token = await signIn(house.url, DEMO_ADMINISTRATOR);
    const { invitations } = await askCenter(house.url, '/v1/invitations', InvitationsOutSchema, { token });
    const agencies = await askCenter(house.url, '/v1/entities/agency?limit=500', RowsSchema, { token });
    const { id } = agencies.items.find(({ body }) => body.short === 'NBEMS') ?? { id: 'none' };
    expect(invitations.find(({ login }) => login === 'pia')).toMatchObject({ agency: id, roles: ['provider'] });
  });

  it('archives a record once it is confirmed, says how to undo that, and brings it back', async () => {
    const { page } = center;
    await center.press('Escape');
    await center.openRow('Parts of the PSAP', 'Units');
    await center.choose('Units of this PSAP');
    await center.openRow('Units of this PSAP', 'M36 · ambulance');
    await expect.poll(() => center.focused()).toBe('Callsign');
    await center.push('Archive it');
    await page.getByText('To undo it:').waitFor();
    await page.getByRole('row', { name: 'M36 · ambulance' }).waitFor();
    await expect.poll(() => center.focused()).toBe('Reason');
    expect(await faults(page)).toEqual([]);
    await picture(page, 'archive-confirm');
    await page.keyboard.type('Sold');
    await center.press('Enter');
    await center.said('M36 · ambulance is archived');
    await page.getByRole('row', { name: 'M36 · ambulance' }).waitFor({ state: 'detached' });
    await center.push('Archived (1)');
    await center.choose('Archived units of this PSAP');
    await center.openRow('Archived units of this PSAP', 'M36 · ambulance');
    await center.status('Archived').waitFor();
    expect(await faults(page)).toEqual([]);
    await picture(page, 'archived');
    await center.push('Bring it back');
    await center.said('M36 · ambulance is back');
    await page
      .getByRole('grid', { name: 'Units of this PSAP' })
      .getByRole('row', { name: 'M36 · ambulance' })
      .waitFor();
  });

  it('makes a code, and lets the workstation in that used it', async () => {
    const { page } = center;
    await center.press('Escape');
    await center.openRow('Parts of the PSAP', 'Workstations');
    await center.push('Make a code for one workstation');
    const shown = center.status('Enrolment code');
    const code = (await shown.locator('.secret').textContent()) ?? '';
    const lanPort = await anyFreePort();
    const station = startStationProcess({
      folder: join(house.folder, 'station'),
      center: house.url,
      consolePort: await anyFreePort(),
      lanPort,
      name: 'North 1',
      code,
      onLine: (line) => shownThere.push(line),
    });
    house.closing.push(() => station.child.stop());
    await center.status('A workstation asks').getByText('North 1 asks to be let in').waitFor({ timeout: 30_000 });
    // What the workstation shows is read there, as the administrator reads it.
    const compare = (): string => COMPARE.exec(shownThere.join('\n'))?.[1] ?? '';
    await expect.poll(compare, { timeout: 10_000 }).not.toBe('');
    await center.fill('It shows', 'AAA-AAA');
    await center.press('Enter');
    await page.getByRole('alert').waitFor();
    await center.fill('It shows', compare());
    await center.press('Enter');
    await center.said('North 1 is enrolled');
    await station.ready;
    await page.getByRole('list', { name: 'Workstations of this PSAP' }).getByText('enrolled').waitFor();
    await expect.poll(() => center.status('Readiness').textContent()).toBe('! Before it can take calls: people.');
  });

  it('reads in the matrix who may do what, and why a dispatcher may not revoke a workstation', async () => {
    const { page } = center;
    await center.press('Escape');
    await center.goTo('w', 'Who may do what');
    await center.press('/');
    await page.keyboard.type('revoke');
    await center.press('Enter');
    await page.getByRole('row', { name: 'Revoke a workstation' }).waitFor();
    expect(await page.getByRole('gridcell', { name: 'Dispatcher: may not' }).count()).toBe(1);
    await center.press('Enter');
    await expect.poll(center.focused).toContain('Person');
    await page.keyboard.type('dispatcher 1');
    await center.status('Why').getByText('It needs Administrator').waitFor();
    expect(await faults(page)).toEqual([]);
  });

  it('finds the own act in the audit, before and after, and that it holds', async () => {
    const { page } = center;
    await center.press('Escape');
    await center.goTo('a', 'Audit');
    await center.press('/');
    await page.keyboard.type('Grace');
    await center.push('Search');
    const grid = page.getByRole('grid', { name: 'Audit', exact: true });
    await grid.getByRole('row', { name: 'Grace made invitation' }).first().waitFor();
    await center.fill('In', 'identity.invitation');
    await center.press('Enter');
    await grid.getByRole('row', { name: 'Grace made session' }).waitFor({ state: 'detached' });
    // The list has the focus by itself.
    await center.openRow('Audit', 'Grace made invitation');
    await page.getByRole('rowheader', { name: 'login' }).waitFor();
    await page.getByRole('cell', { name: 'pia', exact: true }).waitFor();
    await center.push('Verify every seal');
    await center.status('Verification').getByText('It holds.').waitFor();
    expect(await faults(page)).toEqual([]);
  });

  it('finds every other screen without a fault, by its letter; each has the way out in sight (ASVS 7.4.4)', async () => {
    const { page } = center;
    await center.press('Escape');
    for (const [letter, screen] of OTHERS) {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await press(letter, screen);
      expect(await faults(page), screen).toEqual([]);
      expect(await page.getByRole('button', { name: 'Sign out' }).isVisible(), screen).toBe(true);
    }
    expect(center.errors).toEqual([]);
  });
});

const OTHERS = [
  ['p', 'People'],
  ['d', 'Workstations'],
  ['o', 'Organisation'],
  ['y', 'Security policy'],
  ['e', 'Security events'],
  ['c', 'The center'],
  ['i', 'Single sign-on'],
  ['k', 'Keys'],
  ['m', 'My security'],
] as const;

async function press(letter: string, screen: string): Promise<void> {
  await center.press('g', letter);
  await center.page.getByRole('main', { name: screen, exact: true }).waitFor();
  // What it shows has come.
  await center.page.waitForLoadState('networkidle');
}

async function tabToChoice(name: string, ...keys: string[]): Promise<void> {
  while (!(await center.focused()).startsWith(name)) await center.press('Tab');
  await center.press(...keys);
}
