import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { board, type CallTaken, choose, rowSays, rowShows, takeCall } from './calls.ts';
import type { Console } from './console.ts';
import { headerWholeEverywhere } from './header-whole.ts';
import { seenWithin } from './latency.ts';
import { openRoom, pictures, type Room, type Workstation } from './room.ts';

let room: Room;
let stationA: Workstation;
let a: Console;
let b: Console;
let before: CallTaken;
let during: CallTaken;
let alone: CallTaken;
let last: CallTaken;

const NOTICED = { timeout: 15_000, interval: 100 };
const CONVERGED = { timeout: 15_000, interval: 100 };

beforeAll(async () => {
  room = await openRoom({ stations: ['A', 'B'] });
  stationA = room.stations[0] as Workstation;
  [a, b] = room.stations.map((station) => station.console) as [Console, Console];
  await a.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
  await b.signIn('dispatcher2', DEMO_SIGN_IN.password);
});
afterEach(pictures(() => room));
afterAll(() => room?.close());

/** What is read out of the center, to whoever does not see the header. */
const told = ({ page }: Console): Promise<string | null> =>
  page.getByRole('status', { name: 'Center', exact: true }).textContent();

describe('an outage', () => {
  it('is said calmly: since when, who is reached, what waits', async () => {
    before = await takeCall(a, '1200 Harbor Blvd', 'chest');
    await rowShows(b, 'Pending', before.number, '1200 Harbor Blvd');
    room.center('closed');
    for (const console of [a, b]) {
      await expect.poll(console.reach, NOTICED).toMatch(/^Center unreachable \d+:\d\d — working locally/);
      await expect.poll(console.reach, NOTICED).toContain('1 of 1 peer reached');
      await expect.poll(() => told(console), NOTICED).toBe('Center lost. Work goes on here.');
    }
    // By name, for whoever has to tell the rest by voice.
    await a.press('F1');
    const card = a.page.getByRole('region', { name: 'This workstation' });
    await expect.poll(() => card.textContent()).toMatch(/ReachesB.*Not reachedthe center/);
    await a.press('Escape');
    const age = async (): Promise<number> => {
      const [, minutes, seconds] = /unreachable (\d+):(\d\d)/.exec(await a.reach()) ?? [];
      return Number(minutes) * 60 + Number(seconds);
    };
    const first = await age();
    await expect.poll(age, { timeout: 5_000 }).toBeGreaterThan(first);
    expect(await a.page.getByRole('dialog').count()).toBe(0);
  });

  it('goes on: a number at once, units sent, and what the center has not got carries its mark', async () => {
    during = await takeCall(a, '77 Pine St', 'fall');
    expect(await a.command(`D M36 ${during.short}`)).toContain('M36 dispatched');
    expect(await b.command('ER M36')).toContain('M36 en route');
    for (const console of [a, b]) {
      await rowShows(console, 'Active', during.number, '77 Pine St', 'M36', 'ER', '↑');
      await expect.poll(console.reach, NOTICED).toMatch(/\d+ facts? waiting/);
    }
    await choose(b, 'F3', during.short);
    await b.page.getByRole('list', { name: 'Timeline' }).getByText('not at the center yet').first().waitFor();
  });

  it('is said whole on a small screen in every size, too, and so is a unit that calls for help meanwhile', async () => {
    await headerWholeEverywhere(a);
    await a.command('EM M36');
    await a.page.getByRole('alert', { name: 'Emergencies' }).getByText('M36 EMERGENCY').waitFor();
    // Its row has the word, the mark of what waits, and the incident's number whole.
    const row = a.row('Units', 'M36');
    await expect.poll(() => row.locator('.unsent').count()).toBe(1);
    const what = await row.locator('.gives-way').evaluate((one) => [one.scrollWidth, one.clientWidth]);
    expect(what[0]).toBeLessThanOrEqual((what[1] ?? 0) + 1);
    await headerWholeEverywhere(a);
    await a.command('EM M36 OVER');
  });

  it('shows each change of the other over the LAN in under 100 ms', async () => {
    const { p95, said } = await seenWithin(a, b, before.short, { times: 25, limit: 100 });
    expect(p95, said).toBeLessThan(100);
  });

  it('is the same where the center is silent instead of gone', async () => {
    room.center('open');
    for (const console of [a, b]) await expect.poll(console.reach, CONVERGED).toMatch(/^Center reached/);
    for (const console of [a, b])
      await expect.poll(() => rowSays(console, 'Active', during.number), CONVERGED).not.toContain('↑');
    room.center('stalled');
    for (const console of [a, b]) await expect.poll(console.reach, NOTICED).toMatch(/^Center unreachable/);
    const { p95, said } = await seenWithin(a, b, before.short, { times: 20, limit: 100 });
    expect(p95, said).toBeLessThan(100);
  });

  it('with the LAN gone too leaves each console complete by itself', async () => {
    room.center('closed');
    room.lan('closed');
    for (const console of [a, b]) await expect.poll(console.reach, NOTICED).toContain('0 of 1 peer reached');
    alone = await takeCall(a, '5 Alone Way', 'seizure');
    expect(await a.command(`D M41 ${alone.short}`)).toContain('M41 dispatched');
    expect(await b.command(`N ${before.short} said by B alone`)).toContain('note added');
    await rowShows(a, 'Active', alone.number, 'M41');
    expect(await b.row('Active', alone.number).count()).toBe(0);
  });

  it('is outlived by a station that is killed and started again: signed in by grant, with its drafts and its work', async () => {
    await a.press('F5');
    await a.type('9 Elm, half typ');
    await expect.poll(() => a.sent('9 Elm, half typ')).toBeGreaterThan(0);
    await stationA.restart();
    await a.field('User').waitFor({ timeout: 15_000 });
    await a.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
    await a.page.getByText('by grant').waitFor();
    await expect.poll(() => a.field('Location').last().inputValue(), NOTICED).toBe('9 Elm, half typ');
    await rowShows(a, 'Active', alone.number, '5 Alone Way', 'M41');
    await rowShows(a, 'Active', during.number, 'M36', 'ER');
    // With who signed in how, and with two units that call for help, in every size.
    for (const unit of ['M36', 'M41']) await a.command(`EM ${unit}`);
    await a.page.getByRole('alert', { name: 'Emergencies' }).getByText('M36, M41 EMERGENCY').waitFor();
    await headerWholeEverywhere(a);
    for (const unit of ['M36', 'M41']) await a.command(`EM ${unit} OVER`);
    last = await takeCall(a, '10 Elm St', 'fall');
    expect([before, during, alone].map((call) => call.number)).not.toContain(last.number);
    // A number of a log without a lease is longer than others; its end, by which commands name it, is in sight all the same.
    expect(last.number).toMatch(/-\d{4}$/);
    await rowShows(a, 'Pending', last.number, last.number.slice(-4), '↑');
    const pastItsCell = (): Promise<number> =>
      a
        .row('Pending', last.number)
        .locator('.cell-number')
        .evaluate((cell) => {
          const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
          const all = document.createRange();
          let right = 0;
          while (texts.nextNode()) {
            all.selectNodeContents(texts.currentNode);
            if (/\d/.test(texts.currentNode.textContent ?? ''))
              right = Math.max(right, all.getBoundingClientRect().right);
          }
          return right - cell.getBoundingClientRect().right;
        });
    await expect.poll(pastItsCell).toBeLessThanOrEqual(1);
  });

  it('ends in seconds when all is back: both consoles show the same, and nothing waits', async () => {
    room.lan('open');
    room.center('open');
    const began = Date.now();
    for (const console of [a, b])
      await expect.poll(console.reach, CONVERGED).toMatch(/^Center reached — 1 of 1 peer reached$/);
    for (const console of [a, b]) await expect.poll(() => told(console)).toBe('Center back.');
    await rowShows(b, 'Active', alone.number, '5 Alone Way', 'M41');
    await choose(a, 'F2', before.short);
    await a.page.getByRole('list', { name: 'Timeline' }).getByText('said by B alone').waitFor();
    for (const number of [before, during, alone, last]) expect((await board(a)).join('\n')).toContain(number.number);
    await expect.poll(() => board(b), CONVERGED).toEqual(await board(a));
    await expect.poll(async () => (await board(a)).join('\n'), CONVERGED).not.toContain('↑');
    await expect.poll(() => board(b), CONVERGED).toEqual(await board(a));
    expect(Date.now() - began).toBeLessThan(20_000);
    for (const console of [a, b]) expect(await console.page.getByRole('group', { name: /^Conflict/ }).count()).toBe(0);
  });

  it('without one error in the browser', () => {
    expect([...a.errors, ...b.errors]).toEqual([]);
  });
});
