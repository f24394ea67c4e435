/** A new administrator sets a PSAP up from the center's screens, without a page of documentation and without a pointer. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvitationsOutSchema, InvitedOutSchema } from '../../domain/identity/api/people.ts';
import { PolicyOutSchema } from '../../domain/identity/api/policy.ts';
import { CLIENT, testProvider } from '../../server/kernel/identity/testing/provider.ts';
import { buildCenterPage } from '../../tools/build/renderer.ts';
import { DEMO_ADMINISTRATOR } from '../../tools/start/demo.ts';
import { askCenter, signIn } from '../../tools/start/enrolment.ts';
import { anyFreePort } from '../../tools/start/ports.ts';
import { type StationProcess, startCenterProcess, startStationProcess } from '../../tools/start/processes.ts';
import { faults } from './axe.ts';
import { type CenterPage, openCenterPage } from './center-page.ts';
import { launchBrowser } from './console.ts';
import { picture } from './security-page.ts';

const PASSWORD = 'lanterns over the breakwater';
const folder = mkdtempSync(join(tmpdir(), 'qd-e2e-center-'));
const closing: (() => Promise<unknown>)[] = [];
/** What the workstation says on its own screen. */
const shownThere: string[] = [];
const COMPARE = /code to compare there is ([A-Z0-9-]+)/;
let url: string;
let context: BrowserContext;
let center: CenterPage;
let invitation: string;
let station: StationProcess | undefined;

