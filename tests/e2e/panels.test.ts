import { afterEach, describe, expect, it } from 'vitest';
import { faults } from './axe.ts';
import { choose, rowGone, takeCall } from './calls.ts';
import { nameOfFocus } from './keyboard.ts';
import { oneConsole } from './one-console.ts';
import { countRedraws, redrawnCells } from './redrawn.ts';

const at = oneConsole();
afterEach(() => at.page.setViewportSize({ width: 1920, height: 1080 }));

describe('the row in hand of a list', () => {
  it('is in sight for whoever comes to the list, however long that is', async () => {
    const { page } = at;
    const inHand = (grid: string): Promise<string | null> =>
      at.grid(grid).evaluate((list) => {
        const row = document.getElementById(list.getAttribute('aria-activedescendant') ?? '');
        const [box, seen] = [row?.getBoundingClientRect(), list.getBoundingClientRect()];
        const inSight = box !== undefined && box.top >= seen.top - 1 && box.bottom <= seen.bottom + 1;
        return inSight ? (row?.getAttribute('aria-label') ?? '') : null;
      });
    await page.setViewportSize({ width: 1366, height: 768 });
    let last = '';
    for (let n = 0; n < 14; n++) last = (await takeCall(at, `${n} Long List`, 'fall')).number;
    await at.press('Escape');
    await expect.poll(at.focused).toBe('Pending');
    await expect.poll(() => inHand('Pending')).toBe(last);
    // With a call open beside it on a small screen, too, it has the number that commands name it by.
    await expect.poll(() => at.row('Pending', last).textContent()).toContain(last.slice(-5));
    await at.press('Home', 'F3', 'F2');
    await expect.poll(() => inHand('Pending')).not.toBeNull();
    await at.press('F4', 'End');
    // Its row is drawn once the list has been rolled to it.
    await expect.poll(() => inHand('Units')).not.toBeNull();
    const unit = await at.grid('Units').getAttribute('aria-activedescendant');
    await at.press('F2', 'F4');
    await expect.poll(() => inHand('Units')).not.toBeNull();
    expect(await at.grid('Units').getAttribute('aria-activedescendant')).toBe(unit);
  });
});

describe('the timeline of an incident', () => {
  it('stands at its newest line, however many lines each takes, and follows until somebody rolls up', async () => {
    const { page } = at;
    await page.setViewportSize({ width: 1366, height: 768 });
    const call = await takeCall(at, '12 Long Talk', 'fall');
    const long = 'the caller says more than fits into one line of a narrow panel beside an open form of a call';
    const noted = async (text: string): Promise<void> =>
      expect(await at.command(`N ${call.short} ${text}`, 'pasted')).toContain('note added');
    for (let n = 1; n <= 12; n++) await noted(`line ${n}: ${long}, ${long}`);
    const list = page.getByRole('list', { name: 'Timeline' });
    const newest = (): Promise<string> =>
      list.evaluate((one) => {
        const { bottom } = one.getBoundingClientRect();
        const seen = [...one.children].filter((row) => row.getBoundingClientRect().bottom <= bottom + 1);
        return /line \d+/.exec(seen.at(-1)?.textContent ?? '')?.[0] ?? '';
      });
    await choose(at, 'F2', call.short);
    await expect.poll(newest).toBe('line 12');
    // Come back to from another, and in a panel that has become another width meanwhile.
    await at.press('Home');
    await choose(at, 'F2', call.short);
    await expect.poll(newest).toBe('line 12');
    await page.setViewportSize({ width: 1100, height: 768 });
    await expect.poll(newest).toBe('line 12');
    await noted(`line 13: ${long}, ${long}`);
    await expect.poll(newest).toBe('line 13');
    // Whoever has rolled up reads on where they are.
    await list.focus();
    await expect.poll(at.focused).toBe('Timeline');
    await at.press('PageUp', 'PageUp', 'PageUp', 'PageUp');
    await expect.poll(newest).toMatch(/^line (\d|1[0-2])$/);
    await noted(`line 14: ${long}`);
    await list.getByText('line 14').waitFor({ state: 'attached' });
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    expect(await newest()).toMatch(/^line (\d|1[0-2])$/);
  });
});

describe('a list that is filtered', () => {
  it('says in its head how many of how many it shows: nobody takes what is hidden for what is not there', async () => {
    const head = (panel: string): Promise<string> =>
      at.page.locator(`[data-tab-panel-id="${panel}"] .count`).textContent().then(String);
    for (const [key, panel, filter, typed, said] of [
      ['F2', 'pending', 'Filter Pending', 'no such place', /^0 of \d+$/],
      ['F4', 'units', 'Filter Units', 'M36', /^1 of \d+$/],
    ] as const) {
      await at.press(key);
      const all = await head(panel);
      await at.press('/');
      await expect.poll(at.focused).toBe(filter);
      await at.type(typed);
      await expect.poll(() => head(panel)).toMatch(said);
      expect(await head(panel)).toContain(` of ${all}`);
      await at.press('Escape');
      await expect.poll(() => head(panel)).toBe(all);
    }
  });
});

