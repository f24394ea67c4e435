import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { faults } from './axe.ts';
import { type CallTaken, choose, rowGone, rowSays, rowShows, takeCall } from './calls.ts';
import type { Console } from './console.ts';
import { openRoom, pictures, type Room } from './room.ts';

let room: Room;
let a: Console;
let b: Console;
let supervisor: Console;
let first: CallTaken;
let second: CallTaken;

const SOON = { timeout: 15_000, interval: 100 };

const everyone = (): readonly Console[] => [a, b, supervisor];
/** What the To settle panel lists, title by title. */
const toSettle = async (at: Console): Promise<string[]> =>
  (
    await at.page.getByRole('list', { name: 'Conflicts and contested entries' }).getByRole('group').allTextContents()
  ).sort();

/** What is said of it to whoever does not see the board, from now on, sentence by sentence. */
const hearToSettle = (at: Console): Promise<void> =>
  at.page.evaluate(() => {
    const region = document.querySelector('[role=status][aria-label="New to settle"]');
    const heard: string[] = [];
    Object.assign(window, { heardToSettle: heard });
    if (region)
      new MutationObserver(() => heard.push(region.textContent ?? '')).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
  });
const heardToSettle = (at: Console): Promise<string[]> =>
  at.page.evaluate(() => (window as unknown as { heardToSettle: string[] }).heardToSettle);

/** Whether what is to be settled has the focus. */
const inCard = (at: Console): Promise<boolean> =>
  at.page.evaluate(() => (document.activeElement?.closest('[data-settle]') ?? null) !== null);

/** Whether all of what is about to be settled can be read. */
const wholeInSight = (at: Console): Promise<boolean> =>
  at.page.evaluate(() => {
    const entry = document.activeElement?.closest('li')?.getBoundingClientRect();
    const panel = document.activeElement?.closest('[data-panel-focus]')?.getBoundingClientRect();
    return entry !== undefined && panel !== undefined && entry.top >= panel.top - 1 && entry.bottom <= panel.bottom + 1;
  });

async function cutOff(): Promise<void> {
  room.center('closed');
  room.lan('closed');
  for (const console of everyone()) {
    await expect.poll(console.reach, SOON).toMatch(/^Center unreachable/);
    await expect.poll(console.reach, SOON).toContain('0 of 2 peers reached');
  }
}

async function backTogether(): Promise<void> {
  room.lan('open');
  room.center('open');
  for (const console of everyone())
    await expect.poll(console.reach, SOON).toMatch(/^Center reached — 2 of 2 peers reached$/);
}

