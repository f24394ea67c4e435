/** The center's screens as whoever works with them all day finds them: long lists, a large scale on a small screen, the keys. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_ADMINISTRATOR } from '../../tools/start/demo.ts';
import { faults } from './axe.ts';
import { type CenterHouse, centerHouse } from './center-house.ts';
import { type CenterPage, openCenterPage } from './center-page.ts';
import { picture } from './security-page.ts';

const SCREENS = [
  ['s', 'Set up a PSAP'],
  ['p', 'People'],
  ['d', 'Workstations'],
  ['h', 'Charts'],
  ['n', 'Incidents'],
  ['o', 'Organisation'],
  ['w', 'Who may do what'],
  ['y', 'Security policy'],
  ['i', 'Single sign-on'],
  ['e', 'Security events'],
  ['c', 'The center'],
  ['a', 'Audit'],
  ['k', 'Keys'],
  ['m', 'My security'],
] as const;
/** 1366 × 768 at 175 %, in CSS pixels. */
const LARGE = { width: 781, height: 439 };
const WHOLE = { width: 1366, height: 768 };

let house: CenterHouse;
let center: CenterPage;

beforeAll(async () => {
  house = await centerHouse();
  center = await openCenterPage(await house.context.newPage(), house.url);
  await center.fill('User', DEMO_ADMINISTRATOR.user);
  await center.fill('Password', DEMO_ADMINISTRATOR.password);
  await center.press('Enter');
  await center.page.getByRole('navigation', { name: 'Screens' }).waitFor();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await picture(center.page, `screens-${task.name.slice(0, 40).replaceAll(/\W+/g, '-')}`);
});
afterAll(() => house?.close());

/** Which screen the focus is in. */
const screenOfFocus = (): Promise<string | null> =>
  center.page.evaluate(() => document.activeElement?.closest('main')?.getAttribute('aria-label') ?? null);

describe('a list', () => {
  it('comes as a whole: nobody who is invited comes over those who are in sight already', async () => {
    const page = await house.context.newPage();
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await page.route('**/v1/invitations', (route) => held.then(() => route.continue()));
    const known = page.waitForResponse((answer) => answer.url().endsWith('/v1/people'));
    const another = await openCenterPage(page, `${house.url}/#/people`);
    await known;
    const people = page.getByRole('grid', { name: 'People' });
    await people.getByText('The center has not answered yet.').waitFor();
    await page.waitForTimeout(500);
    expect(await people.getAttribute('aria-rowcount')).toBe('1');
    letGo();
    await people.getByRole('row', { name: 'Grace' }).waitFor();
    expect(another.errors).toEqual([]);
    await page.close();
  });

  it('asks the center nothing about the rows that the arrows go past', async () => {
    const { page } = center;
    await center.goTo('p', 'People');
    const people = page.getByRole('grid', { name: 'People' });
    await expect.poll(async () => Number(await people.getAttribute('aria-rowcount'))).toBeGreaterThan(15);
    const inHand = people.locator('[aria-selected=true]');
    const atSide = async (): Promise<void> => {
      const name = (await inHand.getAttribute('aria-label')) ?? '';
      await page.getByRole('heading', { name, exact: true }).waitFor();
    };
    await center.press('Home');
    await atSide();
    let asked = 0;
    page.on('request', (request) => {
      if (/\/v1\/people\/[^/]+\/sessions$/.test(request.url())) asked += 1;
    });
    // Faster than any timer: as where a key is held down.
    await people.evaluate(async (grid) => {
      for (let i = 0; i < 12; i++) {
        grid.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
        await Promise.resolve();
      }
    });
    await expect.poll(async () => Number(await inHand.getAttribute('aria-rowindex'))).toBe(14);
    await atSide();
    await expect.poll(() => asked).toBe(1);
  });
});

describe('a screen that is asked anew again and again', () => {
  it('waits for the answer that is on its way: a center that takes longer is heard, too', async () => {
    const page = await house.context.newPage();
    await page.clock.install();
    let asked = 0;
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await page.route('**/v1/status', (route) => {
      asked += 1;
      return held.then(() => route.continue());
    });
    const another = await openCenterPage(page, `${house.url}/#/status`);
    await expect.poll(() => asked).toBe(1);
    await page.clock.runFor(20_000);
    expect(asked).toBe(1);
    letGo();
    await page.getByText('Up since').waitFor();
    await page.clock.runFor(6_000);
    await expect.poll(() => asked).toBe(2);
    expect(another.errors).toEqual([]);
    await page.close();
  });
});

describe('the keys of the screens', () => {
  it('lead on from every screen that they lead to, and the focus is in sight on each', async () => {
    for (const [letter, title] of [...SCREENS, ...SCREENS]) {
      await center.press('g', letter);
      await expect.poll(screenOfFocus).toBe(title);
    }
    await center.goTo('y', 'Security policy');
    expect(await center.page.getByLabel('Tries', { exact: true }).inputValue()).toMatch(/^\d+$/);
    await center.fill('Tries', '7');
    await center.press('Escape', 'g', 'm');
    await expect.poll(screenOfFocus).toBe('My security');
    await expect.poll(() => center.page.locator('.panel:focus-within').count()).toBe(1);
  });
});

