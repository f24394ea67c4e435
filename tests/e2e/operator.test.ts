import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DEMO_ADMIN } from '../../server/modules/demo/sign-in.ts';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { faults } from './axe.ts';
import { type CallTaken, choose, rowGone, rowShows, takeCall, timeline } from './calls.ts';
import type { Console } from './console.ts';
import { openRoom, pictures, type Room } from './room.ts';

const SOON = { timeout: 10_000 };

let room: Room;
let at: Console;
let call: CallTaken;
let admin: string;

const Session = z.looseObject({ accessToken: z.string() });
const People = z.looseObject({ people: z.array(z.looseObject({ person: z.string(), login: z.string() })) });
const Sessions = z.looseObject({
  sessions: z.array(
    z.looseObject({
      session: z.string(),
      station: z.string().nullable(),
      endedAt: z.int().nullable(),
      endReason: z.string().nullable(),
    }),
  ),
});

async function api<S extends z.ZodType>(method: string, path: string, schema: S, body?: object): Promise<z.output<S>> {
  const response = await fetch(`${room.centerUrl}${path}`, {
    method,
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(admin ? { authorization: `Bearer ${admin}` } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return schema.parse(JSON.parse(text));
}

async function sessionsAtConsole(login: string): Promise<z.output<typeof Sessions>['sessions']> {
  const { people } = await api('GET', '/v1/people', People);
  const person = people.find((of) => of.login === login)?.person;
  const { sessions } = await api('GET', `/v1/people/${person}/sessions`, Sessions);
  return sessions.filter(({ station }) => station !== null);
}

beforeAll(async () => {
  room = await openRoom({ stations: ['A'] });
  at = (room.stations[0] as Room['stations'][number]).console;
  await at.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
  admin = '';
  admin = (await api('POST', '/v1/sessions', Session, DEMO_ADMINISTRATOR)).accessToken;
});
afterEach(pictures(() => room));
afterAll(() => room?.close());

const who = async (): Promise<string> => (await at.page.locator('.header-who').textContent()) ?? '';
/** Whatever can be read of the page, and what of it is only hidden from sight. */
const readable = (): Promise<string> => at.page.evaluate(() => document.documentElement.outerHTML + document.title);

describe('a locked console', () => {
  it('has nothing of the board in its page, and stays signed in', async () => {
    call = await takeCall(at, '1200 Harbor Blvd', 'chest');
    await rowShows(at, 'Pending', call.number, '1200 Harbor Blvd');
    await at.press('F5');
    await at.type('77 Quarry Lane');
    await at.press('F10');
    await at.field('Password').waitFor();
    const page = await readable();
    for (const patient of ['1200 Harbor', '77 Quarry', call.number, 'Chest pain']) expect(page).not.toContain(patient);
    expect(await at.page.getByRole('grid').count()).toBe(0);
    const [session] = await sessionsAtConsole(DEMO_SIGN_IN.user);
    expect(session?.endedAt).toBeNull();
  });

  it('is not opened by a wrong password, nor taken over by one', async () => {
    await at.type('not the password');
    await at.press('Enter');
    await at.page.getByRole('alert').waitFor();
    await at.tabTo('Change operator');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('User');
    await at.type('dispatcher2');
    await at.press('Tab');
    await at.type('not the password');
    await at.press('Enter');
    await at.page.getByRole('alert').waitFor();
    await at.tabTo('Back');
    await at.press('Enter');
    await at.page.getByRole('heading', { name: 'Locked' }).waitFor();
    expect(await readable()).not.toContain('1200 Harbor');
  });

  it('is taken over in one step: who sat there is signed out, what they typed is still there', async () => {
    await at.tabTo('Change operator');
    await at.press('Enter');
    await at.type('dispatcher2');
    await at.press('Tab');
    await at.type(DEMO_SIGN_IN.password);
    await at.press('Enter');
    await at.grid('Pending').waitFor();
    expect(await who()).toContain('dispatcher 2');
    await expect.poll(() => at.field('Location').last().inputValue()).toBe('77 Quarry Lane');
    await expect.poll(async () => (await sessionsAtConsole(DEMO_SIGN_IN.user))[0]?.endReason, SOON).toBe('replaced');
    expect((await sessionsAtConsole('dispatcher2'))[0]?.endedAt).toBeNull();
  });
});

describe('a session that the center ends', () => {
  it('is shown at its seat at once; the work goes on and stands contested', async () => {
    const [session] = await sessionsAtConsole('dispatcher2');
    const { people } = await api('GET', '/v1/people', People);
    const person = people.find((of) => of.login === 'dispatcher2')?.person;
    await api('POST', `/v1/people/${person}/sessions/${session?.session}/revoke`, z.unknown(), {});
    await at.page.getByText('The center ended this session').waitFor({ timeout: 5_000 });
    expect(await at.command(`P ${call.short} 4`)).toMatch(/^✓/);
    await rowShows(at, 'Pending', call.number, 'contested');
  });

  it('is over with the password at the lock; a supervisor who takes over settles what was done meanwhile', async () => {
    await at.press('F10');
    await at.page.getByRole('heading', { name: 'Locked' }).waitFor();
    await at.page.getByText('The center ended this session').waitFor();
    await at.type(DEMO_SIGN_IN.password);
    await at.press('Enter');
    await at.grid('Pending').waitFor();
    expect(await at.page.getByText('The center ended this session').count()).toBe(0);
    expect((await sessionsAtConsole('dispatcher2')).filter(({ endedAt }) => endedAt === null)).toHaveLength(1);
    await at.press('F10');
    await at.tabTo('Change operator');
    await at.press('Enter');
    await at.type('supervisor1');
    await at.press('Tab');
    await at.type(DEMO_SIGN_IN.password);
    await at.press('Enter');
    await at.grid('Pending').waitFor();
    await at.press('F2', 'F7');
    await expect
      .poll(() => at.page.evaluate(() => document.activeElement?.closest('[data-settle]') !== null))
      .toBe(true);
    await at.press('1');
    await expect.poll(() => at.row('Pending', call.number).textContent(), SOON).not.toContain('contested');
  });
});

describe('the lock', () => {
  const locked = async (hidden: string): Promise<void> => {
    await at.press('F10');
    await at.page.getByRole('heading', { name: 'Locked' }).waitFor();
    expect(await readable()).not.toContain(hidden);
    await at.type(DEMO_SIGN_IN.password);
    await at.press('Enter');
    await at.grid('Pending').waitFor();
  };

  it('keeps a half-typed note, where the caret stood in it, and shows it to nobody meanwhile', async () => {
    await choose(at, 'F2', call.short);
    await at.press('n');
    await at.type('gate code 4471 at the door');
    for (let i = 0; i < ' at the door'.length; i++) await at.press('ArrowLeft');
    await locked('4471');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.type(' east');
    expect(await at.field('Add to the timeline').inputValue()).toBe('gate code 4471 east at the door');
  });

  it('keeps it while another incident is looked at; sent, it is asked anew', async () => {
    const other = await takeCall(at, '9 Elm St', 'fall');
    await choose(at, 'F2', other.short);
    await at.field('Add to the timeline').waitFor({ state: 'detached' });
    // It is in sight again, and takes the focus only when it is asked for.
    await choose(at, 'F2', call.short);
    await at.field('Add to the timeline').waitFor();
    await expect.poll(at.focused).toBe('Pending');
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    expect(await at.field('Add to the timeline').inputValue()).toBe('gate code 4471 east at the door');
    await at.press('Enter');
    await expect.poll(async () => (await timeline(at)).join('\n')).toContain('gate code 4471 east at the door');
    await at.press('n');
    expect(await at.field('Add to the timeline').inputValue()).toBe('');
    await at.press('Escape');
  });

  it('keeps what lists are filtered by', async () => {
    await at.press('F2', '/');
    await at.type('harbor');
    await at.press('Enter', 'F4', '/');
    await at.type('engine');
    await locked('Harbor Blvd');
    expect(await at.field('Filter Pending').inputValue()).toBe('harbor');
    await expect.poll(() => at.grid('Pending').getByRole('row').count()).toBe(2);
    await expect.poll(at.focused).toBe('Filter Units');
    expect(await at.field('Filter Units').inputValue()).toBe('engine');
    await at.press('Escape', 'F2', '/', 'Escape');
  });

  it('hands whoever takes over no question that was asked of another, nor what they marked or did', async () => {
    const other = await takeCall(at, '10 Elm St', 'fall');
    await at.command(`D M41 ${call.short}`);
    await at.press('F4');
    await at.type('M41');
    await at.press('Space');
    await choose(at, 'F2', other.short);
    await at.press('F8');
    const asks = at.page.locator('.command-question:has(b)');
    await asks.getByText('M41').waitFor();
    await at.press('F10');
    await at.tabTo('Change operator');
    await at.press('Enter');
    await at.type('dispatcher3');
    await at.press('Tab');
    await at.type(DEMO_SIGN_IN.password);
    await at.press('Enter');
    await at.grid('Pending').waitFor();
    await at.page.waitForTimeout(500);
    expect(await asks.count()).toBe(0);
    expect(await at.focused()).not.toBe('Command line');
    expect(await at.row('Units', 'M41').textContent()).not.toContain('✓');
    expect(await at.echo()).toBe('nothing entered yet');
    await at.command('X M41');
  });

  it('says that Caps Lock is on, and has the password at hand again after a wrong one, whatever sent it', async () => {
    await at.press('F10');
    await at.field('Password').waitFor();
    const capsLock = (on: boolean) =>
      at.page.evaluate((modifierCapsLock) => {
        document.activeElement?.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'A', bubbles: true, modifierCapsLock }),
        );
      }, on);
    await capsLock(true);
    await at.page.getByText('Caps Lock is on').waitFor();
    await capsLock(false);
    await expect.poll(() => at.page.getByText('Caps Lock is on').count()).toBe(0);
    await at.type('not the password');
    await at.tabTo('Unlock');
    await at.press('Enter');
    await at.page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
    await expect.poll(at.focused).toBe('Password');
    await at.type(DEMO_SIGN_IN.password);
    await at.press('Enter');
    await at.grid('Pending').waitFor();
  });

  it('lets whoever sits there sign out', async () => {
    await at.press('F10');
    await at.field('Password').waitFor();
    await at.tabTo('Sign out');
    await at.press('Enter');
    await at.field('User').waitFor();
    await expect.poll(async () => (await sessionsAtConsole('dispatcher3'))[0]?.endReason, SOON).toBe('signed out');
    expect(await readable()).not.toContain('1200 Harbor');
  });
});

