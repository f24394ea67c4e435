/** What was typed and is nowhere else yet: it outlives the page, however late the station heard of it. */
import { describe, expect, it } from 'vitest';
import { choose, takeCall, timeline } from './calls.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();

describe('what is half typed', () => {
  it('is there again where the page ended right after the last key', async () => {
    const call = await takeCall(at, '5 Fifth St', 'chest');
    await at.tabTo('Caller');
    await at.type('Bo, neighbor');
    await at.page.reload();
    const form = at.page.getByRole('form', { name: `Call ${call.number}` });
    await expect.poll(() => form.getByLabel('Caller').inputValue()).toBe('Bo, neighbor');
    await at.press('`');
    await at.type('D M36 half a com');
    await at.page.reload();
    await at.grid('Pending').waitFor();
    await expect.poll(() => at.field('Command line').inputValue()).toBe('D M36 half a com');
    await at.press('`', 'ControlOrMeta+a', 'Backspace', 'Escape');
    await choose(at, 'F2', call.short);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.type('gate code 4471');
    await at.page.reload();
    await at.row('Pending', call.number).waitFor();
    await choose(at, 'F2', call.short);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await expect.poll(() => at.field('Add to the timeline').inputValue()).toBe('gate code 4471');
    await at.press('Enter');
    await expect.poll(async () => (await timeline(at)).join('\n')).toContain('gate code 4471');
    // Sent as it had been kept, it is not offered to be sent again.
    await choose(at, 'F2', call.short);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.page.waitForTimeout(300);
    expect(await at.field('Add to the timeline').inputValue()).toBe('');
    await at.press('Escape');
  });
});

describe('what was typed as the page ended', () => {
  it('is there where all is lost that a page sends by its socket as it ends', async () => {
    await at.page.routeWebSocket(/./, (socket) => void socket.connectToServer());
    await at.page.reload();
    await at.grid('Pending').waitFor();
    const call = await takeCall(at, '7 Seventh St', 'chest');
    const caller = at.page.getByRole('form', { name: `Call ${call.number}` }).getByLabel('Caller');
    for (const typed of ['Bo', 'Bo, neighbor', 'Bo, neighbor of Al']) {
      await at.tabTo('Caller');
      await at.press('ControlOrMeta+a');
      await at.type(typed);
      await at.page.reload();
      await expect.poll(() => caller.inputValue()).toBe(typed);
    }
  });

  it('is there also where it is kept only after the next page is up', async () => {
    // As if the page before had been heard to its end only after the new one had asked.
    await at.page.routeWebSocket(/./, (socket) => {
      let first = true;
      socket.connectToServer().onMessage((message) => {
        const whole = `${message}`;
        const isFirst = first && whole.includes(' late');
        socket.send(isFirst ? whole.replaceAll(' late', '') : message);
        if (isFirst) setTimeout(() => socket.send(message), 1_000);
        if (isFirst) first = false;
      });
    });
    await at.page.reload();
    await at.grid('Pending').waitFor();
    const call = await takeCall(at, '6 Sixth St', 'chest');
    await at.tabTo('Caller');
    await at.type('Bo late');
    // What a page sends as it ends does not go through the route.
    await at.page.waitForTimeout(600);
    await at.page.reload();
    const caller = at.page.getByRole('form', { name: `Call ${call.number}` }).getByLabel('Caller');
    expect(await caller.inputValue()).not.toContain('late');
    await expect.poll(() => caller.inputValue()).toBe('Bo late');
    await at.press('`');
    await at.type('D M36 late');
    await at.page.waitForTimeout(600);
    await at.page.reload();
    await at.grid('Pending').waitFor();
    await expect.poll(() => at.field('Command line').inputValue()).toBe('D M36');
    await expect.poll(() => at.field('Command line').inputValue()).toBe('D M36 late');
    await at.press('`', 'ControlOrMeta+a', 'Backspace', 'Escape');
    await at.page.unrouteAll();
    await at.page.reload();
    await at.grid('Pending').waitFor();
  });
});