describe('who may do what', () => {
  it('has in sight, beside its heads, whatever the arrows come to', async () => {
    const { page } = center;
    await page.setViewportSize(WHOLE);
    await center.goTo('w', 'Who may do what');
    const grid = page.getByRole('grid', { name: 'Permissions' });
    await expect.poll(() => grid.getByRole('row').count()).toBeGreaterThan(60);
    /** What lies over the cell in hand; null where nothing does. */
    const over = (): Promise<string | null> =>
      grid.evaluate((matrix) => {
        const cell = document.getElementById(matrix.getAttribute('aria-activedescendant') ?? '');
        const { left, right, top, bottom } = cell?.getBoundingClientRect() ?? new DOMRect();
        const shown = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        return cell?.contains(shown) ? null : (shown?.className ?? 'nothing');
      });
    for (const key of ['ArrowDown', 'ArrowUp', 'ArrowRight', 'ArrowLeft'])
      for (let i = 0; i < 30; i++) {
        await center.press(key);
        expect(await over(), `${key} ${i}`).toBe(null);
      }
  });
});

describe('a list that is filtered', () => {
  it('says of how many it shows which, and is whole again without', async () => {
    const count = center.page.getByRole('region', { name: 'People', exact: true }).locator('.panel-count');
    await center.goTo('p', 'People');
    await expect.poll(async () => Number(await count.textContent())).toBeGreaterThan(5);
    const all = await count.textContent();
    await center.press('/');
    await expect.poll(center.focused).toBe('Filter people');
    await center.page.keyboard.type('dispatcher 1');
    const rows = center.page.getByRole('grid', { name: 'People' });
    // Its head is a row, too.
    const shown = async (): Promise<string> => String(Number(await rows.getAttribute('aria-rowcount')) - 1);
    await expect.poll(shown).not.toBe(all);
    await expect.poll(async () => (await count.textContent()) === `${await shown()} of ${all}`).toBe(true);
    await center.press('Escape');
    await expect.poll(() => count.textContent()).toBe(all);
  });

  it('keeps whoever ends by Enter or leaves by Escape what an input method composes', async () => {
    const { page } = center;
    const browser = await page.context().newCDPSession(page);
    const compose = (text: string) =>
      browser.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await center.goTo('p', 'People');
    await center.press('/');
    await expect.poll(center.focused).toBe('Filter people');
    for (const key of ['Enter', 'Escape']) {
      await compose('たなか');
      await center.press(key);
      expect(await center.focused()).toBe('Filter people');
      await browser.send('Input.insertText', { text: '田中' });
    }
    expect(await page.getByLabel('Filter people').inputValue()).toBe('田中田中');
    await center.press('Escape');
    await browser.detach();
  });
});

describe('colours that the system chooses', () => {
  it('leave the screen in hand, and its pane, to be told from the others', async () => {
    const { page } = center;
    await page.emulateMedia({ forcedColors: 'active' });
    await center.goTo('p', 'People');
    const marked = await page.getByRole('navigation', { name: 'Screens' }).evaluate((nav) => {
      const probe = nav.appendChild(document.createElement('i'));
      probe.style.color = 'Highlight';
      const inHand = getComputedStyle(probe).color;
      probe.remove();
      const links = [...nav.querySelectorAll('a')].filter((a) => getComputedStyle(a).borderLeftColor === inHand);
      const pane = document.activeElement?.closest('.panel');
      const frame = pane ? getComputedStyle(pane, '::after').borderBottomColor : '';
      return { links: links.map((link) => link.getAttribute('aria-current')), framed: frame === inHand };
    });
    expect(marked).toEqual({ links: ['page'], framed: true });
    await page.emulateMedia({ forcedColors: 'none' });
  });
});

describe('a large scale on a small screen', () => {
  it('leaves room for what each screen is for, and for what is open of a list', async () => {
    const { page } = center;
    await page.setViewportSize(LARGE);
    for (const [letter, title] of SCREENS) {
      await center.press('Escape', 'g', letter);
      await expect.poll(screenOfFocus).toBe(title);
      await page.locator('main .panel').first().waitFor();
      const panel = await page.locator('main .panel').first().boundingBox();
      expect(panel?.width, `the width of ${title}`).toBeGreaterThan(LARGE.width / 2);
      await expect.poll(() => faults(page), { message: title, timeout: 60_000 }).toEqual([]);
    }
    await center.goTo('p', 'People');
    const rows = page.getByRole('grid', { name: 'People' }).getByRole('row');
    await expect.poll(() => rows.count()).toBeGreaterThan(5);
    await center.openRow('People', 'dispatcher 1');
    const name = page.getByLabel('Name', { exact: true });
    await expect.poll(() => center.focused()).toBe('Name');
    await expect.poll(async () => ((await name.boundingBox())?.y ?? LARGE.height) < LARGE.height - 80).toBe(true);
    await center.press('Escape');
    await expect.poll(async () => (await rows.first().boundingBox())?.y ?? 0).toBeGreaterThan(48);
    await page.setViewportSize(WHOLE);
    expect(center.errors).toEqual([]);
  });
});
