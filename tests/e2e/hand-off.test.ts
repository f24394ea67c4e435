import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildCenterPage } from '../../tools/build/renderer.ts';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { faults } from './axe.ts';
import { type CallTaken, choose, rowGone, rowShows, takeCall, timeline } from './calls.ts';
import { openCenterPage } from './center-page.ts';
import type { Console } from './console.ts';
import { tabTo } from './keyboard.ts';
import { openRoom, pictures, type Room } from './room.ts';
import { picture } from './security-page.ts';

let room: Room;
let a: Console;
let b: Console;
let call: CallTaken;
let first: CallTaken;

const SOON = { timeout: 20_000, interval: 200 };
const WHOLE_CHAIN = ['AK M36', 'ER M36', 'OS M36', 'AP M36', 'TR M36 MERCY', 'AH M36', 'TC M36', 'AV M36'];

beforeAll(async () => {
  await buildCenterPage();
  room = await openRoom({ stations: ['A', 'B'] });
  [a, b] = room.stations.map((station) => station.console) as [Console, Console];
  await a.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
  await b.signIn('dispatcher2', DEMO_SIGN_IN.password);
});
afterEach(pictures(() => room));
afterAll(() => room?.close());

const handOff = (at: Console): Promise<string> =>
  at.page
    .getByRole('region', { name: 'Hand-off' })
    .textContent({ timeout: 1_000 })
    .then((text) => text ?? '')
    .catch(() => '');

