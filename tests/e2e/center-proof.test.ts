/**
 * What an administrator does at the center's page beyond setting up: many records at once, another key, single sign-on by a
 * real provider, and a security event brought to its end. By keyboard alone.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { KeysOut } from '../../domain/identity/api/keys.ts';
import { CLIENT, type TestProvider, testProvider } from '../../server/kernel/identity/testing/provider.ts';
import { DEMO_ADMIN, DEMO_ORG, DEMO_PASSWORD } from '../../server/modules/demo/sign-in.ts';
import { MEMBER_PASSWORD, type TestCenter, testCenter } from '../../server/testing/center.ts';
import { asMigrator } from '../../server/testing/postgres.ts';
import { buildCenterPage } from '../../tools/build/renderer.ts';
import { faults } from './axe.ts';
import { type CenterPage, openCenterPage } from './center-page.ts';
import { launchBrowser } from './console.ts';
import { picture } from './security-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-e2e-proof-'));
const closing: (() => Promise<unknown>)[] = [];
let house: TestCenter;
let provider: TestProvider;
let context: BrowserContext;
let center: CenterPage;
/** Detectors look every half minute. */
const DETECTED = { timeout: 60_000 };

beforeAll(async () => {
  await buildCenterPage();
  house = await testCenter();
  closing.push(house.close);
  // The address that the provider sends people back to, and so the one that they are signed in at.
  const at = `http://localhost:${new URL(house.url).port}`;
  provider = await testProvider(`${at}/v1/sso/callback`);
  closing.push(provider.close);
  // What is looked for in the end happens first: one address tries one password at many accounts.
  for (let n = 0; n < 12; n++) {
    await house.call('POST', '/v1/sessions', { user: `nobody${n}@${DEMO_ORG}`, password: 'Summer2026!' });
  }
  context = await launchBrowser(join(folder, 'browser'), process.env);
  closing.push(() => context.close());
  center = await openCenterPage(await context.newPage(), at);
  await signIn();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await picture(center.page, `failed-${task.name.slice(0, 30).replaceAll(/\W+/g, '-')}`);
});
afterAll(async () => {
  for (const end of closing.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

async function signIn(): Promise<void> {
  await center.fill('User', `${DEMO_ADMIN}@${DEMO_ORG}`);
  await center.fill('Password', DEMO_PASSWORD);
  await center.press('Enter');
  await center.page.getByRole('navigation', { name: 'Screens' }).waitFor();
}
const go = async (letter: string, screen: string): Promise<void> => {
  await center.press('Escape', 'Escape');
  await center.goTo(letter, screen);
};

describe('many records at once', () => {
  it('are pasted as a spreadsheet copies them; a wrong line is named before anything is put', async () => {
    const { page } = center;
    await go('s', 'Set up a PSAP');
    await center.openRow('Parts of the PSAP', 'Natures');
    await center.push('Paste many');
    await expect.poll(() => center.focused()).toBe('Lines');
    await page.keyboard.insertText('Code\tWords\tIts priority\nA1\tPasted one\t1\nA2\tPasted two\t7\n');
    await center.status('What was read').getByText('Line 3: Its priority').waitFor();
    expect(await faults(page)).toEqual([]);
    await center.press('ControlOrMeta+a');
    const lines = Array.from({ length: 120 }, (_, n) => `A${n + 1}\tPasted ${n + 1}\t${(n % 4) + 1}`);
    await page.keyboard.insertText(`Code\tWords\tIts priority\n${lines.join('\n')}\n`);
    await center.status('What was read').getByText('Read: 120 new.').waitFor();
    await picture(page, 'paste-many');
    await center.push('Put these 120 natures');
    await center.said('natures: 120 new');
    await page.getByRole('row', { name: 'A1 · Pasted 1 · P1' }).waitFor();
  });

  it('change what is there when they come again', async () => {
    const { page } = center;
    await center.push('Paste many');
    await page.keyboard.insertText('A1,Pasted anew,1\nA2,Pasted 2,2\nA999,Another,3\n');
    await center.status('What was read').getByText('Read: 1 new, 1 changed, 1 as they are.').waitFor();
    await center.push('Put these 2 natures');
    await center.said('natures: 1 new, 1 changed, 1 as they are');
    await page.getByRole('row', { name: 'A1 · Pasted anew · P1' }).waitFor();
  });

  it('name the agency and the home of a unit as people call them', async () => {
    const { page } = center;
    await center.press('Escape');
    await center.openRow('Parts of the PSAP', 'Units');
    await center.push('Paste many');
    const { body } = await house.call<{ items: { id: string; body: { short: string } }[] }>(
      'GET',
      '/v1/entities/agency?limit=1',
      undefined,
      house.adminToken,
    );
    await page.keyboard.insertText(`z1,ambulance,NO SUCH,,\n`);
    await center.status('What was read').getByText('Line 1: Agency NO SUCH is not known here.').waitFor();
    await center.press('ControlOrMeta+a');
    await page.keyboard.insertText(`z1,ambulance,${body.items[0]?.body.short},,"ALS, bariatric"\nz2,engine,,,,\n`);
    await center.push('Put these 2 units');
    await center.said('units: 2 new');
    const { body: units } = await house.call<{ items: { body: object }[] }>(
      'GET',
      '/v1/entities/roster_unit?limit=500',
      undefined,
      house.adminToken,
    );
    const z1 = { callsign: 'Z1', kind: 'ambulance', home: null, capabilities: ['ALS', 'bariatric'], active: true };
    const pasted = [
      expect.objectContaining({ ...z1, agency: body.items[0]?.id }),
      expect.objectContaining({ callsign: 'Z2' }),
    ];
    expect(units.items.map((unit) => unit.body)).toEqual(expect.arrayContaining(pasted));
  });
});

describe('the page', () => {
  it('hears no message of another window, nor does any library in it (ASVS 3.5.5)', async () => {
    const devtools = await center.page.context().newCDPSession(center.page);
    // Whoever drives the browser listens too, from scripts without an address.
    const ofPage = new Set<string>();
    devtools.on('Debugger.scriptParsed', ({ scriptId, url: from }) => {
      if (from.startsWith(new URL(center.page.url()).origin)) ofPage.add(scriptId);
    });
    await devtools.send('Debugger.enable');
    const { result } = await devtools.send('Runtime.evaluate', { expression: 'window' });
    const { listeners } = await devtools.send('DOMDebugger.getEventListeners', { objectId: result.objectId ?? '' });
    const heard = listeners.filter(({ scriptId }) => ofPage.has(scriptId)).map(({ type }) => type);
    expect(heard).toContain('hashchange');
    expect(heard.filter((type) => type === 'message' || type === 'messageerror')).toEqual([]);
    await devtools.detach();
  });
});

describe('what somebody typed', () => {
  const HOSTILE = `<img src=x onerror="window.hit=1">'"><script>window.hit=1</script>{{7*7}}\u202e`;

  it('is text on every screen that shows it, whatever it is (ASVS 1.2.1, 1.2.3)', async () => {
    const { page } = center;
    const { token } = await house.member('mal', ['supervisor']);
    await house.call(
      'POST',
      '/v1/invitations',
      { login: 'evil', name: HOSTILE, roles: ['dispatcher'], site: null },
      house.adminToken,
    );
    const reason = { on: true, reason: HOSTILE };
    await house.call('POST', '/v1/modules/billing', { ...reason, on: false }, house.adminToken);
    const raw = await fetch(`${house.url}/v1/invitations`, {
      headers: { authorization: `Bearer ${house.adminToken}` },
    });
    expect(raw.headers.get('content-type')).toContain('application/json');
    expect(await raw.json()).toMatchObject({
      invitations: expect.arrayContaining([expect.objectContaining({ name: HOSTILE })]),
    });
    await house.call('POST', '/v1/entities/incident/search', { callback: HOSTILE }, token);
    await go('p', 'People');
    await page.getByText(HOSTILE, { exact: true }).first().waitFor();
    await go('o', 'Organisation');
    await page.getByText(HOSTILE).first().waitFor();
    await go('a', 'Audit');
    await center.press('/');
    await page.keyboard.type(HOSTILE.slice(0, 20));
    await center.push('Search');
    await page.waitForTimeout(500);
    await page.goto(`${page.url().split('#')[0]}#/people/${encodeURIComponent(HOSTILE)}`);
    await page.getByRole('main').waitFor();
    const planted = await page.evaluate(() => ({
      hit: (window as { hit?: unknown }).hit ?? null,
      markup: document.querySelectorAll('img[src="x"], main script').length,
    }));
    expect(planted).toEqual({ hit: null, markup: 0 });
    await house.call('POST', '/v1/modules/billing', reason, house.adminToken);
    expect(center.errors).toEqual([]);
  });
});

describe('keys', () => {
  it('are said to be past their time in words, until they are rotated (ASVS 13.3.4)', async () => {
    const { page } = center;
    await go('k', 'Keys');
    const strip = page.getByRole('status', { name: 'Keys past their time' });
    await page
      .getByRole('row', { name: /^Index key|^Signing key/ })
      .first()
      .waitFor();
    expect(await strip.count()).toBe(0);
    await asMigrator(house, (client) =>
      client.query('update keys.signing set created_at = created_at - 366 * 86400000::bigint where retired_at is null'),
    );
    await expect
      .poll(() => strip.allTextContents())
      .toEqual(['Used for more than a year: Signing key. Rotate it; nothing stops meanwhile.']);
    await page
      .getByRole('row', { name: /^Signing key/ })
      .getByText('rotation overdue')
      .waitFor();
    expect(await faults(page)).toEqual([]);
    await picture(page, 'overdue-key');
  });

  it('are rotated in place, and both are in the list: one in use, one that opens what it closed', async () => {
    const { page } = center;
    const keys = async (): Promise<KeysOut['keys']> =>
      (await house.call<KeysOut>('GET', '/v1/keys', undefined, house.adminToken)).body.keys;
    const before = (await keys()).find(({ level }) => level === 'organisation');
    await go('k', 'Keys');
    await center.openRow('Keys', `Organisation key ${before?.id}`);
    await center.push('Rotate: organisation key');
    await center.fill('Reason', 'A test of another key');
    await picture(page, 'rotate-key');
    await center.press('Enter');
    await center.said('Organisation key: a new one is in use');
    const after = (await keys()).find(({ level }) => level === 'organisation');
    expect(after?.id).not.toBe(before?.id);
    await page.getByRole('row', { name: `Organisation key ${after?.id}` }).waitFor();
    // The old key's panel is gone with its button: the list has the focus, not the page.
    await expect.poll(center.focused).toBe('Keys');
    expect(await faults(page)).toEqual([]);
    await picture(page, 'rotated-key');
    const signing = (await keys()).find(({ level }) => level === 'signing');
    await center.press('Escape');
    await center.openRow('Keys', `Signing key ${signing?.id}`);
    await center.push('Rotate: signing key');
    await center.fill('Reason', 'A test of another key');
    await center.press('Enter');
    await center.said('Signing key: a new one');
    // No workstation has to learn of it first: it is in use at once.
    await page
      .getByRole('row', { name: `Signing key ${signing?.id}` })
      .getByText('opens what it closed')
      .waitFor();
    await page.getByRole('status', { name: 'Keys past their time' }).waitFor({ state: 'detached' });
  });
});

describe('single sign-on', () => {
  it('is set up with what the provider gave, and refused in place where that is no provider', async () => {
    const { page } = center;
    await go('i', 'Single sign-on');
    await center.tick('People may sign in by it');
    await center.fill('Issuer', 'http://127.0.0.1:1/nobody');
    await center.fill('Client id', CLIENT.clientId);
    await center.fill('Client secret', CLIENT.clientSecret);
    await center.choose('New people', 'ArrowDown');
    await center.push('One more group');
    await center.fill('Group 1', 'leads');
    await center.tick('Supervisor');
    await center.fill('Reason', 'The county has one');
    await center.push('Save');
    await page.getByRole('alert').waitFor();
    await picture(page, 'sso-refused');
    await expect.poll(center.focused).toBe('Issuer');
    await center.fill('Issuer', provider.issuer);
    await center.push('Save');
    await center.said('Single sign-on is changed');
    expect(await faults(page)).toEqual([]);
    await picture(page, 'sso');
  });

  it('lets somebody in whom the provider knows, as the groups say', async () => {
    const { page } = center;
    await center.push('Sign out');
    provider.as({ sub: 'bo-1', email: 'bo@county.example', email_verified: true, name: 'Bo Lead', groups: ['leads'] });
    await center.fill('User', `@${DEMO_ORG}`);
    await center.push('Sign in by your organisation');
    await page.getByRole('banner').getByText('Bo Lead', { exact: true }).waitFor();
    await picture(page, 'sso-signed-in');
  });

  it('says at the sign-in why somebody does not come in', async () => {
    const { page } = center;
    await center.push('Sign out');
    await context.clearCookies();
    provider.as({ sub: 'cy-1', email: 'cy@county.example', email_verified: true, name: 'Cy', groups: ['cleaning'] });
    await center.fill('User', `@${DEMO_ORG}`);
    await center.push('Sign in by your organisation');
    await page.getByText('None of your groups').waitFor();
    await picture(page, 'sso-no-group');
  });
});

describe('an account with a way in of its own', () => {
  it('is linked with the provider by whoever has come in by that way, and by nobody else', async () => {
    const { page } = center;
    await page.goto(`http://localhost:${new URL(house.url).port}/`);
    await house.member('lou', ['supervisor']);
    await asMigrator(house, (client) =>
      client.query(`update identity.person set email = 'lou@county.example' where login = 'lou'`),
    );
    provider.as({ sub: 'lou-1', email: 'lou@county.example', email_verified: true, name: 'Lou', groups: ['leads'] });
    await center.fill('User', `@${DEMO_ORG}`);
    await center.push('Sign in by your organisation');
    await page.getByText('press “Link my provider” under My security').waitFor();
    await center.fill('User', `lou@${DEMO_ORG}`);
    await center.fill('Password', MEMBER_PASSWORD);
    await center.press('Enter');
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    await go('m', 'My security');
    const section = page.getByRole('region', { name: 'Single sign-on' });
    await section.getByText('not linked').waitFor();
    expect(await faults(page)).toEqual([]);
    await picture(page, 'provider-not-linked');
    // A provider that vouches for somebody else links nobody, and it is said where they are.
    provider.as({ sub: 'eve-1', email: 'eve@county.example', email_verified: true, name: 'Eve', groups: [] });
    await center.push('Link my provider');
    await page.getByRole('status', { name: 'Single sign-on' }).getByText('None of your groups').waitFor();
    expect(await faults(page)).toEqual([]);
    await picture(page, 'provider-refused');
    await center.push('I know');
    provider.as({ sub: 'lou-1', email: 'lou@county.example', email_verified: true, name: 'Lou', groups: ['leads'] });
    await go('m', 'My security');
    await center.push('Link my provider');
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    await go('m', 'My security');
    await expect.poll(() => section.textContent(), { timeout: 10_000 }).toMatch(/✓\s*linked/);
    await center.push('Sign out');
    await context.clearCookies();
  });
});

describe('a security event', () => {
  it('is found by its detector, taken in hand, and brought to an end in words', async () => {
    const { page } = center;
    await signIn();
    await go('e', 'Security events');
    const grid = page.getByRole('grid', { name: 'Security events', exact: true });
    await grid.getByRole('row', { name: /^password spraying/ }).waitFor(DETECTED);
    const name = (await grid.getByRole('row', { name: /^password spraying/ }).getAttribute('aria-label')) ?? '';
    await center.openRow('Security events', name);
    expect(await faults(page)).toEqual([]);
    await picture(page, 'security-event');
    await center.push('Take it in hand');
    await center.said('password spraying is in your hand');
    await center.choose('It was', 'ArrowDown');
    await center.push('Bring it to an end');
    // It asks for the words first.
    await page.getByRole('alert').waitFor();
    await expect.poll(center.focused).toBe('In words');
    await page.keyboard.type('The address is blocked at the proxy; no account was opened.');
    await center.press('Enter');
    await center.said('password spraying is closed: contained');
    await page.getByText('The address is blocked at the proxy; no account was opened.').waitFor();
    await picture(page, 'security-event-closed');
    expect(center.errors).toEqual([]);
  });
});
