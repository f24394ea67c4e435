/** Two sites of one organisation, a console at each: mutual aid, what the lender has to say to it, and both through an outage. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { type CallTaken, choose, rowGone, rowShows, takeCall, timeline } from './calls.ts';
import type { Console } from './console.ts';
import { NORTH, NORTH_SUPERVISOR, setUpNorthBay } from './north-bay.ts';
import { openRoom, pictures, type Room } from './room.ts';

let room: Room;
let harbor: Console;
let north: Console;
let call: CallTaken;
let linked: CallTaken;

beforeAll(async () => {
  room = await openRoom({ stations: ['H', { name: 'N', site: NORTH }], before: setUpNorthBay });
  [harbor, north] = room.stations.map((station) => station.console) as [Console, Console];
});
afterEach(pictures(() => room));
afterAll(() => room?.close());

const toSettle = (at: Console): Promise<string> =>
  at.page
    .locator('[data-settle]')
    .allTextContents()
    .then((cards) => cards.join(' | '));
const isSettling = (at: Console): Promise<boolean> =>
  at.page.evaluate(() => (document.activeElement?.closest('[data-settle]') ?? null) !== null);
/** What is nobody's to confirm any more has no mark; it counts. */
const counts = async (at: Console, grid: string, name: string): Promise<void> => {
  await expect.poll(() => at.row(grid, name).allTextContents().then(String)).not.toContain('??');
};

