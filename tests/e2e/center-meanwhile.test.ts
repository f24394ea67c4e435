/** Two administrators at once: what one of them saves comes to the other's screen beside what is typed there, and takes no place of it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PolicyOutSchema } from '../../domain/identity/api/policy.ts';
import { CLIENT, testProvider } from '../../server/kernel/identity/testing/provider.ts';
import { DEMO_ORG } from '../../server/modules/demo/sign-in.ts';
import { DEMO_ADMINISTRATOR } from '../../tools/start/demo.ts';
import { askCenter, signIn } from '../../tools/start/enrolment.ts';
import { anotherPuts, anotherSaves } from './another-administrator.ts';
import { faults } from './axe.ts';
import { type CenterHouse, centerHouse, PASSWORD } from './center-house.ts';
import { type CenterPage, openCenterPage } from './center-page.ts';
import { picture } from './security-page.ts';

let house: CenterHouse;
let center: CenterPage;

beforeAll(async () => {
  house = await centerHouse();
  await northBay();
  const body = { code: house.invitation, password: PASSWORD };
  await askCenter(house.url, '/v1/invitations/accept', z.unknown(), { body });
  const page = await house.context.newPage();
  await page.clock.install();
  center = await openCenterPage(page, house.url);
  await center.fill('User', `grace@${DEMO_ORG}`);
  await center.fill('Password', PASSWORD);
  await center.press('Enter');
  await center.page.getByRole('navigation', { name: 'Screens' }).waitFor();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await picture(center.page, `center-${task.name.slice(0, 40).replaceAll(/\W+/g, '-')}`);
});
afterAll(() => house?.close());

/** A PSAP with one unit, M36. */
async function northBay(): Promise<void> {
  const token = await signIn(house.url, DEMO_ADMINISTRATOR);
  const made = { name: 'North Bay 911', timeZone: 'America/Los_Angeles', admin: { user: 'north-admin', name: 'Nora' } };
  const { site } = await askCenter(house.url, '/v1/sites', z.looseObject({ site: z.string() }), { token, body: made });
  const unit = { callsign: 'M36', kind: 'ambulance', agency: null, home: null, capabilities: [], active: true };
  const records = [{ kind: 'roster_unit', id: crypto.randomUUID(), version: 0, body: unit }];
  await askCenter(house.url, `/v1/sites/${site}/records`, z.unknown(), { token, body: { records } });
}

/** The page looks again every ten seconds: its clock goes on by that much, and nobody waits for it. */
const tenSecondsLater = (): Promise<void> => center.page.clock.fastForward(10_000);

