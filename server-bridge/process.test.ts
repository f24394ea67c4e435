import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { effectsOf } from '../domain/modules.ts';
import { systemRandom } from '../sealing/random.ts';
import { connectBridge } from '../tools/bridge/client.ts';
import { EndedEarly } from '../tools/start/child.ts';
import { startStationProcess } from '../tools/start/processes.ts';
import { IDENTITY } from './dispatch/testing/desk.ts';
import { demoFileSlot } from './keys/demo-file.ts';
import { openKeys } from './keys/keys.ts';
import { openPages, PAGE } from './store/file/sqlcipher-pages.ts';
import { openStore } from './store/open.ts';
import { enrolledFolder } from './testing/enrolled-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'qd-process-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const compiled = process.env.NODE_COMPILE_CACHE;
// What it compiled it keeps in its own folder, as wherever nobody named another.
delete process.env.NODE_COMPILE_CACHE;
afterAll(() => {
  // Files after this one are run by the same process, and start others.
  if (compiled !== undefined) process.env.NODE_COMPILE_CACHE = compiled;
});

const OPENED = { number: '26-00001', answeredAt: 1, source: 'call' };

/** A folder as an enrolment leaves it, and somebody who took a call there. */
async function enrolled(name: string): Promise<string> {
  const folder = join(root, name);
  const opened = {
    type: 'incident.opened',
    v: 1,
    at: Date.now(),
    about: ['incident:1'],
    replaces: [],
    body: OPENED,
  } as const;
  await enrolledFolder(folder, [opened], (store) => store.saveValue('setting', 'station', 'position', 'p1'));
  return folder;
}

const start = (folder: string, consolePort = 0) =>
  startStationProcess({ folder, center: null, consolePort, lanPort: 0 });

const setAside = (folder: string): string[] =>
  readdirSync(folder).filter((name) => /^station\.db\.damaged-[\w-]+Z$/.test(name));

async function refused(folder: string, consolePort = 0): Promise<EndedEarly> {
  const started = start(folder, consolePort);
  const early = await started.ready.catch((error: unknown) => error);
  if (!(early instanceof EndedEarly)) {
    await started.child.stop();
    throw new Error('it runs');
  }
  expect(early.ended.code).toBe(2);
  expect(early.message).not.toMatch(/\bat .*:\d+/);
  return early;
}

