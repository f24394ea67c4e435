import { expect, it } from 'vitest';
import { choose, takeCall, timeline } from './calls.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();

it('amends by T a time of the journey that is chosen, and asks for one only where a unit made several', async () => {
  const call = await takeCall(at, '1 First St', 'chest');
  for (const line of [`D M36 ${call.short}`, 'TR M36 MERCY', 'AH M36', 'OS M36', 'TR M36 MERCY', 'AH M36']) {
    await at.command(line);
    await expect
      .poll(() => at.row('Units', 'M36').textContent())
      .toContain(line.startsWith('D') ? 'DP' : line.slice(0, 2));
  }
  await choose(at, 'F3', call.short);
  await at.press('t');
  await expect.poll(at.focused).toMatch(/^New time|^Time/);
  const journey = at.page.getByLabel('Journey');
  expect(await journey.count()).toBe(0);
  await at.tabTo('Which');
  await at.type('at dest');
  await expect
    .poll(() => journey.locator('option').allTextContents())
    .toEqual([expect.stringMatching(/^J1 \d\d:/), expect.stringMatching(/^J2 \d\d:/)]);
  await at.tabTo('Journey');
  await at.type('J2');
  await at.tabTo('Reason');
  await at.type('said by radio');
  await at.press('Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab');
  await expect.poll(at.focused).toMatch(/^New time/);
  await at.type('00:00:01');
  await at.press('Enter');
  await expect.poll(async () => (await timeline(at)).join('\n')).toMatch(/on journey 2/i);
});

it('amends by T a time of the call itself, which it offers beside those of its units', async () => {
  const call = await takeCall(at, '2 Second St', 'chest');
  await choose(at, 'F2', call.short);
  await at.press('t');
  await expect.poll(at.focused).toMatch(/^New time/);
  const which = at.page.getByLabel('Which');
  expect(await at.page.getByLabel('Whose').locator('option').allTextContents()).toEqual(['call']);
  await expect
    .poll(() => which.locator('option').allTextContents())
    .toEqual([expect.stringMatching(/^call answered \d\d:/), 'handed to dispatch']);
  await at.tabTo('Reason');
  await at.type('telephone log');
  await at.press('Shift+Tab', 'Shift+Tab', 'Shift+Tab');
  await expect.poll(at.focused).toMatch(/^New time/);
  await at.type('00:00:02');
  await at.press('Enter');
  await expect
    .poll(async () => (await timeline(at)).join('\n'))
    .toMatch(/call answered: amended to 00:00:02 telephone log/i);
  // Struck, the opening's word stands again.
  await at.press('t');
  await expect.poll(at.focused).toMatch(/^New time; now 00:00:02; - strikes it/);
  await at.type('-');
  await at.press('Enter');
  await expect.poll(() => at.page.getByRole('alert').allTextContents()).toContain('A struck time needs its reason.');
  await at.tabTo('Reason');
  await at.type('of another call');
  await at.press('Enter');
  await expect.poll(async () => (await timeline(at)).join('\n')).toMatch(/call answered: struck of another call/i);
  // With a unit on it the unit's comes first, and the call's are a key away.
  await at.command(`D M14 ${call.short}`);
  await expect.poll(() => at.row('Units', 'M14').textContent()).toContain('DP');
  await choose(at, 'F3', call.short);
  await at.press('t');
  await at.tabTo('Whose');
  await at.type('call');
  await expect.poll(() => which.locator('option').allTextContents()).toHaveLength(2);
  await at.tabTo('Which');
  await at.type('handed');
  await at.press('Shift+Tab', 'Shift+Tab');
  await expect.poll(at.focused).toMatch(/^Time/);
  await at.type('00:00:03');
  await at.press('Enter');
  await expect.poll(async () => (await timeline(at)).join('\n')).toMatch(/handed to dispatch.*00:00:03/i);
  const known = at.page.getByRole('region', { name: `Incident ${call.number}` });
  await expect.poll(() => known.textContent()).toContain('handed to dispatch 00:00:03');
  // One that was struck by mistake is entered again.
  await at.command(`T ${call.short} ENTRY - typed in error`);
  await at.press('F3');
  await at.type(call.short);
  await at.press('t');
  await at.tabTo('Whose');
  await at.type('call');
  await at.tabTo('Which');
  await at.type('handed');
  await at.tabTo('Reason');
  await at.type('it was then');
  await at.press('Shift+Tab', 'Shift+Tab', 'Shift+Tab');
  await at.type('00:00:04');
  await at.press('Enter');
  await expect
    .poll(async () => (await timeline(at)).join('\n'))
    .toMatch(/handed to dispatch: amended to 00:00:04 it was then/i);
});
