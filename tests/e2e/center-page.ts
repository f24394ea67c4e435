/** The center's own page, driven the way an administrator does: in a real browser, by keyboard alone. */
import type { Locator, Page } from 'playwright-core';
import { nameOfFocus, tabTo } from './keyboard.ts';

export interface CenterPage {
  readonly page: Page;
  readonly press: (...keys: string[]) => Promise<void>;
  /** Fills the field of this accessible name, wherever it is from here by Tab. */
  readonly fill: (name: string, text: string) => Promise<void>;
  /** Goes to the button by Tab and presses it. */
  readonly push: (name: string) => Promise<void>;
  /** Goes to the box of this name by Tab and turns it. */
  readonly tick: (name: string) => Promise<void>;
  /** Goes to the list of choices of this name by Tab and presses keys in it. */
  readonly choose: (name: string, ...keys: string[]) => Promise<void>;
  /** `g` and a letter; waits for the screen of that name to have the focus in it. */
  readonly goTo: (letter: string, screen: string) => Promise<void>;
  /** Waits until the footer says this. */
  readonly said: (what: string) => Promise<void>;
  /** Moves in the grid that has the focus until the row is in hand, and opens it. */
  readonly openRow: (grid: string, row: string) => Promise<void>;
  readonly focused: () => Promise<string>;
  readonly status: (name: string) => Locator;
  readonly errors: readonly string[];
}

/** What the browser says by itself of an answer that the page expects and shows. */
const EXPECTED = /status of (400|401|403|404|409|422|429)/;
const MOST_ROWS = 60;

export async function openCenterPage(page: Page, url: string): Promise<CenterPage> {
  page.setDefaultTimeout(10_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) errors.push(message.text());
  });
  await page.goto(url);
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const push = async (name: string): Promise<void> => {
    await page.getByRole('button', { name, exact: true }).first().waitFor();
    await tabTo(page, name);
    await press('Enter');
  };
  const last = page.getByRole('status', { name: 'Last action' });
  return {
    page,
    errors,
    press,
    push,
    fill: async (name, text) => {
      await page.getByLabel(name, { exact: true }).first().waitFor();
      await tabTo(page, name);
      await press('ControlOrMeta+a');
      await page.keyboard.type(text);
    },
    tick: async (name) => {
      await tabTo(page, name);
      await press('Space');
    },
    choose: async (name, ...keys) => {
      for (let i = 0; i < MOST_ROWS && !(await nameOfFocus(page)).startsWith(name); i++) await press('Tab');
      await press(...keys);
    },
    goTo: async (letter, screen) => {
      await press('g', letter);
      await page.waitForFunction(
        (name) =>
          document.activeElement?.closest('main')?.getAttribute('aria-label') === name &&
          document.activeElement.tagName !== 'MAIN',
        screen,
      );
    },
    said: (what) => last.filter({ hasText: what }).waitFor(),
    openRow: async (grid, row) => {
      const place = page.getByRole('grid', { name: grid, exact: true });
      const wanted = place.getByRole('row', { name: row, exact: true }).first();
      await place.getByRole('row').nth(1).waitFor();
      await press('Home');
      for (let i = 0; i < MOST_ROWS; i++) {
        if ((await wanted.getAttribute('aria-selected').catch(() => null)) === 'true') {
          await press('Enter');
          return;
        }
        await press('ArrowDown');
        if ((await wanted.count()) === 0) continue;
      }
      throw new Error(`The arrows never came to ${row} in ${grid}.`);
    },
    focused: () => nameOfFocus(page),
    status: (name) => page.getByRole('status', { name, exact: true }),
  };
}