beforeAll(async () => {
  await buildCenterPage();
  mkdirSync(join(folder, 'tmp'), { mode: 0o777 });
  const env = { ...process.env, TMPDIR: join(folder, 'tmp') };
  const process_ = startCenterProcess({ folder: join(folder, 'center'), port: 0, demo: true, env });
  closing.push(() => process_.child.stop());
  const launching = launchBrowser(join(folder, 'browser'), env);
  url = (await process_.ready).center;
  context = await launching;
  closing.push(() => context.close());
  const token = await signIn(url, DEMO_ADMINISTRATOR);
  const body = { login: 'grace', name: 'Grace', roles: ['admin'], site: null };
  invitation = (await askCenter(url, '/v1/invitations', InvitedOutSchema, { token, body })).code;
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await picture(center.page, `center-${task.name.slice(0, 40).replaceAll(/\W+/g, '-')}`);
});
afterAll(async () => {
  for (const end of closing.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

describe('a new administrator', () => {
  it('accepts an invitation: a password too short is said at its field, the right one signs in (ASVS 6.2.6, 6.2.7)', async () => {
    center = await openCenterPage(await context.newPage(), `${url}/#/invitation/${invitation}`);
    const { page } = center;
    await page.getByRole('heading', { name: 'Welcome to Harbor County' }).waitFor();
    expect(page.url()).not.toContain(invitation);
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
    expect(await center.focused()).toBe('Password');
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
    await center.fill('Name', 'North Bay 911');
    await center.fill('Time zone', 'America/Nowhere');
    await center.fill('User name', 'north-admin');
    await center.press('Enter');
    await page.getByRole('alert').getByText('Time zone must be an IANA time zone such as').waitFor();
    expect(await center.focused()).toBe('Time zone');
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
    await center.push('Invite');
    await center.said('Dana is invited');
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
    expect(await center.focused()).toBe('Callsign');
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
    await center.tick('Dispatcher');
    await center.tick('Provider');
    expect(await faults(page)).toEqual([]);
    await picture(page, 'invite-of-an-agency');
    await center.push('Invite');
    await center.said('Pia is invited');
    const token = await signIn(url, DEMO_ADMINISTRATOR);
    const { invitations } = await askCenter(url, '/v1/invitations', InvitationsOutSchema, { token });
    const agencies = await askCenter(url, '/v1/entities/agency?limit=500', RowsSchema, { token });
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

  it('keeps what is typed when another administrator saves meanwhile, and asks before it takes the place of theirs', async () => {
    const { page } = center;
    await center.choose('Units of this PSAP');
    await center.openRow('Units of this PSAP', 'M36 · ambulance');
    await center.fill('Callsign', 'M37');
    await anotherSaves('roster_unit', (unit) => unit.callsign === 'M36', { callsign: 'M38', kind: 'engine' });
    await center.status('Callsign meanwhile').getByText('Somebody else saved “M38” meanwhile.').waitFor(SEEN);
    await center.status('Kind meanwhile').getByText('Changed meanwhile by somebody else.').waitFor();
    expect(await page.getByLabel('Callsign', { exact: true }).inputValue()).toBe('M37');
    expect(await page.getByLabel('Kind', { exact: true }).inputValue()).toBe('engine');
    expect(await center.focused()).toBe('Callsign');
    expect(await faults(page)).toEqual([]);
    await picture(page, 'saved-meanwhile');
    await center.press('Enter');
    await page.getByRole('alert').getByText('keep yours or take theirs').waitFor();
    await center.push('Keep mine: Callsign');
    await center.push('Save');
    await center.said('M37 · engine is changed');
    // The name of the PSAP too: what is typed stays, what is not follows.
    await center.press('Escape');
    await center.openRow('Parts of the PSAP', 'Name and time zone');
    await center.fill('Name', 'North Bay 9-1-1');
    await anotherSaves('site', (profile) => profile.name === 'North Bay 911', { timeZone: 'America/Denver' });
    await center.status('Time zone meanwhile').waitFor(SEEN);
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('North Bay 9-1-1');
    await center.fill('Name', 'North Bay 911');
    await center.push('Save');
    await center.said('North Bay 911 is changed');
  });

  it('makes a code, and lets the workstation in that used it', async () => {
    const { page } = center;
    await center.press('Escape');
    await center.openRow('Parts of the PSAP', 'Workstations');
    await center.push('Make a code for one workstation');
    const shown = center.status('Enrolment code');
    const code = (await shown.locator('.secret').textContent()) ?? '';
    const lanPort = await anyFreePort();
    station = startStationProcess({
      folder: join(folder, 'station'),
      center: url,
      consolePort: await anyFreePort(),
      lanPort,
      name: 'North 1',
      code,
      onLine: (line) => shownThere.push(line),
    });
    closing.push(() => (station as StationProcess).child.stop());
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
    expect(await center.focused()).toContain('Person');
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

  it('shows what another administrator saves of a person, the policy and single sign-on beside what is typed', async () => {
    const { page } = center;
    const token = await signIn(url, DEMO_ADMINISTRATOR);
    const chooses = async (label: string, theirs: string, which: 'Keep mine' | 'Take theirs'): Promise<void> => {
      await center.status(`${label} meanwhile`).getByText(`“${theirs}”`).waitFor(SEEN);
      expect(await center.focused()).toBe(label);
      expect(await faults(page)).toEqual([]);
      await picture(page, `meanwhile-${label}`);
      await center.press('Enter');
      await page.getByRole('alert').getByText('keep yours or take theirs').waitFor();
      await center.push(`${which}: ${label}`);
    };
    await center.press('Escape');
    await center.goTo('p', 'People');
    await center.openRow('People', 'dispatcher 1');
    await center.fill('E-mail', 'mine@example.org');
    const { people } = await askCenter(url, '/v1/people', PeopleSchema, { token });
    const { person } = people.find(({ login }) => login === 'dispatcher1') ?? { person: 'none' };
    const theirs = { name: 'Dee One', email: 'theirs@example.org' };
    await askCenter(url, `/v1/people/${person}/change`, z.unknown(), { token, body: theirs });
    await chooses('E-mail', theirs.email, 'Keep mine');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Dee One');
    await center.push('Save');
    await center.said('Dee One is changed');

    // Saved before the page has looked again: it is the center that refuses what was made from the one before.
    await center.fill('E-mail', 'again@example.org');
    await askCenter(url, `/v1/people/${person}/change`, z.unknown(), { token, body: { email: 'third@example.org' } });
    await center.push('Save');
    await center.status('E-mail meanwhile').getByText('“third@example.org”').waitFor(SEEN);
    const emailNow = async (): Promise<string | null | undefined> =>
      (await askCenter(url, '/v1/people', PeopleSchema, { token })).people.find((one) => one.person === person)?.email;
    expect(await emailNow()).toBe('third@example.org');
    await center.push('Keep mine: E-mail');
    await center.push('Save');
    await expect.poll(emailNow).toBe('again@example.org');
    expect(await page.getByRole('status', { name: /meanwhile$/ }).count()).toBe(0);

    await center.press('Escape');
    await center.goTo('y', 'Security policy');
    await center.fill('Tries', '6');
    const { policy, version } = await askCenter(url, '/v1/organisation/policy', PolicyOutSchema, { token });
    const changed = { ...policy, lockout: { ...policy.lockout, tries: 8 }, idleLockMinutes: 25 };
    const body = { policy: changed, version, reason: 'a busy week' };
    await put('/v1/organisation/policy', body);
    await chooses('Tries', '8', 'Take theirs');
    expect(await page.getByLabel('Lock after minutes', { exact: true }).inputValue()).toBe('25');
    await center.fill('Hours', '48');
    await center.fill('Reason', 'two days are enough');
    await center.push('Save the policy');
    await center.said('The security policy is changed');
    const saved = await askCenter(url, '/v1/organisation/policy', PolicyOutSchema, { token });
    expect(saved.policy).toEqual({ ...changed, offline: { ...policy.offline, hours: 48 } });

    await center.press('Escape');
    await center.goTo('i', 'Single sign-on');
    await center.fill('Client id', 'mine');
    const provider = await testProvider(`${url}/v1/sso/callback`);
    closing.push(provider.close);
    await put('/v1/sso', { on: false, issuer: provider.issuer, groups: [], changedAt: null, ...CLIENT });
    await chooses('Client id', CLIENT.clientId, 'Take theirs');
    expect(await page.getByLabel('Issuer', { exact: true }).inputValue()).toBe(provider.issuer);
  });

  it('shows times in the zone of the records, and names it', async () => {
    const clock = await center.page.locator('header .header-clock').textContent();
    // One PSAP is in Denver's zone by now, the other is not.
    expect(clock).toContain('UTC');
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

/** What is looked at again every ten seconds. */
const SEEN = { timeout: 25_000 };
const RowsSchema = z.object({
  items: z.array(
    z.object({ id: z.string(), site: z.string(), version: z.int(), body: z.record(z.string(), z.json()) }),
  ),
});

/** Another administrator, at another browser. */
async function anotherSaves(
  kind: string,
  which: (body: { readonly [field: string]: unknown }) => boolean,
  change: object,
): Promise<void> {
  const token = await signIn(url, DEMO_ADMINISTRATOR);
  const { items } = await askCenter(url, `/v1/entities/${kind}?limit=500&sort=-updatedAt`, RowsSchema, { token });
  const row = items.find(({ body }) => which(body));
  if (!row) throw new Error(`no ${kind} is like that`);
  const { id, site, version, body } = row;
  const records = [{ kind, id, version, body: { ...body, ...change } }];
  await askCenter(url, `/v1/sites/${site}/records`, z.looseObject({}), { token, body: { records } });
}

const PeopleSchema = z.object({
  people: z.array(z.object({ person: z.string(), login: z.string(), email: z.string().nullable() })),
});
/** Another administrator, at another browser, sets the whole of it anew. */
async function put(path: string, body: object): Promise<void> {
  const token = await signIn(url, DEMO_ADMINISTRATOR);
  const answer = await fetch(new URL(path, url), {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

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