describe('an administrator beside another', () => {
  it('keeps what is typed when another administrator saves meanwhile, and asks before it takes the place of theirs', async () => {
    const { page } = center;
    await center.goTo('s', 'Set up a PSAP');
    await center.push('North Bay 911');
    await center.choose('Parts of the PSAP');
    await center.openRow('Parts of the PSAP', 'Units');
    await center.choose('Units of this PSAP');
    await center.openRow('Units of this PSAP', 'M36 · ambulance');
    await center.fill('Callsign', 'M37');
    await anotherSaves(house.url, 'roster_unit', (unit) => unit.callsign === 'M36', {
      callsign: 'M38',
      kind: 'engine',
    });
    await tenSecondsLater();
    await center.status('Callsign meanwhile').getByText('Somebody else saved “M38” meanwhile.').waitFor(SEEN);
    await center.status('Kind meanwhile').getByText('Changed meanwhile by somebody else.').waitFor();
    expect(await page.getByLabel('Callsign', { exact: true }).inputValue()).toBe('M37');
    expect(await page.getByLabel('Kind', { exact: true }).inputValue()).toBe('engine');
    await expect.poll(center.focused).toBe('Callsign');
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
    await anotherSaves(house.url, 'site', (profile) => profile.name === 'North Bay 911', {
      timeZone: 'America/Denver',
    });
    await tenSecondsLater();
    await center.status('Time zone meanwhile').waitFor(SEEN);
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('North Bay 9-1-1');
    await center.fill('Name', 'North Bay 911');
    await center.push('Save');
    await center.said('North Bay 911 is changed');
  });

  it('shows what another administrator saves of a person, the policy and single sign-on beside what is typed', async () => {
    const { page } = center;
    const token = await signIn(house.url, DEMO_ADMINISTRATOR);
    const chooses = async (label: string, theirs: string, which: 'Keep mine' | 'Take theirs'): Promise<void> => {
      await tenSecondsLater();
      await center.status(`${label} meanwhile`).getByText(`“${theirs}”`).waitFor(SEEN);
      await expect.poll(center.focused).toBe(label);
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
    const { people } = await askCenter(house.url, '/v1/people', PeopleSchema, { token });
    const { person } = people.find(({ login }) => login === 'dispatcher1') ?? { person: 'none' };
    const theirs = { name: 'Dee One', email: 'theirs@example.org' };
    await askCenter(house.url, `/v1/people/${person}/change`, z.unknown(), { token, body: theirs });
    await chooses('E-mail', theirs.email, 'Keep mine');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Dee One');
    await center.push('Save');
    await center.said('Dee One is changed');

    // Saved before the page has looked again: it is the center that refuses what was made from the one before.
    await center.fill('E-mail', 'again@example.org');
    await askCenter(house.url, `/v1/people/${person}/change`, z.unknown(), {
      token,
      body: { email: 'third@example.org' },
    });
    await center.push('Save');
    await center.status('E-mail meanwhile').getByText('“third@example.org”').waitFor(SEEN);
    const emailNow = async (): Promise<string | null | undefined> =>
      (await askCenter(house.url, '/v1/people', PeopleSchema, { token })).people.find((one) => one.person === person)
        ?.email;
    expect(await emailNow()).toBe('third@example.org');
    await center.push('Keep mine: E-mail');
    await center.push('Save');
    await expect.poll(emailNow).toBe('again@example.org');
    expect(await page.getByRole('status', { name: /meanwhile$/ }).count()).toBe(0);

    await center.press('Escape');
    await center.goTo('y', 'Security policy');
    await center.fill('Tries', '6');
    const { policy, version } = await askCenter(house.url, '/v1/organisation/policy', PolicyOutSchema, { token });
    const changed = { ...policy, lockout: { ...policy.lockout, tries: 8 }, idleLockMinutes: 25 };
    const body = { policy: changed, version, reason: 'a busy week' };
    await anotherPuts(house.url, '/v1/organisation/policy', body);
    await chooses('Tries', '8', 'Take theirs');
    expect(await page.getByLabel('Lock after minutes', { exact: true }).inputValue()).toBe('25');
    await center.fill('Hours', '48');
    await center.fill('Reason', 'two days are enough');
    await center.push('Save the policy');
    await center.said('The security policy is changed');
    const saved = await askCenter(house.url, '/v1/organisation/policy', PolicyOutSchema, { token });
    expect(saved.policy).toEqual({ ...changed, offline: { ...policy.offline, hours: 48 } });

    await center.press('Escape');
    await center.goTo('i', 'Single sign-on');
    await center.fill('Client id', 'mine');
    const provider = await testProvider(`${house.url}/v1/sso/callback`);
    house.closing.push(provider.close);
    await anotherPuts(house.url, '/v1/sso', {
      on: false,
      issuer: provider.issuer,
      groups: [],
      changedAt: null,
      ...CLIENT,
    });
    await chooses('Client id', CLIENT.clientId, 'Take theirs');
    expect(await page.getByLabel('Issuer', { exact: true }).inputValue()).toBe(provider.issuer);
  });

  it('shows times in the zone of the records, and names it', async () => {
    const clock = await center.page.locator('header .header-clock').textContent();
    // One PSAP is in Denver's zone by now, the other is not.
    expect(clock).toContain('UTC');
  });
});

/** A look that was under way when somebody saved shows it ten seconds after. */
const SEEN = { timeout: 25_000 };
const PeopleSchema = z.object({
  people: z.array(z.object({ person: z.string(), login: z.string(), email: z.string().nullable() })),
});
