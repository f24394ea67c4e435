/** What dispatchers do all day, in keys. */
import { expect } from 'vitest';
import type { Console } from './console.ts';

export interface CallTaken {
  /** Whole number. */
  readonly number: string;
  /** As commands name it. */
  readonly short: string;
}

/** F5, the location, and the nature by typing and Enter; leaves the focus in the form. Returns the number that it was given. */
export async function takeCall(at: Console, location: string, nature: string): Promise<CallTaken> {
  const before = await at.page.getByRole('form', { name: /^Call / }).count();
  await at.press('F5');
  expect(await at.focused()).toBe('Location');
  await at.type(location);
  await at.press('Enter');
  await at.page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
  await at.type(nature);
  await at.press('Enter');
  const form = at.page.getByRole('form', { name: /^Call / }).filter({ visible: true });
  await expect.poll(() => form.getByText('Ready to dispatch since').count(), { timeout: 5_000 }).toBeGreaterThan(0);
  const name = (await form.last().getAttribute('aria-label')) ?? '';
  const number = name.replace('Call ', '');
  // A log without a lease left numbers on under a suffix of its own, and is named whole.
  expect(number, `form ${name}, ${before} open before`).toMatch(/^\d\d-(\d{5}|[0-9A-Z]+-\d{4})$/);
  return { number, short: /^\d\d-\d{5}$/.test(number) ? number.slice(-5) : number };
}

/** The text of a row, or empty where there is none. */
export async function rowSays(at: Console, grid: string, name: string): Promise<string> {
  // In one look: a row that is gone by the second is waited for by the browser's driver until the test has given up.
  return (await at.row(grid, name).allTextContents())[0] ?? '';
}

/** Waits until the row says all of `words`. */
export async function rowShows(at: Console, grid: string, name: string, ...words: string[]): Promise<void> {
  for (const word of words)
    await expect.poll(() => rowSays(at, grid, name), { message: `${name} in ${grid}`, timeout: 8_000 }).toContain(word);
}

/** Waits until there is no such row. */
export async function rowGone(at: Console, grid: string, name: string): Promise<void> {
  await expect.poll(() => at.row(grid, name).count(), { message: `${name} in ${grid}`, timeout: 8_000 }).toBe(0);
}

/** Chooses an incident in a list by its digits, so that the incident panel shows it. */
export async function choose(at: Console, list: 'F2' | 'F3', short: string): Promise<void> {
  await at.press(list);
  await at.type(short);
}

/** What the timeline of the incident in hand says, line by line. */
export function timeline(at: Console): Promise<string[]> {
  return at.page.getByRole('list', { name: 'Timeline' }).getByRole('listitem').allTextContents();
}

/** What a board shows in the columns that never give way to others, however wide its panels are. */
export async function board(at: Console): Promise<string[]> {
  const lists = ['Pending', 'Active', 'Units'].map((name) =>
    at.grid(name).evaluate((grid, list) => {
      const said = (row: Element, column: string): string => row.querySelector(`.cell-${column}`)?.textContent ?? '';
      return [...grid.querySelectorAll('[role=row][aria-label]')].map((row) => {
        const cells =
          list === 'Units'
            ? [row.children[1]?.textContent ?? '']
            : [
                said(row, 'location'),
                said(row, 'nature'),
                said(row, 'units'),
                row.textContent?.includes('↑') ? '↑' : '',
              ];
        return [list, row.getAttribute('aria-label'), ...cells].join(' | ');
      });
    }, name),
  );
  return (await Promise.all(lists)).flat().sort();
}
