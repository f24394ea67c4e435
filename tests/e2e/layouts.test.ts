import { afterEach, describe, expect, it } from 'vitest';
import { DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { takeCall } from './calls.ts';
import { nameOfFocus } from './keyboard.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();
afterEach(() => at.page.setViewportSize({ width: 1920, height: 1080 }));
const BORDER = 'Border between Pending and Active';
const placeOf = async (name: string): Promise<number> =>
  Number(await at.page.getByRole('separator', { name, exact: true }).getAttribute('aria-valuenow'));
const heightOf = async (grid: string): Promise<number> => (await at.grid(grid).boundingBox())?.height ?? 0;
const unlock = async (): Promise<void> => {
  await at.page.getByRole('button', { name: 'Unlock' }).waitFor();
  await at.type(DEMO_SIGN_IN.password);
  await at.press('Enter');
  await at.grid('Pending').waitFor();
};

const moved = async (): Promise<number> => {
  // What changes right after a layout was put up is taken for its own doing.
  await at.page.waitForTimeout(1_200);
  const before = await placeOf(BORDER);
  await at.tabTo(BORDER);
  await at.press('ArrowDown');
  await expect.poll(() => placeOf(BORDER)).not.toBe(before);
  return placeOf(BORDER);
};

describe('the borders between panels', () => {
  it('are moved by the arrows a row at a time, and by Home and End as far as they go', async () => {
    await at.page.getByRole('separator', { name: BORDER, exact: true }).waitFor();
    const before = await heightOf('Pending');
    await at.tabTo(BORDER);
    await at.press('ArrowDown', 'ArrowDown');
    await expect.poll(() => heightOf('Pending')).toBeCloseTo(before + 68, -1);
    await at.press('End');
    await expect.poll(() => placeOf(BORDER)).toBeGreaterThan(85);
    await at.press('Home');
    await expect.poll(() => placeOf(BORDER)).toBeLessThan(10);
    expect(await at.focused()).toBe(BORDER);
    // Nobody works in a list that is not in sight.
    await at.press('F2');
    await expect.poll(() => heightOf('Pending')).toBeGreaterThan(90);
  });

  it('give the panel in hand its column from head to foot by one key, and go back by it, also on another day', async () => {
    await at.press('Control+3', 'F2');
    await expect.poll(at.focused).toBe('Pending');
    const before = [await placeOf(BORDER), await placeOf('Border between Active and Incident')];
    await at.press('z');
    await expect.poll(() => placeOf(BORDER)).toBeGreaterThan(85);
    expect(await at.focused()).toBe('Pending');
    // Until it is at the station.
    await at.page.waitForTimeout(1_200);
    await at.page.reload();
    await at.grid('Pending').waitFor();
    await expect.poll(() => placeOf(BORDER)).toBeGreaterThan(85);
    await expect.poll(at.focused).toBe('Pending');
    await at.press('z');
    await expect.poll(() => placeOf(BORDER)).toBe(before[0]);
    expect(await placeOf('Border between Active and Incident')).toBe(before[1]);
    await at.press('z', 'F3');
    await expect.poll(() => placeOf(BORDER)).toBe(before[0]);
    await expect.poll(at.focused).toBe('Active');
  });
});

describe('a panel that is chosen from the help card', () => {
  const widthOf = async (panel: string): Promise<number> =>
    (await at.page.locator(`[data-panel="${panel}"]`).boundingBox())?.width ?? 0;
  /** What the page does in its next frame waits until it is let go, as on a machine that is busy. */
  const holdFrames = (): Promise<void> =>
    at.page.evaluate(() => {
      const held: FrameRequestCallback[] = [];
      let begun = 0;
      window.requestAnimationFrame = (draw) => held.push(draw);
      window.addEventListener('hold later ones', () => {
        begun = held.length;
      });
      window.addEventListener('draw', () => {
        for (const draw of held.splice(0, begun || held.length)) draw(performance.now());
        begun = 0;
      });
    });
  const tell = async (what: 'hold later ones' | 'draw'): Promise<void> => {
    await at.page.waitForTimeout(100);
    await at.page.evaluate((name) => window.dispatchEvent(new Event(name)), what);
  };

  it('takes no more of the board than one that is opened beside it, and gives that back', async () => {
    await at.page.setViewportSize({ width: 1366, height: 768 });
    await expect
      .poll(() => at.page.evaluate(() => document.querySelector('.dv-dockview')?.clientWidth))
      .toBeLessThan(1_366);
    const before = await widthOf('pending');
    await at.press('F1');
    await expect.poll(at.focused).toBe('Keys and commands');
    await at.tabTo('Preferences: palette, size, sounds, keys');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Night');
    // As a call has on a small screen.
    await expect.poll(() => widthOf('preferences')).toBeLessThan(420);
    await at.press('Shift+Tab');
    await expect.poll(at.focused).toBe('Close panel');
    await at.press('Enter');
    // To a pixel or two, as the dock rounds what it shares; a part of a gap would be four.
    await expect.poll(async () => Math.abs((await widthOf('pending')) - before)).toBeLessThan(4);
  });

  it('gives all of it back, too, where frames are drawn late', async () => {
    await at.page.setViewportSize({ width: 1366, height: 768 });
    await at.page.waitForTimeout(300);
    const before = await widthOf('pending');
    await holdFrames();
    await at.press('F1');
    await expect.poll(at.focused).toBe('Keys and commands');
    await at.tabTo('Preferences: palette, size, sounds, keys');
    await tell('hold later ones');
    await at.press('Enter');
    await tell('draw');
    await expect.poll(at.focused).toBe('Night');
    await at.press('Shift+Tab');
    await expect.poll(at.focused).toBe('Close panel');
    await at.press('Enter');
    await tell('draw');
    await tell('draw');
    await expect.poll(() => widthOf('pending')).toBeCloseTo(before, -1);
    await at.page.reload();
    await at.grid('Pending').waitFor();
  });
});

describe('a layout by its number', () => {
  it('is chosen from a panel in a window of its own, too, and puts that where it has it', async () => {
    await at.press('Control+4', 'F4');
    await expect.poll(at.focused).toBe('Units');
    const opening = at.page.context().waitForEvent('page');
    for (let i = 0; i < 60 && (await at.focused()) !== 'Tear off'; i++) await at.press('Shift+Tab');
    await at.press('Enter');
    const own = await opening;
    await expect.poll(() => nameOfFocus(own)).toBe('Units');
    await expect.poll(() => at.grid('Units').count()).toBe(0);
    await at.page.waitForTimeout(1_200);
    const closed = own.waitForEvent('close');
    // The window may be gone before the key is up.
    await own.keyboard.press('Control+5').catch(() => undefined);
    await closed;
    await expect.poll(() => at.grid('Units').count()).toBe(1);
    const again = at.page.context().waitForEvent('page');
    await at.page.bringToFront();
    await at.press('Control+4');
    await expect.poll(() => at.grid('Units').count()).toBe(0);
    const back = await again;
    await back.getByRole('grid', { name: 'Units' }).waitFor();
    await at.press('Control+5');
    await expect.poll(() => at.grid('Units').count()).toBe(1);
  });
});

describe('a change of a layout', () => {
  it('is kept where the lock, another layout or a new page follows it at once', async () => {
    await at.press('Control+6', 'F2');
    const locked = await moved();
    await at.press('F10');
    await unlock();
    await expect.poll(() => placeOf(BORDER)).toBe(locked);
    const left = await moved();
    await at.press('Control+7');
    await at.page.waitForTimeout(1_200);
    expect(await placeOf(BORDER)).not.toBe(left);
    await at.press('Control+6');
    await expect.poll(() => placeOf(BORDER)).toBe(left);
    const again = await moved();
    await at.page.reload();
    await at.grid('Pending').waitFor();
    await expect.poll(() => placeOf(BORDER)).toBe(again);
  });
});

describe('the lock', () => {
  it('gives the focus back where it was: a list, a field with its caret, the command line', async () => {
    await at.press('F3', 'F10');
    await unlock();
    await expect.poll(at.focused).toBe('Active');
    await takeCall(at, '1 First St', 'chest');
    await at.tabTo('Caller');
    await at.type('Ana');
    await at.press('ArrowLeft', 'F10');
    await unlock();
    await expect.poll(at.focused).toBe('Caller');
    await at.type('n');
    expect(await at.field('Caller').inputValue()).toBe('Anna');
    await at.press('`', 'F10');
    await unlock();
    await expect.poll(at.focused).toBe('Command line');
    await at.press('Escape');
    await expect.poll(at.focused).toBe('Caller');
  });
});

// The last: what the station says of layouts comes late from here on.
describe('a layout that was left', () => {
  it('is there for whoever goes to another and back, before the station has said that it is kept', async () => {
    await at.page.routeWebSocket(/./, (socket) => {
      const station = socket.connectToServer();
      station.onMessage((message) => {
        if (message.includes('"patch"') && message.includes('"layouts"')) setTimeout(() => socket.send(message), 1_500);
        else socket.send(message);
      });
    });
    await at.page.reload();
    await at.grid('Pending').waitFor();
    const left = await moved();
    await at.press('Control+7');
    await expect.poll(() => placeOf(BORDER)).not.toBe(left);
    await at.press('Control+6');
    // To a pixel, as the dock rounds it; a step of the key is three in a hundred.
    await expect.poll(async () => Math.abs((await placeOf(BORDER)) - left)).toBeLessThanOrEqual(1);
  });
});