describe('a question about the incident in hand', () => {
  it('leaves whoever answered it, or left it, in the list that it was asked from', async () => {
    await takeCall(at, '1 First', 'fall');
    const call = await takeCall(at, '2 Second', 'fall');
    await choose(at, 'F2', call.short);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.type('gate code 12');
    await at.press('Enter');
    await expect.poll(at.echo).toContain('note added');
    await expect.poll(at.focused).toBe('Pending');
    await at.press('h');
    await expect.poll(at.focused).toContain('Reason');
    await at.press('Escape');
    await expect.poll(at.focused).toBe('Pending');
    expect(await at.row('Pending', call.number).getAttribute('aria-selected')).toBe('true');
  });
});

describe('a time that is recorded beside an open call on a small screen', () => {
  it('has fields in which what is typed can be read', async () => {
    await at.page.setViewportSize({ width: 1366, height: 768 });
    const call = await takeCall(at, '3 Third', 'fall');
    await at.command(`D M55 ${call.short}`);
    await choose(at, 'F3', call.short);
    await at.press('t');
    await expect.poll(at.focused).toMatch(/^Time, e\.g\./);
    const widthOf = async (field: string): Promise<number> =>
      (await at.page.locator('.ask').getByLabel(field).boundingBox())?.width ?? 0;
    for (const field of ['Time, e.g. 14:32:07', 'Reason'])
      await expect.poll(() => widthOf(field), { message: field }).toBeGreaterThan(110);
    await at.press('Escape');
    await at.command('X M55');
  });
});

describe('a panel in a window of its own', () => {
  it('answers every key, and sends marked units nowhere where nobody looks', async () => {
    const oldest = await takeCall(at, '1 Oldest', 'fall');
    await takeCall(at, '2 Chosen', 'fall');
    await at.press('F4', 'Shift+Tab');
    const opening = at.page.context().waitForEvent('page');
    await at.press('Enter');
    const torn = await opening;
    const said = (): Promise<string | null> => torn.getByRole('status', { name: 'Last command' }).textContent();
    await expect.poll(() => nameOfFocus(torn)).toBe('Units');
    await torn.keyboard.press('F1');
    await expect.poll(() => nameOfFocus(torn)).toBe('Keys and commands');
    expect(await faults(torn)).toEqual([]);
    await torn.keyboard.press('Escape');
    await expect.poll(() => nameOfFocus(torn)).toBe('Units');
    // What is not here is gone to there: a call that rings is taken from whichever window one looks at.
    await torn.keyboard.press('F5');
    await expect.poll(said).toContain('Call is in the window of the board');
    await expect.poll(at.focused).toBe('Location');
    await at.press('Shift+F5');
    await torn.keyboard.press('F3');
    await expect.poll(said).toContain('Active is in the window of the board');
    await expect.poll(at.focused).toBe('Active');
    await torn.keyboard.press('Escape');
    expect(await nameOfFocus(torn)).toBe('Units');
    // Marked here; the incident is selected in the window of the board.
    await torn.keyboard.press('Home');
    await torn.keyboard.press('Space');
    await torn.keyboard.press('F8');
    await torn.locator('.command-question').getByText('Which incident?').waitFor();
    expect(await torn.getByLabel('Command line', { exact: true }).inputValue()).toMatch(/^D M03 $/);
    await torn.keyboard.type(oldest.short);
    await torn.keyboard.press('Enter');
    await expect.poll(said).toContain(`M03 dispatched ${oldest.number}`);
    // Its command line is its own; what was entered in either is gone back to in both.
    await at.page.bringToFront();
    await at.press('`');
    await at.type('D M36 half');
    await torn.bringToFront();
    await torn.keyboard.press('`');
    await torn.keyboard.type('OOS M44 hal');
    const lineOf = (page: typeof torn): Promise<string> =>
      page.getByLabel('Command line', { exact: true }).inputValue();
    await torn.waitForTimeout(600);
    await at.page.reload();
    await expect.poll(() => lineOf(at.page)).toBe('D M36 half');
    await torn.reload();
    await expect.poll(() => lineOf(torn)).toBe('OOS M44 hal');
    await torn.bringToFront();
    await torn.keyboard.press('`');
    await torn.keyboard.press('ControlOrMeta+a');
    await torn.keyboard.press('Delete');
    await at.page.bringToFront();
    await at.command(`N ${oldest.short} said on the board`);
    await torn.bringToFront();
    // What is entered there is known here a moment later.
    const recalled = async (): Promise<string> => {
      await torn.keyboard.press('ArrowUp');
      const line = await lineOf(torn);
      if (!line.startsWith('N ')) await torn.keyboard.press('ArrowDown');
      return line;
    };
    await expect.poll(recalled).toBe(`N ${oldest.short} said on the board`);
    await torn.keyboard.press('ArrowDown');
    // Whoever types on the board goes on typing there when its window is closed.
    await at.page.bringToFront();
    await at.press('F5');
    await expect.poll(at.focused).toBe('Location');
    await at.type('12 Tw');
    await torn.close();
    await at.grid('Units').waitFor();
    // It comes home into its column: one of its own would take the room of the others.
    const leftOf = async (panel: string): Promise<number | undefined> =>
      (await at.page.locator(`[data-panel="${panel}"]`).boundingBox())?.x;
    await expect.poll(() => leftOf('units')).toBe(await leftOf('settle'));
    await at.command('X M03');
  });
});

