/** Drives a console the way a dispatcher does: in a real browser, by keyboard alone. Nothing here moves or clicks a pointer. */
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { findHeadlessChromium } from '../../tools/test/chromium.ts';
import { nameOfFocus, tabTo } from './keyboard.ts';

export interface Console {
  readonly page: Page;
  readonly signIn: (user: string, password: string) => Promise<void>;
  /**
   * Types a line into the command line from wherever the focus is, and returns what was said back: the echo, or the
   * question that has to be answered (`Enter` confirms it, `Escape` leaves it). Long lines that are not about typing are
   * quicker pasted.
   */
  readonly command: (line: string, how?: 'typed' | 'pasted') => Promise<string>;
  /** Enter again to a question in the command line; returns the echo. */
  readonly confirm: () => Promise<string>;
  readonly press: (...keys: string[]) => Promise<void>;
  readonly type: (text: string) => Promise<void>;
  /** Tab until the field or button of this accessible name has the focus; fails where Tab never comes to it. */
  readonly tabTo: (name: string) => Promise<void>;
  /** The accessible name of what has the focus. */
  readonly focused: () => Promise<string>;
  readonly field: (name: string) => Locator;
  readonly grid: (name: string) => Locator;
  readonly row: (grid: string, name: string) => Locator;
  /** Goes to the row by its digits. The list must have the focus. */
  readonly echo: () => Promise<string>;
  readonly reach: () => Promise<string>;
  /** How many messages with this text in them the page has sent to its station. */
  readonly sent: (text: string) => number;
  /** Errors of the page and of its console. */
  readonly errors: readonly string[];
}

/** A Chromium of its own, with its profile in `folder`. */
export function launchBrowser(folder: string, env: NodeJS.ProcessEnv): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: findHeadlessChromium() ?? '',
    env: Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    viewport: { width: 1920, height: 1080 },
    reducedMotion: 'reduce',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** What the browser's own console says when a station is killed or a cable is pulled is no fault of the page. */
const EXPECTED = /ERR_CONNECTION|WebSocket/;

export async function openConsole(page: Page, url: string): Promise<Console> {
  page.setDefaultTimeout(10_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) errors.push(message.text());
  });
  const sent: string[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => void sent.push(String(payload))));
  await page.goto(url);
  const line = page.getByRole('textbox', { name: 'Command line' });
  const status = page.getByRole('status', { name: 'Last command' });
  const echo = async (): Promise<string> => (await status.textContent()) ?? '';
  const grid = (name: string): Locator => page.getByRole('grid', { name, exact: true });
  const focused = (): Promise<string> => nameOfFocus(page);
  /**
   * After Enter: an empty line says done, a new echo with a cross says refused, a question stands beside the line. What was
   * done by a key before it may still be said meanwhile.
   */
  const answered = async (before: string): Promise<string> => {
    await page.waitForFunction(
      (was) => {
        const input = document.querySelector<HTMLInputElement>('input[aria-label="Command line"]');
        const said = document.querySelector('[role=status][aria-label="Last command"]')?.textContent;
        const refused = said !== was && said?.startsWith('✗');
        return refused || input?.value === '' || document.querySelector('.command-question b') !== null;
      },
      before,
      { polling: 20 },
    );
    const question = page.locator('.command-question:has(b)');
    return (await question.count()) > 0 ? ((await question.textContent()) ?? '') : echo();
  };
  return {
    page,
    errors,
    sent: (text) => sent.filter((message) => message.includes(text)).length,
    signIn: async (user, password) => {
      await page.getByLabel('User', { exact: true }).waitFor();
      await page.keyboard.type(user);
      await page.keyboard.press('Tab');
      await page.keyboard.type(password);
      await page.keyboard.press('Enter');
      await grid('Pending').waitFor();
    },
    command: async (text, how = 'typed') => {
      const before = await echo();
      if ((await focused()) !== 'Command line') await page.keyboard.press('`');
      if ((await line.inputValue()) !== '') await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard[how === 'typed' ? 'type' : 'insertText'](text);
      await page.keyboard.press('Enter');
      return answered(before);
    },
    confirm: async () => {
      const before = await echo();
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('.command-question b') === null);
      return answered(before);
    },
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    },
    type: (text) => page.keyboard.type(text),
    tabTo: (name) => tabTo(page, name),
    focused,
    field: (name) => page.getByLabel(name, { exact: true }),
    grid,
    row: (name, row) => grid(name).getByRole('row', { name: row, exact: true }),
    echo,
    reach: async () => (await page.getByRole('status', { name: 'Reach' }).textContent()) ?? '',
  };
}
