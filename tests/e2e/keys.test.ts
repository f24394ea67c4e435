/** Keys that mean something else than what stands where they are pressed: held ones, those with Ctrl, those of an input method. */
import { describe, expect, it } from 'vitest';
import { choose, rowSays, rowShows, takeCall, timeline } from './calls.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();
const line = (): Promise<string> => at.field('Command line').inputValue();
/** Down, and down again as a keyboard says it of a key that is held. */
const hold = async (key: string): Promise<void> => {
  for (let i = 0; i < 4; i++) await at.page.keyboard.down(key);
  await at.page.keyboard.up(key);
};

describe('Ctrl and a digit', () => {
  it('is a layout and takes no choice: not how a call ended, nor a status, nor a nature', async () => {
    const call = await takeCall(at, '1 First St', 'fall');
    await choose(at, 'F2', call.short);
    await at.press('c');
    await expect.poll(at.focused).toMatch(/^Disposition/);
    await at.press('Control+2');
    await expect.poll(at.echo).toContain('layout 2');
    await rowShows(at, 'Pending', call.number, '1 First St');
    await at.press('F4');
    await at.type('M44');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Code');
    await at.press('Control+3');
    await expect.poll(at.echo).toContain('layout 3');
    await rowShows(at, 'Units', 'M44', 'AV');
    await at.press('F5');
    await expect.poll(at.focused).toBe('Location');
    // Its number is said when it comes, over whatever is said there by then.
    await expect.poll(at.echo).toContain('opened');
    await at.press('Tab');
    await expect.poll(at.focused).toBe('Nature');
    await at.press('Control+1');
    await expect.poll(at.echo).toContain('layout 1');
    expect(await at.field('Nature').filter({ visible: true }).inputValue()).toBe('');
    await at.press('Shift+F5', 'Shift+F5');
  });
});

describe('a key that is held', () => {
  it('counts once: the command line stays empty, and one digit chooses one thing', async () => {
    await at.press('F2');
    await hold('`');
    await expect.poll(at.focused).toBe('Command line');
    expect(await line()).toBe('');
    await at.press('Escape', 'F4');
    await at.type('M44');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Code');
    const transporting = at.page
      .getByRole('group', { name: 'Status of M44' })
      .getByRole('button', { name: /transporting/i });
    const digit = (await transporting.textContent())?.trim().charAt(0) ?? '';
    expect(digit).toMatch(/^\d$/);
    await hold(digit);
    await expect.poll(at.focused).toBe('Hospital? (“mercy 2”: 2 patients)');
    await at.page.waitForTimeout(300);
    expect(await at.focused()).toBe('Hospital? (“mercy 2”: 2 patients)');
    expect(await rowSays(at, 'Units', 'M44')).toContain('AV');
    await at.press('Escape');
  });
});

describe('an input method', () => {
  it('ends what it composes by Enter, and sends nothing', async () => {
    const call = await takeCall(at, '2 Second St', 'fall');
    const browser = await at.page.context().newCDPSession(at.page);
    const compose = (text: string) =>
      browser.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await choose(at, 'F2', call.short);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.type('asks for ');
    await compose('にほん');
    await at.press('Enter');
    await at.page.waitForTimeout(300);
    expect(await at.focused()).toBe('Add to the timeline');
    await browser.send('Input.insertText', { text: '日本語' });
    await at.press('Enter');
    await expect.poll(async () => (await timeline(at)).join('\n')).toContain('asks for 日本語');
    expect((await timeline(at)).filter((said) => said.includes('asks for'))).toHaveLength(1);
  });

  it('that has ended it before its Enter is heard sends nothing either', async () => {
    const browser = await at.page.context().newCDPSession(at.page);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await browser.send('Input.insertText', { text: '救急車' });
    // As Safari says it: no composition stands any more, and the key is one that the input method took.
    await browser.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', windowsVirtualKeyCode: 229 });
    await browser.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Enter', windowsVirtualKeyCode: 13 });
    await at.page.waitForTimeout(300);
    expect(await at.focused()).toBe('Add to the timeline');
    expect(await at.field('Add to the timeline').inputValue()).toBe('救急車');
    await at.press('Escape');
  });
});

