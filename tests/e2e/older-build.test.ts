/** A workstation that an update has not reached: it speaks to the center as one did that knows nothing of emergencies. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { READS } from '../../domain/modules.ts';
import { WIRE_VERSION } from '../../domain/wire/sync.ts';
import { systemRandom } from '../../sealing/random.ts';
import { newSigningKey, signerOf } from '../../sealing/signing.ts';
import { createHttpCenter, enrolAt, type HttpCenter } from '../../server-bridge/sync/http-center.ts';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN, demoSite } from '../../tools/start/demo.ts';
import { askCenter, enrolmentCode, signIn } from '../../tools/start/enrolment.ts';
import { faults } from './axe.ts';
import { rowShows, takeCall } from './calls.ts';
import type { Console } from './console.ts';
import { openRoom, pictures, type Room } from './room.ts';

let room: Room;
let a: Console;
let older: HttpCenter;
let station: string;

/** As builds before emergencies greeted: without what they did not know, in what they say and in what they ask. */
const greet = (reads = READS.filter((type) => type !== 'unit.emergency@1')) =>
  older.hello({
    wire: WIRE_VERSION,
    build: 'older',
    reads: [...reads],
    cursor: null,
    logs: [],
    lanAddress: '',
    grants: [],
  });
const named = (): Promise<number> => a.page.getByText('Position 3: older version').count();

beforeAll(async () => {
  room = await openRoom({ stations: ['A'] });
  [a] = room.stations.map((one) => one.console) as [Console];
  await a.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
  const with_ = { signer: signerOf(newSigningKey()), clock: Date.now, random: systemRandom() };
  const code = await enrolmentCode(room.centerUrl, DEMO_ADMINISTRATOR, await demoSite());
  const asked = { code, name: 'Position 3', lanAddress: '', onWaiting: () => undefined };
  ({ station } = await enrolAt(room.centerUrl, { ...asked, ...with_ }));
  older = createHttpCenter({ url: room.centerUrl, station, ...with_ });
});
afterEach(pictures(() => room));
afterAll(async () => {
  await older?.close();
  await room?.close();
});

describe('a workstation of an older version', () => {
  it('is named at the others, in the header and with what it does not read on the help card', async () => {
    expect(await named()).toBe(0);
    await greet();
    await expect.poll(named).toBe(1);
    await a.press('F1');
    const card = a.page.getByRole('complementary', { name: 'Keys and commands' });
    await card.getByText('Position 3 runs an older version. It cannot read “Emergency of a unit”').waitFor();
    expect(await faults(a.page)).toEqual([]);
    await a.press('Escape');
  });

  it('is told by voice of an emergency, which is entered all the same', async () => {
    const call = await takeCall(a, '1200 Harbor Blvd', 'chest');
    await a.command(`D M36 ${call.short}`);
    const voice = `Tell Position 3 by voice: it runs an older version and shows ${call.number} and M36 as partly shown.`;
    await a.press('`');
    await a.type('EM M36');
    const caution = a.page.locator('.command-caution');
    await caution.getByText(`Enter also warns: ${voice}`).waitFor();
    expect(await caution.evaluate((one) => one.scrollHeight <= one.clientHeight + 1)).toBe(true);
    const said = await a.command('EM M36');
    expect(said).toContain('M36 EMERGENCY');
    expect(said).toContain(voice);
    await rowShows(a, 'Units', 'M36', 'EMERGENCY');
    const status = a.page.getByRole('status', { name: 'Last command' });
    for (const width of [1920, 1280, 1024]) {
      await a.page.setViewportSize({ width, height: 1080 });
      const cut = await status.evaluate((element) => element.scrollHeight > element.clientHeight + 1);
      expect([width, cut]).toEqual([width, false]);
    }
    await a.page.setViewportSize({ width: 1920, height: 1080 });
    expect(await faults(a.page)).toEqual([]);
  });

  it('holds the others up no longer once it is updated', async () => {
    await greet([...READS]);
    await expect.poll(named).toBe(0);
    expect(await a.command('EM M36 SEEN')).not.toContain('Position 3');
    await greet();
    await expect.poll(named).toBe(1);
  });

  it('nor once it is revoked, in an outage either', async () => {
    const token = await signIn(room.centerUrl, DEMO_ADMINISTRATOR);
    room.center('closed');
    await expect.poll(a.reach).toContain('Center unreachable');
    expect(await a.command('EM M36')).toContain('Tell Position 3 by voice');
    const path = `/v1/devices/${encodeURIComponent(station)}/revoke`;
    await askCenter(room.centerUrl, path, z.unknown(), { token, body: {} });
    expect(await named()).toBe(1);
    room.center('open');
    await expect.poll(named, { timeout: 8_000 }).toBe(0);
    expect(await a.command('EM M36 OVER')).not.toContain('Position 3');
    expect(a.errors).toEqual([]);
  });
});
