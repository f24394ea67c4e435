/** A station that answers late (a busy machine, a disk that waits): whoever went on working stays where they are. */
import { describe, expect, it } from 'vitest';
import { choose, rowShows, takeCall, timeline } from './calls.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();
const LATE_MS = 1_000;

let showLate = false;

/** From here on answers come late; what is done is shown in time, unless `showLate`. */
const answerLate = async (): Promise<void> => {
  await at.page.routeWebSocket(/./, (socket) => {
    const station = socket.connectToServer();
    station.onMessage((message) => {
      if (showLate || message.includes('"t":"result"')) setTimeout(() => socket.send(message), LATE_MS);
      else socket.send(message);
    });
  });
  await at.page.reload();
  await at.grid('Pending').waitFor();
};
const line = (): Promise<string> => at.field('Command line').inputValue();

describe('an answer that comes late', () => {
  it('takes nobody out of the command line: not that to a question about an incident', async () => {
    const call = await takeCall(at, '1 First St', 'fall');
    await answerLate();
    await at.row('Pending', call.number).waitFor();
    await choose(at, 'F2', call.short);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.type('gate code 12');
    await at.press('Enter', '`');
    await at.type('OOS M44');
    await expect.poll(at.echo).toContain('note added');
    expect(await at.focused()).toBe('Command line');
    await at.type(' fuel');
    expect(await line()).toBe('OOS M44 fuel');
    expect(await at.field('Add to the timeline').count()).toBe(0);
    await at.press('Enter');
    await expect.poll(at.echo).toContain('M44 out of service');
  });

  it('nor that to a status, and a question that was asked meanwhile stays', async () => {
    const call = await takeCall(at, '2 Second St', 'fall');
    await at.press('F4');
    await at.type('M44');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Code');
    await at.type('av');
    await at.press('Enter');
    await choose(at, 'F2', call.short);
    await at.press('h');
    await expect.poll(at.focused).toContain('Reason');
    await at.type('waits for');
    await expect.poll(at.echo).toContain('M44 available');
    await rowShows(at, 'Units', 'M44', 'AV');
    expect(await at.focused()).toContain('Reason');
    await at.type(' police');
    await at.press('Enter');
    await choose(at, 'F2', call.short);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.type('second');
    await expect.poll(at.echo).toContain('on hold');
    await at.type(' entrance');
    expect(await at.focused()).toBe('Add to the timeline');
    expect(await at.field('Add to the timeline').inputValue()).toBe('second entrance');
    await at.press('Escape');
  });

  it('nor from a call, before it has its number, the nature that was chosen by its digit', async () => {
    await at.press('F5');
    await expect.poll(at.focused).toBe('Location');
    await at.press('Tab');
    await expect.poll(at.focused).toBe('Nature');
    const second = at.page.getByRole('option').nth(1).locator('b');
    const chosen = await second.textContent();
    await at.press('2');
    await expect.poll(at.focused).toBe('Callback');
    const nature = at.field('Nature').filter({ visible: true });
    expect(await nature.inputValue()).toBe(chosen);
    await at.page
      .getByRole('form', { name: /^Call / })
      .filter({ visible: true })
      .waitFor();
    await expect.poll(() => nature.getAttribute('class')).toContain('stands');
    expect(await nature.inputValue()).toBe(chosen);
    await at.press('Shift+F5');
  });

  it('nor does a question that has to be confirmed, and no Enter that was meant for something else confirms it', async () => {
    const first = await takeCall(at, '3 Third St', 'fall');
    const second = await takeCall(at, '4 Fourth St', 'fall');
    await at.command(`D M41 ${first.short}`);
    await at.press('F4');
    await at.type('M41');
    await at.press('Space');
    /** Sends M41, which is on the first and marked until it is sent, to the second. */
    const sendBusy = async (): Promise<void> => {
      await choose(at, 'F2', second.short);
      await at.press('F8');
    };
    const asks = at.page.locator('.command-question:has(b)');

    await sendBusy();
    await at.press('F5');
    await expect.poll(at.focused).toBe('Location');
    await at.type('5 Fif');
    await asks.getByText('M41').waitFor();
    expect(await at.focused()).toBe('Location');
    await at.type('th St');
    expect(await at.field('Location').filter({ visible: true }).inputValue()).toBe('5 Fifth St');
    await at.press('`', 'Escape');
    await expect.poll(() => asks.count()).toBe(0);

    await sendBusy();
    await at.press('`');
    await at.type(`N ${first.short} door is open`);
    await asks.getByText('M41').waitFor();
    await at.press('Enter');
    await expect.poll(at.echo).toContain('note added');
    // It stands there still, for whoever has read it now.
    expect(await asks.count()).toBe(1);
    await at.press('`', 'Escape');
    await expect.poll(() => asks.count()).toBe(0);
    await rowShows(at, 'Active', first.number, 'M41');

    // Typing on in the field that it was asked from: neither the keys nor their Enter are an answer.
    await choose(at, 'F3', first.short);
    await at.press('c');
    await expect.poll(at.focused).toMatch(/^Disposition/);
    await at.type('No patient');
    await at.press('Enter');
    await at.type(', gone');
    await asks.getByText('M41').waitFor();
    expect(await at.focused()).toMatch(/^Disposition/);
    await at.type(' home');
    expect(await at.field('Disposition: its digit, code, or the words').inputValue()).toBe('No patient, gone home');
    expect(await at.focused()).toMatch(/^Disposition/);
    await at.press('`', 'Escape');
    await expect.poll(() => asks.count()).toBe(0);
    await rowShows(at, 'Active', first.number, 'M41');
    await choose(at, 'F3', first.short);
    await at.press('c');
    await expect.poll(at.focused).toMatch(/^Disposition/);
    await at.press('Escape');

    // Whoever waits for it is asked as ever.
    await sendBusy();
    await asks.getByText('M41').waitFor();
    await at.press('Escape');
    await expect.poll(() => asks.count()).toBe(0);
  });

  it('makes no second note or step of what is pressed again meanwhile, and leaves what was typed on', async () => {
    const call = await takeCall(at, '6 Sixth St', 'fall');
    const notes = async (): Promise<string[]> => (await timeline(at)).filter((said) => said.includes('dog in'));
    await choose(at, 'F2', call.short);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.type('dog in yard');
    await at.press('Enter', 'Enter');
    await expect.poll(at.echo).toContain('note added');
    await at.page.waitForTimeout(LATE_MS + 300);
    expect(await notes()).toHaveLength(1);

    await choose(at, 'F2', call.short);
    await at.press('n');
    await expect.poll(at.focused).toBe('Add to the timeline');
    await at.type('dog in house');
    await at.press('Enter');
    await at.type(', and it bites');
    await expect.poll(async () => (await notes()).length).toBe(2);
    await at.page.waitForTimeout(LATE_MS + 300);
    expect(await at.field('Add to the timeline').inputValue()).toBe('dog in house, and it bites');
    await at.press('Escape');

    expect(await at.command(`D M55 ${call.short}`)).toContain('M55 dispatched');
    await at.press('F4');
    await at.type('M55');
    showLate = true;
    await at.press('F9', 'F9');
    await expect.poll(at.echo).toContain('M55 is ER by now');
    showLate = false;
    await rowShows(at, 'Units', 'M55', 'ER');
  });

  it('holds up no step that follows on one which is shown', async () => {
    await at.press('F4');
    await at.type('M55');
    await at.press('F9');
    await rowShows(at, 'Units', 'M55', 'OS');
    expect(await at.echo()).not.toContain('on scene');
    await at.press('F9');
    await rowShows(at, 'Units', 'M55', 'AP');
    await at.command('X M55');
  });
});
