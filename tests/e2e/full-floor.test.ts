/** The screens at their fullest: 200 open calls, 300 units, the longest callsigns, on every size of window. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullFloor } from '../../renderer/testing/full-floor.ts';
import { installScripted } from '../../renderer/testing/scripted-station.ts';
import { serveScreens } from '../../renderer/testing/serve-screens.ts';
import { buildRenderer } from '../../tools/build/renderer.ts';
import { launchBrowser } from './console.ts';

const WHOLE = { width: 1920, height: 1080 };
const SMALL = { width: 1024, height: 768 };
/** Of a panel in a window of its own. */
const NARROW = { width: 400, height: 900 };

const folder = mkdtempSync(join(tmpdir(), 'qd-e2e-floor-'));
let screens: Awaited<ReturnType<typeof serveScreens>>;
let context: BrowserContext;
const errors: string[] = [];

beforeAll(async () => {
  await buildRenderer();
  screens = await serveScreens();
  context = await launchBrowser(folder, process.env);
});
afterAll(async () => {
  await context?.close();
  screens?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A window of the board, or of one panel. */
async function open(
  size: { readonly width: number; readonly height: number },
  panel?: string,
  board = fullFloor(Date.now()),
): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  await page.setViewportSize(size);
  await page.addInitScript(installScripted, board);
  await page.goto(panel === undefined ? screens.url : `${screens.url}#panel=${panel}`);
  await page.getByRole('grid').first().getByRole('row').nth(1).waitFor();
  return page;
}

/** What is selected of which a part is outside of the window, or cut off by what it stands in. */
const cut = (page: Page, selector: string): Promise<string[]> =>
  page.locator(selector).evaluateAll((all) =>
    all
      .filter((one) => one.checkVisibility())
      .filter((one) => {
        const { left, right } = one.getBoundingClientRect();
        let [from, to] = [0, window.innerWidth];
        for (let at = one.parentElement; at; at = at.parentElement) {
          if (getComputedStyle(at).overflowX === 'visible') continue;
          const around = at.getBoundingClientRect();
          [from, to] = [Math.max(from, around.left), Math.min(to, around.right)];
        }
        return left < from - 1 || right > to + 1 || one.scrollWidth > one.clientWidth + 1;
      })
      .map((one) => one.textContent ?? ''),
  );

/** Every unit that calls for help is named, and what it calls. */
const emergenciesWhole = async (page: Page): Promise<void> => {
  const badge = page.getByRole('alert', { name: 'Emergencies' });
  expect(await badge.textContent()).toMatch(/^MEDIC-107, LADDER-1033, MEDIC-12, LADDER-108 EMERGENCY/);
  await expect.poll(() => cut(page, '[role=alert][aria-label=Emergencies]')).toEqual([]);
};

describe('a full floor', () => {
  it('has every unit that calls for help named whole, in the narrowest window too', async () => {
    for (const [size, panel] of [
      [WHOLE, undefined],
      [SMALL, undefined],
      [NARROW, 'units'],
      [NARROW, 'active'],
    ] as const) {
      const page = await open(size, panel);
      await emergenciesWhole(page);
      await page.close();
    }
  });

  it('says the status of every unit on a call whole, and the end of a callsign that has no room', async () => {
    const page = await open(NARROW, 'active');
    await page.keyboard.press('End');
    for (let i = 0; i < 8; i++) {
      await expect.poll(() => cut(page, '.unit-tag-code')).toEqual([]);
      await page.keyboard.press('PageUp');
    }
    await page.close();
  });

  it('heads its columns of units in one line, beside no row', async () => {
    const page = await open(WHOLE);
    const over = (): Promise<string[]> =>
      page
        .locator('.unit-kind')
        .evaluateAll((heads) =>
          heads.filter((head) => head.scrollHeight > head.clientHeight + 1).map((head) => head.className),
        );
    await page.getByText('life support').first().waitFor();
    expect(await over()).toEqual([]);
    await page.close();
  });

  it('tells a time that is near its limit by more than a colour', async () => {
    const page = await open(WHOLE);
    const near = page.locator('.time-amber').first();
    await near.waitFor();
    expect(await near.evaluate((time) => getComputedStyle(time).textDecorationLine)).toBe('underline');
    const calm = page.locator('.time-calm').first();
    expect(await calm.evaluate((time) => getComputedStyle(time).textDecorationLine)).toBe('none');
    await page.close();
  });

  it('leaves the figures after words that are written from right to left where they belong', async () => {
    const board = fullFloor(Date.now());
    const note = {
      ...{
        fact: 'n1',
        at: Date.now(),
        entered: null,
        hlc: '1',
        kind: 'note',
        said: '“הוא לא נושם 12”',
        detail: '(415) 555-0142',
      },
      ...{ by: 'call taker 1', position: '', unsent: false, contested: false },
    };
    const about = { incident: {}, assignments: {}, timeline: { n1: note }, handoff: {} };
    const page = await open(WHOLE, undefined, { ...board, topics: { ...board.topics, 'incident:i1': about } });
    await page.keyboard.press('F3');
    await page.keyboard.type('20001');
    const said = page.getByRole('list', { name: 'Timeline' }).getByText('555-0142').first();
    await said.waitFor();
    const [area, number] = await said.evaluate((entry) => {
      const walker = document.createTreeWalker(entry.closest('li') ?? entry, NodeFilter.SHOW_TEXT);
      for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        if (!text.textContent?.includes('555-0142')) continue;
        return ['415', '555'].map((figures) => {
          const from = text.textContent?.indexOf(figures) ?? 0;
          const range = document.createRange();
          range.setStart(text, from);
          range.setEnd(text, from + figures.length);
          const { left, top } = range.getBoundingClientRect();
          return top * 10_000 + left;
        });
      }
      return [];
    });
    expect(area).toBeLessThan(number ?? 0);
    await page.close();
  });

  it('without one error in the browser', () => expect(errors).toEqual([]));
});
