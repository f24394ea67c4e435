/** Several starts at once on one folder. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { readCommandLine } from '../domain/kernel/command-line.ts';
import { startStationProcess } from '../tools/start/processes.ts';
import { STATION_LINE } from './flags.ts';
import { markDamaged, openStation } from './opening.ts';
import { PAGE } from './store/file/sqlcipher-pages.ts';
import { enrolledFolder } from './testing/enrolled-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'qd-holding-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder as an enrolment leaves it; broken where the store can be opened no more. */
async function enrolled(name: string, broken: boolean): Promise<string> {
  const folder = join(root, name);
  const path = await enrolledFolder(
    folder,
    Array.from({ length: 400 }, (_, n) => ({
      ...{ type: 'incident.opened', v: 1, at: Date.now(), about: [`incident:${n}`] as const, replaces: [] },
      body: { number: `26-${n}`, answeredAt: 1, source: 'call' },
    })),
  );
  if (broken) {
    const bytes = readFileSync(path);
    bytes.fill(0xaa, 100, PAGE);
    writeFileSync(path, bytes);
  }
  return folder;
}

const setAside = (folder: string): string[] =>
  readdirSync(folder).filter((name) => /^station\.db\.damaged-[\w-]+Z$/.test(name));

const flagsOf = (folder: string) => {
  const flags = readCommandLine(STATION_LINE, ['--data', folder], parseArgs);
  if (!flags.ok || flags.value === 'help') throw new Error(JSON.stringify(flags));
  return flags.value;
};
const open = (folder: string) =>
  openStation(flagsOf(folder), '', { shell: null, passphrase: null, say: () => undefined });

it('of several on a damaged store one salvages it, once, and the others say who has it', async () => {
  const folder = await enrolled('damaged', true);
  const starts = Array.from({ length: 3 }, () =>
    startStationProcess({ folder, center: null, consolePort: 0, lanPort: 0 }),
  );
  const ended = await Promise.all(
    starts.map(({ ready }) =>
      ready.then(
        () => null,
        (error: unknown) => String(error),
      ),
    ),
  );
  const running = starts.filter((_, i) => ended[i] === null);
  expect(running).toHaveLength(1);
  expect(setAside(folder)).toHaveLength(1);
  for (const said of ended) if (said !== null) expect(said).toContain(`(process ${running[0]?.child.pid})`);
  await running[0]?.child.stop();
});

it('a store that runs is salvaged by nobody, whatever mark lies beside it, and is anybody’s once it is closed', async () => {
  const folder = await enrolled('in use', false);
  const first = await open(folder);
  if (!first.ok) throw new Error(first.refusal.message);
  markDamaged(folder);
  expect(await open(folder)).toMatchObject({ ok: false, refusal: { code: 'store.in_use' } });
  expect(setAside(folder)).toEqual([]);
  expect(first.value.store.isInPlace()).toBe(true);
  first.value.store.close();
  const second = await open(folder);
  if (!second.ok) throw new Error(second.refusal.message);
  expect(setAside(folder)).toHaveLength(1);
  second.value.store.abandon();
  const third = await open(folder);
  if (!third.ok) throw new Error(third.refusal.message);
  third.value.store.close();
});