const Rows = z.object({
  items: z.array(
    z.object({ id: z.string(), site: z.string(), version: z.int(), body: z.record(z.string(), z.json()) }),
  ),
});
/** Another administrator saves this of the unit, at the center. */
async function anotherSaves(callsign: string, change: object): Promise<void> {
  const { items } = await api('GET', '/v1/entities/roster_unit?limit=500', Rows);
  const unit = items.find(({ body }) => body.callsign === callsign);
  if (!unit) throw new Error(`there is no ${callsign}`);
  const { id, site, version, body } = unit;
  const records = [{ kind: 'roster_unit', id, version, body: { ...body, ...change } }];
  await api('POST', `/v1/sites/${site}/records`, z.unknown(), { records });
}

describe('an administrator at the Setup of a console', () => {
  const push = async (name: string): Promise<void> => {
    await at.tabTo(name);
    await at.press('Enter');
  };
  const openUnit = async (name: string): Promise<void> => {
    await push(name);
    await at.page.getByRole('group', { name, exact: true }).waitFor();
  };

  it('keeps what is typed when another saves meanwhile, and asks before it takes the place of theirs', async () => {
    await at.signIn(DEMO_ADMIN, DEMO_SIGN_IN.password);
    await at.press('F1');
    await push('Setup');
    await push('Units');
    await openUnit('M36 · ambulance');
    await at.tabTo('Callsign');
    await at.press('ControlOrMeta+a');
    await at.type('M96');
    await anotherSaves('M36', { callsign: 'M97', kind: 'engine' });
    await at.page.getByRole('status', { name: 'Callsign meanwhile' }).getByText('Somebody else saved “M97”').waitFor();
    await at.page.getByRole('status', { name: 'Kind meanwhile' }).waitFor();
    expect(await at.field('Callsign').inputValue()).toBe('M96');
    expect(await at.field('Kind').inputValue()).toBe('engine');
    await expect.poll(at.focused).toBe('Callsign');
    expect(await faults(at.page)).toEqual([]);
    // The lock takes the board away, and nothing of what stands typed.
    await at.press('F10');
    await at.page.getByLabel('Password', { exact: true }).waitFor();
    await at.type(DEMO_SIGN_IN.password);
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Callsign');
    expect(await at.field('Callsign').inputValue()).toBe('M96');
    await at.page.getByRole('status', { name: 'Callsign meanwhile' }).getByText('Somebody else saved “M97”').waitFor();
    await at.press('Enter');
    await at.page.getByRole('alert').getByText('keep yours or take theirs').waitFor();
    await push('Keep mine: Callsign');
    await push('Save');
    await at.row('Units', 'M96').waitFor();
    // The form is gone; whoever saved goes on from the record in its list.
    await expect.poll(at.focused).toBe('M96 · engine');
  });

  it('is told what archiving does before it is done, and brings back what was archived', async () => {
    await openUnit('M96 · engine');
    await push('Archive it');
    await at.page.getByText('To undo it:').waitFor();
    await expect.poll(at.focused).toBe('Archive it now');
    await at.press('Escape');
    await expect.poll(at.focused).toBe('Archive it');
    expect(await at.row('Units', 'M96').count()).toBe(1);
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Archive it now');
    expect(await faults(at.page)).toEqual([]);
    await at.press('Enter');
    await at.page.getByRole('status', { name: 'Archived' }).waitFor();
    await rowGone(at, 'Units', 'M96');
    await expect.poll(at.focused).toBe('Bring it back');
    await at.press('Enter');
    await at.row('Units', 'M96').waitFor();
    await expect.poll(at.focused).toBe('M96 · engine');
  });

  it('is in the list, and nowhere else, once what was brought back waits for the center', async () => {
    await openUnit('M41 · ambulance');
    await push('Archive it');
    await expect.poll(at.focused).toBe('Archive it now');
    await at.press('Enter');
    await expect.poll(at.focused, SOON).toBe('Bring it back');
    room.center('closed');
    try {
      await at.press('Enter');
      await expect.poll(at.focused, SOON).toBe('+ a new unit');
    } finally {
      room.center('open');
    }
    await at.row('Units', 'M41').waitFor();
  });

  it('leaves the form that was opened next alone, with what is typed, when the center answers late', async () => {
    room.center('closed');
    try {
      await openUnit('M96 · engine');
      await at.tabTo('Capabilities, with commas');
      await at.type('ALS');
      await push('Save');
      await openUnit('M41 · ambulance');
      await at.tabTo('Kind');
      await at.press('End');
      await at.type('s');
      // As long as an answer is waited for, and more.
      await at.page.waitForTimeout(5_000);
      expect(await at.field('Kind').inputValue()).toBe('ambulances');
      expect(await at.focused()).toBe('Kind');
    } finally {
      room.center('open');
    }
    await push('Leave');
    await expect.poll(at.focused).toBe('M41 · ambulance');
  });

  it('without one error in the browser', () => expect(at.errors).toEqual([]));
});