describe('the incident in a window of its own', () => {
  it('is the one that is chosen on the board, and what a key asks there is asked of it', async () => {
    const one = await takeCall(at, '1 Window St', 'fall');
    const other = await takeCall(at, '2 Window St', 'fall');
    await choose(at, 'F2', one.short);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.press('Escape', 'F6');
    while (!(await at.focused()).startsWith('Incident ')) await at.press('F6');
    await at.press('Shift+Tab');
    await expect.poll(at.focused).toBe('Tear off');
    const opening = at.page.context().waitForEvent('page');
    await at.press('Enter');
    const torn = await opening;
    const shows = (number: string): Promise<void> => torn.getByRole('region', { name: `Incident ${number}` }).waitFor();
    await shows(one.number);
    await choose(at, 'F2', other.short);
    await shows(other.number);
    await at.press('n');
    await expect.poll(() => nameOfFocus(torn)).toBe('Add to the timeline');
    await torn.keyboard.type('seen from the other screen');
    await torn.keyboard.press('Enter');
    await torn.getByRole('list', { name: 'Timeline' }).getByText('seen from the other screen').waitFor();
    await torn.close();
    await at.page.getByRole('region', { name: `Incident ${other.number}` }).waitFor();
  });
});

describe('the dispositions', () => {
  it('have first what a call of that nature mostly ends in, under its digit', async () => {
    const fire = await takeCall(at, '2 Second St', 'structure fire');
    await choose(at, 'F2', fire.short);
    await at.press('c');
    await expect.poll(at.focused).toBe('Disposition: its digit, code, or the words');
    await expect.poll(() => at.page.locator('.ask .choice').first().textContent()).toContain('Fire, extinguished');
    await at.press('1');
    await rowGone(at, 'Pending', fire.number);
    await expect.poll(at.echo).toContain('closed: Fire, extinguished');
  });
});

describe('the arrows in a list', () => {
  it('redraw no cell of any row: only which row is in hand changes', async () => {
    for (const unit of ['M36', 'M14', 'M18']) {
      const call = await takeCall(at, `${unit} Oak St`, 'chest');
      expect(await at.command(`D ${unit} ${call.short}`)).toContain('dispatched');
    }
    await countRedraws(at.page);
    await at.page.reload();
    await at.grid('Active').waitFor();
    await at.row('Units', 'M36').getByText('DP').waitFor();
    // Drawn once, they were counted.
    await expect.poll(async () => (await redrawnCells(at.page)).length).toBeGreaterThan(5);
    await at.press('F3', 'Home');
    await at.page.waitForTimeout(300);
    await redrawnCells(at.page);
    const inHand = (): Promise<string | null> => at.grid('Active').getAttribute('aria-activedescendant');
    const first = await inHand();
    await at.press('ArrowDown', 'ArrowDown');
    await expect.poll(inHand).not.toBe(first);
    expect(await redrawnCells(at.page)).toEqual([]);
  });
});

describe('what one unit does', () => {
  it('redraws its own row and the row of its incident, and no other', async () => {
    const call = await takeCall(at, '9 Elm St', 'chest');
    expect(await at.command(`D M41 ${call.short}`)).toContain('dispatched');
    await at.row('Units', 'M41').getByText('DP').waitFor();
    await at.page.waitForTimeout(300);
    await redrawnCells(at.page);
    expect(await at.command('ER M41')).toContain('en route');
    await at.row('Units', 'M41').getByText('ER').waitFor();
    await at.page.waitForTimeout(300);
    const drawn = await redrawnCells(at.page);
    expect(drawn).toContain('M41 unit-row');
    expect(drawn.filter((one) => !one.startsWith('M41 ') && !one.startsWith(call.number))).toEqual([]);
  });
});

describe('the tab in hand', () => {
  it('stands whole in its strip, however many calls stand beside it', async () => {
    for (let i = 0; i < 8; i++) {
      await takeCall(at, `${i} Long St`, 'chest');
      const tab = at.page.locator('.dv-active-tab', { hasText: /^Call 26-/ });
      const whole = (): Promise<boolean> =>
        tab.evaluate((one) => {
          const [own, strip] = [one.getBoundingClientRect(), one.parentElement?.getBoundingClientRect()];
          return strip !== undefined && own.left >= strip.left - 1 && own.right <= strip.right + 1;
        });
      await expect.poll(whole).toBe(true);
      expect(await at.page.getByRole('region', { name: /^Call 26-/ }).count()).toBe(1);
    }
  });
});
