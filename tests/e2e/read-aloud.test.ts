/** What somebody hears who works the board without seeing it, and what they see whose system chooses the colours. */
import type { CDPSession } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CallTaken, choose, takeCall } from './calls.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();
let browser: CDPSession;
let call: CallTaken;

interface Heard {
  readonly role: string;
  readonly name: string;
  readonly description: string;
}

/** The page as a screen reader has it. */
async function heard(): Promise<readonly Heard[]> {
  const { nodes } = await browser.send('Accessibility.getFullAXTree');
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ role, name, description }) => ({
      role: String(role?.value ?? ''),
      name: String(name?.value ?? ''),
      description: String(description?.value ?? ''),
    }));
}
const rowHeard = async (name: string): Promise<string | undefined> =>
  (await heard()).find((node) => node.role === 'row' && node.name === name)?.description;

beforeAll(async () => {
  browser = await at.page.context().newCDPSession(at.page);
});
afterEach(() => at.page.emulateMedia({ forcedColors: 'none' }));

describe('a row that the arrows come to', () => {
  it('is heard with what stands in it, not by its number alone', async () => {
    call = await takeCall(at, '300 Brannan St', 'chest');
    await choose(at, 'F2', call.short);
    await expect
      .poll(() => rowHeard(call.number))
      .toMatch(/^Priority \d, Chest pain.*, 300 Brannan St, waiting since \d\d:\d\d/);
    await at.press('F4');
    await at.type('M41');
    await at.press('Space');
    await expect.poll(() => rowHeard('M41')).toMatch(/^marked to be sent, available.*, ambulance/);
    await at.press('Space');
    await expect.poll(() => rowHeard('M41')).toMatch(/^available/);
    await at.command(`D M41 ${call.short}`);
    await expect.poll(() => rowHeard('M41')).toContain(`dispatched, since`);
    await expect.poll(() => rowHeard(call.number)).toContain('M41 DP on it');
  });
});

describe('a field of a call whose text cannot be taken', () => {
  it('is heard with the reason, and whoever comes back to it hears it again', async () => {
    const said = async (name: string): Promise<string | undefined> =>
      (await heard()).find((node) => node.role === 'textbox' && node.name === name)?.description;
    const wrong = (name: string): Promise<string | null> =>
      at.field(name).filter({ visible: true }).getAttribute('aria-invalid');
    await choose(at, 'F3', call.short);
    await at.press('Enter');
    await at.tabTo('Priority');
    await at.type('7');
    await expect.poll(() => said('Priority')).toBe('A priority is 1, 2, 3 or 4.');
    expect(await wrong('Priority')).toBe('true');
    await at.tabTo('Coordinates');
    await at.type('somewhere');
    await at.press('Enter');
    await expect.poll(() => said('Coordinates')).toContain('Coordinates are latitude');
    expect(await wrong('Coordinates')).toBe('true');
    await at.press('ControlOrMeta+a', 'Delete', 'Enter');
    await expect.poll(() => wrong('Coordinates')).toBe('false');
    expect(await wrong('Nature')).toBe('false');
    await at.press('Shift+F5');
  });

  it('of a status says what is wrong with it', async () => {
    await at.press('F4');
    await at.type('M41');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Code');
    await at.type('zzz');
    await at.press('Enter');
    await expect
      .poll(async () => (await heard()).find(({ name }) => name === 'Code')?.description)
      .toContain('Nothing here is named “zzz”.');
    await at.press('ControlOrMeta+a', 'Delete', 'Escape');
  });
});

describe('a question that is asked in place', () => {
  it('is heard with what there is to choose from', async () => {
    const described = async (name: string): Promise<string | undefined> =>
      (await heard()).find((node) => node.role === 'textbox' && node.name === name)?.description;
    await choose(at, 'F3', call.short);
    await at.press('c');
    await expect.poll(at.focused).toMatch(/^Disposition/);
    await expect.poll(() => described('Disposition: its digit, code, or the words')).toMatch(/1 \w+.* 2 \w+/);
    await at.press('Escape', 'F4');
    await at.type('M41');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Code');
    await expect.poll(() => described('Code')).toMatch(/en route/);
    await at.press('Escape');
  });
});

describe('a question that waits for Enter', () => {
  it('is heard when it is asked, and is silent when it is left', async () => {
    const other = await takeCall(at, '2 Other St', 'fall');
    const question = at.page.getByRole('alert', { name: 'Question' });
    expect(await question.textContent()).toBe('');
    await at.command(`D M41 ${other.short}`);
    expect(await question.textContent()).toMatch(/M41.*Enter again confirms, Escape leaves it\.$/);
    await at.press('Escape');
    await expect.poll(() => question.textContent()).toBe('');
    await at.press('ControlOrMeta+a', 'Delete', 'Escape');
  });
});

describe('colours that the system chooses', () => {
  it('leave the row in hand, and the choice in hand, to be told from the others', async () => {
    await at.page.emulateMedia({ forcedColors: 'active' });
    await choose(at, 'F3', call.short);
    const outlineOf = (selector: string): Promise<string[]> =>
      at.page.locator(selector).evaluateAll((all) => all.map((one) => getComputedStyle(one).outlineStyle));
    expect(new Set(await outlineOf('.grid-row[aria-selected="true"]'))).toEqual(new Set(['solid']));
    expect(await outlineOf('.grid-row[aria-selected="false"]')).not.toContain('solid');
    await at.press('F5', 'Tab', 'ArrowDown');
    await expect.poll(() => outlineOf('.choices-line[aria-selected="true"]')).toEqual(['solid']);
    await at.press('Shift+F5', 'Shift+F5');
  });

  it('leave the panel in hand to be told from the others', async () => {
    await at.page.emulateMedia({ forcedColors: 'active' });
    const framed = (): Promise<string[]> =>
      at.page.locator('[data-panel]').evaluateAll((panels) => {
        const probe = document.body.appendChild(document.createElement('i'));
        probe.style.color = 'Highlight';
        const inHand = getComputedStyle(probe).color;
        probe.remove();
        return panels
          .filter((panel) => getComputedStyle(panel, '::after').borderBottomColor === inHand)
          .map((panel) => panel.getAttribute('data-panel') ?? '');
      });
    await at.press('F2');
    await expect.poll(framed).toEqual(['pending']);
    await at.press('F4');
    await expect.poll(framed).toEqual(['units']);
  });

  it('without one error in the browser', () => expect(at.errors).toEqual([]));
});