async function api<S extends z.ZodType>(path: string, answer: S, body: object, token?: string): Promise<z.infer<S>> {
  const response = await fetch(new URL(path, room.centerUrl), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return answer.parse(JSON.parse(text));
}

beforeAll(async () => {
  room = await openRoom({ stations: ['A', 'B', 'C'] });
  [a, b, supervisor] = room.stations.map((station) => station.console) as [Console, Console, Console];
  await a.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
  await b.signIn('dispatcher2', DEMO_SIGN_IN.password);
  await supervisor.signIn('supervisor1', DEMO_SIGN_IN.password);
});
afterEach(pictures(() => room));
afterAll(() => room?.close());

describe('what two consoles do', () => {
  it('one after the other, the same, or on purpose is no conflict', async () => {
    first = await takeCall(a, '1 First St', 'fall');
    second = await takeCall(b, '2 Second St', 'seizure');
    await rowShows(b, 'Pending', first.number, '1 First St');
    expect(await b.command(`LOC ${first.short} 11 First St`)).toContain('location');
    await rowShows(a, 'Pending', first.number, '11 First St');
    expect(await a.command(`LOC ${first.short} 111 First St`)).toContain('location');
    await rowShows(b, 'Pending', first.number, '111 First St');
    expect(await a.command(`D E06 ${first.short}`)).toContain('E06 dispatched');
    await rowShows(b, 'Units', 'E06', 'DP');
    expect(await b.command(`D E06 ${second.short}`)).toContain('Enter again confirms');
    expect(await b.confirm()).toContain('E06 dispatched');
    await cutOff();
    // Each for itself the same.
    expect(await a.command(`P ${second.short} 1`)).toMatch(/^✓/);
    expect(await b.command(`P ${second.short} 1`)).toMatch(/^✓/);
    await backTogether();
    for (const console of everyone()) {
      await rowShows(console, 'Active', second.number, 'E06');
      await expect.poll(() => toSettle(console), SOON).toEqual([]);
    }
  });

  it('blindly, each cut off, shows as exactly those two conflicts at every console, with both sides', async () => {
    await cutOff();
    expect(await a.command(`D M36 ${first.short}`)).toContain('M36 dispatched');
    expect(await b.command(`D M36 ${second.short}`)).toContain('M36 dispatched');
    expect(await a.command(`LOC ${first.short} 7 North Gate`)).toMatch(/^✓/);
    expect(await b.command(`LOC ${first.short} 9 South Gate`)).toMatch(/^✓/);
    for (const console of everyone()) await hearToSettle(console);
    await backTogether();
    for (const console of everyone()) {
      // Each is said once, whatever else comes of the board meanwhile.
      const heard = async (): Promise<string> => (await heardToSettle(console)).join(' ');
      await expect.poll(heard, SOON).toContain('M36 on two incidents');
      await expect.poll(heard, SOON).toContain(`${first.number}, location`);
      await console.press('F7');
      await expect.poll(async () => (await toSettle(console)).length, SOON).toBe(2);
      const said = (await toSettle(console)).join('\n');
      for (const side of ['7 North Gate', '9 South Gate', first.number, second.number]) expect(said).toContain(side);
      // Nobody keeps a unit on a call by its number alone.
      expect(said).toContain('Seizure, 2 Second St');
      // Who, and at which console.
      for (const author of ['dispatcher 1 · A', 'dispatcher 2 · B']) expect(said.split(author)).toHaveLength(3);
    }
    expect(await toSettle(b)).toEqual(await toSettle(a));
    expect(await toSettle(supervisor)).toEqual(await toSettle(a));
    await rowShows(a, 'Units', 'M36', 'settle');
    for (const console of everyone()) {
      const heard = (await heardToSettle(console)).join(' ');
      expect(heard.match(/M36 on two incidents/g)).toHaveLength(1);
      expect(heard.match(new RegExp(`${first.number}, location`, 'g'))).toHaveLength(1);
    }
    // Both numbers are in sight, also beside a call that is open.
    const hidden = (): Promise<number> =>
      a
        .row('Units', 'M36')
        .locator('.what')
        .evaluate((what) => what.scrollWidth - what.clientWidth);
    await expect.poll(hidden, SOON).toBe(0);
  });

  it('lets F7 answer a unit that calls for help before what is to be settled', async () => {
    expect(await a.command('EM M14')).toContain('M14 EMERGENCY');
    const calling = b.page.getByRole('alert', { name: 'Emergencies' });
    await calling.getByText('M14 EMERGENCY').waitFor();
    await b.press('F7');
    await expect.poll(() => calling.getByText('M14 EMERGENCY').count(), SOON).toBe(0);
    await expect.poll(b.focused).toBe('Units');
    expect(await a.command('EM M14 OVER')).toContain('M14 emergency over');
    await rowShows(b, 'Units', 'M14', 'AV');
    await b.press('F7');
    await expect.poll(() => inCard(b)).toBe(true);
  });

  it('tells whoever sits before a locked console that a unit calls for help or an urgent call waits, and not which', async () => {
    await b.press('F10');
    await b.field('Password').waitFor();
    const told = b.page.getByRole('alert', { name: 'Behind the lock' });
    await expect.poll(() => told.textContent()).toBe('');
    expect(await a.command('EM M14')).toContain('M14 EMERGENCY');
    await expect.poll(() => told.textContent(), SOON).toBe('A unit calls for help.');
    const urgent = await takeCall(a, '4 Fourth St', 'trapped');
    await expect.poll(() => told.textContent(), SOON).toBe('A unit calls for help. A call of priority 1 waits.');
    for (const which of ['M14', urgent.number, '4 Fourth St']) expect(await b.page.content()).not.toContain(which);
    expect(await faults(b.page)).toEqual([]);
    await a.press('Escape');
    expect(await a.command(`C ${urgent.short} No patient`)).toContain('closed');
    expect(await a.command('EM M14 OVER')).toContain('M14 emergency over');
    await expect.poll(() => told.textContent(), SOON).toBe('');
    await b.type(DEMO_SIGN_IN.password);
    await b.press('Enter');
    await b.grid('Pending').waitFor();
  });

  it('lets F7 go to a priority 1 call that nobody here has seen first, once', async () => {
    const urgent = await takeCall(a, '5 Fifth St', 'trapped');
    // The nature makes it urgent, and may come after the place.
    await rowShows(b, 'Pending', urgent.number, '5 Fifth St', 'Entrapment');
    // Not by way of the calls: what is in hand there has been seen.
    await b.press('F4', 'F7');
    await expect.poll(() => b.row('Pending', urgent.number).getAttribute('aria-selected')).toBe('true');
    await b.press('F7');
    await expect.poll(() => inCard(b)).toBe(true);
    await a.press('Escape');
    expect(await a.command(`C ${urgent.short} No patient`)).toContain('closed');
  });

  it('is found by F7 behind the requests, with every side of it in sight beside a call on a small screen', async () => {
    await a.page.setViewportSize({ width: 1366, height: 768 });
    // The panels stand in their new place: room is made in it, and not in the one before.
    const right = async (): Promise<number> => {
      const box = await a.grid('Units').boundingBox();
      return box === null ? Number.NaN : box.x + box.width;
    };
    await expect.poll(right).toBeLessThanOrEqual(1366);
    await a.tabTo('To settle2');
    await a.press('ArrowRight', 'Enter');
    await expect.poll(() => a.page.getByRole('list', { name: 'Conflicts and contested entries' }).count()).toBe(0);
    await a.press('F2', 'F7');
    await expect.poll(() => inCard(a)).toBe(true);
    await expect.poll(() => wholeInSight(a)).toBe(true);
    await a.page.setViewportSize({ width: 1920, height: 1080 });
  });

  it('is settled by no key that means something else: Enter before a side was chosen, a layout’s', async () => {
    await a.press('F2', 'F7');
    await expect.poll(() => inCard(a)).toBe(true);
    await a.press('Enter');
    await expect.poll(a.echo).toContain('no side is chosen');
    await a.press('F2', 'F7');
    await expect.poll(() => inCard(a)).toBe(true);
    await a.press('Control+1');
    await a.page.waitForTimeout(500);
    expect(await toSettle(a)).toHaveLength(2);
  });

  it('is settled by the arrows and Enter, which says first what it does', async () => {
    await a.press('F2', 'F7');
    await expect.poll(() => inCard(a)).toBe(true);
    await a.press('ArrowDown');
    await expect.poll(a.focused).toMatch(/Enter keeps it/);
    const upper = await a.focused();
    await a.press('ArrowDown');
    await expect.poll(a.focused).not.toBe(upper);
    const kept = /[79] (North|South) Gate|26-\d{5}/.exec(await a.focused())?.[0] ?? '';
    expect(kept).not.toBe('');
    await a.press('ArrowUp', 'ArrowUp');
    await expect.poll(a.focused).toBe(upper);
    await a.press('ArrowDown', 'Enter');
    for (const console of everyone()) await expect.poll(async () => (await toSettle(console)).length, SOON).toBe(1);
    await expect.poll(a.focused).toBe('To settle');
    const [grid, row]: [string, string] = kept.endsWith('Gate') ? ['Active', first.number] : ['Units', 'M36'];
    for (const console of everyone()) await rowShows(console, grid, row, kept);
  });

  it('is settled by one digit, too, for everyone', async () => {
    await a.press('F2', 'F7');
    await expect.poll(() => inCard(a)).toBe(true);
    await a.press('1');
    for (const console of everyone()) await expect.poll(async () => (await toSettle(console)).length, SOON).toBe(0);
    // The focus outlives the card that had it, and stands on none of the others.
    await expect.poll(a.focused).toBe('To settle');
    await choose(a, 'F3', first.short);
    const place = async (console: Console): Promise<string> => {
      await choose(console, 'F3', first.short);
      return (
        (await console.page
          .getByRole('region', { name: `Incident ${first.number}` })
          .locator('h2')
          .textContent()) ?? ''
      );
    };
    const settled = await place(a);
    expect(settled).toMatch(/7 North Gate|9 South Gate/);
    for (const console of [b, supervisor]) await expect.poll(() => place(console), SOON).toBe(settled);
    const unit = (console: Console): Promise<string | null> => console.row('Units', 'M36').textContent();
    for (const console of everyone()) await expect.poll(() => unit(console), SOON).toMatch(/26-\d{5}/);
  });

  it('blindly about a whole call hides none: one closed while a unit was sent to it, two merged into each other', async () => {
    const [closed, one, other] = [
      await takeCall(a, '3 Third St', 'fall'),
      await takeCall(a, '4 Fourth St', 'fall'),
      await takeCall(a, '4 Fourth Street', 'fall'),
    ];
    for (const call of [closed, one, other])
      for (const console of everyone()) await rowShows(console, 'Pending', call.number, 'St');
    await cutOff();
    expect(await a.command(`C ${closed.short} FALSE`)).toContain('closed');
    expect(await b.command(`D M44 ${closed.short}`)).toContain('M44 dispatched');
    expect(await a.command(`M ${one.short} ${other.short}`)).toContain('merged into');
    expect(await b.command(`M ${other.short} ${one.short}`)).toContain('merged into');
    await backTogether();
    for (const console of everyone()) {
      await rowShows(console, 'Active', closed.number, 'M44', 'closed');
      for (const call of [one, other]) await rowShows(console, 'Pending', call.number, 'cross-merged');
    }
    for (const console of everyone()) {
      await expect.poll(async () => (await toSettle(console)).length, SOON).toBe(2);
      const said = (await toSettle(console)).join('\n');
      for (const title of ['closed with a unit still on it', 'merged into each other']) expect(said).toContain(title);
    }
    await choose(b, 'F3', closed.short);
    const known = (at: Console, number: string): Promise<string | null> =>
      at.page.getByRole('region', { name: `Incident ${number}` }).textContent();
    await expect.poll(() => known(b, closed.number)).toContain('M44 is still on it');
    await choose(b, 'F2', one.short);
    await expect.poll(() => known(b, one.number)).toContain(`into ${other.number}, which is merged back into it`);
    // What the panel names settles each.
    expect(await b.command(`RO ${closed.short}`)).toContain('reopened');
    for (const console of everyone()) await expect.poll(async () => (await toSettle(console)).length, SOON).toBe(1);
    // And F7, with one key for each way out.
    await b.press('F2', 'F7');
    await expect.poll(() => inCard(b)).toBe(true);
    await expect.poll(() => wholeInSight(b)).toBe(true);
    const kept = [one, other].toSorted((x, y) => (x.number < y.number ? -1 : 1)).indexOf(one);
    await b.press(`${kept + 1}`);
    for (const console of everyone()) await expect.poll(() => toSettle(console), SOON).toEqual([]);
    for (const console of everyone()) {
      await rowGone(console, 'Pending', other.number);
      for (const [list, call] of [
        ['Active', closed],
        ['Pending', one],
      ] as const)
        await expect.poll(() => rowSays(console, list, call.number), SOON).not.toMatch(/closed|cross-merged/);
    }
    expect(await b.command(`X M44 ${closed.short}`)).toContain('M44 canceled');
  });

  it('without the right to it any more stands contested until a supervisor settles it', async () => {
    const organisation = DEMO_ADMINISTRATOR.user.split('@')[1];
    const session = z.looseObject({ accessToken: z.string(), user: z.string() });
    const { accessToken } = await api('/v1/sessions', session, DEMO_ADMINISTRATOR);
    const { user: person } = await api('/v1/sessions', session, {
      user: `dispatcher2@${organisation}`,
      password: DEMO_SIGN_IN.password,
    });
    await cutOff();
    await api(`/v1/people/${person}/change`, z.looseObject({}), { roles: ['auditor'] }, accessToken);
    expect(await b.command(`P ${first.short} 4`)).toMatch(/^✓/);
    await backTogether();
    for (const console of [a, supervisor]) {
      await expect.poll(async () => (await toSettle(console)).join(), SOON).toMatch(/Contested/);
      await rowShows(console, 'Active', first.number, 'contested');
    }
    const before = await a.row('Active', first.number).getByRole('gridcell').first().textContent();
    await supervisor.page.setViewportSize({ width: 1366, height: 768 });
    await supervisor.press('F2', 'F7');
    await expect.poll(() => inCard(supervisor)).toBe(true);
    await expect.poll(() => wholeInSight(supervisor)).toBe(true);
    await supervisor.press('1');
    for (const console of [a, supervisor]) {
      await expect.poll(() => toSettle(console), SOON).toEqual([]);
      await expect
        .poll(() => console.row('Active', first.number).getByRole('gridcell').first().textContent(), SOON)
        .toBe('4');
    }
    expect(before).not.toBe('4');
  });

  it('without one error in the browser', () => {
    expect(everyone().flatMap((console) => console.errors)).toEqual([]);
  });
});
