/**
 * A name, a number and a note that went through the screens, looked for in every file that center, stations and browser
 * wrote. That the same search finds them where encryption is off is held beside the store (tests/interop/sqlcipher.test.ts).
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import { findCanaries } from '../interop/canaries.ts';
import { choose, rowGone, rowShows, takeCall } from './calls.ts';
import type { Console } from './console.ts';
import { openRoom, pictures, type Room, type Workstation } from './room.ts';

const NAME = 'Wilhelmina Ostergaard';
const NUMBER = '415-555-0142-77';
const NOTE = 'The dog in the yard is called Fenwick';
const DRAFT = 'Quimby Terrace half typed';
const CANARIES = [NAME, NUMBER, NOTE, DRAFT];
const compiled = process.env.NODE_COMPILE_CACHE;
// A station keeps what it compiled in its own folder, which is one of those that are searched.
delete process.env.NODE_COMPILE_CACHE;
afterAll(() => {
  // Files after this one are run by the same process, and start others.
  if (compiled !== undefined) process.env.NODE_COMPILE_CACHE = compiled;
});

let room: Room;
let a: Console;
let b: Console;

beforeAll(async () => {
  room = await openRoom({ stations: ['A', 'B'], keep: true });
  [a, b] = room.stations.map((station) => station.console) as [Console, Console];
  await a.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
  await b.signIn('dispatcher2', DEMO_SIGN_IN.password);
});
afterEach(pictures(() => room));
afterAll(async () => {
  await room?.close();
  if (room) rmSync(room.folder, { recursive: true, force: true });
});

const files = (): string[] =>
  readdirSync(room.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const found = (): string[] =>
  findCanaries(files(), CANARIES).map(
    ({ file, canary, form }) => `${relative(room.folder, file)}: ${canary} (${form})`,
  );

describe('a name, a number and a note', () => {
  it('go through the screens, an outage, a report and a draft, and lie in no file in any form (ASVS 14.2.4, 14.3.3)', async () => {
    const call = await takeCall(a, '1200 Harbor Blvd', 'chest');
    await a.tabTo('Callback');
    await a.type(NUMBER);
    await a.tabTo('Caller');
    await a.type(NAME);
    await a.tabTo('Notes');
    await a.type(NOTE);
    await a.press('Enter');
    await choose(b, 'F2', call.short);
    await expect
      .poll(() => b.page.getByRole('region', { name: `Incident ${call.number}` }).textContent())
      .toContain(NAME);
    await b.page.getByRole('list', { name: 'Timeline' }).getByText(NOTE).waitFor();
    room.center('closed');
    await expect.poll(a.reach, { timeout: 15_000 }).toMatch(/^Center unreachable/);
    expect(await a.command(`N ${call.short} ${NOTE}`)).toContain('note added');
    expect(await a.command(`D M36 ${call.short}`)).toContain('M36 dispatched');
    expect(await a.command('TR M36 MERCY')).toMatch(/^✓/);
    expect(await a.command('AV M36')).toMatch(/^✓/);
    room.center('open');
    expect(await a.command(`C ${call.short} TRANSPORTED`)).toMatch(/closed/);
    await rowGone(b, 'Pending', call.number);
    await b.page.getByRole('region', { name: 'Hand-off' }).getByText('stored').first().waitFor({ timeout: 20_000 });
    // A draft that never became a fact, and a line that was refused and stands.
    await a.press('F5');
    await a.type(DRAFT);
    await a.press('`');
    await a.type(`N 99999 ${NOTE}`);
    await a.press('Enter');
    await rowShows(a, 'Units', 'M36', 'AV');
    await a.page.waitForTimeout(1_000);
    // While all of it runs, from what is on disk now; then as it is left behind, PostgreSQL's log of writes included.
    (room.stations[1] as Workstation).toCenter.set('closed');
    expect(found()).toEqual([]);
    await room.close();
    expect(found()).toEqual([]);
  });

  it('would have been found in any of the folders that were searched', () => {
    const searched = files().map((file) => relative(room.folder, file));
    for (const part of [
      /^center\/.*pg_wal\//,
      /^station-A\/station\.db$/,
      /^station-B\/station\.db$/,
      /^browser\/Default\//,
    ])
      expect(searched.filter((file) => part.test(file)).length, String(part)).toBeGreaterThan(0);
    for (const folder of ['center', 'station-A', 'station-B', 'browser', 'tmp']) {
      const planted = join(room.folder, folder, 'planted');
      writeFileSync(planted, Buffer.from(`x${NAME} ${NUMBER} ${NOTE} ${DRAFT}`).toString('base64'));
      const said = found().filter((line) => line.startsWith(`${folder}/planted`));
      for (const canary of CANARIES) expect(said.join('\n')).toContain(canary);
      rmSync(planted);
    }
  });
});
