/** A center and some real stations with people signed in, for benches that cross between them. */
import { join } from 'node:path';
import type { UnitRow } from '../domain/bridge/topics.ts';
import { type BridgeClient, connectBridge, type Watched } from '../tools/bridge/client.ts';
import { DEMO_ADMINISTRATOR, DEMO_SIGN_IN, demoSite } from '../tools/start/demo.ts';
import { enrolmentCodes } from '../tools/start/enrolment.ts';
import { type Center, type StationProcess, startCenterProcess, startStationProcess } from '../tools/start/processes.ts';

export interface Seat {
  readonly bridge: BridgeClient;
  readonly board: Watched;
  readonly process: StationProcess;
}

export interface BenchRoom {
  readonly url: string;
  readonly center: Center;
  readonly seats: readonly Seat[];
  readonly code: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

export async function openBenchRoom(folder: string, stations: number): Promise<BenchRoom> {
  const center = startCenterProcess({ folder: join(folder, 'center'), port: 0, demo: true });
  const seats: Seat[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(seats.map((seat) => seat.process.child.stop()));
    await center.child.stop();
  };
  try {
    const { center: url } = await center.ready;
    const site = await demoSite();
    const code = await enrolmentCodes(url, DEMO_ADMINISTRATOR, site);
    for (let n = 1; n <= stations; n++) {
      const process = startStationProcess({
        folder: join(folder, `station-${n}`),
        center: url,
        consolePort: 0,
        lanPort: 0,
        name: `Bench ${n}`,
        code: await code(),
      });
      const bridge = await connectBridge((await process.ready).console);
      await bridge.call('session.sign_in', DEMO_SIGN_IN);
      seats.push({ bridge, board: await bridge.watch('board'), process });
    }
    for (const seat of seats) {
      await seat.board.until((state) => Object.keys(state.units ?? {}).length >= 20, 30_000, 'the units of the demo');
    }
    return { url, center, seats, code, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const unitsOf = (seat: Seat): UnitRow[] => Object.values(seat.board.state().units ?? {}) as unknown as UnitRow[];

/** Gives each seat an incident with a unit on it, seen by all; the units, one a seat. */
export async function giveWork(seats: readonly Seat[]): Promise<readonly string[]> {
  const free = unitsOf(seats[0] as Seat).filter((unit) => unit.standard === 'available');
  const units: string[] = [];
  for (const [i, seat] of seats.entries()) {
    const unit = free[i]?.id ?? '';
    const opened = await seat.bridge.call('incident.open', {
      location: { text: `${i} BENCH ST` },
      nature: { code: '10', text: 'Chest pain' },
      priority: '3',
    });
    await seat.bridge.call('unit.dispatch', { incident: opened.incident ?? '', units: [unit] });
    units.push(unit);
  }
  for (const seat of seats) {
    await seat.board.until(
      () => units.every((id) => unitsOf(seat).find((unit) => unit.id === id)?.standard === 'dispatched'),
      30_000,
      'every seat to see every unit',
    );
  }
  return units;
}

/**
 * Presses statuses round the seats at a steady rate and times each from the press to the patch at every other seat's window
 * (so both bridges are counted in). Milliseconds, one sample a press and receiver.
 */
export async function timeStatuses(
  seats: readonly Seat[],
  units: readonly string[],
  presses: number,
  perSecond: number,
): Promise<readonly number[]> {
  const samples: number[] = [];
  const waiting = new Map<
    string,
    { readonly code: string; readonly began: number; left: number; readonly done: () => void }
  >();
  seats.forEach((seat, receiver) => {
    seat.board.onPatch((patch) => {
      for (const [id, row] of Object.entries(patch.set.units ?? {})) {
        const expected = waiting.get(id);
        if (!expected || units[receiver] === id || (row as unknown as UnitRow).code !== expected.code) continue;
        samples.push(performance.now() - expected.began);
        expected.left--;
        if (expected.left === 0) expected.done();
      }
    });
  });
  const started = performance.now();
  const last = new Map<string, Promise<void>>();
  for (let i = 0; i < presses; i++) {
    const wait = started + (i * 1_000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const at = i % seats.length;
    const unit = units[at] ?? '';
    // A unit's next status waits for the one before it to be everywhere: a board tells only the newest of two.
    await last.get(unit);
    const code = Math.floor(i / seats.length) % 2 === 0 ? 'ER' : 'SG';
    last.set(
      unit,
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('A status did not arrive within 10 s.')), 10_000);
        waiting.set(unit, {
          code,
          began: performance.now(),
          left: seats.length - 1,
          done: () => {
            clearTimeout(timer);
            resolve();
          },
        });
      }),
    );
    seats[at]?.bridge.call('unit.status', { unit, code }).catch(() => {});
  }
  await Promise.all(last.values());
  return samples;
}
