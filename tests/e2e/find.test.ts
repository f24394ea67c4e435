import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { faults } from './axe.ts';
import { rowGone, rowShows, takeCall } from './calls.ts';
import { nameOfFocus } from './keyboard.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();
const said = async (): Promise<string> =>
  (await at.page.getByRole('status', { name: 'Search' }).allTextContents())[0] ?? '';
/** The window into which the button that has the focus tears a panel off. */
async function tornOff(): Promise<Page> {
  await expect.poll(at.focused).toBe('Tear off');
  const opening = at.page.context().waitForEvent('page');
  await at.press('Enter');
  return opening;
}
const lastCommand = (window: Page): Promise<string | null> =>
  window.getByRole('status', { name: 'Last command' }).textContent();
const inHand = (number: string) => at.page.getByRole('region', { name: `Incident ${number}` });

describe('FIND', () => {
  it('finds a call that is over by number, place, callback, unit and day, and shows it whole', async () => {
    const call = await takeCall(at, '1200 Harborview Terrace', 'chest');
    await at.type('(415) 555-0142');
    await at.press('Enter');
    await expect.poll(() => inHand(call.number).textContent()).toContain('555-0142');
    await at.command(`D M36 ${call.short}`);
    await at.command('C M36');
    expect(await at.command(`C ${call.short} No patient`)).toContain('closed');
    await rowGone(at, 'Active', call.number);
    const other = await takeCall(at, '9 Elm St', 'fall');
    for (const line of [`FIND ${call.short}`, 'F harborview', '? 1200 harbor', 'SEARCH 5550142', 'FIND M36 today']) {
      await at.command(line);
      await rowShows(at, 'Found', call.number, '1200 Harborview');
      await expect.poll(at.focused).toBe('Found');
      await expect.poll(() => inHand(call.number).textContent()).toContain('closed');
      await rowGone(at, 'Found', other.number);
      await expect.poll(said).toContain('that this workstation holds');
    }
    expect(await faults(at.page)).toEqual([]);
    await at.command('FIND harborview yesterday');
    await expect.poll(said).toMatch(/None found among all .* at the center, under Incidents/);
    await rowGone(at, 'Found', call.number);
  });

  it('says before Enter what it will look for, and the help card has it', async () => {
    await at.press('`');
    await at.type('FIND oak 2026-11-26');
    const ghost = at.page.locator('.command-ghost');
    await expect.poll(() => ghost.textContent()).toBe('Find incidents: oak, Thu 26 Nov 2026 · Enter');
    await at.press('ControlOrMeta+a', 'Delete', 'F1');
    await expect
      .poll(() => at.page.getByRole('complementary', { name: 'Keys and commands' }).textContent())
      .toContain('FIND words [day]');
    await at.press('Escape');
  });

  it('opens it, reopens it, and goes away by Escape, all by key', async () => {
    await at.command('FIND harborview');
    await expect.poll(at.focused).toBe('Found');
    const number = (await at.grid('Found').getByRole('row').nth(1).getAttribute('aria-label')) ?? '';
    await at.press('Enter');
    await at.page.getByRole('form', { name: `Call ${number}` }).waitFor();
    expect(await at.command('RO')).toContain('reopened');
    await rowShows(at, 'Found', number, 'waiting');
    await rowShows(at, 'Pending', number, '1200 Harborview');
    await at.command('FIND harborview');
    await expect.poll(at.focused).toBe('Found');
    await at.press('Escape');
    await expect.poll(() => at.grid('Found').count()).toBe(0);
    await expect.poll(at.focused).toBe('Pending');
  });

  it('is asked for in any window and shown on the board, and goes into a window of its own with what was looked for', async () => {
    const call = await takeCall(at, '44 Mariner Row', 'fall');
    await at.press('F4', 'Shift+Tab');
    const units = await tornOff();
    await expect.poll(() => nameOfFocus(units)).toBe('Units');
    await units.keyboard.press('`');
    await units.keyboard.type('FIND mariner');
    await units.keyboard.press('Enter');
    await rowShows(at, 'Found', call.number, '44 Mariner Row');
    await expect.poll(at.focused).toBe('Found');
    await expect.poll(() => lastCommand(units)).toContain('✓');
    expect(await lastCommand(units)).toContain('Found is in the window of the board');
    await expect.poll(() => nameOfFocus(units)).toBe('Units');
    await units.close();
    await at.grid('Units').waitFor();
    await at.command('FIND mariner');
    await expect.poll(at.focused).toBe('Found');
    await at.press('Shift+Tab', 'Shift+Tab');
    const found = await tornOff();
    const row = found.getByRole('grid', { name: 'Found' }).getByRole('row', { name: call.number, exact: true });
    await row.waitFor();
    await expect.poll(() => at.grid('Found').count()).toBe(0);
    await found.keyboard.press('`');
    await found.keyboard.type('FIND harborview');
    await found.keyboard.press('Enter');
    await expect.poll(() => row.count()).toBe(0);
    await expect.poll(() => nameOfFocus(found)).toBe('Found');
    await found.keyboard.press('`');
    await found.keyboard.type('FIND mariner');
    await found.keyboard.press('Enter');
    await row.waitFor();
    // Opened from there, its form stands beside the board, and nowhere twice.
    await found.keyboard.press('Enter');
    await at.page.getByRole('form', { name: `Call ${call.number}` }).waitFor();
    await expect.poll(at.focused).toBe('Location');
    await at.press('Shift+F5');
    await found.close();
    await rowShows(at, 'Found', call.number, '44 Mariner Row');
  });

  it('shows nobody else what was looked for, and keeps it behind the lock', async () => {
    await at.command('FIND harborview');
    await expect.poll(at.focused).toBe('Found');
    await at.press('F10');
    await at.page.getByRole('button', { name: 'Unlock' }).waitFor();
    await at.type(DEMO_SIGN_IN.password);
    await at.press('Enter');
    await expect.poll(said).toContain('harborview');
    await at.press('F1');
    await at.tabTo('Sign out');
    await at.press('Enter');
    await at.signIn('supervisor1', DEMO_SIGN_IN.password);
    await at.press('F3');
    expect(await at.grid('Found').count()).toBe(0);
    await at.command('FIND elm');
    await expect.poll(said).toContain('elm');
    expect(await said()).not.toContain('harborview');
  });
});