describe('when a transported run ends', () => {
  it('the incident shows run record, chart, trip and report on both consoles', async () => {
    call = await takeCall(a, '1200 Harbor Blvd', 'chest');
    first = call;
    expect(await a.command(`D M36 ${call.short}`)).toContain('M36 dispatched');
    for (const line of WHOLE_CHAIN) expect(await a.command(line)).toMatch(/^✓/);
    await rowShows(b, 'Units', 'M36', 'AV');
    for (const console of [a, b]) {
      await choose(console, 'F2', call.short);
      for (const kind of ['Run record', 'Patient chart', 'Billable trip'])
        await expect
          .poll(() => handOff(console), { ...SOON, message: `${kind} at ${console === a ? 'A' : 'B'}` })
          .toContain(kind);
    }
    expect(await a.command(`C ${call.short} TRANSPORTED`)).toMatch(/closed/);
    await rowGone(a, 'Pending', call.number);
    for (const console of [a, b]) await expect.poll(() => handOff(console), SOON).toMatch(/Incident report.*stored/);
  });

  it('the PDF report opens', async () => {
    await a.tabTo('Open report');
    const downloading = a.page.waitForEvent('download');
    await a.press('Enter');
    const file = await (await downloading).path();
    expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
    // And here as last fetched, when the center is away.
    await b.tabTo('Open report');
    const second = b.page.waitForEvent('download');
    await b.press('Enter');
    await second;
  });

  it('each line of it can be read on a small screen with a call open, too: no word lies on another', async () => {
    const lying = (): Promise<string[]> =>
      a.page.getByRole('region', { name: 'Hand-off' }).evaluate((region) =>
        [...region.querySelectorAll('li')].flatMap((line) => {
          const words = [...line.children].map((part) => {
            const range = document.createRange();
            range.selectNodeContents(part);
            return { text: part.textContent ?? '', box: range.getBoundingClientRect() };
          });
          return words.flatMap((one, i) =>
            words
              .slice(i + 1)
              .filter(
                ({ box }) =>
                  box.left < one.box.right - 1 &&
                  box.right > one.box.left + 1 &&
                  box.top < one.box.bottom - 1 &&
                  box.bottom > one.box.top + 1,
              )
              .map(({ text }) => `${text} on ${one.text}`),
          );
        }),
      );
    // The call's number comes while another incident is gone to, and takes that from nobody.
    await a.press('F5', 'Shift+F3');
    await a.type(call.short);
    await a.page.getByRole('form', { name: /^Call \d/ }).waitFor();
    await expect.poll(() => handOff(a)).toContain('Billable trip');
    for (const width of [1920, 1366, 1280]) {
      await a.page.setViewportSize({ width, height: 1080 });
      expect([width, await lying()]).toEqual([width, []]);
    }
    await a.page.setViewportSize({ width: 1920, height: 1080 });
  });

  it('all of it is still shown in an outage, as last known, and the report still opens', async () => {
    room.center('closed');
    for (const console of [a, b]) {
      await expect.poll(console.reach, SOON).toMatch(/^Center unreachable/);
      const shown = await handOff(console);
      for (const kind of ['Run record', 'Patient chart', 'Billable trip', 'Incident report'])
        expect(shown).toContain(kind);
    }
    await a.tabTo('Open report');
    const downloading = a.page.waitForEvent('download');
    await a.press('Enter');
    expect(
      readFileSync(await (await downloading).path())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });

  it('a run that ends in the outage is handed off when the center is back, once', async () => {
    call = await takeCall(a, '8 Later St', 'fall');
    expect(await a.command(`D M41 ${call.short}`)).toContain('M41 dispatched');
    for (const line of WHOLE_CHAIN) expect(await a.command(line.replace('M36', 'M41'))).toMatch(/^✓/);
    room.center('open');
    for (const console of [a, b]) {
      await choose(console, 'F2', call.short);
      await expect.poll(() => handOff(console), SOON).toContain('Billable trip');
      for (const kind of ['Run record', 'Patient chart', 'Billable trip']) {
        const rows = console.page
          .getByRole('region', { name: 'Hand-off' })
          .getByRole('listitem')
          .filter({ hasText: kind });
        await expect.poll(() => rows.count(), { message: kind }).toBe(1);
      }
    }
  });
});

describe('two patients in one ambulance', () => {
  const charts = async (at: Console): Promise<string[]> =>
    (await handOff(at)).match(/Patient chart \d+, M44|Billable trip(?: \d+)? of M44/g) ?? [];

  it('are said with the hospital, stand beside it on both consoles, and leave a chart and a trip each', async () => {
    call = await takeCall(a, '5 Crash Ave', 'fall');
    expect(await a.command(`D M44 ${call.short}`)).toContain('M44 dispatched');
    await a.press('`');
    await a.type('TR M44 MERCY 2');
    await expect.poll(() => a.page.getByText(/^M44 transporting to Mercy .* with 2 patients/).count()).toBe(1);
    await a.press('Enter');
    await expect.poll(a.echo).toContain('with 2 patients');
    for (const console of [a, b]) {
      await rowShows(console, 'Units', 'M44', 'TR', '×2');
      await choose(console, 'F3', call.short);
      await expect.poll(async () => (await timeline(console)).join('\n')).toContain('M44 with 2 patients');
    }
    for (const line of ['AH M44', 'AV M44']) expect(await a.command(line)).toMatch(/^✓/);
    for (const console of [a, b]) {
      await choose(console, 'F2', call.short);
      await expect
        .poll(() => charts(console), SOON)
        .toEqual(['Patient chart 1, M44', 'Patient chart 2, M44', 'Billable trip 1 of M44', 'Billable trip 2 of M44']);
    }
  });

  it('are put right by whoever hears it later', async () => {
    expect(await b.command(`PT M44 ${call.short} 1`)).toContain(`M44 on ${call.number}: one patient`);
    for (const console of [a, b])
      await expect.poll(() => charts(console), SOON).toEqual(['Patient chart 1, M44', 'Billable trip of M44']);
    expect(await b.command(`PT M44 ${call.short} 0`)).toContain('A transport has a patient');
  });
});

describe('an incident that an administrator erases', () => {
  /** Whether the incident's panel is about it. */
  const shown = (at: Console): Promise<number> =>
    at.page.getByRole('region', { name: `Incident ${first.number}` }).count();
  const open = async (at: Console): Promise<void> => {
    await at.press('Shift+F3');
    await at.type(first.short);
    await expect.poll(() => shown(at)).toBe(1);
  };

  it('is kept while a legal hold stands, which the organisation’s screen lists, and then taken with its report from every console, once that is reached', async () => {
    for (const console of [a, b]) await open(console);
    const away = room.stations[1]?.toCenter;
    away?.set('closed');
    await expect.poll(b.reach, SOON).toMatch(/^Center unreachable/);

    const center = await openCenterPage(await a.page.context().newPage(), `${room.centerUrl}/#/incidents`);
    const { page } = center;
    await center.fill('User', DEMO_ADMINISTRATOR.user);
    await center.fill('Password', DEMO_ADMINISTRATOR.password);
    await center.press('Enter');
    const row = page.getByRole('grid', { name: 'Incidents', exact: true }).getByRole('row', { name: first.number });
    await center.openRow('Incidents', (await row.getAttribute('aria-label')) ?? '');
    const keeping = page.getByRole('region', { name: 'Legal holds and erasing' });
    await keeping.getByText('No legal hold stands on it.').waitFor();
    await center.push('Place a legal hold');
    await page.keyboard.type('Doe v. Harbor County');
    // However late the center answers who asks again: what it said to the placing is enough.
    const asked = /\/keeping$/;
    await page.route(asked, () => undefined);
    await center.press('Enter');
    await center.said(`A legal hold stands on ${first.number}`);
    await expect.poll(() => page.getByRole('button', { name: 'Erase this incident' }).count()).toBe(0);
    await page.getByRole('region', { name: 'Legal hold: Doe v. Harbor County' }).waitFor();
    await page.unroute(asked);
    await picture(page, 'incident-held');

    await center.goTo('o', 'Organisation');
    await page.getByText('Doe v. Harbor County, since').waitFor();
    await center.push('Set how long they are kept');
    await page.keyboard.type('5');
    await center.press('Tab');
    await page.keyboard.type('County records schedule');
    await center.press('Enter');
    await page.getByRole('alert').getByText('Kept, years must be 7 at least').waitFor();
    await expect.poll(center.focused).toBe('Kept, years');
    await page.keyboard.type('7');
    await center.press('Home', 'Delete');
    expect(await faults(page)).toEqual([]);
    await picture(page, 'incidents-kept');
    await center.press('Enter');
    await center.said('How long incidents are kept is set');
    await page.getByText('Each is erased 7 years after the last entry about it').waitFor();
    await tabTo(page, first.number);
    await center.press('Enter');
    await keeping.getByText('Doe v. Harbor County').waitFor();
    await center.push('Release this hold');
    await center.press('Enter');
    await page.getByRole('alert').getByText('Say why').waitFor();
    await page.keyboard.type('Settled');
    await center.press('Enter');
    await center.said('The hold is released');

    await center.push('Erase this incident');
    await page.keyboard.type('26-99999');
    await center.press('Tab');
    await page.keyboard.type('Court order 26-CV-118');
    await center.press('Enter');
    await page.getByText(`Type the number of the incident, ${first.number}`).waitFor();
    await expect.poll(center.focused).toBe('Its number');
    await center.press('ControlOrMeta+a');
    await page.keyboard.type(first.number);
    expect(await faults(page)).toEqual([]);
    await picture(page, 'incident-erasing');
    await center.press('Enter');
    await center.said(`${first.number} is erased`);
    await page.getByText('The audit says by whom and why.').waitFor();
    expect(await page.getByText('1200 Harbor Blvd').count()).toBe(0);
    await picture(page, 'incident-erased');
    expect(center.errors).toEqual([]);
    await page.close();

    await expect.poll(() => shown(a)).toBe(0);
    await rowGone(a, 'Recently closed', first.number);
    expect(await shown(b)).toBe(1);
    await picture(a.page, 'erased-at-a-console');
    away?.set('open');
    await expect.poll(() => shown(b), SOON).toBe(0);
    await rowGone(b, 'Recently closed', first.number);
  });

  it('without one error in the browser', () => {
    expect([...a.errors, ...b.errors]).toEqual([]);
  });
});
