import { afterEach, describe, expect, it } from 'vitest';
import { faults } from './axe.ts';
import { choose, takeCall } from './calls.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();
afterEach(() => at.page.setViewportSize({ width: 1920, height: 1080 }));

describe('a head at the largest size on a small screen', () => {
  /** Without the preferences panel, which would take room of the board. */
  const setTextSize = (percent: number): Promise<void> =>
    at.page.evaluate((px) => document.documentElement.style.setProperty('font-size', `${px}px`), percent * 0.16);
  const sizeTo = async (...keys: string[]): Promise<void> => {
    await at.press('F1');
    await expect.poll(at.focused).toBe('Keys and commands');
    await at.tabTo('Preferences: palette, size, sounds, keys');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Night');
    await at.tabTo('Size in per cent');
    await at.press(...keys);
  };
  const leave = async (): Promise<void> => {
    for (let i = 0; i < 10 && (await at.focused()) !== 'Close panel'; i++) await at.press('Shift+Tab');
    await at.press('Enter');
    await expect.poll(() => at.page.locator('[data-panel="preferences"]').count()).toBe(0);
  };
  const goToPending = async (): Promise<void> => {
    await at.press('F4', 'F2');
    await expect.poll(at.focused).toBe('Pending');
  };
  /** The names of the tabs in hand of which a part is not in sight; what says more than the name may be cut short. */
  const cut = (): Promise<string[]> =>
    at.page.evaluate(() =>
      [...document.querySelectorAll('.dv-active-tab')]
        .filter((tab) => {
          const strip = tab.parentElement?.getBoundingClientRect();
          const parts = [tab, ...tab.querySelectorAll('.contents > :not(.tab-more)')];
          return parts.some((part) => {
            const { left, right } = part.getBoundingClientRect();
            return !strip || left < strip.left - 1 || right > strip.right + 1;
          });
        })
        .map((tab) => tab.textContent),
    );

  it('has the age and the units of every active call, the words of the timeline and the tabs beside those in hand in sight, in every size', async () => {
    await at.page.setViewportSize({ width: 1366, height: 768 });
    const call = await takeCall(at, '1 Long St', 'trapped');
    for (const unit of ['M44', 'M58', 'E06']) await at.command(`D ${unit} ${call.short}`);
    await choose(at, 'F3', call.short);
    await at.page.getByRole('list', { name: 'Timeline' }).getByText('E06 dispatched').waitFor();
    const many = await takeCall(at, '2 Long St', 'trapped');
    await at.command(`D E01,E02,E03,E05,E07,E13,M03,M06,M09,M18,T01,T03 ${many.short}`);
    await at.row('Active', many.number).getByText('T03').waitFor({ state: 'attached' });
    const outside = (): Promise<string[]> =>
      at.page.evaluate(() => {
        const cut = (part: Element, of: Element | null): boolean =>
          !of || part.getBoundingClientRect().right > of.getBoundingClientRect().right + 1;
        const ages = [...document.querySelectorAll('[role="grid"][aria-label="Active"] .cell-time')];
        const tabs = [...document.querySelectorAll('.dv-tab')].filter((tab) =>
          /^(Requests|Recently closed)/.test(tab.textContent ?? ''),
        );
        return [
          ...ages.filter((age) => cut(age, age.closest('[role="grid"]'))),
          ...tabs.filter((tab) => cut(tab, tab.parentElement)),
          // How many more units there are.
          ...[...document.querySelectorAll('.units-more')].filter((more) => cut(more, more.closest('.unit-tags'))),
          ...[...document.querySelectorAll('.timeline li > span')].filter(
            (said) => said.scrollWidth > said.clientWidth + 1,
          ),
        ].map((one) => one.textContent ?? '');
      });
    try {
      for (const percent of [100, 110, 125, 140, 150, 175]) {
        await setTextSize(percent);
        await expect.poll(outside, { message: `${percent} %` }).toEqual([]);
      }
    } finally {
      await setTextSize(100);
    }
  });

  it('gives back at another size what a panel that was gone to took for itself', async () => {
    await at.page.setViewportSize({ width: 1366, height: 768 });
    const height = (panel: string): Promise<number> =>
      at.page.locator(`[data-panel="${panel}"]`).evaluate((body) => body.getBoundingClientRect().height);
    // A board that nobody has moved anything on.
    await at.press('Control+6');
    await expect.poll(at.echo).toContain('layout 6');
    await goToPending();
    const before = await height('pending');
    await sizeTo('End');
    try {
      await leave();
      await goToPending();
      // Its first rows are in sight, in a board that is lower.
      await expect.poll(() => height('pending')).toBeGreaterThan(before + 10);
    } finally {
      await sizeTo(...Array<string>(15).fill('ArrowLeft'));
      await leave();
    }
    await expect.poll(async () => Math.abs((await height('pending')) - before)).toBeLessThan(12);
    await at.press('Control+1');
    await expect.poll(at.echo).toContain('layout 1');
  });

  it('says the natures of the calls beside those in hand whole, and gives their places what room is over', async () => {
    await at.page.setViewportSize({ width: 1366, height: 768 });
    const call = await takeCall(at, '1200 Harrison Street', 'chest pain');
    await at.command(`D M27 ${call.short}`);
    await choose(at, 'F3', call.short);
    const long = await takeCall(at, 'Harbor Memorial Hospital, Dock 12', 'trapped');
    await at.command(`D E08,T08 ${long.short}`);
    const longest = await takeCall(at, '12 Dock St', 'multiple');
    await at.command(`D M36 ${longest.short}`);
    await choose(at, 'F3', call.short);
    /** Words of the list that are not to be read whole, in one line or in two. */
    const cut = (): Promise<string[]> =>
      at
        .grid('Active')
        .evaluate((grid) =>
          [...grid.querySelectorAll<HTMLElement>('.cell-nature > .gives-way, .cell-location > .gives-way')]
            .filter((said) => said.scrollWidth > said.clientWidth || said.scrollHeight > said.clientHeight + 1)
            .map((said) => said.textContent ?? ''),
        );
    const nature = at.row('Active', call.number).locator('.cell-nature');
    const cutBy = (): Promise<number> =>
      nature.locator('.gives-way').evaluate((said) => said.scrollWidth - said.clientWidth);
    const placeCutBy = (): Promise<number> =>
      at
        .row('Active', call.number)
        .locator('.cell-location')
        .evaluate((said) => said.scrollWidth - said.clientWidth);
    const placeIsWiderBy = (): Promise<number> =>
      nature.evaluate((cell) => {
        const place = cell.closest('[role=row]')?.querySelector('.cell-location');
        return (place?.getBoundingClientRect().width ?? 0) - cell.getBoundingClientRect().width;
      });
    try {
      for (const percent of [100, 110, 125, 150]) {
        await setTextSize(percent);
        await expect.poll(cutBy, { message: `cut by, ${percent} %` }).toBeLessThanOrEqual(0);
        if (percent === 100) {
          await expect.poll(cut).toEqual([]);
          await expect.poll(placeIsWiderBy).toBeGreaterThan(16);
          await expect.poll(placeCutBy).toBeLessThanOrEqual(0);
        }
        // Three long words, too, where letters are large enough to stand in three lines.
        if (percent === 150)
          await expect.poll(async () => (await cut()).filter((said) => /^(Multiple|Chest)/.test(said))).toEqual([]);
      }
    } finally {
      await setTextSize(100);
    }
  });

  it('says in one line again what had to stand in two at another size', async () => {
    await at.page.setViewportSize({ width: 1366, height: 768 });
    const call = await takeCall(at, '4000 Mission St', 'alarm');
    await at.command(`D E09 ${call.short}`);
    await at.press('F3');
    const inTwoLines = (): Promise<number> =>
      at.row('Active', call.number).locator('.cell-nature > :is(.two-lines, .three-lines)').count();
    try {
      await setTextSize(175);
      await expect.poll(inTwoLines).toBe(1);
    } finally {
      await setTextSize(100);
      await at.page.setViewportSize({ width: 1920, height: 1080 });
    }
    await expect.poll(inTwoLines).toBe(0);
  });

  it('says the name of the panel in hand whole, and its counts, with a call open beside the board', async () => {
    await at.page.setViewportSize({ width: 1366, height: 768 });
    const call = await takeCall(at, '1 Wide St', 'trapped');
    await sizeTo('End');
    try {
      await leave();
      await at.press('F2');
      await expect.poll(cut).toEqual([]);
      // What its year was left out of is called as it was.
      await expect.poll(() => at.page.getByRole('region', { name: `Call ${call.number}` }).count()).toBe(1);
      expect(await faults(at.page)).toEqual([]);
    } finally {
      await sizeTo(...Array<string>(15).fill('ArrowLeft'));
      await leave();
    }
  });
});
