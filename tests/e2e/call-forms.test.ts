import { describe, expect, it } from 'vitest';
import { choose, rowGone, rowShows, takeCall } from './calls.ts';
import { nameOfFocus } from './keyboard.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();
const forms = (): Promise<string[]> =>
  at.page
    .getByRole('tab')
    .filter({ hasText: /^(Call|New call)/ })
    .allTextContents();

describe('the form of a call', () => {
  it('goes with a call that a command closes from it, and leaves no empty one behind', async () => {
    const first = await takeCall(at, '1 First St', 'chest');
    const second = await takeCall(at, '1 First Street', 'chest');
    await expect.poll(forms).toEqual([`Call ${first.number}`, `Call ${second.number}`]);
    expect(await at.command(`M ${second.short} ${first.short}`)).toContain('merged into');
    await rowGone(at, 'Pending', second.number);
    await expect.poll(forms).toEqual([`Call ${first.number}`]);
    await expect.poll(at.focused).not.toBe('');
  });

  it('shows the priority that its nature brings as its own doing, not as a change by somebody else', async () => {
    const call = await takeCall(at, '9 Ninth St', 'fall');
    const form = at.page.getByRole('form', { name: `Call ${call.number}` });
    await at.page.waitForTimeout(300);
    expect(await form.textContent()).not.toContain('changed just now');
    expect(await at.command(`C ${call.short} CANCELED`)).toContain('closed');
  });

  it('goes on to the nature by Enter where nobody knows yet where it is: the nature was typed into the location', async () => {
    await at.press('F5');
    await expect.poll(at.focused).toBe('Location');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Nature');
    await at.type('chest pain');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Callback');
    const form = at.page.getByRole('form', { name: /^Call \d/ }).filter({ visible: true });
    await expect.poll(() => form.getByLabel('Nature').inputValue()).toBe('Chest pain');
    expect(await form.getByLabel('Location').inputValue()).toBe('');
    // What cannot be taken still keeps Enter with it.
    await at.tabTo('Coordinates');
    await at.type('nowhere');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Coordinates');
    await at.press('ControlOrMeta+a', 'Backspace', 'Shift+F5');
  });

  it('finds a nature by what people call it, and says by what', async () => {
    await at.press('F5');
    await expect.poll(at.focused).toBe('Location');
    await at.type('2 Second St');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Nature');
    const choices = at.page.getByRole('listbox', { name: 'Choices' }).getByRole('option').filter({ visible: true });
    await at.type('transfer');
    await expect
      .poll(() => choices.allTextContents())
      .toEqual([
        expect.stringMatching(/Interfacility, critical care.*transfer/),
        expect.stringMatching(/Interfacility, BLS.*transfer/),
      ]);
    await at.press('ControlOrMeta+a');
    await at.type('heart attack');
    await expect.poll(() => choices.allTextContents()).toEqual([expect.stringMatching(/Chest pain.*heart attack/)]);
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Callback');
    const form = at.page.getByRole('form', { name: /^Call \d/ }).filter({ visible: true });
    await expect.poll(() => form.getByLabel('Nature').inputValue()).toBe('Chest pain');
    await at.press('Shift+F5');
  });

  it('takes the number that an agency has the call under, and an empty field takes it back', async () => {
    const call = await takeCall(at, '7 Seventh St', 'chest');
    const panel = at.page.getByRole('region', { name: `Incident ${call.number}` });
    await at.tabTo('HCFD number');
    await at.type('26-4411');
    await at.press('Enter');
    await expect.poll(() => panel.textContent()).toContain('HCFD 26-4411');
    const form = at.page.getByRole('form', { name: `Call ${call.number}` });
    expect(await form.textContent()).not.toContain('changed just now');
    expect(await at.focused()).toBe('HCFD number');
    await at.press('ControlOrMeta+a', 'Backspace', 'Enter');
    await expect.poll(() => panel.textContent()).not.toContain('HCFD');
    expect(await at.command(`C ${call.short} CANCELED`)).toContain('closed');
  });

  it('closes by its key from the board and from a field, which goes in first; what is refused keeps it open', async () => {
    for (const form of await forms()) if (form) await at.press('Shift+F5');
    await expect.poll(forms).toEqual([]);
    const call = await takeCall(at, '4 Fourth St', 'chest');
    await at.press('F2', 'Shift+F5');
    await expect.poll(forms).toEqual([]);
    await choose(at, 'F2', call.short);
    await at.press('Enter');
    await at.tabTo('Caller');
    await at.type('Ana, daughter');
    await at.press('Shift+F5');
    await expect.poll(forms).toEqual([]);
    await expect.poll(at.focused).toBe('Pending');
    const panel = at.page.getByRole('region', { name: `Incident ${call.number}` });
    await expect.poll(() => panel.textContent()).toContain('Ana, daughter');
    await choose(at, 'F2', call.short);
    await at.press('Enter');
    await at.tabTo('Coordinates');
    await at.type('nowhere');
    await at.press('Shift+F5');
    await expect.poll(at.echo).toContain('not closed');
    expect(await forms()).toEqual([`Call ${call.number}`]);
    await at.press('Shift+F5');
    await expect.poll(forms).toEqual([]);
    await at.press('Shift+F5');
    await expect.poll(at.echo).toContain('no call is open');
  });

  it('goes into a window of its own with what was typed, and is brought home with it', async () => {
    const call = await takeCall(at, '2 Second St', 'chest');
    await at.tabTo('Caller');
    await at.type('Ana, daughter');
    const opening = at.page.context().waitForEvent('page');
    for (let i = 0; i < 60 && (await at.focused()) !== 'Tear off'; i++) await at.press('Shift+Tab');
    await at.press('Enter');
    const own = await opening;
    const form = own.getByRole('form', { name: `Call ${call.number}` });
    await form.waitFor();
    await expect.poll(() => nameOfFocus(own)).toBe('Location');
    await expect.poll(() => form.getByLabel('Caller').inputValue()).toBe('Ana, daughter');
    await form.getByLabel('Patient').focus();
    await own.keyboard.type('F 80');
    await expect.poll(() => form.getByLabel('Patient').inputValue()).toBe('F 80');
    await new Promise((settle) => setTimeout(settle, 600));
    await own.close();
    await expect.poll(forms, { timeout: 5_000 }).toContain(`Call ${call.number}`);
    await expect.poll(() => at.field('Patient').filter({ visible: true }).inputValue()).toBe('F 80');
  });
});