describe('the process of the station', () => {
  it('says one sentence and ends with 2 where it cannot run', async () => {
    expect((await refused(join(root, 'fresh'))).message).toContain('not enrolled yet');
    // A file system that makes no folders, and says of those that are to be made that they are not there.
    if (process.platform === 'linux') expect((await refused('/proc/nothing')).message).toContain('cannot be written');
    const coded = startStationProcess({ folder: root, center: null, consolePort: 0, lanPort: 0, code: 'short' });
    await expect(coded.ready).rejects.toThrow('QD_ENROL must be a one-time code');
    const folder = await enrolled('busy');
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    expect((await refused(folder, port)).message).toContain(`Port ${port} is in use`);
    await new Promise((resolve) => taken.close(resolve));
  });

  it('serves its windows, survives their garbage, is alone on its store, and ends when asked', async () => {
    const folder = await enrolled('good');
    // As an operator may have made it, and nothing that comes to be in it is for anybody else all the same.
    chmodSync(folder, 0o755);
    const before = new Set(readdirSync(folder));
    const { child, ready } = start(folder);
    const { console: url, station } = await ready;
    const made = readdirSync(folder).filter((name) => !before.has(name) && !name.startsWith('station.db'));
    expect(made.length).toBeGreaterThan(0);
    for (const name of made) expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0);
    expect(station).toBe(IDENTITY.station);
    // Nothing of its memory in a core.
    if (process.platform === 'linux')
      expect(readFileSync(`/proc/${child.pid}/coredump_filter`, 'utf8').trim()).toBe('00000000');
    const bridge = await connectBridge(url);
    const me = await bridge.watch('me');
    expect(me.state().me).toEqual({});
    await expect(bridge.call('session.sign_in', { user: 'kim', password: 'secret-canary' })).rejects.toThrow(
      /has not signed in/,
    );
    expect((await refused(folder)).message).toContain('already running');
    bridge.close();
    expect((await child.stop()).code).toBe(0);
    expect(readdirSync(folder).some((name) => name.endsWith('-wal'))).toBe(false);
  });

  it('puts a store that was deleted under it back within a moment, whole, and ends to be started again on it', async () => {
    const folder = await enrolled('deleted');
    const path = join(folder, 'station.db');
    const { child, ready } = start(folder);
    await ready;
    rmSync(path);
    rmSync(`${path}-wal`);
    expect((await child.ended).code).toBe(75);
    const again = start(folder);
    await again.ready;
    // And where nobody looked in between: on ending.
    rmSync(path);
    expect((await again.child.stop()).code).toBeOneOf([0, 75]);
    const keys = await openKeys(folder, [demoFileSlot()]);
    if (!keys.ok) throw new Error(keys.message);
    const opened = openStore(path, {
      key: keys.storeKey,
      deviceKey: keys.deviceKey,
      effectsOf,
      clock: Date.now,
      random: systemRandom(),
    });
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.store.entity('incident:1')).toBeDefined();
    opened.store.close();
  });

  it('works on beside a folder that is not its own any more, says so, and is as before once its own is back', async () => {
    const folder = await enrolled('moved');
    const { child, ready } = start(folder);
    const bridge = await connectBridge((await ready).console);
    const reach = await bridge.watch('reach');
    const state = () => (reach.state().reach?.reach as { store?: { state: string } } | undefined)?.store?.state;
    await expect.poll(state).toBe('open');
    renameSync(folder, `${folder}, away`);
    // Another workstation's, with a store and keys of its own.
    renameSync(await enrolled('another'), folder);
    const there = readFileSync(join(folder, 'station.db'));
    await expect.poll(state, { timeout: 10_000 }).toBe('astray');
    expect(readFileSync(join(folder, 'station.db')).equals(there)).toBe(true);
    renameSync(folder, join(root, 'another'));
    renameSync(`${folder}, away`, folder);
    await expect.poll(state, { timeout: 10_000 }).toBe('open');
    bridge.close();
    expect((await child.stop()).code).toBe(0);
  });

  it.each([
    ['what it was told to remember', 'settingstationposition'],
    ['what its board begins with', 'incident:'],
  ])('sets a store aside whose damage it meets only when it reads %s', async (name, of) => {
    const folder = await enrolled(`damaged, ${name}`);
    const path = join(folder, 'station.db');
    const keys = await openKeys(folder, [demoFileSlot()]);
    if (!keys.ok) throw new Error(keys.message);
    const pages = openPages(path, keys.storeKey);
    const remembered = Array.from({ length: pages.pages }, (_, i) => i + 1).filter((number) =>
      pages.page(number)?.bytes.includes(of),
    );
    pages.close();
    expect(remembered.length).toBeGreaterThan(0);
    const bytes = readFileSync(path);
    for (const number of remembered) bytes[number * PAGE - 1_000] = (bytes[number * PAGE - 1_000] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const { child, ready } = start(folder);
    expect((await ready).station).toBe(IDENTITY.station);
    expect(setAside(folder)).toHaveLength(1);
    expect((await child.stop()).code).toBe(0);
  });

  it('has its store salvaged where nobody was there to take what it met', async () => {
    const folder = await enrolled('damaged meanwhile');
    const program = join(root, 'meets-damage.ts');
    writeFileSync(
      program,
      `import { StoreFailure } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'store', 'state.ts')).href)};
       process.on('newListener', (name) => {
         if (name === 'SIGTERM') setTimeout(() => { throw new StoreFailure('corrupted'); }, 1);
       });`,
    );
    const env = { ...process.env, NODE_OPTIONS: `--import ${pathToFileURL(program).href}` };
    const { child } = startStationProcess({ folder, center: null, consolePort: 0, lanPort: 0, env });
    expect((await child.ended).code).toBe(75);
    const { child: next, ready } = start(folder);
    await ready;
    expect(setAside(folder)).toHaveLength(1);
    await next.stop();
  });
});
