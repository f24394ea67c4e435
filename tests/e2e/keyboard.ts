/** Where the focus is, and going there by Tab alone. */
import type { Page } from 'playwright-core';

const MOST_TABS = 80;

/** The accessible name of what has the focus. */
export function nameOfFocus(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return '';
    const labels =
      at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement
        ? at.labels
        : null;
    return at.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? at.textContent?.trim() ?? '';
  });
}

/** Tab until the field or button of this accessible name has the focus; fails where Tab never comes to it. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < MOST_TABS; i++) {
    const at = await nameOfFocus(page);
    if (at === name) return;
    passed.push(at);
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to ${name}; it passed ${passed.join(', ')}.`);
}
