/** Somebody who works at a console alone is told there what happened to their account, and says by keyboard that they know it. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { faults } from './axe.ts';
import type { Console } from './console.ts';
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
  await signOut(b);
  await b.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
  const badge = b.page.getByRole('button', { name: /1 notice about your account$/ });
  await badge.waitFor();
  // Work goes on beside it: it has taken no focus, and moved nothing.
  expect(await b.focused()).toBe('Pending');
  const here = b.page.getByRole('region', { name: 'About your account' });
  await b.press('i');
  await here.getByText('You were signed in from a place that you had not used for 60 days, from B').waitFor();
  expect(await faults(b.page)).toEqual([]);
  const folder = process.env.E2E_PICTURES;
  if (folder !== undefined) await b.page.screenshot({ path: join(folder, 'account-notices.png') });
  await b.press('Escape');
  await here.waitFor({ state: 'detached' });
  await expect.poll(() => b.focused()).toBe('Pending');

  // In an outage, too: what one knows of is gone at once, and the center hears of it when it is back.
  room.center('closed');
  await b.press('i');
  expect(await b.focused()).toBe('I know of this');
  await b.press('Enter');
  await badge.waitFor({ state: 'detached' });
  await expect.poll(() => b.focused()).toBe('Pending');
  room.center('open');

  // At the other console it was told, too, and is known of there as soon as that asks again: at the next sign-in.
  await expect.poll(() => a.reach(), { timeout: 60_000 }).not.toMatch(/unreachable|reconnecting/i);
  await expect
    .poll(
      async () => {
        await signOut(a);
        await a.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
        await a.page.waitForTimeout(1_500);
        return told.count();
      },
      { timeout: 60_000 },
    )
    .toBe(0);
  expect([...a.errors, ...b.errors]).toEqual([]);
});