describe('what is asked in place', () => {
  it('closes with no disposition that was only half named', async () => {
    const call = await takeCall(at, '3 Third St', 'chest');
    await choose(at, 'F2', call.short);
    await at.press('c');
    await expect.poll(at.focused).toBe('Disposition: its digit, code, or the words');
    await at.type('no');
    await at.press('Enter');
    await at.page.getByRole('alert').filter({ hasText: 'could be' }).waitFor();
    expect(await at.row('Pending', call.number).count()).toBe(1);
    await at.type(' p');
    await at.press('Enter');
    await expect.poll(at.echo).toContain('closed: No patient found');
  });

  it('does not do the opposite of what it asks when somebody does it first', async () => {
    const call = await takeCall(at, '8 Eighth St', 'fall');
    await choose(at, 'F2', call.short);
    await at.press('h');
    await expect.poll(at.focused).toMatch(/^Reason, and minutes/);
    await at.type('caller calls back');
    // As from another console: the question stands where it was, half typed.
    expect(await at.command(`H ${call.short} police first`)).toContain('on hold');
    await rowShows(at, 'Pending', call.number, 'HELD');
    await expect.poll(at.focused).toMatch(/^Reason, and minutes/);
    await at.press('Enter');
    await at.page.getByRole('alert').filter({ hasText: 'put on hold meanwhile' }).waitFor();
    await rowShows(at, 'Pending', call.number, 'HELD');
    await at.press('Escape');
    await choose(at, 'F2', call.short);
    await at.press('c');
    await expect.poll(at.focused).toMatch(/^Disposition/);
    await at.type('No patient found');
    expect(await at.command(`C ${call.short} Transported`)).toContain('closed');
    await rowGone(at, 'Pending', call.number);
    await expect.poll(at.focused).toMatch(/^Disposition/);
    await at.press('Enter');
    await at.page.getByRole('alert').filter({ hasText: 'closed meanwhile: Transported' }).waitFor();
    await at.page.waitForTimeout(300);
    expect(await at.row('Pending', call.number).count()).toBe(0);
    await at.press('Escape');
    const one = await takeCall(at, '9 Ninth St', 'fall');
    const same = await takeCall(at, '9 Ninth Street', 'fall');
    await choose(at, 'F2', one.short);
    await at.press('l');
    await expect.poll(at.focused).toMatch(/^Last digits/);
    await at.type(same.short);
    expect(await at.command(`L ${one.short} ${same.short}`)).toContain('linked');
    const panel = at.page.getByRole('region', { name: `Incident ${one.number}` });
    await expect.poll(() => panel.textContent()).toContain(`Linked${same.number}`);
    await expect.poll(at.focused).toMatch(/^Last digits/);
    await at.press('Enter');
    await at.page.getByRole('alert').filter({ hasText: 'linked meanwhile' }).waitFor();
    expect(await panel.textContent()).toContain(`Linked${same.number}`);
    await at.press('Escape');
  });

  it('sets no status that was only half named', async () => {
    await at.command('OOS M41 fuel');
    await at.press('F4');
    await at.type('41');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Code');
    await at.type('a');
    await at.press('Enter');
    await at.page.getByRole('alert').filter({ hasText: 'could be AV' }).waitFor();
    await at.press('Escape');
    await expect.poll(at.focused).toBe('Units');
  });

  it('takes a callsign that is typed in the units for the unit, and not for a merge', async () => {
    await takeCall(at, '4 Fourth St', 'chest');
    await at.press('F4');
    await at.type('M44');
    expect(await at.focused()).toBe('Units');
    await expect.poll(() => at.row('Units', 'M44').getAttribute('aria-selected')).toBe('true');
    // Its letters count: a dozen other units end in these digits.
    await at.press('F2', 'F4');
    await at.type('e36');
    await expect.poll(() => at.row('Units', 'E36').getAttribute('aria-selected')).toBe('true');
    expect(await at.focused()).toBe('Units');
  });

  it('takes one that begins with a letter that is a key for the unit too; the key’s own is done on Enter', async () => {
    const call = await takeCall(at, '8 Eighth St', 'chest');
    expect(await at.command(`D M55 ${call.short}`)).toContain('M55 dispatched');
    await at.press('F4');
    await at.type('t08');
    await expect.poll(() => at.row('Units', 'T08').getAttribute('aria-selected')).toBe('true');
    expect(await at.focused()).toBe('Units');
    const asks = at.page.getByRole('status', { name: 'A key that waits' });
    await at.press('ArrowUp', 't');
    await expect.poll(() => asks.textContent()).toMatch(/T01.*Enter.*Amend a time/);
    expect(await at.focused()).toBe('Units');
    // Gone with any other key, and not done.
    await at.press('ArrowDown');
    await expect.poll(() => asks.textContent()).toBe('');
    expect(await at.focused()).toBe('Units');
    await at.press('t', 'Enter');
    await expect.poll(at.focused).toMatch(/^New time|^Time/);
    await at.press('Escape');
    await expect.poll(at.focused).toBe('Units');
    await at.press('t', 't');
    await expect.poll(at.focused).toMatch(/^New time|^Time/);
    await at.press('Escape');
    // A letter with which no unit begins waits for nothing.
    await expect.poll(at.focused).toBe('Units');
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.press('Escape');
    expect(await at.command(`C ${call.short} No patient`)).toContain('Enter again confirms');
    expect(await at.confirm()).toContain('closed');
  });
});