describe('text that is pasted', () => {
  it('comes without the marks that nobody sees: a number out of a list of contacts, digits with a space of no width', async () => {
    const call = await takeCall(at, '4 Fourth St', 'fall');
    await at.tabTo('Callback');
    await at.page.keyboard.insertText('\u202a(415) 555-0199\u202c');
    expect(await at.field('Callback').filter({ visible: true }).inputValue()).toBe('(415) 555-0199');
    await at.press('Enter');
    await choose(at, 'F2', call.short);
    await expect
      .poll(async () => (await at.page.getByRole('region', { name: `Incident ${call.number}` }).textContent()) ?? '')
      .toContain('(415) 555-0199');
    expect(await at.command(`\ufeffP ${call.short}\u200b 1`, 'pasted')).toMatch(/^✓/);
    await at.press('Shift+F5');
  });
});

describe('what is done to a unit and asks for more', () => {
  it('begins in the line by its key, with the unit in it', async () => {
    for (const [key, waits, said] of [
      ['v', [], 'MV M44 '],
      ['s', [], 'SW M44 '],
      // Engines begin with it: it waits for a number, or itself.
      ['e', ['e'], 'EM M44'],
    ] as const) {
      await at.press('F4');
      await at.type('M44');
      await expect.poll(() => at.row('Units', 'M44').getAttribute('aria-selected')).toBe('true');
      await at.press(key, ...waits);
      await expect.poll(line).toBe(said);
      await at.press('ControlOrMeta+a', 'Delete', 'Escape');
    }
  });
});

describe('a keyboard of another script', () => {
  const press = async (key: string, code: string, text: string) => {
    const browser = await at.page.context().newCDPSession(at.page);
    await browser.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code, ...(text === '' ? {} : { text }) });
    await browser.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code });
    await browser.detach();
  };

  it('has the keys of the panels at their places, and its letters where text is typed', async () => {
    const call = await takeCall(at, '3 Third St', 'fall');
    await choose(at, 'F2', call.short);
    await press('т', 'KeyN', 'т');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await press('т', 'KeyN', 'т');
    await press('ё', 'Backquote', 'ё');
    await at.press('Enter');
    await expect.poll(async () => (await timeline(at)).join('\n')).toContain('тё');
    await at.press('F4');
    await press('ь', 'KeyM', 'ь');
    await at.type('44');
    await expect.poll(() => at.row('Units', 'M44').getAttribute('aria-selected')).toBe('true');
    await press('ё', 'Backquote', 'ё');
    await expect.poll(at.focused).toBe('Command line');
    expect(await line()).toBe('');
    await at.press('Escape');
  });

  it('that waits for a letter with the key of the command line leaves no accent on the first one typed', async () => {
    const browser = await at.page.context().newCDPSession(at.page);
    const compose = (text: string) =>
      browser.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    const dead = async () => {
      await at.press('F2');
      await press('Dead', 'Backquote', '');
      await expect.poll(at.focused).toBe('Command line');
    };
    const empty = () => at.press('ControlOrMeta+a', 'Delete', 'Escape');
    // As Windows and X bring it: on the next letter, or before one that takes none.
    await dead();
    await press('à', 'KeyA', 'à');
    await at.type('v m4');
    await expect.poll(line).toBe('av m4');
    await empty();
    await dead();
    await browser.send('Input.insertText', { text: '`' });
    await at.type('d m44');
    await expect.poll(line).toBe('d m44');
    await empty();
    // As a Mac composes it.
    await dead();
    await compose('`');
    await browser.send('Input.insertText', { text: 'à' });
    await at.type('v');
    await expect.poll(line).toBe('av');
    await empty();
    await at.press('`');
    await at.type('é');
    await expect.poll(line).toBe('é');
    await empty();
  });
});

describe('a layout by its key', () => {
  it('leaves whoever works in a list in that list', async () => {
    await at.press('F3');
    await expect.poll(at.focused).toBe('Active');
    await at.press('Control+4');
    await expect.poll(at.echo).toContain('layout 4');
    await expect.poll(at.focused).toBe('Active');
    await at.press('Control+1');
    await expect.poll(at.focused).toBe('Active');
  });

  it('takes nobody out of the command line, whatever stands open in a list', async () => {
    await at.press('F2', '/');
    await expect.poll(at.focused).toBe('Filter Pending');
    await at.type('st');
    await at.press('Enter', 'F4');
    await at.type('M44');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Code');
    await at.press('`');
    await at.type('OOS M4');
    await at.press('Control+4');
    await expect.poll(at.echo).toContain('layout 4');
    await at.page.waitForTimeout(300);
    await at.type('4');
    expect(await line()).toBe('OOS M44');
    expect(await at.focused()).toBe('Command line');
    await at.press('ControlOrMeta+a', 'Delete', 'Control+1', 'Escape', 'F4', 'Escape', 'F2', '/', 'Escape');
  });

  it('without one error in the browser', () => expect(at.errors).toEqual([]));
});
