/** Drives a console the way a dispatcher does: in a real browser, by keyboard alone. Nothing here moves or clicks a pointer. */
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

export interface Console {
  readonly page: Page;
  readonly signIn: (user: string, password: string) => Promise<void>;
  /** Types a line into the command line from wherever the focus is, and returns what the echo said. */
  readonly command: (line: string) => Promise<string>;
  readonly press: (keys: string) => Promise<void>;
  readonly type: (text: string) => Promise<void>;
  readonly grid: (name: string) => Locator;
  readonly row: (grid: string, name: string) => Locator;
  readonly reach: () => Promise<string>;
  readonly errors: readonly string[];
  readonly close: () => Promise<void>;
}

/** Debian's Chromium, or the one that the test set-up found. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
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

export async function openConsole(
  browser: Browser,
  url: string,
  size = { width: 1920, height: 1080 },
): Promise<Console> {
  const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/ERR_CONNECTION|WebSocket/.test(message.text())) errors.push(message.text());
  });
  await page.goto(url);
  const echo = page.getByRole('status', { name: 'Last command' });
  const grid = (name: string): Locator => page.getByRole('grid', { name, exact: true });
  return {
    page,
    errors,
    signIn: async (user, password) => {
      await page.getByLabel('User', { exact: true }).waitFor();
      await page.keyboard.type(user);
      await page.keyboard.press('Tab');
      await page.keyboard.type(password);
      await page.keyboard.press('Enter');
      await grid('Pending').waitFor();
    },
    command: async (line) => {
      const before = await echo.textContent();
      await page.keyboard.press('`');
      await page.keyboard.type(line);
      await page.keyboard.press('Enter');
      await page.waitForFunction(
        (was) => document.querySelector('[role=status][aria-label="Last command"]')?.textContent !== was,
        before,
      );
      return (await echo.textContent()) ?? '';
    },
    press: (keys) => page.keyboard.press(keys),
    type: (text) => page.keyboard.type(text),
    grid,
    row: (name, row) => grid(name).getByRole('row', { name: row }),
    reach: async () => (await page.getByRole('status', { name: 'Reach' }).textContent()) ?? '',
    close: () => context.close(),
  };
}