describe('a filter', () => {
  it('is come back to by its key, and cleared from there', async () => {
    await at.press('F4', '/');
    await expect.poll(at.focused).toBe('Filter Units');
    await at.type('M44');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Units');
    await at.press('/');
    await expect.poll(at.focused).toBe('Filter Units');
    await at.press('Escape');
    await expect.poll(at.focused).toBe('Units');
    await expect.poll(() => at.grid('Units').getByRole('row').count()).toBeGreaterThan(10);
  });
});

describe('the help card', () => {
  it('gives the focus back', async () => {
    await at.press('F3', 'F1');
    await expect.poll(at.focused).toBe('Keys and commands');
    // The demo has nobody to ask for a passphrase, and says where its keys lie.
    const here = at.page.getByRole('region', { name: 'This workstation' });
    await expect.poll(() => here.textContent()).toContain('unprotected key file (demo only)');
    await at.press('Escape');
    await expect.poll(at.focused).toBe('Active');
    await at.press('F1', 'F1');
    await expect.poll(at.focused).toBe('Active');
  });
});

// The last: what the station says of drafts comes late from here on.
describe('the form of a call, early', () => {
  it('goes with a call that is closed right after the board was put up, where drafts come later, and no form that they bring back is put before it', async () => {
    await at.page.routeWebSocket(/./, (socket) => {
      const station = socket.connectToServer();
      station.onMessage((message) => {
        if (message.includes('"drafts"')) setTimeout(() => socket.send(message), 300);
        else socket.send(message);
      });
    });
    await at.page.reload();
    await at.grid('Pending').waitFor();
    const first = await takeCall(at, '3 Third St', 'chest');
    const second = await takeCall(at, '3 Third Street', 'chest');
    expect(await at.command(`M ${second.short} ${first.short}`)).toContain('merged into');
    await rowGone(at, 'Pending', second.number);
    // Until its draft has come.
    await at.page.waitForTimeout(600);
    const after = await forms();
    expect(after).toContain(`Call ${first.number}`);
    expect(after).not.toContain(`Call ${second.number}`);
  });

  it('comes back behind the work of whoever has pressed a key by then', async () => {
    await at.page.reload();
    await at.grid('Pending').waitFor();
    await at.press('F3');
    await expect.poll(at.focused).toBe('Active');
    await expect.poll(forms).not.toEqual([]);
    await at.page.waitForTimeout(300);
    expect(await at.focused()).toBe('Active');
  });

  it('stays in the window of its own that it is in, and does not come back on the board as well', async () => {
    const call = await takeCall(at, '7 Seventh St', 'chest');
    await at.tabTo('Caller');
    await at.type('Cy, driver');
    const opening = at.page.context().waitForEvent('page');
    for (let i = 0; i < 60 && (await at.focused()) !== 'Tear off'; i++) await at.press('Shift+Tab');
    await at.press('Enter');
    const own = await opening;
    await own.getByRole('form', { name: `Call ${call.number}` }).waitFor();
    await expect.poll(forms).not.toContain(`Call ${call.number}`);
    // Until the layout with its window is at the station.
    await at.page.waitForTimeout(1_200);
    await at.page.reload();
    await at.grid('Pending').waitFor();
    await at.press('F3');
    const windows = (): Promise<number> =>
      Promise.all(
        at.page
          .context()
          .pages()
          .filter((page) => page !== at.page)
          .map((page) => page.getByRole('form', { name: `Call ${call.number}` }).count()),
      ).then((counts) => counts.filter((count) => count > 0).length);
    await expect.poll(windows).toBe(1);
    // Until its draft has come.
    await at.page.waitForTimeout(900);
    expect(await forms()).not.toContain(`Call ${call.number}`);
    await expect.poll(windows).toBe(1);

    // Whatever is heard last of a busy station: that the window may open, or where it was.
    for (const late of ['"t":"result"', '"layouts"']) {
      await at.page.routeWebSocket(/./, (socket) => {
        const station = socket.connectToServer();
        station.onMessage((message) => {
          if (message.includes(late)) setTimeout(() => socket.send(message), 500);
          else socket.send(message);
        });
      });
      await at.page.reload();
      await at.grid('Pending').waitFor();
      await at.page.waitForTimeout(1_500);
      await expect.poll(windows).toBe(1);
      expect([late, await forms()]).not.toEqual([late, expect.arrayContaining([`Call ${call.number}`])]);
    }
  });
});