describe('two sites', () => {
  it('a unit of the neighbour is sent by its callsign, is said to be theirs, and they are shown the call', async () => {
    await harbor.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
    await north.signIn(NORTH_SUPERVISOR.user, NORTH_SUPERVISOR.password);
    call = await takeCall(harbor, '1200 Harbor Blvd', 'chest');
    await harbor.press('F2');
    const said = await harbor.command(`D N12 ${call.short}`);
    expect(said).toContain(`N12 dispatched ${call.number}`);
    expect(said).toContain(`N12 is of ${NORTH}: they are shown the call through the center`);
    await rowShows(north, 'Active', call.number, '1200 Harbor Blvd', 'Chest pain', 'N12');
    // Nobody takes it for a call of their own that waits.
    await rowShows(north, 'Active', call.number, 'Harbor County 911');
    expect(await harbor.row('Active', call.number).textContent()).not.toContain('Harbor County');
    await rowShows(north, 'Units', 'N12', 'DP', 'contested');
    await rowShows(harbor, 'Units', 'N12', 'DP', 'contested');
    // Whoever sent it sees in the row of the call that the other site has not said yes.
    await rowShows(harbor, 'Active', call.number, 'N12', '??');
    await harbor.page.getByText(`A supervisor of ${NORTH} settles this.`).waitFor();
    await choose(north, 'F3', call.short);
    await expect.poll(() => timeline(north).then(String)).toContain('Opened Harbor County 911');
  });

  it('a callsign that both have is one’s own', async () => {
    expect(await harbor.command(`D M36 ${call.short}`)).toContain('M36 dispatched');
    await rowShows(harbor, 'Units', 'M36', 'DP');
    await rowShows(north, 'Active', call.number, 'M36');
    const [own] = await north.row('Units', 'M36').allTextContents();
    expect(own).toContain('AV');
    expect(await harbor.command('X M36')).toContain('canceled');
    // And theirs is theirs to offer, which counts at once.
    await expect.poll(() => north.row('Units', 'M36').count()).toBe(1);
    expect(await north.command(`D M36 ${call.short}`)).toContain('M36 dispatched');
    await rowShows(harbor, 'Active', call.number, 'M36');
    await expect.poll(() => harbor.row('Units', 'M36').allTextContents().then(String)).toMatch(/AV.*DP/);
    expect(await toSettle(harbor)).not.toContain('M36');
    expect(await north.command('X M36')).toContain('canceled');
    await expect.poll(() => harbor.row('Units', 'M36').count()).toBe(1);
  });

  it('a supervisor of the lender lets it count by two keys', async () => {
    await expect.poll(() => toSettle(north)).toContain(`N12 dispatched ${call.number} Harbor County 911`);
    expect(await harbor.command('CONFIRM N12')).toContain(`N12: a supervisor of ${NORTH} settles this.`);
    await harbor.press('Escape');
    await north.press('F7');
    await expect.poll(() => isSettling(north)).toBe(true);
    await north.press('1');
    for (const at of [north, harbor]) {
      await expect.poll(() => toSettle(at)).toBe('');
      await counts(at, 'Units', 'N12');
      await counts(at, 'Active', call.number);
    }
  });

  it('both give its status and write in the call, and each sees what the other did', async () => {
    expect(await harbor.command('ER N12')).toContain('N12 en route');
    await rowShows(north, 'Units', 'N12', 'ER');
    expect(await north.command('OS N12')).toContain('N12 on scene');
    await rowShows(harbor, 'Units', 'N12', 'OS');
    expect(await north.command(`N ${call.short} second entrance is open`)).toContain('note added');
    await choose(harbor, 'F3', call.short);
    await expect.poll(() => timeline(harbor).then(String)).toContain(`second entrance is open ${NORTH}`);
    expect(await toSettle(harbor)).toBe('');
  });

  it('a call of the neighbour is named by its number once they link it, and no number means two', async () => {
    linked = await takeCall(north, '1202 Harbor Blvd', 'fall');
    await north.press('F2');
    expect(linked.number).not.toBe(call.number);
    expect(await harbor.command(`L ${call.short} ${linked.short}`)).toContain(
      `There is no incident ${linked.short}. One of another site can be named once it shares it`,
    );
    await harbor.press('Escape');
    expect(await north.command(`L ${linked.short} ${call.short}`)).toContain('linked');
    await rowShows(harbor, 'Pending', linked.number, '1202 Harbor Blvd', 'Fall');
    expect(await harbor.command(`M ${linked.short} ${call.short}`)).toContain(`merged into ${call.number}`);
    for (const at of [harbor, north]) await rowGone(at, 'Pending', linked.number);
  });

  it('with the center gone each works on, and the neighbour hears of it when it is back and may say no', async () => {
    const far = await takeCall(harbor, '7 Oak St', 'chest');
    await harbor.press('F2');
    room.center('closed');
    for (const at of [harbor, north]) await expect.poll(at.reach).toContain('Center unreachable');
    expect(await harbor.command(`D N14 ${far.short}`)).toContain('N14 dispatched');
    await rowShows(harbor, 'Units', 'N14', 'DP', '↑');
    const own = await takeCall(north, '9 North Rd', 'fall');
    await north.press('F2');
    expect(await north.command(`D N14 ${own.short}`)).toContain('N14 dispatched');
    room.center('open');
    for (const at of [harbor, north]) await expect.poll(at.reach, { timeout: 20_000 }).toContain('Center reached');
    await rowShows(north, 'Active', far.number, '7 Oak St', '??');
    await rowShows(harbor, 'Active', far.number, '??');
    await expect.poll(() => toSettle(north)).toContain(`N14 dispatched ${far.number}`);
    await north.press('F7');
    await expect.poll(() => isSettling(north)).toBe(true);
    await north.press('2');
    for (const at of [harbor, north]) {
      await rowShows(at, 'Pending', far.number, '7 Oak St');
      await expect.poll(() => toSettle(at)).toBe('');
    }
    await rowShows(north, 'Active', own.number, 'N14');
  });

  it('when it is over the unit is its own site’s again, and its run bears its callsign', async () => {
    expect(await harbor.command('TR N12 MERCY')).toContain('Mercy');
    await rowShows(north, 'Units', 'N12', 'TR');
    expect(await north.command('AV N12')).toContain('N12 available');
    await rowShows(north, 'Units', 'N12', 'AV');
    await rowGone(harbor, 'Units', 'N12');
    for (const at of [harbor, north]) {
      await rowShows(at, 'Pending', call.number, '1200 Harbor Blvd');
      await choose(at, 'F2', call.short);
      const handOff = at.page.getByRole('region', { name: 'Hand-off' });
      await handOff.getByText('Run of N12').waitFor();
    }
    expect(await harbor.command(`C ${call.short} TRANSPORTED`)).toContain('closed');
    for (const at of [harbor, north]) await rowGone(at, 'Pending', call.number);
  });

  it('without one error in the browser', () => {
    expect([...harbor.errors, ...north.errors]).toEqual([]);
  });
});
