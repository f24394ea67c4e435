/**
 * The room that end-to-end tests work in: one center with the demo county, workstations as processes of their own, their
 * consoles in Chromium, and a cable on every wire: station to center, and the address at which the others reach it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import type { TestContext } from 'vitest';
import { buildRenderer } from '../../tools/build/renderer.ts';
import { DEMO_ADMINISTRATOR, demoSite } from '../../tools/start/demo.ts';
import { enrolmentCode } from '../../tools/start/enrolment.ts';
import { centerFolder } from '../../tools/start/folder.ts';
import { anyFreePort } from '../../tools/start/ports.ts';
import { type StationProcess, startStationProcess } from '../../tools/start/processes.ts';
import { type Cable, type CableState, layCable } from './cable.ts';
import { type Console, launchBrowser, openConsole } from './console.ts';
import { startDemoCenter } from './demo-center.ts';

export interface Workstation {
  readonly name: string;
  readonly folder: string;
  /** Its own wire to the center. */
  readonly toCenter: Cable;
  /** The address at which its peers reach it. */
  readonly lan: Cable;
  readonly console: Console;
  /** kill -9, and the same station again on the same ports; its window finds it by itself. */
  readonly restart: () => Promise<void>;
  readonly kill: () => Promise<void>;
}

export interface Room {
  readonly folder: string;
  readonly centerUrl: string;
  readonly stations: readonly Workstation[];
  /** Every station's wire to the center. */
  readonly center: (state: CableState) => void;
  /** Every wire of the room. */
  readonly lan: (state: CableState) => void;
  /** What processes said that is not their ready line, for when a test fails. */
  readonly said: readonly string[];
  readonly close: () => Promise<void>;
}

export interface RoomOptions {
  /** Their names; of another site than the demo's own where it is said. */
  readonly stations: readonly (string | { readonly name: string; readonly site: string })[];
  /** What is to be set up at the center before there are workstations. */
  readonly before?: (centerUrl: string) => Promise<void>;
  /** Keeps the folder after closing, for a test that looks into its files; that test removes it. */
  readonly keep?: boolean;
}

/** Pictures of all consoles of a test that failed, where E2E_PICTURES names a folder for them: `afterEach(pictures(() => room))`. */
export function pictures(room: () => Room | undefined): (context: TestContext) => Promise<void> {
  return async ({ task }) => {
    const folder = process.env.E2E_PICTURES;
    if (folder === undefined || task.result?.state !== 'fail') return;
    for (const { name, console } of room()?.stations ?? []) {
      const path = join(folder, `${task.name.slice(0, 40).replaceAll(/\W+/g, '-')}-${name}.png`);
      await console.page.screenshot({ path }).catch(() => undefined);
    }
  };
}

/** What a center logs of every request that went well. */
const ROUTINE = /"level":30,/;

export async function openRoom({ stations: named, before, keep = false }: RoomOptions): Promise<Room> {
  await buildRenderer();
  const folder = mkdtempSync(join(tmpdir(), 'qd-e2e-'));
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { mode: 0o777 });
  const env = { ...process.env, TMPDIR: temporary };
  const closing: (() => Promise<unknown>)[] = [];
  const said: string[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const center = await startDemoCenter({
      folder: centerFolder(folder),
      env,
      onLine: (line) => void (ROUTINE.test(line) || said.push(`center: ${line}`)),
    });
    closing.push(() => center.child.stop());
    // The browser starts meanwhile.
    const launching = launchBrowser(join(folder, 'browser'), env);
    const centerUrl = (await center.ready).center;
    const context = await launching;
    closing.push(() => context.close());
    const stations: Workstation[] = [];
    await before?.(centerUrl);
    for (const one of named) {
      const { name, site } = typeof one === 'string' ? { name: one, site: await demoSite() } : one;
      stations.push(await openStation({ name, site, folder, centerUrl, env, context, closing, said }));
    }
    return {
      folder,
      centerUrl,
      stations,
      center: (state) => {
        for (const station of stations) station.toCenter.set(state);
      },
      lan: (state) => {
        for (const station of stations) station.lan.set(state);
      },
      said,
      close,
    };
  } catch (error) {
    await close();
    throw Object.assign(error as Error, { message: `${(error as Error).message}\n${said.join('\n')}` });
  }
}

interface StationIn {
  readonly name: string;
  readonly site: string;
  readonly folder: string;
  readonly centerUrl: string;
  readonly env: NodeJS.ProcessEnv;
  readonly context: BrowserContext;
  readonly closing: (() => Promise<unknown>)[];
  readonly said: string[];
}

async function openStation({
  name,
  site,
  folder: room,
  centerUrl,
  env,
  context,
  closing,
  said,
}: StationIn): Promise<Workstation> {
  const folder = join(room, `station-${name}`);
  const [consolePort, lanPort] = [await anyFreePort(), await anyFreePort()];
  const toCenter = await layCable(Number(new URL(centerUrl).port));
  const lan = await layCable(lanPort);
  closing.push(toCenter.stop, lan.stop);
  const start = (code?: string): StationProcess =>
    startStationProcess({
      folder,
      center: toCenter.url,
      consolePort,
      lanPort,
      lanAddress: lan.address,
      name,
      env,
      onLine: (line) => said.push(`${name}: ${line}`),
      ...(code === undefined ? {} : { code }),
    });
  let running = start(await enrolmentCode(centerUrl, DEMO_ADMINISTRATOR, site));
  closing.push(() => running.child.stop());
  const console = await openConsole(await context.newPage(), (await running.ready).console);
  const kill = async (): Promise<void> => {
    running.child.kill();
    await running.child.ended;
  };
  return {
    name,
    folder,
    toCenter,
    lan,
    console,
    kill,
    restart: async () => {
      await kill();
      running = start();
      await running.ready;
    },
  };
}