describe('the natures to choose from', () => {
  it('have one marked only where Enter takes it: not over a nature that stands, nor where what was typed is gone again', async () => {
    const call = await takeCall(at, '5 Marked St', 'fall');
    const marked = at.page.getByRole('option', { selected: true });
    await at.tabTo('Location');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Nature');
    await at.page.getByRole('option').first().waitFor();
    expect(await marked.count()).toBe(0);
    await at.press('x', 'Backspace', 'Enter');
    await expect.poll(at.focused).toBe('Callback');
    await rowShows(at, 'Pending', call.number, 'Fall');
    await at.press('F5', 'Tab');
    await expect.poll(at.focused).toBe('Nature');
    await at.type('se');
    await expect.poll(() => marked.count()).toBe(1);
    await at.press('Backspace', 'Backspace');
    await expect.poll(() => marked.count()).toBe(0);
    await at.press('ArrowDown');
    await expect.poll(() => marked.count()).toBe(1);
    const first = (await marked.locator('b').textContent()) ?? '';
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Callback');
    await expect.poll(() => at.field('Nature').filter({ visible: true }).inputValue()).toBe(first);
    await at.press('Shift+F5');
  });

  it('are in sight with what is typed, also in a form that is lower than they are', async () => {
    await at.page.setViewportSize({ width: 1366, height: 480 });
    try {
      await at.press('F5');
      await expect.poll(at.focused).toBe('Location');
      await at.press('Tab');
      await expect.poll(at.focused).toBe('Nature');
      await at.page.getByRole('option').nth(5).waitFor({ state: 'attached' });
      await at.press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown');
      const inSight = (): Promise<boolean> =>
        at.page.evaluate(() => {
          const chosen = document.querySelector('[role=option][aria-selected=true]')?.getBoundingClientRect();
          const form = document.activeElement?.closest('.intake')?.getBoundingClientRect();
          return chosen !== undefined && form !== undefined && chosen.bottom <= form.bottom + 1;
        });
      await expect.poll(inSight).toBe(true);
      await at.press('Escape', 'Escape');
    } finally {
      await at.page.setViewportSize({ width: 1920, height: 1080 });
    }
  });
});
