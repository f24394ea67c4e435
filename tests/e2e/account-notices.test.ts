/** Somebody who works at a console alone is told there what happened to their account, and says by keyboard that they know it. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { faults } from './axe.ts';
import type { Console } from './console.ts';
import { nameOfFocus } from './keyboard.ts';
import { openRoom, pictures, type Room } from './room.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom({ stations: ['A', 'B'] });
});
afterEach(pictures(() => room));
afterAll(() => room?.close());

const signOut = async (at: Console): Promise<void> => {
  await at.press('F1');
  await at.tabTo('Sign out');
  await at.press('Enter');
};

it('tells of a sign-in at another workstation in the header, until one knows of it (ASVS 6.3.5, 6.3.7)', async () => {
  const [a, b] = room.stations.map(({ console }) => console);
  if (!a || !b) throw new Error('two stations');
  const told = a.page.getByRole('button', { name: /about your account$/ });
  await a.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
  await a.press('i');
  await expect.poll(() => a.echo()).toContain('nothing new about your account');
  await b.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
  await b.press('i');
  // Whoever has just come in here knows that; any other session of theirs is told.
  await expect.poll(() => b.echo()).toContain('nothing new about your account');
  // At the console where they are at work all the while, with the sign-in itself.
  await told.waitFor({ timeout: 3_000 });
  // And where they work in a panel's window alone, which has no header.
  await a.press('F4', 'Shift+Tab');
  await expect.poll(a.focused).toBe('Tear off');
  const opening = a.page.context().waitForEvent('page');
  await a.press('Enter');
  const torn = await opening;
  await torn.getByRole('button', { name: /1 notice about your account$/ }).waitFor();
  await torn.keyboard.press('i');
  await torn.getByRole('region', { name: 'About your account' }).getByText('from B').waitFor();
  expect(await faults(torn)).toEqual([]);
  const folder = process.env.E2E_PICTURES;
  if (folder !== undefined) await torn.screenshot({ path: join(folder, 'account-notices-torn.png') });
  await torn.keyboard.press('Escape');
  await expect.poll(() => nameOfFocus(torn)).toBe('Units');
  await torn.close();
  await a.grid('Units').waitFor();
  await signOut(b);
  await b.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
  const badge = b.page.getByRole('button', { name: /1 notice about your account$/ });
  await badge.waitFor();
  // Work goes on beside it: it has taken no focus, and moved nothing.
  await expect.poll(b.focused).toBe('Pending');
  const here = b.page.getByRole('region', { name: 'About your account' });
  await b.press('i');
  await here.getByText('You were signed in from a place that you had not used for 60 days, from B').waitFor();
  expect(await faults(b.page)).toEqual([]);
  if (folder !== undefined) await b.page.screenshot({ path: join(folder, 'account-notices.png') });
  await b.press('Escape');
  await here.waitFor({ state: 'detached' });
  await expect.poll(() => b.focused()).toBe('Pending');

  // In an outage, too: what one knows of is gone at once, and the center hears of it when it is back.
  room.center('closed');
  await b.press('i');
  await expect.poll(b.focused).toBe('I know of this');
  await b.press('Enter');
  await badge.waitFor({ state: 'detached' });
  await expect.poll(() => b.focused()).toBe('Pending');
  room.center('open');

  // At the other console, which was told, too, it is known of as soon as the center hears it.
  await expect.poll(() => told.count(), { timeout: 15_000 }).toBe(0);
  expect([...a.errors, ...b.errors]).toEqual([]);
});
