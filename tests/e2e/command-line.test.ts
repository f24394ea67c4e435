import { describe, expect, it } from 'vitest';
import { VERBS, type Verb } from '../../domain/cad/command/verbs.ts';
import { DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { faults } from './axe.ts';
import { rowShows, takeCall } from './calls.ts';
import { oneConsole } from './one-console.ts';

const at = oneConsole();
const line = (): Promise<string> => at.field('Command line').inputValue();

describe('the command line', () => {
  it('stays empty after the first command of a position, also where the station says late what was typed there', async () => {
    let late = true;
    await at.page.routeWebSocket(/./, (socket) => {
      const station = socket.connectToServer();
      station.onMessage((message) => {
        if (late && message.includes('"drafts"')) setTimeout(() => socket.send(message), 500);
        else socket.send(message);
      });
    });
    await at.page.reload();
    await at.grid('Pending').waitFor();
    await at.press('`');
    await at.type('OOS M44 fuel');
    // Until it is on its way to be kept.
    await expect.poll(() => at.sent('"text":"OOS M44 fuel"')).toBe(1);
    await at.press('Enter');
    await expect.poll(at.echo).toContain('M44 out of service');
    await at.page.waitForTimeout(800);
    late = false;
    expect(await line()).toBe('');
    await at.command('AV M44');
  });

  it('is empty after a command that Tab completed', async () => {
    const call = await takeCall(at, '1 First St', 'chest');
    await at.press('`');
    await at.type(`D M36 ${call.short.slice(-2)}`);
    await at.press('Tab');
    expect(await line()).toBe(`D M36 ${call.number} `);
    await at.press('Enter');
    await expect.poll(at.echo).toContain('M36 dispatched');
    await expect.poll(line).toBe('');
  });

  it('opens a call, once by whatever Enters, that is in hand then; what it does not understand stays in the line', async () => {
    await at.press('`');
    await at.type('NEW 88 Spear St/chst');
    await at.press('Enter');
    await expect.poll(at.echo).toContain('No nature is called chst. Which?');
    expect(await line()).toBe('NEW 88 Spear St/chst');
    await at.type('chest');
    await at.page.getByText(/New call: Chest pain.*, 88 Spear St/).waitFor();
    // What the station says beforehand has come by then, and is nothing against it.
    await at.page.waitForTimeout(500);
    expect(await at.page.getByText('Not possible').count()).toBe(0);
    await at.press('Enter', 'Enter');
    await expect.poll(at.echo).toMatch(/^✓ \S+ \d\d-\d+ opened: Chest pain.*, 88 Spear St/);
    const number = /\d\d-\d+/.exec(await at.echo())?.[0] ?? '';
    await rowShows(at, 'Pending', number, '88 Spear St');
    await at.page.getByRole('region', { name: `Incident ${number}` }).waitFor();
    await at.command('D M14');
    await expect.poll(at.echo).toContain(`M14 dispatched ${number}`);
    expect(await at.grid('Pending').getByText('88 Spear St').count()).toBe(0);
    await at.command('AV M14');
    await at.command('C . NOPT');
  });

  it('takes the answer to what it asked as the next keys', async () => {
    await at.press('`');
    await at.type('M36 TR');
    await at.press('Enter');
    await expect.poll(at.echo).toContain('To which hospital?');
    await expect.poll(line).toBe('M36 TR ');
    await at.type('MER');
    await at.press('Enter');
    await expect.poll(at.echo).toContain('M36 transporting to Mercy Medical Center');
    await expect.poll(line).toBe('');
  });

  it('keeps the keys in their order however late the picture is drawn', async () => {
    await at.page.evaluate(() => {
      window.requestAnimationFrame = (draw) => window.setTimeout(() => draw(performance.now()), 400);
    });
    await at.press('`');
    await at.type('M36 TR');
    await at.press('Enter');
    await expect.poll(line).toBe('M36 TR ');
    await at.type('UNI');
    await at.page.waitForTimeout(500);
    await at.type('V');
    expect(await line()).toBe('M36 TR UNIV');
    await at.press('Enter');
    await expect.poll(at.echo).toContain('M36 transporting to University Hospital');
  });

  it('leaves whoever goes on to a call with a question standing there, and confirms it by no Enter to another line', async () => {
    const first = await takeCall(at, '1 Standing St', 'fall');
    const second = await takeCall(at, '2 Standing St', 'fall');
    const asks = at.page.locator('.command-question:has(b)');
    await at.command(`N ${second.short} gate is open`);
    await at.command(`D M18 ${first.short}`);
    expect(await at.command(`D M18 ${second.short}`)).toContain('M18 is dispatched');
    await at.press('F5');
    await expect.poll(at.focused).toBe('Location');
    await at.type('3 Quiet St');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Nature');
    await at.type('fall');
    await at.press('Enter');
    await expect.poll(at.focused).toBe('Callback');
    // What else goes on draws the line anew.
    await rowShows(at, 'Pending', second.number, '2 Standing St');
    expect(await at.focused()).toBe('Callback');
    expect(await asks.count()).toBe(1);
    await at.press('`', 'ArrowUp', 'ArrowUp');
    expect(await at.field('Command line').inputValue()).toBe(`N ${second.short} gate is open`);
    expect(await asks.count()).toBe(0);
    await at.press('Enter');
    await expect.poll(at.echo).toContain('note added');
    expect(await at.row('Pending', second.number).count()).toBe(1);
    await at.command(`X M18 ${first.short}`);
  });

  it('takes the answer over the word that was unclear', async () => {
    await at.press('`');
    await at.type('OOS M fuel');
    await at.press('Enter');
    await expect.poll(at.echo).toContain('M could be several units');
    await expect.poll(() => at.page.evaluate(() => document.getSelection()?.toString()), { timeout: 2_000 }).toBe('M');
    await at.type('M14');
    await at.press('Enter');
    await expect.poll(at.echo).toContain('M14 out of service (fuel)');
  });

  it('says before Enter what Enter will ask first, and what it cannot do, whole on a small screen', async () => {
    const call = await takeCall(at, '3 Third St', 'fall');
    const other = await takeCall(at, '4 Fourth St', 'fall');
    await at.command(`D M41 ${call.short}`);
    await at.command('OOS M03 fuel');
    const said = async (): Promise<string> => {
      const id = await at.field('Command line').getAttribute('aria-describedby');
      return (await at.page.locator(`[id="${id}"]`).textContent()) ?? '';
    };
    const typed = async (text: string): Promise<void> => {
      if ((await at.focused()) !== 'Command line') await at.press('`');
      await at.press('ControlOrMeta+a');
      await at.type(text);
    };
    const whole = (): Promise<boolean> =>
      at.page.locator('.command-caution').evaluate((one) => one.scrollHeight <= one.clientHeight + 1);
    const asked = at.sent('command.preview');
    await typed(`D M09 ${other.short}`);
    await expect.poll(() => at.sent('command.preview')).toBeGreaterThan(asked);
    await at.page.waitForTimeout(300);
    expect(await said()).toMatch(/^Send M09 to .* · Enter$/);
    for (const width of [1920, 1366]) {
      await at.page.setViewportSize({ width, height: 768 });
      await typed(`D M41,M03 ${other.short}`);
      await expect
        .poll(said)
        .toContain(`Enter asks first: M41 is dispatched ${call.number}. M03 is out of service (fuel).`);
      expect([width, await whole()]).toEqual([width, true]);
    }
    await typed(`D M41 ${call.short}`);
    await expect.poll(said).toBe(`Not possible: M41 is on ${call.number} already.`);
    expect(await faults(at.page)).toEqual([]);
    // What is meant by nothing named is what is selected by now.
    await typed('N one');
    await at.press('F2');
    await at.type(call.short);
    await at.press('F3');
    await at.type(call.short);
    await at.press('`');
    await at.page.setViewportSize({ width: 1920, height: 1080 });
    const ghost = at.page.locator('.command-ghost');
    await expect.poll(() => ghost.textContent()).toContain(call.number);
    await at.press('F2');
    await at.type(other.short);
    await at.press('`');
    await expect.poll(() => ghost.textContent()).toContain(other.number);
    await at.press('ControlOrMeta+a', 'Delete', 'Escape');
  });

  it('leaves the header as it is while a command is on its way to the center', async () => {
    const call = await takeCall(at, '5 Fifth St', 'fall');
    await expect.poll(at.reach).toBe('Center reached');
    await at.page.evaluate(() => {
      const status = document.querySelector('[role=status][aria-label=Reach]');
      const said = new Set<string>();
      Object.assign(window, { reachSaid: said });
      if (status)
        new MutationObserver(() => said.add(status.textContent)).observe(status, {
          characterData: true,
          childList: true,
          subtree: true,
        });
    });
    for (let n = 0; n < 8; n++) expect(await at.command(`N ${call.short} note ${n}`)).toContain('note added');
    expect(await at.page.evaluate(() => [...(Reflect.get(window, 'reachSaid') as Set<string>)])).toEqual([]);
  });

  it('says all of what it is asked to explain', async () => {
    await at.page.setViewportSize({ width: 1366, height: 768 });
    const status = at.page.getByRole('status', { name: 'Last command' });
    const cut: string[] = [];
    const length = (verb: Verb): number => Object.values(verb).join('').length;
    for (const { verb, example } of [...VERBS].sort((a, b) => length(b) - length(a)).slice(0, 6)) {
      expect(await at.command(`? ${verb}`)).toContain(example);
      const isCut = await status.evaluate(
        (one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1,
      );
      if (isCut) cut.push(verb);
    }
    await at.page.setViewportSize({ width: 1920, height: 1080 });
    expect(cut).toEqual([]);
  });

  it('says a long refusal within the footer', async () => {
    const call = await takeCall(at, '2 Second St', 'fall');
    expect(await at.command(`C ${call.short}`)).toContain('with which disposition?');
    const overflow = await at.page.evaluate(() => {
      const said = document.querySelector('[role=status][aria-label="Last command"]')?.getBoundingClientRect();
      const footer = document.querySelector('footer')?.getBoundingClientRect();
      return said && footer ? Math.max(footer.top - said.top, said.bottom - footer.bottom) : Number.NaN;
    });
    expect(overflow).toBeLessThanOrEqual(0);
    await at.press('Escape');
  });

  it('keeps what was typed right before the lock, and nothing that was taken back', async () => {
    const unlock = async (): Promise<void> => {
      await at.page.getByRole('button', { name: 'Unlock' }).waitFor();
      await at.type(DEMO_SIGN_IN.password);
      await at.press('Enter');
      await at.grid('Pending').waitFor();
    };
    await at.press('`', 'ControlOrMeta+a');
    await at.type('D M06 half');
    await at.press('F10');
    await unlock();
    await expect.poll(line).toBe('D M06 half');
    await at.press('`', 'ControlOrMeta+a', 'Delete', 'F10');
    await unlock();
    await at.press('`');
    await at.type('N x');
    await expect.poll(line).toBe('N x');
  });

  it('warns that nothing can be heard until the first key of a window', async () => {
    const badge = at.page.getByText('sounds begin with the first key');
    await at.page.reload();
    await badge.waitFor();
    await at.press('F2');
    await expect.poll(() => badge.count()).toBe(0);
  });

  it('goes by F3 to the active ones and by Shift-F3 to those that were closed lately', async () => {
    for (const [key, list] of [
      ['F3', 'Active'],
      ['Shift+F3', 'Recently closed'],
      ['F3', 'Active'],
    ] as const) {
      await at.press(key);
      await expect.poll(at.focused).toBe(list);
    }
  });
});
